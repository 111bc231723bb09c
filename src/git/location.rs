//! Where the repository around a folder is, by its `.git` alone: outside git no process is started, unless `GIT_DIR` names one.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf, absolute};
use std::process::Command;

use super::command::{GitError, run};

/// The variables with which git names a repository to the hooks that it runs, by paths from the working folder.
const OF_A_HOOK: [&str; 3] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR"];
const INDEX_FILE: &str = "GIT_INDEX_FILE";

/// The top folder of a work tree, and git's own folder for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) top: PathBuf,
    pub(super) git_dir: PathBuf,
}

impl Location {
    /// The work tree that a path is in, or where there is no `.git` around it, the one that `GIT_DIR` names. None outside of git.
    pub(super) fn of(path: &Path) -> Result<Option<Self>, GitError> {
        let found = Self::around(path);
        let found = found.map_err(|error| GitError::Failed(format!("`.git` cannot be read: {error}")))?;
        if found.is_some() || std::env::var_os("GIT_DIR").is_none() {
            return Ok(found);
        }
        let folder = path.ancestors().find(|folder| folder.is_dir()).unwrap_or(path);
        let output = run(folder, &["rev-parse", "--show-toplevel", "--absolute-git-dir"])?;
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = answer.lines().map(PathBuf::from);
        // Not where that is a bare repository.
        let (true, Some(top), Some(git_dir)) = (output.status.success(), lines.next(), lines.next()) else {
            return Ok(None);
        };
        Ok(path.starts_with(&top).then_some(Self { top, git_dir }))
    }

    /// The nearest `.git` at or above a folder, as git looks for it.
    pub(super) fn around(folder: &Path) -> io::Result<Option<Self>> {
        for top in folder.ancestors() {
            if let Some(git_dir) = git_dir_of(top)? {
                return Ok(Some(Self { top: top.to_owned(), git_dir }));
            }
        }
        Ok(None)
    }

    /// The index of a commit that is being made, where git runs this program as its hook.
    pub(super) fn index_of_hook(&self) -> Option<PathBuf> {
        let index = absolute(std::env::var_os(INDEX_FILE)?).ok()?;
        let folder = index.parent()?.canonicalize().ok()?;
        (folder == self.git_dir.canonicalize().ok()?).then_some(index)
    }
}

/// Makes a command ask the repository around the folder, not the one that a hook runs for.
pub(super) fn ask_around(command: &mut Command, folder: &Path) {
    let location = Location::around(folder).ok().flatten();
    let full = |path: OsString| absolute(path).ok();
    for variable in OF_A_HOOK {
        match std::env::var_os(variable).filter(|_| location.is_none()).and_then(full) {
            Some(path) => command.env(variable, path),
            None => command.env_remove(variable),
        };
    }
    let index = match &location {
        Some(location) => location.index_of_hook(),
        None => std::env::var_os(INDEX_FILE).and_then(full),
    };
    match index {
        Some(path) => command.env(INDEX_FILE, path),
        None => command.env_remove(INDEX_FILE),
    };
    command.env_remove("GIT_PREFIX");
    // A repository further up would answer in the place of one that git does not take for one.
    if let Some(above) =
        location.as_ref().and_then(|location| absolute(&location.top).ok()?.parent().map(Path::to_owned))
    {
        command.env("GIT_CEILING_DIRECTORIES", above);
    }
}

/// Git's folder of a work tree: `.git`, or what a file of that name points to. A folder that git does not take for one is not the same
/// as none: what git held there is not known.
fn git_dir_of(top: &Path) -> io::Result<Option<PathBuf>> {
    let marker = top.join(".git");
    match fs::metadata(&marker) {
        Ok(found) if found.is_dir() => Ok(Some(marker)),
        Ok(_) => {
            let text = fs::read_to_string(&marker)?;
            let named = text.strip_prefix("gitdir:").unwrap_or_default().trim();
            Ok(Some(top.join(named)))
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}
