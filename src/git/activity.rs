//! Whether git is at work in a work tree, by its own files: no process is started, so that it can be asked often.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::location::Location;

/// What git was doing at a moment. Two that are equal, without a lock, have no change of the work tree by git between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Activity {
    /// The file that git keeps while it changes the index and the work tree.
    pub(crate) lock: Option<PathBuf>,
    /// What git has stopped in the middle of.
    pub(crate) operation: Option<Operation>,
    index: Option<(Option<SystemTime>, u64, u64)>,
    head: Option<Vec<u8>>,
}

/// Something that takes git several steps, between which the files are those of no branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Rebase,
    Apply,
    Merge,
    CherryPick,
    Revert,
    Bisect,
}

/// The files in git's folder that show an operation, the plainest first.
const SIGNS: [(&str, Operation); 8] = [
    ("rebase-merge", Operation::Rebase),
    ("rebase-apply/applying", Operation::Apply),
    ("rebase-apply", Operation::Rebase),
    ("MERGE_HEAD", Operation::Merge),
    ("CHERRY_PICK_HEAD", Operation::CherryPick),
    ("REVERT_HEAD", Operation::Revert),
    ("sequencer", Operation::CherryPick),
    ("BISECT_START", Operation::Bisect),
];

impl Operation {
    /// Its command of git.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Rebase => "rebase",
            Self::Apply => "am",
            Self::Merge => "merge",
            Self::CherryPick => "cherry-pick",
            Self::Revert => "revert",
            Self::Bisect => "bisect",
        }
    }
}

impl Activity {
    pub(super) fn now(location: &Location) -> Self {
        let git_dir = &location.git_dir;
        let is_there = |name: &str| git_dir.join(name).symlink_metadata().is_ok();
        let (index, lock) = match location.index_of_hook() {
            // Git itself holds the lock while it waits for its hook.
            Some(index) => (index, None),
            None => (git_dir.join("index"), Some(git_dir.join("index.lock"))),
        };
        Self {
            lock: lock.filter(|lock| lock.symlink_metadata().is_ok()),
            operation: SIGNS.into_iter().find(|(name, _)| is_there(name)).map(|(name, operation)| match name {
                "sequencer" => of_sequencer(git_dir),
                _ => operation,
            }),
            index: stamp(&index),
            head: fs::read(git_dir.join("HEAD")).ok(),
        }
    }
}

/// Both commands leave their list of commits in the same place, between two of them without another sign.
fn of_sequencer(git_dir: &Path) -> Operation {
    let list = fs::read(git_dir.join("sequencer/todo")).unwrap_or_default();
    if list.starts_with(b"revert") { Operation::Revert } else { Operation::CherryPick }
}

/// Git replaces the index by another file.
fn stamp(path: &Path) -> Option<(Option<SystemTime>, u64, u64)> {
    let found = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&found);
    #[cfg(not(unix))]
    let inode = 0;
    Some((found.modified().ok(), found.len(), inode))
}
