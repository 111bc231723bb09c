//! Which files a person has changed and not committed: an edit of such a file could not be told from that change, or taken back alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::git::{Uncommitted, WorkTree};
use crate::ops::error::Error;
use crate::shell::git_on;
use crate::source::SourcePath;

/// Why an edit of a file could not be told from what a person has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ops) enum Obstacle {
    /// It has changes that are not committed.
    Changed,
    /// Git does not look for any. The path is that on the disk.
    Unwatched(PathBuf),
}

/// The command after which git looks for changes of a file. Git takes one of the marks at a time.
pub(in crate::ops) fn watch_again(path: &Path) -> String {
    ["assume-unchanged", "skip-worktree"].map(|mark| git_on(&format!("update-index --no-{mark} --"), path)).join(" && ")
}

/// Those of the files that are not known to be committed as they lie on the disk. Outside git that is none.
pub(in crate::ops) fn uncommitted<'f>(
    root: &Path,
    files: impl IntoIterator<Item = &'f SourcePath>,
) -> Result<BTreeMap<SourcePath, Obstacle>, Error> {
    let mut asked: BTreeMap<PathBuf, Option<(WorkTree, Uncommitted)>> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for shown in files {
        let path = shown.on_disk(root);
        let path = path.canonicalize().map_err(|source| Error::file("read", &path, source))?;
        let folder = path.parent().unwrap_or(root).to_owned();
        if !asked.contains_key(&folder) {
            let answer = match WorkTree::around(&folder)? {
                None => None,
                Some(work_tree) => {
                    let answer = work_tree.uncommitted(&folder)?;
                    Some((work_tree, answer))
                }
            };
            asked.insert(folder.clone(), answer);
        }
        let Some(Some((work_tree, answer))) = asked.get(&folder) else { continue };
        let inside = work_tree.path_of(&path);
        if answer.is_unwatched(&inside) {
            found.insert(shown.clone(), Obstacle::Unwatched(path));
        } else if answer.contains(&inside) {
            found.insert(shown.clone(), Obstacle::Changed);
        }
    }
    Ok(found)
}
