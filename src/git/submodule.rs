//! Submodules: whether one is checked out, and whether at the commit which its superproject names.

use std::path::Path;

use super::command::{GitError, run};
use super::history::ask;
use super::work_tree::WorkTree;

/// A folder that a repository has as a submodule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Submodule {
    pub(crate) superproject: WorkTree,
    /// Its path from there.
    pub(crate) path: String,
    /// The commit in the superproject's index.
    recorded: String,
}

impl Submodule {
    /// The submodule with this top folder, if it is one.
    pub(crate) fn with_top(top: &Path) -> Result<Option<Self>, GitError> {
        // Its own repository may be in it, or in that of the superproject.
        let Some(superproject) = top.parent().map(WorkTree::around).transpose()?.flatten() else { return Ok(None) };
        let path = superproject.path_of(top);
        // `160000 OBJECT 0<tab>PATH`
        let recorded = ask(superproject.top(), &["ls-files", "--stage", "--", &path])?;
        let recorded = recorded.strip_prefix("160000 ").and_then(|rest| rest.split(' ').next()).map(str::to_owned);
        Ok(recorded.map(|recorded| Self { superproject, path, recorded }))
    }

    /// Whether it is at another commit than the recorded one.
    pub(crate) fn is_moved(&self) -> Result<bool, GitError> {
        let top = self.superproject.top().join(&self.path);
        Ok(ask(&top, &["rev-parse", "--verify", "HEAD"])? != self.recorded)
    }
}

/// Whether the submodule in a folder has a commit that is checked out: one whose `git submodule update` was killed has a repository and
/// nothing else.
pub(crate) fn is_checked_out(folder: &Path) -> bool {
    let is_there = folder.join(".git").symlink_metadata().is_ok();
    is_there
        && run(folder, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).is_ok_and(|head| head.status.success())
}
