//! Copies of a state, for the case that the state itself is gone or damaged.

use std::fs;
use std::path::{Path, PathBuf};

use super::document::StateDocument;
use super::error::StateError;
use super::files::digest_of;
use super::parse_error::ParseErrorKind;
use super::store::Store;

/// A copy of a state that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is what the last apply on this machine has published, not the generation before that.
    pub is_last: bool,
}

impl Store {
    /// The newest copy.
    pub(super) fn backup(&self) -> Option<Box<Backup>> {
        // A second name of a file that was damaged in its place is no copy of anything good.
        let is_good = |path: &PathBuf| fs::read(path).is_ok_and(|bytes| StateDocument::parse(&bytes).is_ok());
        let last = self.copy_path().filter(is_good).map(|path| Backup { path, is_last: true });
        let previous = || {
            let paths = std::iter::once(self.previous_path()).chain(self.other_previous_path());
            let path = paths.into_iter().find(|path| path.exists())?;
            Some(Backup { path, is_last: false })
        };
        last.or_else(previous).map(Box::new)
    }

    /// The error that the state has no digest, though a version of it that is known has one; `is_in_git` looks for one there, and
    /// `is_as_committed` says whether git has the state as it is. A state has none only if an older offersync wrote it.
    pub fn without_digest<E>(
        &self,
        is_in_git: impl FnOnce() -> Result<bool, E>,
        is_as_committed: impl FnOnce() -> Result<bool, E>,
    ) -> Result<Option<StateError>, E> {
        // One that cannot be read is told where it is read.
        if StateDocument::has_digest_in(&self.file).unwrap_or(true) {
            return Ok(None);
        }
        let copies = self.copy_path().into_iter().chain([self.previous_path()]);
        let mut has_digest = copies.map(|copy| StateDocument::has_digest_in(&copy).unwrap_or(false));
        // A commit from before there were digests may be checked out.
        let is_taken_out = is_in_git()? || has_digest.any(|has_digest| has_digest) && !is_as_committed()?;
        Ok(is_taken_out.then(|| StateError::Damaged {
            path: self.path().to_owned(),
            position: None,
            kind: ParseErrorKind::NoDigest,
            backup: self.backup(),
            committed: None,
        }))
    }

    /// What the last apply on this machine has published, where the state is another file now.
    pub fn copy_of_another(&self) -> Result<Option<PathBuf>, StateError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| StateError::Unreadable { path, source }
        };
        let Some(copy) = self.copy_path() else { return Ok(None) };
        let Some(state) = self.bytes_digest().map_err(unreadable(&self.file))? else { return Ok(None) };
        let copied = digest_of(&copy).map_err(unreadable(&copy))?;
        Ok(copied.is_some_and(|copied| copied != state).then_some(copy))
    }

    /// The state is gone; `trace` shows that there was one.
    pub(super) fn missing(&self, trace: Option<PathBuf>) -> StateError {
        StateError::Missing { path: self.path().to_owned(), trace, backup: self.backup(), committed: None }
    }
}
