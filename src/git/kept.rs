//! Places in git's own folder for files that belong to a file of the work tree, and that `git clean` must not remove.
//!
//! Starts no process. Invariant: the same file of the same work tree always has the same place, also after its folder was removed
//! and created again. Another linked work tree has another place, which stays when the work tree is removed; it is among those that are
//! asked about then.

use std::fs;
use std::io;
use std::path::{Path, PathBuf, absolute};

use super::command::GitError;
use super::location::Location;

const FOLDER: &str = "offersync";
const OF_LINKED: &str = "offersync-worktrees";

/// Paths in git's own folder. Their folders may not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// What the paths of the files begin with: this work tree's own.
    pub(crate) own: PathBuf,
    /// The same for all work trees of the repository.
    pub(crate) shared: PathBuf,
    /// The same for work trees that were removed.
    pub(crate) removed: Vec<PathBuf>,
}

/// The places for files of a file. None outside of a work tree.
pub(crate) fn place_of(file: &Path) -> Result<Option<Kept>, GitError> {
    let unreadable = |error: io::Error| GitError::Failed(format!("`.git` cannot be read: {error}"));
    let Some(file) = resolved(file) else { return Ok(None) };
    let Some(Location { top, git_dir }) = Location::around(&file).map_err(unreadable)? else { return Ok(None) };
    // A `.git` that names a folder that is not here is none to git either.
    let (Ok(git_dir), Ok(inside)) = (git_dir.canonicalize(), file.strip_prefix(&top)) else { return Ok(None) };
    match fs::read_to_string(git_dir.join("commondir")) {
        Ok(common) => {
            let name = git_dir.file_name().unwrap_or_default();
            let common = git_dir.join(common.trim()).canonicalize().map_err(unreadable)?;
            let own = common.join(OF_LINKED).join(name).join(inside);
            let removed = of_removed(&common, inside).map_err(unreadable)?;
            Ok(Some(Kept { own, shared: common.join(FOLDER).join(inside), removed }))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let own = git_dir.join(FOLDER).join(inside);
            let removed = of_removed(&git_dir, inside).map_err(unreadable)?;
            Ok(Some(Kept { shared: own.clone(), own, removed }))
        }
        Err(error) => Err(unreadable(error)),
    }
}

/// The places of the same file in linked work trees that were removed.
fn of_removed(common: &Path, inside: &Path) -> io::Result<Vec<PathBuf>> {
    let mut removed = Vec::new();
    let entries = match fs::read_dir(common.join(OF_LINKED)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(removed),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if !is_there(&common.join("worktrees").join(entry.file_name())) {
            removed.push(entry.path().join(inside));
        }
    }
    removed.sort();
    Ok(removed)
}

/// Whether a linked work tree is still there, by git's folder for it. A locked one may be on a disk that is not mounted.
fn is_there(git_dir: &Path) -> bool {
    let marker = fs::read_to_string(git_dir.join("gitdir"));
    git_dir.join("locked").exists() || marker.is_ok_and(|marker| git_dir.join(marker.trim()).exists())
}

/// The path without links. Folders that do not exist yet have none.
pub(super) fn resolved(file: &Path) -> Option<PathBuf> {
    let file = absolute(file).ok()?;
    let there = file.ancestors().skip(1).find_map(|folder| Some((folder, folder.canonicalize().ok()?)));
    let (folder, real) = there?;
    Some(real.join(file.strip_prefix(folder).ok()?))
}
