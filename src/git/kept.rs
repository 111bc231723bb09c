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
    /// The same for the other work trees, and the file in each of them.
    pub(crate) others: Vec<(PathBuf, PathBuf)>,
    /// The folder that has the files of this work tree, whatever they belong to.
    pub(crate) folder: PathBuf,
}

/// The places for files of a file. None outside of a work tree.
pub(crate) fn place_of(file: &Path) -> Result<Option<Kept>, GitError> {
    let unreadable = |error: io::Error| GitError::Failed(format!("`.git` cannot be read: {error}"));
    let Some(file) = resolved(file) else { return Ok(None) };
    let Some(Location { top, git_dir }) = Location::of(&file)? else { return Ok(None) };
    // A `.git` that names a folder that is not here is none to git either.
    let (Ok(git_dir), Ok(inside)) = (git_dir.canonicalize(), file.strip_prefix(&top)) else { return Ok(None) };
    match fs::read_to_string(git_dir.join("commondir")) {
        Ok(common) => {
            let name = git_dir.file_name().unwrap_or_default();
            let common = git_dir.join(common.trim()).canonicalize().map_err(unreadable)?;
            let folder = common.join(OF_LINKED).join(name);
            let own = folder.join(inside);
            let shared = common.join(FOLDER).join(inside);
            let (removed, mut others) = of_linked(&common, inside).map_err(unreadable)?;
            others.retain(|(place, _)| *place != own);
            let main = common.parent().filter(|_| common.ends_with(".git")).unwrap_or(&common);
            others.push((shared.clone(), main.join(inside)));
            Ok(Some(Kept { own, shared, removed, others, folder }))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = git_dir.join(FOLDER);
            let own = folder.join(inside);
            let (removed, others) = of_linked(&git_dir, inside).map_err(unreadable)?;
            Ok(Some(Kept { shared: own.clone(), own, removed, others, folder }))
        }
        Err(error) => Err(unreadable(error)),
    }
}

/// Places in linked work trees that were removed, and in those that are there, with the file itself.
type OfLinked = (Vec<PathBuf>, Vec<(PathBuf, PathBuf)>);

/// The places of the same file in the linked work trees.
fn of_linked(common: &Path, inside: &Path) -> io::Result<OfLinked> {
    let (mut removed, mut there) = (Vec::new(), Vec::new());
    let entries = match fs::read_dir(common.join(OF_LINKED)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((removed, there)),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let place = entry.path().join(inside);
        match top_of(&common.join("worktrees").join(entry.file_name())) {
            Some(top) => there.push((place, top.join(inside))),
            None => removed.push(place),
        }
    }
    removed.sort();
    there.sort();
    Ok((removed, there))
}

/// The top folder of a linked work tree, by git's folder for it; none where it was removed. A locked one may be on a disk that is not
/// mounted.
fn top_of(git_dir: &Path) -> Option<PathBuf> {
    let marker = git_dir.join(fs::read_to_string(git_dir.join("gitdir")).ok()?.trim());
    let is_there = marker.exists() || git_dir.join("locked").exists();
    is_there.then(|| marker.parent().unwrap_or(&marker).to_owned())
}

/// The path without links. Folders that do not exist yet have none.
pub(super) fn resolved(file: &Path) -> Option<PathBuf> {
    let file = absolute(file).ok()?;
    let there = file.ancestors().skip(1).find_map(|folder| Some((folder, folder.canonicalize().ok()?)));
    let (folder, real) = there?;
    Some(real.join(file.strip_prefix(folder).ok()?))
}
