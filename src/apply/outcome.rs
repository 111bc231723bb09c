//! What became of an apply: of each action, and of the whole.

use crate::offer::{Key, OfferId};
use crate::plan::{Action, StateBinding, Verb};
use crate::state::JournalError;

/// What became of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionOutcome {
    /// CAKE confirmed it, or it concerned the state alone; it is recorded.
    Done,
    /// CAKE refused it; nothing changed there.
    Rejected,
    /// It never reached CAKE.
    NotSent,
    /// It was sent, and nobody knows what became of it.
    InDoubt,
    /// It was not begun: the apply stopped before it, or was refused as a whole.
    Skipped,
}

impl ActionOutcome {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Rejected => "rejected",
            Self::NotSent => "not_sent",
            Self::InDoubt => "in_doubt",
            Self::Skipped => "skipped",
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionResult {
    /// The offer's key.
    pub key: Key,
    /// What was to be done.
    pub verb: Verb,
    /// The offer's id in CAKE, where it is known.
    pub offer_id: Option<OfferId>,
    /// What became of it.
    pub outcome: ActionOutcome,
    /// CAKE's words, or ours, where there is something to say.
    pub message: Option<String>,
    /// How many requests it took; 0 where none was sent.
    pub attempts: u32,
}

impl ActionResult {
    /// A result that sent nothing yet.
    pub fn of(action: &Action, outcome: ActionOutcome, message: &str) -> Self {
        let (key, verb, offer_id) = (action.key.clone(), action.verb(), action.kind.offer_id());
        Self { key, verb, offer_id, outcome, message: Some(message.to_owned()), attempts: 0 }
    }

    /// The action was not begun.
    pub fn skipped(action: &Action, reason: &str) -> Self {
        Self::of(action, ActionOutcome::Skipped, reason)
    }

    /// The action is done.
    pub(super) fn done(action: &Action, offer_id: Option<OfferId>, attempts: u32) -> Self {
        let (key, verb) = (action.key.clone(), action.verb());
        Self { key, verb, offer_id, outcome: ActionOutcome::Done, message: None, attempts }
    }
}

/// What became of the actions, and why nothing new was begun, if so.
#[derive(Debug, Default)]
pub struct Execution {
    /// One result an action, in the plan's order.
    pub results: Vec<ActionResult>,
    /// The journal failed: what was done until then is on disk, and nothing was begun after it.
    pub journal_error: Option<JournalError>,
    /// CAKE refused the key, with its words.
    pub key_refused: Option<String>,
    /// CAKE could not be reached: why the last of several writes in a row did not get through.
    pub unreachable: Option<String>,
}

/// What became of the apply as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// Everything was done.
    Complete,
    /// Some actions were rejected, not sent or skipped.
    Partial,
    /// At least one outcome needs a person.
    InDoubt,
    /// It was asked to stop.
    Interrupted,
    /// There was nothing to do.
    NothingToDo,
}

impl RunOutcome {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::InDoubt => "in_doubt",
            Self::Interrupted => "interrupted",
            Self::NothingToDo => "nothing_to_do",
        }
    }
}

/// Everything there is to say after an apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The whole.
    pub outcome: RunOutcome,
    /// Each action, in the order of the plan; creates in doubt from earlier applies come first.
    pub results: Vec<ActionResult>,
    /// The state as it is now.
    pub state: StateBinding,
    /// What else a person should know, such as a stop because CAKE refused the key, in whole sentences.
    pub notes: Vec<String>,
}

impl Report {
    /// How many actions ended that way.
    pub fn count(&self, outcome: ActionOutcome) -> usize {
        self.results.iter().filter(|result| result.outcome == outcome).count()
    }
}
