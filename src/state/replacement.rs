//! Replacing the state's file: the trial before the first write, and the errors of both.
//!
//! Knows no document. Invariant: a file that another process has changed meanwhile is not replaced.

use std::fs;
use std::io::{self, Seek as _};
use std::path::Path;
use std::sync::Arc;

use super::error::StateError;
use super::files::open_if_there;
use super::journal::JournalError;
use super::store::Store;
use crate::disk::{self, Step};

impl Store {
    pub(super) fn not_replaceable(&self, step: Step, source: io::Error) -> StateError {
        StateError::NotReplaceable { path: self.path().to_owned(), step, source }
    }

    /// Replaces the state and its copies by themselves, as publishing replaces them. Only for the holder of the lock.
    pub(super) fn try_to_replace(&self) -> Result<(), StateError> {
        // The journal is in the same folder, so that a copy that is not there yet can be created.
        let failed = |step, path: &Path| {
            let path = path.to_owned();
            move |error: io::Error| {
                self.not_replaceable(step, io::Error::new(error.kind(), format!("{}: {error}", path.display())))
            }
        };
        let previous = self.previous_path();
        disk::try_to_keep(&previous, disk::keep).map_err(failed(Step::KeepPrevious, &previous))?;
        if let Some(copy) = self.copy_path() {
            disk::try_to_keep(&copy, disk::keep_copy).map_err(failed(Step::KeepCopy, &copy))?;
        }
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
        StateError::NotPublished { path: self.path().to_owned(), journal: self.journal_path(), step, source }
    }

    pub(super) fn changed(&self) -> StateError {
        StateError::Changed { path: self.path().to_owned(), journal: self.journal_path() }
    }

    /// Keeps a copy of the state where `git clean` does not come, and removes the previous generation that an older offersync
    /// has left beside the state.
    pub(super) fn keep_copy(&self) -> Result<(), StateError> {
        let Some(copy) = self.copy_path() else { return Ok(()) };
        disk::keep_copy(self.file(), &copy).map_err(|source| self.not_published(Step::KeepCopy, source))?;
        if let Some(old) = self.other_previous_path() {
            // There is a newer one now, so that it does no harm.
            drop(fs::remove_file(old));
        }
        Ok(())
    }

    /// Removes the journal at the place that is no longer written, after its entries were published.
    pub(super) fn remove_other_journal(&self) -> Result<(), StateError> {
        let Some(path) = self.other_journal_path() else { return Ok(()) };
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let source = JournalError::Write { path: path.clone(), source: Arc::new(error) };
                Err(StateError::JournalNotEmptied { path, source })
            }
            _ => Ok(()),
        }
    }
}
