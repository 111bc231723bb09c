//! The failure of a command: an exit code and diagnostics. The only place that maps an error of an operation to an exit code.

use std::io;

use crate::cake::ReadFailure;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::git::GitError;
use crate::ops::{self, ConnectError, SavedPlanError, StateChangeError};
use crate::state::{ClaimError, LockError};

use super::exit::Exit;

#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether the result was given all the same, so that the problems do not take its place.
    pub(crate) is_after_result: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, code: Code, message: impl Into<String>) -> Self {
        Self { exit, diagnostics: vec![Diagnostic::error(code, message)], is_after_result: false }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, codes::process::USAGE, message)
    }

    /// Standard output could not be written to.
    pub(crate) fn output(error: &io::Error) -> Self {
        Self::new(Exit::Error, codes::process::DISK, format!("cannot write to standard output: {error}"))
    }

    /// The same after the result.
    #[must_use]
    pub(crate) fn after_result(self) -> Self {
        Self { is_after_result: true, ..self }
    }

    /// Sets the help of the last problem.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(last) = self.diagnostics.last_mut() {
            last.help = Some(help.into());
        }
        self
    }
}

/// A wrong command line.
impl From<Diagnostic> for Failure {
    fn from(problem: Diagnostic) -> Self {
        Self { exit: Exit::Usage, diagnostics: vec![problem], is_after_result: false }
    }
}

impl From<ops::Error> for Failure {
    fn from(error: ops::Error) -> Self {
        Self { exit: exit_of(&error), diagnostics: error.diagnostics(), is_after_result: false }
    }
}

/// The exit code of an operation that failed.
pub(crate) fn exit_of(error: &ops::Error) -> Exit {
    match error {
        ops::Error::Invalid(_) | ops::Error::SavedPlan(SavedPlanError::NotAPlan { .. }) => Exit::Invalid,
        ops::Error::Usage { .. }
        | ops::Error::Environment(_)
        | ops::Error::NoValue(_)
        | ops::Error::Git(GitError::BadRef { .. } | GitError::AmbiguousRef { .. }) => Exit::Usage,
        error if error.is_refused_state() => Exit::Refused,
        ops::Error::Exists(_)
        | ops::Error::Hidden(_)
        | ops::Error::Differs(_)
        | ops::Error::Overwrites(_)
        | ops::Error::Unready(_)
        | ops::Error::NotMoved(_)
        | ops::Error::Connect(ConnectError::KeyHost(_))
        | ops::Error::Git(GitError::NotInPartialClone(_))
        | ops::Error::SavedPlan(SavedPlanError::Unaccepted { .. })
        | ops::Error::StateChange(StateChangeError::Unseen { .. }) => Exit::Refused,
        ops::Error::SavedPlan(SavedPlanError::Stale { .. } | SavedPlanError::Outdated) => Exit::Stale,
        ops::Error::Lock(LockError::Locked { .. }) | ops::Error::Claim(ClaimError::Held { .. }) => Exit::Locked,
        ops::Error::Listing(failure) | ops::Error::AdvertiserListing(failure) => match failure {
            ReadFailure::KeyRefused { .. } => Exit::KeyRefused,
            ReadFailure::Stopped => Exit::Interrupted,
            ReadFailure::NoListing { .. }
            | ReadFailure::Failed { .. }
            | ReadFailure::Throttled { .. }
            | ReadFailure::Incomplete { .. }
            | ReadFailure::EmptyWithoutTotal
            | ReadFailure::NoRows { .. } => Exit::Error,
        },
        ops::Error::Interrupted(_) => Exit::Interrupted,
        ops::Error::File { .. }
        | ops::Error::State(_)
        | ops::Error::Lock(LockError::Unavailable { .. })
        | ops::Error::Claim(_)
        | ops::Error::Journal(_)
        | ops::Error::StateChange(_)
        | ops::Error::Merge(_)
        | ops::Error::Connect(_)
        | ops::Error::NameEdit(_)
        | ops::Error::ConfigChanged(_)
        | ops::Error::LinkClient(_)
        | ops::Error::Forge(_)
        | ops::Error::NotPushed(_)
        | ops::Error::Git(_)
        | ops::Error::NotConfirmed
        | ops::Error::Clock
        | ops::Error::Start(_)
        | ops::Error::Internal(_) => Exit::Error,
    }
}
