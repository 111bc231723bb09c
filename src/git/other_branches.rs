//! Files that only other branches of this clone have, its own and those of remotes, or tags.

use std::path::Path;

use super::command::{GitError, blobs};
use super::dropped::changes_of;
use super::history::{ask, branch_of, has_head};

/// A version of a file that no commit up to the present one ever had.
#[derive(Debug)]
pub(crate) struct OnBranch {
    /// A branch or a tag with the version.
    pub(crate) branch: String,
    /// The commit that brought it, short enough for a message.
    pub(crate) commit: String,
    /// From the top of the work tree.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

/// Commits of other branches that are looked at, the newest ones with a change below these paths.
const COMMITS: &str = "200";

/// Those of the files at or below these paths that are asked for, the newest versions first.
pub(crate) fn on_other_branches(
    top: &Path,
    below: &[&str],
    is_asked_for: impl Fn(&str) -> bool,
) -> Result<Vec<OnBranch>, GitError> {
    if !has_head(top)? {
        return Ok(Vec::new());
    }
    // A merge may have brought it.
    let options = ["log", "-m", "-n", COMMITS, "--raw", "-z", "--no-abbrev", "--no-renames", "--diff-filter=AM"];
    let range = ["--format=commit %H", "--branches", "--remotes", "--tags", "--not", "HEAD", "--"];
    let below: Vec<&str> = below.iter().map(|path| if path.is_empty() { "." } else { path }).collect();
    let mut changes = changes_of(&ask(top, &[&options[..], &range, &below].concat())?);
    changes.retain(|change| is_asked_for(&change.path));
    let found = blobs(top, changes.iter().map(|change| change.new.as_str()))?;
    let mut versions = Vec::new();
    for (change, bytes) in changes.into_iter().zip(found) {
        let (Some(commit), Some(bytes)) = (change.commit, bytes) else { continue };
        if ask(top, &["rev-list", "-1", "HEAD", "--", &change.path])?.is_empty()
            && let Some(branch) = branch_of(top, &commit, &["refs/heads", "refs/remotes", "refs/tags"])?
        {
            let commit = commit.get(..12).unwrap_or(&commit).to_owned();
            versions.push(OnBranch { branch, commit, path: change.path, bytes });
        }
    }
    Ok(versions)
}
