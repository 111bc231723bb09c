//! Files for results that the user names: plans, reports, exports, and the summary page of a workflow run.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use crate::disk;

use super::error::Error;

/// Writes the whole file, or leaves it as it was.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    disk::replace(path, bytes).map_err(|source| Error::file("write", path, source))
}

/// Appends to the file, which others append to as well.
pub(crate) fn append(path: &Path, text: &str) -> Result<(), Error> {
    let appended = || OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes());
    appended().map_err(|source| Error::file("write", path, source))
}
