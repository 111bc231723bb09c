//! What a file looked like when it was read, so that a second look can tell whether the tree was at rest meanwhile.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::tree;
use crate::source::SourcePath;

/// A file that is replaced has another number, one that is written to has another time or size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    inode: u64,
    size: u64,
    modified: Option<SystemTime>,
}

impl FileStamp {
    pub fn of(found: &Metadata) -> Self {
        Self { inode: inode(found), size: found.len(), modified: found.modified().ok() }
    }
}

#[cfg(unix)]
fn inode(found: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(found)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}

/// What the files and folders of a tree looked like when they were read.
#[derive(Debug, Clone, Default)]
pub struct TreeStamp {
    files: Vec<(SourcePath, Option<FileStamp>)>,
    /// How many files and folders could not be listed.
    unlisted: usize,
    /// The folder in which the files must be.
    within: Option<PathBuf>,
}

impl TreeStamp {
    pub(super) fn new(files: Vec<(SourcePath, Option<FileStamp>)>, unlisted: usize, within: Option<&Path>) -> Self {
        Self { files, unlisted, within: within.map(Path::to_owned) }
    }

    /// Looks at the tree a second time: a path that is no longer as it was read.
    pub fn changed_since(&self, root: &Path, offers: &SourcePath) -> Option<SourcePath> {
        let second = tree::look(root, offers, self.within.as_deref());
        // Not sorted, which would take as long as the look itself.
        let mut now: HashMap<&SourcePath, &Option<FileStamp>> =
            second.stamped.iter().map(|(path, stamp)| (path, stamp)).collect();
        let changed =
            self.files.iter().filter(|(path, stamp)| now.remove(path) != Some(stamp)).map(|(path, _)| path).min();
        let came = now.into_keys().min();
        let changed = changed.into_iter().chain(came).min().cloned();
        changed.or_else(|| (self.unlisted != second.problems.len()).then(|| offers.clone()))
    }
}
