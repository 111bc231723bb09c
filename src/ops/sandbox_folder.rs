//! The folder of the sandbox, `.offersync/`: it holds what the sandbox itself has written, and nothing that a repository can bring along.
//!
//! Invariant: nothing in it is a link, so that the sandbox, which asks no question, writes nowhere else; and git tracks nothing of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Label, codes};
use crate::git::{Git, WorkTree};
use crate::source::SourcePath;
use crate::words::shell_path;

use super::error::Error;
use super::output::refuse_links;

const FOLDER: &str = ".offersync";

/// Fails where something in the folder is not the sandbox's own.
pub(super) fn check(root: &Path) -> Result<(), Error> {
    let folder = root.join(FOLDER);
    let link = first_link(&folder).map_err(|source| Error::file("look at", &folder, source))?;
    if let Some(link) = link {
        let help = format!("remove it with `rm {}`, after a look at where it leads", shell_path(&link));
        return Err(refused(root, &link, "the sandbox's folder has a link", help));
    }
    if folder.exists() && WorkTree::around(root)?.is_some() && Git::open(root)?.is_tracked(FOLDER)? {
        let help =
            format!("remove it from git with `git -C {} rm -r --cached {FOLDER}`, and commit that", shell_path(root));
        return Err(refused(root, &folder, "git tracks the sandbox's folder", help));
    }
    Ok(())
}

/// The same of the data of a sandbox, where they are in such a folder. Elsewhere nothing is written through a link in the data's folder, nor
/// through one of a repository.
pub(crate) fn check_data(data: &Path) -> Result<(), Error> {
    let folder = data.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == FOLDER));
    if let Some(root) = folder.and_then(Path::parent) {
        return check(root);
    }
    let around = data.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    refuse_links(around, data, &data.display().to_string())?;
    if !data.is_dir() {
        return Ok(());
    }
    // The folder itself may be a link of the user's own.
    let real = data.canonicalize().map_err(|source| Error::file("look at", data, source))?;
    match first_link(&real).map_err(|source| Error::file("look at", data, source))? {
        Some(link) => {
            let help = format!("remove it with `rm {}`, after a look at where it leads", shell_path(&link));
            Err(refused(&real, &link, "the sandbox's folder has a link", help))
        }
        None => Ok(()),
    }
}

fn refused(root: &Path, path: &Path, message: &str, help: String) -> Error {
    let below = path.strip_prefix(root).unwrap_or(path);
    let shown = below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
    let problem = Diagnostic::error(codes::tree::SANDBOX, format!("{message}; nothing was read or written there"));
    Error::Unready(vec![problem.label(Label::file(SourcePath::from(shown))).help(help)])
}

/// The first link at or below a path.
fn first_link(path: &Path) -> io::Result<Option<PathBuf>> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if found.is_symlink() {
        return Ok(Some(path.to_owned()));
    }
    if found.is_dir() {
        for entry in fs::read_dir(path)? {
            if let Some(link) = first_link(&entry?.path())? {
                return Ok(Some(link));
            }
        }
    }
    Ok(None)
}
