//! The report of an apply: each result beside its action, of which environment and commit it was, and when.

use jiff::Timestamp;

use crate::diagnostic::Diagnostic;
use crate::plan::{Action, Plan, StateBinding};

use super::outcome::{ActionOutcome, ActionResult, RunOutcome};

/// The report of an apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The outcome as a whole.
    pub outcome: RunOutcome,
    /// Where and when.
    pub run: Run,
    /// The plan that was carried out; `None` where the apply ended before there was one.
    pub plan: Option<Box<Plan>>,
    /// Each action, in plan order.
    pub results: Vec<ActionResult>,
    /// The state as it is now.
    pub state: StateBinding,
    /// Problems besides the results, and creates in doubt.
    pub diagnostics: Vec<Diagnostic>,
    /// Further notes, in full sentences.
    pub notes: Vec<String>,
}

/// Of which environment and commit an apply was, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// The address of CAKE.
    pub cake: String,
    /// The name of the environment: the configured one, or the host of CAKE.
    pub environment: String,
    /// The commit that was checked out, in a git work tree.
    pub commit: Option<String>,
    /// When it began: before it waited for the lock.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}

impl Report {
    /// A report of this outcome, without an action.
    pub fn new(outcome: RunOutcome) -> Self {
        Self {
            outcome,
            run: Run::default(),
            plan: None,
            results: Vec::new(),
            state: StateBinding::default(),
            diagnostics: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The number of actions with this outcome.
    pub fn count(&self, outcome: ActionOutcome) -> usize {
        self.results.iter().filter(|result| result.outcome == outcome).count()
    }

    /// Each result with its action.
    pub(crate) fn actions(&self) -> impl Iterator<Item = (&ActionResult, Option<&Action>)> {
        let actions = self.plan.as_ref().map(|plan| plan.actions.as_slice()).unwrap_or_default();
        self.results.iter().enumerate().map(|(at, result)| (result, actions.get(at)))
    }
}
