//! What a file looked like when it was read, so that a second look can tell whether the tree was at rest meanwhile.

use std::collections::HashMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

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

/// Times of files go by the ticks of the kernel, at most 10 ms apart: two changes within one tick have the same time.
const TICK: Duration = Duration::from_millis(20);

/// Where a time has no fraction, the file system may keep whole seconds only, or as FAT, every second one.
const COARSE_TICK: Duration = Duration::from_secs(2);

/// How far the clock of a file server may be ahead. A later time was set by hand: a change now would have another one.
const AHEAD: Duration = Duration::from_secs(3);

impl FileStamp {
    /// Whether a change after `began` may have left the same time.
    fn is_too_new(&self, began: SystemTime) -> bool {
        self.modified.is_some_and(|modified| {
            let since_1970 = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let tick = if since_1970.subsec_nanos() == 0 { COARSE_TICK } else { TICK };
            modified + tick > began && modified < began + AHEAD
        })
    }
}

/// What the files and folders of a tree looked like when they were read.
#[derive(Debug, Clone, Default)]
pub struct TreeStamp {
    files: Vec<(SourcePath, Option<FileStamp>)>,
    /// How many files and folders could not be listed.
    unlisted: usize,
    /// The folder in which the files must be.
    within: Option<PathBuf>,
    /// When the first of them was looked at; none where they are not on a disk.
    pub(super) began: Option<SystemTime>,
}

impl TreeStamp {
    pub(super) fn new(files: Vec<(SourcePath, Option<FileStamp>)>, unlisted: usize, within: Option<&Path>) -> Self {
        Self { files, unlisted, within: within.map(Path::to_owned), began: None }
    }

    /// A path that had changed so shortly before it was looked at that another change would not show.
    pub fn too_new(&self) -> Option<&SourcePath> {
        let began = self.began?;
        let is_too_new = |stamp: &Option<FileStamp>| stamp.is_some_and(|stamp| stamp.is_too_new(began));
        self.files.iter().find(|(_, stamp)| is_too_new(stamp)).map(|(path, _)| path)
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
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    use super::TreeStamp;
    use crate::config::Names;
    use crate::desired::{ReadOptions, read};

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for folder in ["offers/a", "offers/b"] {
            let folder = root.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            crate::disk::create_new(&folder.join("x.yaml"), b"offer_name: X\n").unwrap();
        }
        root
    }

    /// Gives every file and folder the same time.
    fn set_times(root: &Path, time: SystemTime) {
        for path in ["offers/a/x.yaml", "offers/b/x.yaml", "offers/a", "offers/b", "offers"] {
            fs::File::open(root.join(path)).unwrap().set_modified(time).unwrap();
        }
    }

    fn stamp(root: &Path) -> TreeStamp {
        read(root, &"offers".into(), &Names::default(), ReadOptions { allow_empty: false, within: None }).stamp
    }

    #[test]
    fn a_folder_that_was_away_for_a_moment_is_a_change_although_its_files_are_as_they_were() {
        let root = tree();
        let at = |path: &str| root.path().join(path);
        // Long ago, so that what follows has another time on any file system.
        set_times(root.path(), SystemTime::UNIX_EPOCH + Duration::from_hours(400_000));
        let (stamp, offers) = (stamp(root.path()), "offers".into());
        assert_eq!((stamp.changed_since(root.path(), &offers), stamp.too_new()), (None, None));
        fs::rename(at("offers/a"), at("away")).unwrap();
        fs::rename(at("away"), at("offers/a")).unwrap();
        assert_eq!(stamp.changed_since(root.path(), &offers), Some(offers));
    }

    #[test]
    fn a_time_within_which_another_change_would_not_show_is_too_new() {
        let root = tree();
        let now = SystemTime::now();
        let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let whole = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let is_too_new = |time| {
            set_times(root.path(), time);
            stamp(root.path()).too_new().is_some()
        };
        assert!(is_too_new(now + Duration::from_secs(1)), "the clock of a file server is ahead");
        assert!(!is_too_new(whole(seconds - 60) + Duration::from_nanos(7)));
        assert!(is_too_new(whole(seconds)), "a file system that keeps whole seconds");
        assert!(!is_too_new(whole(seconds - 60)));
        assert!(!is_too_new(now + Duration::from_hours(24)), "set by hand");
    }

    #[test]
    fn only_one_folder_that_is_too_new_is_enough() {
        let root = tree();
        set_times(root.path(), SystemTime::UNIX_EPOCH + Duration::from_hours(400_000));
        let soon = SystemTime::now() + Duration::from_secs(2);
        fs::File::open(root.path().join("offers/b")).unwrap().set_modified(soon).unwrap();
        assert_eq!(stamp(root.path()).too_new().map(ToString::to_string), Some("offers/b".to_owned()));
    }
}
