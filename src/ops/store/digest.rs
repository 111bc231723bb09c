//! A state without its digest: one that an older offersync wrote, or one that was edited, or whose merge was resolved without one.
//!
//! What the state has besides tells which, or another version of it: this program writes none without. Invariant: versions that are not in this clone have
//! shown nothing, so where they may have a digest, the state is not used until a person has looked at it.

use crate::config;
use crate::git::{self, GitError, NamedBy};
use crate::ops::error::Error;
use crate::ops::repository::Repository;
use crate::shell::git_beside;
use crate::state::{StateDocument, Store};

/// Versions in git that are looked at for a digest, the newest ones.
const VERSIONS: usize = 50;

/// Whether a text has a digest, right or wrong.
pub(super) fn is_in(bytes: &[u8]) -> bool {
    StateDocument::has_digest(bytes) == Some(true)
}

/// Fails where the state has none and had one, or may have had one.
pub(super) fn refuse_without(repository: &Repository, store: &Store) -> Result<(), Error> {
    if !store.has_no_digest() {
        return Ok(());
    }
    let file = store.file();
    let is_taken_out = store.has_marks();
    let is_taken_out = is_taken_out
        || match is_in_git(repository, store)? {
            // A commit from before there were digests may be checked out.
            Some(false) => store.copy_has_digest() && !git::is_committed(file, file)?,
            Some(true) => true,
            None => return Err(store.no_digest(Some(fetch(store)?)).into()),
        };
    if is_taken_out { Err(super::with_version(store, store.no_digest(None)).into()) } else { Ok(()) }
}

/// Whether a version in git has one; none where this clone does not have them all.
fn is_in_git(repository: &Repository, store: &Store) -> Result<Option<bool>, GitError> {
    let file = store.file();
    if git::find_version(file, is_in)?.is_some() {
        return Ok(Some(true));
    }
    let name_in = |bytes: &[u8]| config::state_in(bytes, &repository.settings);
    let named_by = NamedBy { file: repository.config_file(), name_in: &name_in };
    // What is in no commit has no versions in another clone either.
    let is_held = git::head_version(file)?.is_some() || git::is_tracked(file)?;
    let mut is_found = false;
    let has_all = git::newest_versions(file, &named_by, VERSIONS, |bytes| is_found |= is_in(bytes))?;
    Ok(if is_found { Some(true) } else { Some(false).filter(|_| has_all || !is_held) })
}

/// The command that brings the whole history.
fn fetch(store: &Store) -> Result<String, GitError> {
    let what = if git::is_partial(store.file())? { "--refetch --no-filter" } else { "--unshallow" };
    Ok(format!("{} fetch {what}", git_beside(store.file())))
}
