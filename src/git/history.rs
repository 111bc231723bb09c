//! Whether git holds a file that is not on the disk: in the index, at the present commit or before it.

use std::path::{Path, PathBuf};

use super::command::{GitError, failure, run};
use super::kept::resolved;
use super::location::Location;

/// Where git holds a file that is not on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    /// The commit, as git's commands take it; none where it is in the index.
    pub(crate) commit: Option<String>,
    /// Whether a sparse checkout leaves the file out.
    pub(crate) is_sparse: bool,
    top: PathBuf,
    inside: String,
}

impl Held {
    /// The newest version that git holds. None outside of a work tree, and where the history that is in this clone has none.
    pub(crate) fn of(file: &Path) -> Result<Option<Self>, GitError> {
        let unreadable = |error| GitError::Failed(format!("`.git` cannot be read: {error}"));
        let Some(file) = resolved(file) else { return Ok(None) };
        let Some(Location { top, .. }) = Location::around(&file).map_err(unreadable)? else { return Ok(None) };
        let Ok(inside) = file.strip_prefix(&top) else { return Ok(None) };
        let inside = inside.to_string_lossy().into_owned();
        let listed = ask(&top, &["ls-files", "-v", "--", &inside])?;
        let held = |commit| Self {
            commit,
            is_sparse: listed.starts_with(['S', 's']),
            top: top.clone(),
            inside: inside.clone(),
        };
        if !listed.is_empty() {
            return Ok(Some(held(None)));
        }
        Ok(last_commit_with(&top, &inside)?.map(|commit| held(Some(commit))))
    }

    /// Whether a folder is in the same work tree.
    pub(crate) fn is_around(&self, folder: &Path) -> bool {
        folder.starts_with(&self.top)
    }

    /// Whether a version of the file with these bytes was ever committed.
    pub(crate) fn has_committed(&self, copy: &Path) -> Result<bool, GitError> {
        let path = format!("--path={}", self.inside);
        let object = ask(&self.top, &["hash-object", &path, "--", &copy.to_string_lossy()])?;
        let find = format!("--find-object={object}");
        Ok(!ask(&self.top, &["log", "-1", "--format=%h", &find, "HEAD", "--", &self.inside])?.is_empty())
    }
}

/// The last commit at or before the present one whose tree has the file.
fn last_commit_with(top: &Path, inside: &str) -> Result<Option<String>, GitError> {
    let head = run(top, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
    if !head.status.success() {
        // Quiet is what git is where there is no commit yet.
        return if head.stderr.is_empty() { Ok(None) } else { Err(failure(top, "git does not find HEAD", &head)) };
    }
    let last = ask(top, &["rev-list", "-1", "--abbrev-commit", "HEAD", "--", inside])?;
    if last.is_empty() {
        return Ok(None);
    }
    // The commit that removed the file has it in one of its parents.
    let parents = ask(top, &["rev-list", "--parents", "-1", &last])?.split_whitespace().count().saturating_sub(1);
    let candidates = std::iter::once(last.clone()).chain((1..=parents).map(|number| format!("{last}^{number}")));
    for commit in candidates {
        if !ask(top, &["ls-tree", &commit, "--", inside])?.is_empty() {
            return Ok(Some(commit));
        }
    }
    Ok(None)
}

fn ask(top: &Path, arguments: &[&str]) -> Result<String, GitError> {
    let output = run(top, arguments)?;
    if !output.status.success() {
        return Err(failure(top, &format!("`git {}` failed", arguments.first().unwrap_or(&"")), &output));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
