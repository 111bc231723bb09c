//! Commands of git for messages: they work in the folder that this process works in, whatever `-C` and `--config` name.
//!
//! Knows no repository. Invariant: the paths of such a command are relative to the folder that its `git -C` names, or where it has
//! none, to the working folder.

use std::path::{Path, absolute};

use crate::words::{shell_path, shell_word};

/// `git` by itself where this process works in that folder, or else with the folder.
pub(crate) fn git_in(folder: &Path) -> String {
    let folder = existing(folder);
    // The empty path is the working folder.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let is_here = || Some(std::env::current_dir().ok()?.canonicalize().ok()? == folder.canonicalize().ok()?);
    if is_here().unwrap_or(false) {
        return "git".to_owned();
    }
    let folder = absolute(folder).unwrap_or_else(|_| folder.to_owned());
    format!("git -C {}", shell_path(&folder))
}

/// A command of git on one file, in the file's folder.
pub(crate) fn git_on(command: &str, file: &Path) -> String {
    let folder = existing(folder_of(file));
    let name = file.strip_prefix(folder).unwrap_or(file);
    format!("{} {command} {}", git_in(folder), git_path(&name.to_string_lossy()))
}

/// A path in a command of git. One that begins with a colon would be taken for a pattern.
pub(crate) fn git_path(path: &str) -> String {
    let literal = if path.starts_with(':') { format!("./{path}") } else { path.to_owned() };
    shell_word(&literal).into_owned()
}

/// `git`, in the folder of a file.
pub(crate) fn git_beside(file: &Path) -> String {
    git_in(folder_of(file))
}

fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(file)
}

/// The nearest folder that is there, in which a command can start.
fn existing(folder: &Path) -> &Path {
    let found = folder.ancestors().find(|folder| folder.is_dir());
    found.unwrap_or(if folder.is_absolute() { folder } else { Path::new("") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_its_folder_unless_it_is_the_working_folder() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(git_in(&here), "git");
        assert_eq!(git_on("checkout --", Path::new("state.json")), "git checkout -- state.json");
        assert_eq!(git_on("checkout --", Path::new(":(top)s.json")), "git checkout -- './:(top)s.json'");
        assert_eq!(git_on("checkout --", &here.join("gone/it's.json")), r"git checkout -- 'gone/it'\''s.json'");
        let elsewhere = tempfile::Builder::new().prefix("of mine").tempdir().unwrap();
        let (folder, file) = (elsewhere.path(), elsewhere.path().join("gone/state.json"));
        let command = format!("git -C '{}' checkout -- gone/state.json", folder.display());
        assert_eq!(git_on("checkout --", &file), command);
        assert_eq!(git_beside(&file), format!("git -C '{}'", folder.display()));
    }
}
