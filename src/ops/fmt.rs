//! `fmt`: the canonical order and spacing of offer files, every value and comment kept.

use std::path::{Path, PathBuf};

use crate::disk;
use crate::edit;
use crate::source::SourcePath;

use super::error::Error;
use super::repository::Repository;
use super::tree;

/// A file, and what formatting it did or would do.
#[derive(Debug)]
pub(crate) struct FormattedFile {
    /// Its path in messages.
    pub(crate) shown: String,
    pub(crate) outcome: Formatted,
}

#[derive(Debug)]
pub(crate) enum Formatted {
    Unchanged,
    Changed {
        before: String,
        after: String,
    },
    /// The file cannot be formatted safely, and is as it was.
    Skipped {
        line: Option<u32>,
        reason: String,
    },
}

/// Formats the named files, or every file of the offers folder where none is named. Writes only where `write` is set.
///
/// A file that cannot be read or written ends the iteration; the files before it are formatted.
pub(crate) fn format(
    repository: &Repository,
    folder: &Path,
    named: &[PathBuf],
    write: bool,
) -> impl Iterator<Item = Result<FormattedFile, Error>> {
    let files = if named.is_empty() {
        all_files(repository)
    } else {
        named.iter().map(|file| (file.display().to_string(), folder.join(file))).collect()
    };
    files
        .into_iter()
        .map(move |(shown, path)| Ok(FormattedFile { shown, outcome: format_file(repository, &path, write)? }))
}

/// Every file of the offers folder: its path in messages, and on disk.
fn all_files(repository: &Repository) -> Vec<(String, PathBuf)> {
    let files = tree::read(repository, true).reading.set.files;
    let file = |path: SourcePath| (path.to_string(), path.on_disk(&repository.settings.root));
    files.into_iter().map(|found| file(found.path)).collect()
}

fn format_file(repository: &Repository, path: &Path, write: bool) -> Result<Formatted, Error> {
    repository.refuse_link_out(path)?;
    let bytes = disk::read_named(path).map_err(|source| Error::file("read", path, source))?;
    let Ok(before) = String::from_utf8(bytes) else {
        return Ok(Formatted::Skipped { line: None, reason: "it is not UTF-8".to_owned() });
    };
    match edit::format(&before) {
        Err(refused) => Ok(Formatted::Skipped { line: Some(refused.line), reason: refused.reason }),
        Ok(after) if after == before => Ok(Formatted::Unchanged),
        Ok(after) => {
            if write {
                disk::replace(path, after.as_bytes()).map_err(|source| Error::file("write", path, source))?;
            }
            Ok(Formatted::Changed { before, after })
        }
    }
}
