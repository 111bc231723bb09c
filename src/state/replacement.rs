//! Replacing the state's file: the trial before the first write, and the errors of both.
//!
//! Knows no document. Invariant: a file that another process has changed meanwhile is not replaced.

use std::io::{self, Seek as _};

use super::error::StateError;
use super::files::{JOURNAL, open_if_there};
use super::store::Store;
use crate::disk::{self, Step};

impl Store {
    pub(super) fn not_replaceable(&self, step: Step, source: io::Error) -> StateError {
        StateError::NotReplaceable { path: self.path().to_owned(), step, source }
    }

    /// Replaces the state by a copy of itself, as publishing replaces it. Only for the holder of the lock.
    pub(super) fn try_to_replace(&self) -> Result<(), StateError> {
        let at_first = |source| self.not_replaceable(Step::Write, source);
        // Where there is no state yet, publishing creates a file, as `disk::prepare` has done.
        let Some(mut state) = open_if_there(self.file()).map_err(at_first)? else { return Ok(()) };
        let replaced = disk::replace_durably(self.file(), None, |copy| {
            io::copy(&mut state, copy)?;
            // The time of the state is when it was published.
            copy.set_modified(state.metadata()?.modified()?)?;
            copy.rewind()?;
            let copied = blake3::Hasher::new().update_reader(copy)?.finalize().to_hex().to_string();
            // On some file systems two processes can hold the lock: what another one has published meanwhile stays.
            if self.bytes_digest()?.is_some_and(|present| present == copied) {
                return Ok(());
            }
            Err(io::Error::other("another process changed the state"))
        });
        replaced.map_err(|(step, source)| self.not_replaceable(step, source))
    }

    pub(super) fn not_published(&self, step: Step, source: io::Error) -> StateError {
        StateError::NotPublished { path: self.path().to_owned(), journal: self.beside_shown(JOURNAL), step, source }
    }

    pub(super) fn changed(&self) -> StateError {
        StateError::Changed { path: self.path().to_owned(), journal: self.beside_shown(JOURNAL) }
    }
}
