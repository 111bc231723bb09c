//! The private copy of a version: state and journal as files that a session can work on.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use crate::git::{GitError, SharedRef};

use super::contents::{Contents, Entry, HEAD, Paths};
use super::head::Head;

/// Git's names of bytes, by their BLAKE3 digest: what the remote has need not be written again.
pub(super) type Known = HashMap<blake3::Hash, String>;

/// What a commit has.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) commit: String,
    pub(super) head: Head,
    pub(super) contents: Contents,
    pub(super) known: Known,
}

/// Why a version is not copied.
#[derive(Debug)]
pub(super) enum CopyError {
    Git(GitError),
    Foreign(String),
    Disk(io::Error),
}

impl From<GitError> for CopyError {
    fn from(error: GitError) -> Self {
        Self::Git(error)
    }
}

impl From<io::Error> for CopyError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Copies a commit that was fetched.
pub(super) fn copy(shared: &SharedRef, commit: &str, paths: &Paths) -> Result<Version, CopyError> {
    let files = shared.files(commit)?;
    let foreign = || CopyError::Foreign("what is there is not a state of offersync".to_owned());
    let (_, object) = files.iter().find(|(name, _)| name == HEAD).cloned().ok_or_else(foreign)?;
    let mut head = None;
    shared.blobs(&[&object], |bytes| head = Some(Head::parse(&bytes)))?;
    let head = head.ok_or_else(foreign)?.map_err(CopyError::Foreign)?;
    let contents = Contents::of(files);
    let mut known = Known::new();
    put_together(shared, &contents.state, &paths.state, &mut known)?;
    // When its offers were recorded, which git's history of a state file would tell.
    if let Some(changed) = head.changed_at().filter(|_| !contents.state.is_empty()) {
        File::options().write(true).open(&paths.state)?.set_modified(changed)?;
    }
    put_together(shared, &contents.journal, &paths.journal, &mut known)?;
    Ok(Version { commit: commit.to_owned(), head, contents, known })
}

/// Writes the pieces one after the other; no pieces are no file.
fn put_together(shared: &SharedRef, pieces: &[Entry], path: &Path, known: &mut Known) -> Result<(), CopyError> {
    remove(path)?;
    if pieces.is_empty() {
        return Ok(());
    }
    let mut file = BufWriter::new(File::create_new(path)?);
    let objects: Vec<&str> = pieces.iter().map(|(_, object)| object.as_str()).collect();
    let (mut written, mut next) = (Ok(()), objects.iter());
    shared.blobs(&objects, |bytes| {
        if let Some(object) = next.next() {
            known.insert(blake3::hash(&bytes), (*object).to_owned());
        }
        if written.is_ok() {
            written = file.write_all(&bytes);
        }
    })?;
    written?;
    file.flush()?;
    Ok(())
}

/// Removes what is copied: the store has nothing.
pub(super) fn clear(paths: &Paths) -> io::Result<()> {
    remove(&paths.state)?;
    remove(&paths.journal)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
