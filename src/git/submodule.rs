//! Submodules that are not at the commit which their superproject names.

use std::path::{Path, PathBuf};

use super::command::GitError;
use super::history::ask;

/// A submodule whose commit differs from the one in the superproject's index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MovedSubmodule {
    pub(crate) superproject: PathBuf,
    /// Its path from there.
    pub(crate) path: String,
}

/// The submodule with this top folder, if it is one and is at another commit.
pub(crate) fn moved_submodule(top: &Path) -> Result<Option<MovedSubmodule>, GitError> {
    // A repository that is no submodule has a folder there.
    if !top.join(".git").is_file() {
        return Ok(None);
    }
    let superproject = PathBuf::from(ask(top, &["rev-parse", "--show-superproject-working-tree"])?);
    let Ok(path) = top.strip_prefix(&superproject) else { return Ok(None) };
    let path = path.to_string_lossy().into_owned();
    if superproject.as_os_str().is_empty() || path.is_empty() {
        return Ok(None);
    }
    // `160000 OBJECT 0<tab>PATH`
    let recorded = ask(&superproject, &["ls-files", "--stage", "--", &path])?;
    let present = ask(top, &["rev-parse", "--verify", "HEAD"])?;
    let is_recorded = recorded.split_ascii_whitespace().nth(1).is_none_or(|object| object == present);
    Ok((!is_recorded).then_some(MovedSubmodule { superproject, path }))
}
