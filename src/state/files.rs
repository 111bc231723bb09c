//! The files of a state: their names, and opening them.
//!
//! Knows nothing of what is in them. Invariant: only regular files are opened.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

pub(super) const JOURNAL: &str = ".journal";
pub(super) const LOCK: &str = ".lock";
pub(super) const PREVIOUS: &str = ".previous";
/// After that of the journal.
pub(super) const IMPORT: &str = ".import";
pub(super) const COPY: &str = ".last";

pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Opens a file; `None` where there is none.
pub(super) type OpenFile<'a> = &'a mut dyn FnMut(&Path) -> io::Result<Option<File>>;

pub(super) fn open_if_there(path: &Path) -> io::Result<Option<File>> {
    let opened = || {
        // Before it is opened: a named pipe would be waited for without end.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        File::open(path)
    };
    match opened() {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Fails where there is anything but a regular file, a link as well: it could lead what is written to any file of the user's.
pub(super) fn refuse_link(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other("it is not a regular file"));
    }
    Ok(())
}

/// The digest of a file's bytes; `None` where there is none.
pub(super) fn digest_of(path: &Path) -> io::Result<Option<String>> {
    let Some(file) = open_if_there(path)? else { return Ok(None) };
    Ok(Some(blake3::Hasher::new().update_reader(file)?.finalize().to_hex().to_string()))
}
