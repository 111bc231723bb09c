//! Versions of a file in the commits of a branch, whatever its last commit has: what one commit brings and another takes back goes into
//! the history of the branch that it is merged into.

use std::collections::BTreeSet;
use std::path::Path;

use super::command::GitError;
use super::dropped::{Change, at_commit, is_version, log};
use super::history::Inside;
use super::names::{NamedBy, named};

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
    let (names, mut changes) = named(&top, &format!("{base}..HEAD"), &path, named_by)?;
    let present: BTreeSet<String> =
        names.iter().flat_map(|path| [at_commit(&top, "HEAD", path), at_commit(&top, base, path)]).flatten().collect();
    changes.retain(|change| is_version(&change.new) && !present.contains(&change.new));
    // Most branches have none, and the whole history takes long to read.
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let of_base: BTreeSet<String> = log(&top, base, names.iter())?.into_iter().map(|change| change.new).collect();
    changes.retain(|change| !of_base.contains(&change.new));
    let mut seen = BTreeSet::new();
    let version = |Change { commit, path, new, .. }: Change| {
        let commit = commit?;
        let commit = commit.get(..12).unwrap_or(&commit).to_owned();
        seen.insert(new).then_some(BranchVersion { commit, path })
    };
    Ok(changes.into_iter().filter_map(version).collect())
}
