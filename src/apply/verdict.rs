//! What became of the whole, from what became of the parts: one rule for the report and for the exit code.

use super::outcome::{ActionOutcome, Execution, RunOutcome};

/// Why an apply ended as it did; the exit code and the report's outcome both follow from it, so they always agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// There was nothing to do.
    NothingToDo,
    /// Everything was done.
    Complete,
    /// Refused as a whole: nothing was sent.
    Refused,
    /// Some writes were rejected, not sent or not begun.
    Partial,
    /// The journal or the state could not be written.
    Disk,
    /// An outcome is in doubt.
    InDoubt,
    /// CAKE refused the key.
    KeyRefused,
    /// A signal stopped it.
    Interrupted,
}

impl Verdict {
    /// The verdict on an execution. What ends an apply early outranks what it left behind: an interrupted apply leaves
    /// doubts as a matter of course, and the next one clears them up.
    pub fn of(execution: &Execution, interrupted: bool, doubts: bool) -> Self {
        let results = &execution.results;
        let any = |outcome| results.iter().any(|result| result.outcome == outcome);
        let unfinished = any(ActionOutcome::Rejected) || any(ActionOutcome::NotSent) || any(ActionOutcome::Skipped);
        if execution.journal_error.is_some() {
            Self::Disk
        } else if interrupted && (unfinished || doubts || any(ActionOutcome::InDoubt)) {
            Self::Interrupted
        } else if execution.key_refused.is_some() {
            Self::KeyRefused
        } else if doubts || any(ActionOutcome::InDoubt) {
            Self::InDoubt
        } else if unfinished {
            Self::Partial
        } else if results.is_empty() {
            Self::NothingToDo
        } else {
            Self::Complete
        }
    }

    /// The word for the report.
    pub fn outcome(self) -> RunOutcome {
        match self {
            Self::NothingToDo => RunOutcome::NothingToDo,
            Self::Complete => RunOutcome::Complete,
            Self::Refused | Self::Partial | Self::Disk | Self::KeyRefused => RunOutcome::Partial,
            Self::InDoubt => RunOutcome::InDoubt,
            Self::Interrupted => RunOutcome::Interrupted,
        }
    }
}
