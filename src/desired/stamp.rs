//! What a file looked like when it was read, so that a second look can tell whether the tree was at rest meanwhile.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::tree;
use crate::source::SourcePath;

/// A file that is replaced has another number, one that is written to has another time or size; a folder has another time once something
/// in it came, went or got another name.
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

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::config::Names;
    use crate::desired::{ReadOptions, read};

    #[test]
    fn a_folder_that_was_away_for_a_moment_is_a_change_although_its_files_are_as_they_were() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        for folder in ["offers/a", "offers/b"] {
            fs::create_dir_all(at(folder)).unwrap();
            crate::disk::create_new(&at(folder).join("x.yaml"), b"offer_name: X\n").unwrap();
            // Long ago, so that what follows has another time on any file system.
            let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_hours(400_000);
            fs::File::open(at("offers")).unwrap().set_modified(long_ago).unwrap();
        }
        let offers = "offers".into();
        let options = ReadOptions { allow_empty: false, within: None };
        let stamp = read(root.path(), &offers, &Names::default(), options).stamp;
        assert_eq!(stamp.changed_since(root.path(), &offers), None);
        fs::rename(at("offers/a"), at("away")).unwrap();
        fs::rename(at("away"), at("offers/a")).unwrap();
        assert_eq!(stamp.changed_since(root.path(), &offers), Some(offers));
    }
}
