//! Versions of a file in the commits of a branch, whatever its last commit has: what one commit brings and another takes back goes into
//! the history of the branch that it is merged into.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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

/// Those that the commits since `base` have brought, under every name that the file had, the oldest first. The file is given with the ones
/// that name it, at each place that it is known to have had.
pub(crate) fn branch_versions(places: &[(&Path, NamedBy<'_>)], base: &str) -> Result<Vec<BranchVersion>, GitError> {
    let (mut top, mut names, mut changes) = (PathBuf::new(), BTreeSet::new(), Vec::new());
    for (file, named_by) in places {
        let Some(inside) = Inside::of(file)? else { continue };
        let (of_place, found) = named(&inside.top, &format!("{base}..HEAD"), &inside.path, named_by)?;
        names.extend(of_place);
        changes.extend(found);
        top = inside.top;
    }
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
