//! The state as commands read it: without a lock, and empty where there never was one.

use std::sync::LazyLock;

use crate::diagnostic::{Diagnostic, codes};
use crate::offer::Recorded;
use crate::plan::StateBinding;
use crate::state::{LoadedState, LockError, StateError, Store};

use super::context::Repository;
use super::exit::Exit;
use super::failure::Failure;

static NOTHING: LazyLock<Recorded> = LazyLock::new(Recorded::default);

/// What is recorded, and which state that is.
#[derive(Debug)]
pub(super) struct RecordedState {
    loaded: LoadedState,
    binding: StateBinding,
}

impl RecordedState {
    /// The records; none before the first apply.
    pub(super) fn recorded(&self) -> &Recorded {
        self.loaded.recorded().unwrap_or(&NOTHING)
    }

    /// Which state it is.
    pub(super) fn binding(&self) -> StateBinding {
        self.binding.clone()
    }
}

/// Reads state and journal as a consistent pair, also while an apply runs.
pub(super) fn read_recorded(repository: &Repository) -> Result<RecordedState, Failure> {
    let loaded = Store::new(&repository.state).read(Some(&repository.cake)).map_err(|error| refused(&error))?;
    let binding = loaded.document.as_ref().map_or_else(StateBinding::default, |document| StateBinding {
        lineage: Some(document.lineage.to_string()),
        digest: Some(document.digest()),
    });
    Ok(RecordedState { loaded, binding })
}

/// A state that cannot be used.
pub(super) fn refused(error: &StateError) -> Failure {
    let diagnostic = Diagnostic::error(codes::world::STATE_REFUSED, error.problem()).help(error.help());
    Failure { exit: Exit::Error, diagnostics: vec![diagnostic] }
}

/// A lock that somebody else has, or that cannot be taken at all.
pub(super) fn locked(error: &LockError) -> Failure {
    let (exit, code) = match error {
        LockError::Locked { .. } => (Exit::Locked, codes::world::LOCKED),
        LockError::Unavailable { .. } => (Exit::Error, codes::world::DISK),
    };
    Failure::new(exit, code, super::failure::with_causes(error)).help(error.help())
}
