//! The private copy of a version: state and journal as files that a session can work on.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use super::contents::{Contents, Paths};
use super::head::Head;
use super::home::{Found, Home, HomeError};

/// The names of pieces by the BLAKE3 digest of their bytes: what the present version has need not be written again.
pub(super) type Known = HashMap<blake3::Hash, String>;

/// The version that the private copy is of.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) id: String,
    pub(super) head: Head,
    pub(super) contents: Contents,
    pub(super) known: Known,
}

/// Why a version is not copied.
#[derive(Debug)]
pub(super) enum CopyError {
    Home(HomeError),
    Foreign(String),
    Disk(io::Error),
}

impl From<HomeError> for CopyError {
    fn from(error: HomeError) -> Self {
        Self::Home(error)
    }
}

impl From<io::Error> for CopyError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Copies a version.
pub(super) fn copy(home: &dyn Home, id: &str, found: Found, paths: &Paths) -> Result<Version, CopyError> {
    let Found { head, contents } = found;
    let head = Head::parse(&head).map_err(CopyError::Foreign)?;
    let mut known = Known::new();
    put_together(home, &contents.state, &paths.state, &mut known)?;
    // When its offers were recorded, which git's history of a state file would tell.
    if let Some(changed) = head.changed_at().filter(|_| !contents.state.is_empty()) {
        File::options().write(true).open(&paths.state)?.set_modified(changed)?;
    }
    put_together(home, &contents.journal, &paths.journal, &mut known)?;
    Ok(Version { id: id.to_owned(), head, contents, known })
}

/// Writes the pieces one after the other; no pieces are no file.
fn put_together(home: &dyn Home, pieces: &[String], path: &Path, known: &mut Known) -> Result<(), CopyError> {
    remove(path)?;
    if pieces.is_empty() {
        return Ok(());
    }
    let mut file = BufWriter::new(File::create_new(path)?);
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let (mut written, mut next) = (Ok(()), pieces.iter());
    home.read(&pieces, &mut |bytes| {
        if let Some(piece) = next.next() {
            known.insert(blake3::hash(&bytes), (*piece).to_owned());
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
