//! Which `git` is run: one that lies outside of the checkout, whatever `PATH` says.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of git's own programs, where it is not the usual one.
const EXEC_PATH: &str = "GIT_EXEC_PATH";

/// A folder that is not there.
const NOWHERE: &str = "/nonexistent";

/// The first `git` of the folders in `PATH`, for which the others are not there either: a relative or an empty one is a folder of the checkout
/// that this process works in, and others may lie in the checkout around this folder as well.
pub(super) fn program_for(folder: &Path) -> Command {
    // The system has folders of its own for a process without it.
    let Some(path) = std::env::var_os("PATH") else { return Command::new("git") };
    let checkout = checkout_of(folder);
    let is_outside = |path: &PathBuf| is_outside(path, &checkout);
    let folders: Vec<PathBuf> = std::env::split_paths(&path).filter(is_outside).collect();
    let name = format!("git{}", std::env::consts::EXE_SUFFIX);
    let found = folders.iter().map(|folder| folder.join(&name)).find(|file| is_program(file) && is_outside(file));
    // A name alone would be searched for.
    let mut command = Command::new(found.unwrap_or_else(|| Path::new(NOWHERE).join(name)));
    command.env("PATH", join(&folders));
    if std::env::var_os(EXEC_PATH).is_some_and(|folder| !is_outside(&PathBuf::from(folder))) {
        command.env_remove(EXEC_PATH);
    }
    command
}

fn join(folders: &[PathBuf]) -> OsString {
    std::env::join_paths(folders).unwrap_or_default()
}

/// The work tree that a folder is in, and the one around it where it is a submodule or a linked work tree; outside of git, the folder itself.
fn checkout_of(folder: &Path) -> PathBuf {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mut found = folder.clone();
    for top in folder.ancestors() {
        let git = top.join(".git");
        if git.symlink_metadata().is_ok() {
            top.clone_into(&mut found);
        }
        if git.is_dir() {
            break;
        }
    }
    found
}

/// Whether neither a path nor what it leads to lies in the checkout. One that leads nowhere has nothing to run.
fn is_outside(path: &Path, checkout: &Path) -> bool {
    path.is_absolute()
        && !path.starts_with(checkout)
        && path.canonicalize().is_ok_and(|resolved| !resolved.starts_with(checkout))
}

fn is_program(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    file.is_file()
}
