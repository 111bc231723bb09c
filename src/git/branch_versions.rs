//! Versions of a file in the commits of a branch, whatever its last commit has: what one commit brings and another takes back goes into
//! the history of the branch that it is merged into.

use std::collections::BTreeSet;
use std::path::Path;

use super::command::GitError;
use super::dropped::{Change, at_commit, is_version, log};
use super::history::Inside;
use super::names::{NamedBy, all_names};

/// A version that is neither in the branch's last commit nor in the history of what it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BranchVersion {
    /// The commit that brought it, short enough for a message.
    pub(crate) commit: String,
    pub(crate) path: String,
}

/// Those that the commits since `base` have brought, under every name that the file had, the oldest first.
pub(crate) fn branch_versions(file: &Path, named_by: &NamedBy<'_>, base: &str) -> Result<Vec<BranchVersion>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(Vec::new()) };
    let names = all_names(&top, &path, named_by)?;
    let of_base: BTreeSet<String> = log(&top, base, names.iter())?.into_iter().map(|change| change.new).collect();
    let present: BTreeSet<String> =
        names.iter().flat_map(|path| [at_commit(&top, "HEAD", path), at_commit(&top, base, path)]).flatten().collect();
    let is_own = |change: &Change| {
        // One of the names may be that of a folder.
        let is_it = names.contains(&change.path) && is_version(&change.new);
        is_it && !of_base.contains(&change.new) && !present.contains(&change.new)
    };
    let range = format!("{base}..HEAD");
    let changes = log(&top, &range, names.iter())?.into_iter().filter(|change| is_own(change));
    let mut seen = BTreeSet::new();
    let version = |Change { commit, path, new, .. }: Change| {
        let commit = commit?;
        let commit = commit.get(..12).unwrap_or(&commit).to_owned();
        seen.insert(new).then_some(BranchVersion { commit, path })
    };
    Ok(changes.filter_map(version).collect())
}
