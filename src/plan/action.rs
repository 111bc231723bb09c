//! The plan as a value: actions, each with everything that executing it takes.
//!
//! Owns the types. Knows neither how a plan is made nor how it is shown. Invariant: an action that must not be executed, such as
//! an update without changes, cannot be constructed.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::DateTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cluster::Cluster;
use super::flag::Flag;
use super::upcoming::Upcoming;
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{CreateRequest, Field, Fields, Key, OfferId, Operation, StateChange, StatusWord, Value};
use crate::source::{Place, SourcePath};

/// A finished plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The address of the CAKE that it is for.
    pub cake: String,
    /// The name of the environment: the configured one, or the host of CAKE.
    pub environment: String,
    /// The state that it was made from.
    pub state: StateBinding,
    /// Digest of the desired offers and of the settings that a plan depends on.
    pub inputs_digest: String,
    /// The moment that it was made for: what is due then.
    pub at: Timestamp,
    /// Whether it was made against what CAKE shows, and has to be compared with that again before it is applied.
    pub refreshed: bool,
    /// The actions, in the order of [`Verb`], then by key.
    pub actions: Vec<Action>,
    /// Updates of the state alone that no action reports: values on which git and CAKE agree.
    pub state_changes: Vec<StateChange>,
    /// Changes of schedules that become due later, and those that a freeze holds back, in the order of their times.
    pub upcoming: Vec<Upcoming>,
    /// How many further changes become due after those.
    pub upcoming_later: usize,
    /// How many offers are wanted active although their expiration date has passed: CAKE ends them by itself.
    pub ended: usize,
    /// How many offers need nothing.
    pub unchanged: usize,
    /// How many offers the keys or the condition leave out; nothing is known of them.
    pub left_out: usize,
    /// Warnings, and an error for every blocked action.
    pub diagnostics: Vec<Diagnostic>,
    /// The rest of the whole plan, if this one is narrowed to what differs from an older commit: an apply carries that out as well. Its
    /// actions and their clusters alone.
    pub elsewhere: Option<Box<Plan>>,
    /// Amounts that change by one rule; the largest first within a field and unit.
    pub clusters: Vec<Cluster>,
}

/// The state that a plan was made from; both `None` before the first apply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct StateBinding {
    /// The lineage of the state.
    pub lineage: Option<String>,
    /// The digest of its content.
    pub digest: Option<String>,
}

/// A line of YAML: where an action's offer stands, or what gave a changed value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct YamlLocation {
    /// The path, `/`-separated, relative to the folder of `offersync.toml`.
    pub file: SourcePath,
    /// 1-based line.
    pub line: u32,
}

/// A value before and after; `None` means absent, that is unknown or not managed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Which field.
    pub field: Field,
    /// The recorded value.
    pub before: Option<Value>,
    /// The desired value.
    pub after: Option<Value>,
    /// Of a status that is not recorded: what CAKE showed when the offer was imported or adopted.
    pub status_word: Option<StatusWord>,
    /// The host of a URL, where no recorded offer has it.
    pub new_host: Option<Box<str>>,
    /// The line that gives the desired value, in the offer's own file or in a `_defaults.yaml`; `None` where no file gives one.
    pub source: Option<YamlLocation>,
    /// Since when a schedule, or the expiration date, gives the desired value; `None` where the YAML gives it for all times.
    pub due_since: Option<DateTime>,
    /// Of an amount: the index of the cluster whose rule it follows.
    pub cluster: Option<usize>,
}

impl FieldChange {
    /// A change to a value from nothing.
    pub fn to(field: Field, value: Value) -> Self {
        let (before, after) = (None, Some(value));
        Self { field, before, after, status_word: None, new_host: None, source: None, due_since: None, cluster: None }
    }
}

impl From<Place> for YamlLocation {
    fn from(place: Place) -> Self {
        Self { file: place.file, line: place.line }
    }
}

/// One operation on one offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The offer's key.
    pub key: Key,
    /// The operation.
    pub kind: ActionKind,
    /// Its YAML; `None` if that was removed.
    pub source: Option<YamlLocation>,
    /// Where its YAML stood at an older commit, if it has moved since and takes other values there. Only a plan since a commit knows it.
    pub moved_from: Option<SourcePath>,
    /// The fields that differ, for people.
    pub changes: Vec<FieldChange>,
    /// The values that surround the changes (what is managed, else what is recorded), for names and margins.
    pub context: Fields,
    /// The reason, where the changes do not show it.
    pub reason: Option<String>,
    /// Why to review it before others, the gravest first.
    pub flags: Vec<Flag>,
}

/// The operation, with every value needed to execute it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionKind {
    /// Write to CAKE.
    Write(Operation),
    /// Change what is recorded; CAKE is not asked.
    StateOnly(StateChange),
    /// Do nothing: a person has to decide.
    Blocked {
        /// The offer, where one is recorded.
        offer_id: Option<OfferId>,
    },
}

/// The kind of an action, in the order of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// POST create.
    Create,
    /// POST create, then POST update of the old offer.
    Replace,
    /// POST update of a retired offer.
    Restore,
    /// POST update.
    Update,
    /// POST update to inactive.
    Retire,
    /// State only.
    Rename,
    /// State only: `sync.protect` is set or lifted.
    Protect,
    /// State only.
    Release,
    /// Nothing.
    Blocked,
}

impl Verb {
    /// Every verb, in the order of a plan.
    pub const ALL: [Self; 9] = [
        Self::Create,
        Self::Replace,
        Self::Restore,
        Self::Update,
        Self::Retire,
        Self::Rename,
        Self::Protect,
        Self::Release,
        Self::Blocked,
    ];

    /// Name used in JSON and text output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Restore => "restore",
            Self::Update => "update",
            Self::Retire => "retire",
            Self::Rename => "rename",
            Self::Protect => "protect",
            Self::Release => "release",
            Self::Blocked => "blocked",
        }
    }

    /// Whether executing it sends a request.
    pub fn writes(self) -> bool {
        !matches!(self, Self::Rename | Self::Protect | Self::Release | Self::Blocked)
    }
}

impl ActionKind {
    /// Its kind.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Write(Operation::Create(CreateRequest { replaces: None, .. })) => Verb::Create,
            Self::Write(Operation::Create(CreateRequest { replaces: Some(_), .. })) => Verb::Replace,
            Self::Write(Operation::Restore { .. }) => Verb::Restore,
            Self::Write(Operation::Update { .. }) => Verb::Update,
            Self::Write(Operation::Retire { .. } | Operation::RetireReplaced { .. }) => Verb::Retire,
            Self::StateOnly(StateChange::Rename { .. }) => Verb::Rename,
            Self::StateOnly(StateChange::Protect { .. }) => Verb::Protect,
            Self::StateOnly(_) => Verb::Release,
            Self::Blocked { .. } => Verb::Blocked,
        }
    }

    /// The id of the offer in CAKE, where it has one already.
    pub fn offer_id(&self) -> Option<OfferId> {
        match self {
            Self::Write(operation) => operation.offer_id(),
            Self::StateOnly(change) => change.offer_id(),
            Self::Blocked { offer_id } => *offer_id,
        }
    }

    /// What a create or a replace sends.
    pub fn create(&self) -> Option<&CreateRequest> {
        match self {
            Self::Write(Operation::Create(request)) => Some(request),
            _ => None,
        }
    }

    /// Whether the record will be protected, where the action sets that.
    pub fn protect(&self) -> Option<bool> {
        match self {
            Self::Write(Operation::Create(CreateRequest { protect, .. }) | Operation::Restore { protect, .. }) => {
                protect.then_some(true)
            }
            Self::StateOnly(StateChange::Protect { protect, .. }) => Some(*protect),
            _ => None,
        }
    }

    /// The key until now, for a rename.
    pub fn renamed_from(&self) -> Option<&Key> {
        match self {
            Self::StateOnly(StateChange::Rename { from, .. }) => Some(from),
            _ => None,
        }
    }
}

impl Action {
    /// The line of another file that gives a changed value to this offer.
    pub fn inherited_from<'c>(&self, change: &'c FieldChange) -> Option<&'c YamlLocation> {
        let own = self.source.as_ref().map(|source| &source.file);
        change.source.as_ref().filter(|source| Some(&source.file) != own)
    }

    /// Its kind.
    pub fn verb(&self) -> Verb {
        self.kind.verb()
    }
}

impl Plan {
    /// Whether there is nothing to do or to review.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// The actions that a narrower plan does not have, with what their review needs.
    #[must_use]
    pub fn besides(mut self, narrower: &Self) -> Self {
        let keys: BTreeSet<&Key> = narrower.actions.iter().map(|action| &action.key).collect();
        self.actions.retain(|action| !keys.contains(&action.key));
        Self { state_changes: Vec::new(), upcoming: Vec::new(), upcoming_later: 0, diagnostics: Vec::new(), ..self }
    }

    /// Whether a person has to decide something first: an action is blocked, or a change of what decides was not accepted.
    pub fn is_refused(&self) -> bool {
        self.is_blocked() || self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Whether CAKE's list, which the plan was made against, lacks a recorded offer.
    pub fn is_missing_offers(&self) -> bool {
        self.diagnostics.iter().any(|problem| problem.code == codes::plan::GONE)
    }

    /// Whether an apply has to find out what became of an earlier create, even if there is no action.
    pub fn has_creates_in_doubt(&self) -> bool {
        self.diagnostics.iter().any(|problem| problem.code == codes::plan::IN_DOUBT)
    }

    /// Whether an action is blocked, so that nothing may be executed.
    pub fn is_blocked(&self) -> bool {
        self.actions.iter().any(|action| action.verb() == Verb::Blocked)
    }
}
