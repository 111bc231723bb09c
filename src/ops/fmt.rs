//! `fmt`: the canonical order and spacing of offer files, every value and comment kept.

use std::path::{Path, PathBuf};

use crate::disk;
use crate::edit;
use crate::source::SourcePath;

use super::error::Error;
use super::inputs;
use super::repository::Repository;

/// A file to format.
#[derive(Debug)]
pub(crate) struct File {
    /// Its path in messages.
    pub(crate) shown: String,
    pub(crate) path: PathBuf,
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

/// Every file of the offers folder.
pub(crate) fn all_files(repository: &Repository) -> Vec<File> {
    let files = inputs::read(repository, true).set.files;
    let file = |path: SourcePath| File { shown: path.to_string(), path: path.on_disk(&repository.settings.root) };
    files.into_iter().map(|found| file(found.path)).collect()
}

/// Formats one file; writes it only where `write` is set.
pub(crate) fn format(path: &Path, write: bool) -> Result<Formatted, Error> {
    let bytes = std::fs::read(path).map_err(|source| Error::file("read", path, source))?;
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
