//! What a file looked like when it was read, so that a second look can tell whether the tree was at rest meanwhile.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

use super::reading::Reading;
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

/// Looks at the tree a second time: a path that is no longer as it was read.
pub fn changed_since(reading: &Reading, root: &Path, offers: &SourcePath) -> Option<SourcePath> {
    let second = tree::look(root, offers);
    let mut read = reading.set.files.iter().map(|file| &file.path).zip(&reading.stamps);
    let mut now = second.stamped.iter();
    loop {
        match (read.next(), now.next()) {
            (None, None) => break,
            (Some((path, stamp)), Some((path_now, stamp_now))) if path == path_now => {
                if stamp != stamp_now {
                    return Some(path.clone());
                }
            }
            (read, now) => {
                let paths = read.map(|(path, _)| path).into_iter().chain(now.map(|(path, _)| path));
                return paths.min().cloned();
            }
        }
    }
    (reading.unlisted != second.problems.len()).then(|| offers.clone())
}
