//! The sample offer of `init`, once a repository has offers of its own: the next apply would create it in CAKE beside them.
//!
//! Invariant: only a file that is as `init` wrote it is removed, and only if no record or create in doubt has its key.

use std::fs;

use crate::offer::{DesiredSet, Recorded};
use crate::ops::error::Error;
use crate::ops::init::{SAMPLE_FILE, is_sample};
use crate::ops::repository::Repository;
use crate::source::SourcePath;

/// Takes the unchanged sample out of the desired offers, and returns its file.
pub(super) fn take_out(repository: &Repository, set: &mut DesiredSet, recorded: &Recorded) -> Option<SourcePath> {
    let file = repository.settings.offers.join(SAMPLE_FILE);
    let at = set.offers.iter().position(|offer| offer.place.file == file)?;
    let key = &set.offers[at].key;
    let is_in_use = recorded.offers.contains_key(key) || recorded.in_doubt.contains_key(key);
    if is_in_use || !is_unchanged(repository, &file) {
        return None;
    }
    set.offers.remove(at);
    Some(file)
}

/// Removes the file, unless it was changed meanwhile.
pub(super) fn remove(repository: &Repository, file: &SourcePath) -> Result<(), Error> {
    if !is_unchanged(repository, file) {
        return Ok(());
    }
    let path = repository.path_of(file.as_str());
    fs::remove_file(&path).map_err(|source| Error::file("remove", &path, source))
}

fn is_unchanged(repository: &Repository, file: &SourcePath) -> bool {
    fs::read(repository.path_of(file.as_str())).is_ok_and(|bytes| is_sample(&bytes))
}
