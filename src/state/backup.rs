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
        // An older offersync gave the state a second name, which is no copy once the state was damaged in its place.
        let is_good = |path: &PathBuf| fs::read(path).is_ok_and(|bytes| StateDocument::parse(&bytes).is_ok());
        let last = self.copy_path().filter(is_good).map(|path| Backup { path, is_last: true });
        let previous = || {
            let paths = std::iter::once(self.previous_path()).chain(self.other_previous_path());
            let path = paths.into_iter().find(|path| path.exists())?;
            Some(Backup { path, is_last: false })
        };
        last.or_else(previous).map(Box::new)
    }

    /// Whether the state has no digest. One that cannot be read is told where it is read.
    pub fn has_no_digest(&self) -> bool {
        !StateDocument::has_digest_in(&self.file).unwrap_or(true)
    }

    /// Whether the state has what no version wrote that did not write the digest as well: marks of changes.
    pub fn has_marks(&self) -> bool {
        self.present().is_some_and(|state| state.recorded.revisions.are_marked())
    }

    /// Whether a copy of what was published on this machine has a digest.
    pub fn copy_has_digest(&self) -> bool {
        let mut copies = self.copy_path().into_iter().chain([self.previous_path()]);
        copies.any(|copy| StateDocument::has_digest_in(&copy).unwrap_or(false))
    }

    /// The error that the state has no digest, though it should have one; `fetch` where the command that brings the versions which may
    /// have one is all that is known.
    pub fn no_digest(&self, fetch: Option<String>) -> StateError {
        StateError::Damaged {
            path: self.path().to_owned(),
            position: None,
            kind: fetch.map_or(ParseErrorKind::NoDigest, |fetch| ParseErrorKind::MaybeNoDigest { fetch }),
            backup: self.backup(),
            committed: None,
        }
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
