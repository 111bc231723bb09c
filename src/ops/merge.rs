//! `state merge`: three state files become one. Needs neither a configuration nor a repository, because git calls it in the
//! middle of a merge with files of its own.

use std::path::{Path, PathBuf};

use crate::disk;
use crate::state::merge::{Merged, Unknown, merge};
use crate::state::{ParseError, StateDocument};

use super::error::Error;
use super::state::StateChangeError;

/// The three files, as git hands them to a merge driver.
#[derive(Debug)]
pub(crate) struct MergeFiles {
    /// The common ancestor; an empty file where there is none.
    pub(crate) base: PathBuf,
    /// The result is written here.
    pub(crate) ours: PathBuf,
    pub(crate) theirs: PathBuf,
}

/// Merges, and returns the values that both sides changed and that are unknown now. Where a merge is impossible, no file
/// is changed.
pub(crate) fn merge_states(files: &MergeFiles) -> Result<Vec<Unknown>, Error> {
    let named = |path: &PathBuf| Ok::<_, Error>((path.clone(), read(path)?));
    let Merged { document, unknown } = merge_bytes(&named(&files.base)?, &named(&files.ours)?, &named(&files.theirs)?)?;
    disk::replace(&files.ours, &document.emit()).map_err(|source| Error::file("write", &files.ours, source))?;
    Ok(unknown)
}

/// The same of bytes, each with the name that messages show; an empty base is none.
pub(super) fn merge_bytes(
    base: &(PathBuf, Vec<u8>),
    ours: &(PathBuf, Vec<u8>),
    theirs: &(PathBuf, Vec<u8>),
) -> Result<Merged, Error> {
    let parsed = |(path, bytes): &(PathBuf, Vec<u8>)| parse(path, bytes);
    let base = if base.1.is_empty() { None } else { Some(parsed(base)?) };
    merge(base.as_ref(), &parsed(ours)?, &parsed(theirs)?).map_err(Error::Merge)
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    disk::read_named(path).map_err(|source| Error::file("read", path, source))
}

fn parse(path: &Path, bytes: &[u8]) -> Result<StateDocument, StateChangeError> {
    StateDocument::parse(bytes).map_err(|ParseError { kind, position }| {
        let place = position.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
        StateChangeError::Unmergeable { place: format!("{}{place}", path.display()), damage: kind }
    })
}
