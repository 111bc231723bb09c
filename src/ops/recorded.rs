//! The state as commands read it: without a lock, and empty where there never was one.

use std::sync::LazyLock;

use crate::offer::Recorded;
use crate::plan::StateBinding;
use crate::state::{LoadedState, StateDocument};

use super::error::Error;
use super::repository::Repository;
use super::store::{load, store};

static NOTHING: LazyLock<Recorded> = LazyLock::new(Recorded::default);

/// What is recorded, and which state that is.
#[derive(Debug)]
pub(crate) struct RecordedState {
    loaded: LoadedState,
    binding: StateBinding,
}

impl RecordedState {
    /// The records; none before the first apply.
    pub(crate) fn recorded(&self) -> &Recorded {
        self.loaded.recorded().unwrap_or(&NOTHING)
    }

    /// The state as a document, with the journal replayed over it.
    pub(super) fn document(&self) -> Option<&StateDocument> {
        self.loaded.document.as_ref()
    }

    /// How many entries of a running or interrupted apply are in it.
    pub(super) fn journal_entries(&self) -> usize {
        self.loaded.journal_entries
    }

    pub(crate) fn binding(&self) -> StateBinding {
        self.binding.clone()
    }
}

/// Reads state and journal as a consistent pair, also while an apply runs.
pub(crate) fn read_recorded(repository: &Repository) -> Result<RecordedState, Error> {
    let loaded = load(repository, &store(repository)?, Some(&repository.cake))?;
    let binding = loaded.document.as_ref().map_or_else(StateBinding::default, |document| StateBinding {
        lineage: Some(document.lineage.to_string()),
        digest: loaded.digest.clone(),
    });
    Ok(RecordedState { loaded, binding })
}
