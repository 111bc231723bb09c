//! Submodules that are not at the commit which their superproject names.

use std::path::{Path, PathBuf};

use super::command::{GitError, run};
use super::history::ask;
use super::location::Location;

/// A submodule whose commit differs from the one in the superproject's index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MovedSubmodule {
    pub(crate) superproject: PathBuf,
    /// Its path from there.
    pub(crate) path: String,
}

/// The submodule with this top folder, if it is one and is at another commit.
pub(crate) fn moved_submodule(top: &Path) -> Result<Option<MovedSubmodule>, GitError> {
    // Its own repository may be in it, or in that of the superproject.
    let Some(around) = top.parent().map(Location::of).transpose()?.flatten() else { return Ok(None) };
    let superproject = around.top;
    let Ok(path) = top.strip_prefix(&superproject) else { return Ok(None) };
    let path = path.to_string_lossy().into_owned();
    if path.is_empty() {
        return Ok(None);
    }
    // `160000 OBJECT 0<tab>PATH`
    let recorded = ask(&superproject, &["ls-files", "--stage", "--", &path])?;
    if !recorded.starts_with("160000 ") {
        return Ok(None);
    }
    let present = ask(top, &["rev-parse", "--verify", "HEAD"])?;
    let is_recorded = recorded.split_ascii_whitespace().nth(1).is_none_or(|object| object == present);
    Ok((!is_recorded).then_some(MovedSubmodule { superproject, path }))
}

/// Whether the submodule in a folder has a commit that is checked out: one whose `git submodule update` was killed has a repository and
/// nothing else.
pub(crate) fn is_checked_out(folder: &Path) -> bool {
    let is_there = folder.join(".git").symlink_metadata().is_ok();
    is_there
        && run(folder, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).is_ok_and(|head| head.status.success())
}
