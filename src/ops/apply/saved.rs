//! A saved plan: read like any input, compared with what would be done now, and carried out exactly or not at all.
//!
//! The file is never the source of a request. A fresh plan is made from today's files, and every saved action must be in it,
//! equal in all that is sent and recorded; the rest of the fresh plan is dropped. So an edited file can request nothing that the
//! repository does not say, and offers that changed since make the plan stale by name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use crate::apply::Found;
use crate::disk;
use crate::offer::{Key, Operation};
use crate::ops::diagnose::shown;
use crate::ops::error::Error;
use crate::plan::{Action, ActionDocument, ActionKind, Plan, PlanDocument, SavedDocument, Verb};
use crate::state::address;
use crate::words::count;

#[derive(Debug)]
pub struct SavedPlan {
    document: SavedDocument,
    /// The file, or what messages call it.
    name: String,
    /// Whether actions that are not to be done any more are left out.
    skips_done: bool,
}

/// Why a saved plan is not carried out.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the text of each error says what its members are")]
pub enum SavedPlanError {
    /// The file is not a plan that was saved, or it was edited.
    #[error("{name} is not a saved plan: {why}")]
    NotAPlan {
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// It was made of settings or records that no person had accepted.
    #[error("{name}: the plan was refused when it was made: settings or records that it is made of were not accepted")]
    Unaccepted { name: String },
    /// What would be done now differs from what was saved.
    #[error("{why}")]
    Stale {
        why: String,
        /// What was found out in CAKE meanwhile, and may be the reason.
        found: Vec<String>,
    },
    /// What would be done differs by now from what a person has confirmed.
    #[error(
        "what the plan would do has changed while its answer was waited for: an entry of a schedule or a freeze has begun, or a file was edited"
    )]
    Outdated,
}

impl SavedPlanError {
    fn stale(why: String) -> Self {
        Self::Stale { why, found: Vec::new() }
    }

    /// The same, with what was found out in CAKE before the comparison.
    pub(super) fn after(self, settled: Vec<String>) -> Self {
        match self {
            Self::Stale { why, .. } => Self::Stale { why, found: settled },
            other => other,
        }
    }
}

impl SavedPlan {
    /// Reads a plan from a file, or from standard input (`-`).
    pub fn read(path: &Path) -> Result<Self, Error> {
        let is_input = path == Path::new(disk::STANDARD_INPUT);
        let name = if is_input { "standard input".to_owned() } else { path.display().to_string() };
        let bytes = match disk::read_named(path) {
            Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
                return Err(SavedPlanError::NotAPlan { name, why: "it is far too large".to_owned() }.into());
            }
            read => read.map_err(|source| Error::file("read the saved plan", path, source))?,
        };
        Ok(Self::parse(&bytes, name)?)
    }

    /// The saved form of a plan that was made in this process.
    pub(super) fn of(plan: &Plan) -> Result<Self, Error> {
        let bytes =
            serde_json::to_vec(&PlanDocument::from(plan)).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Self::parse(&bytes, "the plan".to_owned())?)
    }

    fn parse(bytes: &[u8], name: String) -> Result<Self, SavedPlanError> {
        let document = match SavedDocument::parse(bytes) {
            Ok(document) => document,
            Err(error) => return Err(SavedPlanError::NotAPlan { name, why: error.to_string() }),
        };
        let (counted, held) = (document.counted(), document.actions.len());
        if counted != held {
            let why = format!("it counts {counted} actions and holds {held}, so it was edited");
            return Err(SavedPlanError::NotAPlan { name, why });
        }
        if document.is_unaccepted() {
            return Err(SavedPlanError::Unaccepted { name });
        }
        Ok(Self { document, name, skips_done: false })
    }

    /// The same plan, of which what is done by now is left out: less is done than was reviewed, and nothing else.
    pub(super) fn skipping_done(self) -> Self {
        Self { skips_done: true, ..self }
    }

    /// Refuses a plan for another environment or another CAKE, before anything is locked or asked.
    pub(super) fn check_environment(&self, environment: &str, cake: &str) -> Result<(), SavedPlanError> {
        self.check_address(cake)?;
        if let Some(then) = self.document.environment.as_deref().filter(|then| *then != environment) {
            return Err(SavedPlanError::stale(format!(
                "the saved plan is for the environment `{then}`, and this one is `{environment}`; it would have changed {}",
                shown(self.keys().into_iter())
            )));
        }
        Ok(())
    }

    pub(super) fn check_address(&self, cake: &str) -> Result<(), SavedPlanError> {
        if address::same(&self.document.cake, cake) {
            return Ok(());
        }
        let then = &self.document.cake;
        Err(SavedPlanError::stale(format!(
            "the saved plan is for the CAKE at {then}, but the configuration names {cake}; it would have changed {}",
            shown(self.keys().into_iter())
        )))
    }

    fn keys(&self) -> BTreeSet<&Key> {
        self.document.actions.iter().map(|action| &action.key).collect()
    }

    /// The moment that it was made for.
    pub(super) fn at(&self) -> Option<Timestamp> {
        self.document.at
    }

    /// Whether it was made against what CAKE showed, so that an apply looks again.
    pub(super) fn is_refreshed(&self) -> bool {
        self.document.refreshed
    }

    /// Refuses unless every saved action is what would be done now, or was found to be done.
    fn check(&self, plan: &Plan, found: &BTreeMap<Key, Found>) -> Result<(), SavedPlanError> {
        self.check_environment(&plan.environment, &plan.cake)?;
        let document = &self.document;
        if let (Some(then), Some(now)) = (&document.state.lineage, &plan.state.lineage)
            && then != now
        {
            let keys = shown(self.keys().into_iter());
            return Err(SavedPlanError::stale(format!(
                "the saved plan was made from another state ({then}, now {now}); it would have changed {keys}"
            )));
        }
        let changed = self.changed(plan, found);
        if changed.is_empty() {
            return Ok(());
        }
        let is_as_then = document.state == plan.state && document.inputs_digest == plan.inputs_digest;
        if is_as_then && document.is_of_this_version() {
            // The same inputs give the same plan; so the file is what has changed.
            let why =
                format!("nothing changed since it was saved, but it differs for {}", shown(changed.iter().copied()));
            return Err(SavedPlanError::NotAPlan { name: self.name.clone(), why: format!("it was edited: {why}") });
        }
        Err(SavedPlanError::stale(format!(
            "{} changed since the plan was saved: {}",
            count(changed.len(), "offer"),
            shown(changed.iter().copied())
        )))
    }

    /// The keys whose saved actions are not, or not all, in the plan.
    fn changed(&self, plan: &Plan, found: &BTreeMap<Key, Found>) -> BTreeSet<&Key> {
        let by_key = |actions: &mut dyn Iterator<Item = ActionDocument>| {
            let mut found: BTreeMap<Key, Vec<ActionDocument>> = BTreeMap::new();
            for action in actions {
                found.entry(action.key.clone()).or_default().push(action);
            }
            found
        };
        let is_found = |action: &ActionDocument| creates(action) && found.contains_key(&action.key);
        let then = by_key(&mut self.document.actions.iter().filter(|action| !is_found(action)).cloned());
        let now = plan.actions.iter().filter(|action| !self.is_rest_of_found(action, found));
        let now = by_key(&mut now.map(ActionDocument::from));
        let none = Vec::new();
        let same = |key: &&Key| {
            let (then, now) = (then.get(*key).unwrap_or(&none), now.get(*key).unwrap_or(&none));
            then.len() == now.len() && then.iter().zip(now).all(|(then, now)| then.does_the_same(now))
        };
        let is_done = |key: &&Key| self.skips_done && !now.contains_key(*key);
        self.keys().into_iter().filter(|key| !is_done(key) && !same(key)).collect()
    }

    /// Whether today's action is only there because the saved create was found to be done: the second half of its replace, or an
    /// update of what CAKE shows otherwise.
    fn is_rest_of_found(&self, action: &Action, found: &BTreeMap<Key, Found>) -> bool {
        let was_create = || self.document.actions.iter().any(|saved| saved.key == action.key && creates(saved));
        let is_rest =
            matches!(action.kind, ActionKind::Write(Operation::RetireReplaced { .. } | Operation::Update { .. }));
        is_rest && found.contains_key(&action.key) && was_create()
    }

    /// Today's plan without what the saved one does not hold; every saved action must be in it. Creates that were found to be
    /// done in this apply count as carried out.
    pub(super) fn narrow(&self, mut plan: Plan, found: &BTreeMap<Key, Found>) -> Result<Plan, SavedPlanError> {
        self.check(&plan, found)?;
        let keys = self.keys();
        // The second half of a replace was reviewed with the first one; a new update was not.
        let is_new = |action: &Action| {
            matches!(action.kind, ActionKind::Write(Operation::Update { .. })) && self.is_rest_of_found(action, found)
        };
        plan.actions.retain(|action| keys.contains(&action.key) && !is_new(action));
        Ok(plan)
    }
}

fn creates(action: &ActionDocument) -> bool {
    matches!(action.action, Verb::Create | Verb::Replace)
}
