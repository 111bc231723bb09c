//! Exit codes. Stable: scripts and CI depend on them.

use crate::apply::RunOutcome;
use crate::plan::Plan;

/// The process's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    /// Other error.
    Error = 1,
    /// Changes or drift; only with `--detailed-exitcode`.
    Changes = 2,
    /// Invalid offers or configuration.
    Invalid = 3,
    /// Refused: a blocked change or a failed check.
    Refused = 4,
    /// The saved plan is stale.
    Stale = 5,
    /// The state is locked.
    Locked = 6,
    /// Done in part: some writes were rejected or not sent, something was left out, or some links could not be checked.
    Partial = 7,
    /// The outcome of a create is in doubt and needs a decision.
    InDoubt = 8,
    /// CAKE refused the key.
    KeyRefused = 9,
    /// Invalid command line.
    Usage = 64,
    /// Interrupted; nothing is lost.
    Interrupted = 130,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// That of `plan`; `detailed` tells changes from none.
    pub(super) fn of_plan(plan: &Plan, detailed: bool) -> Self {
        match plan {
            plan if plan.is_refused() => Self::Refused,
            // An offer that CAKE does not show is a difference that no plan can make even, and one in doubt is for the next apply to look for.
            plan if detailed && (!plan.is_empty() || plan.is_missing_offers() || plan.has_creates_in_doubt()) => {
                Self::Changes
            }
            _ => Self::Done,
        }
    }
}

impl From<RunOutcome> for Exit {
    fn from(outcome: RunOutcome) -> Self {
        match outcome {
            RunOutcome::NothingToDo | RunOutcome::Complete => Self::Done,
            RunOutcome::Refused => Self::Refused,
            RunOutcome::Partial => Self::Partial,
            RunOutcome::NotRecorded => Self::Error,
            RunOutcome::InDoubt => Self::InDoubt,
            RunOutcome::KeyRefused => Self::KeyRefused,
            RunOutcome::Interrupted => Self::Interrupted,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
