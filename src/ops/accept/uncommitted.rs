//! Which files a person has changed and not committed: an edit of such a file could not be told from that change, or taken back alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::git::{Uncommitted, WorkTree};
use crate::ops::error::Error;
use crate::source::SourcePath;

/// Those of the files that are not committed as they lie on the disk. Outside git that is none.
pub(super) fn uncommitted<'f>(
    root: &Path,
    files: impl IntoIterator<Item = &'f SourcePath>,
) -> Result<BTreeSet<SourcePath>, Error> {
    let mut asked: BTreeMap<PathBuf, Option<(WorkTree, Uncommitted)>> = BTreeMap::new();
    let mut found = BTreeSet::new();
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
        if let Some(Some((work_tree, answer))) = asked.get(&folder)
            && answer.contains(&work_tree.path_of(&path))
        {
            found.insert(shown.clone());
        }
    }
    Ok(found)
}
