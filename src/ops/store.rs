//! The state of a repository as a store: where git's own folder keeps its journal, and what git knows of a state that is missing.
//!
//! Invariant: where there is no state, that is only taken for "not yet" after git was asked, too.

use std::path::{Path, PathBuf};

use crate::git::{self, GitError, Held};
use crate::state::{Backup, Committed, LoadedState, StateError, Store};

use super::error::Error;
use super::repository::Repository;

/// The repository's state. In a git work tree its journal is in git's own folder; the sandbox's is removed with its data.
pub(crate) fn store(repository: &Repository) -> Result<Store, Error> {
    let store = Store::new(&repository.state);
    let place = if repository.sandbox.is_some() { None } else { git::place_of(store.file())? };
    Ok(match place {
        Some(place) => store.kept_at(place),
        None => store,
    })
}

/// Where the state's file is, links followed.
pub(crate) fn state_path(repository: &Repository) -> Result<PathBuf, Error> {
    let store = store(repository)?;
    store.real_path().map_err(|source| Error::file("find", store.path(), source))
}

/// Reads what is recorded, without a lock. A state of another CAKE is refused; where none is given, the state's own is taken.
pub(crate) fn load(repository: &Repository, store: &Store, cake: Option<&str>) -> Result<LoadedState, Error> {
    let git_has = |backup: Option<&Backup>| {
        if repository.sandbox.is_some() { Ok(None) } else { committed(store, backup) }
    };
    match store.read(cake) {
        Ok(loaded) if loaded.document.is_none() => match git_has(None)? {
            None => Ok(loaded),
            committed => {
                Err(StateError::Missing { path: store.path().to_owned(), trace: None, backup: None, committed }.into())
            }
        },
        Err(StateError::Missing { path, trace, backup, .. }) => {
            // The state is known to be missing, whether git answers or not.
            let committed = git_has(backup.as_deref()).ok().flatten();
            Err(StateError::Missing { path, trace, backup, committed }.into())
        }
        read => Ok(read?),
    }
}

/// What git has of a state that is not on the disk.
fn committed(store: &Store, backup: Option<&Backup>) -> Result<Option<Box<Committed>>, GitError> {
    let Some(held) = Held::of(store.file())? else { return Ok(None) };
    let state = store.file().display();
    let inside =
        std::env::current_dir().and_then(|folder| folder.canonicalize()).is_ok_and(|folder| held.is_around(&folder));
    let git = if inside { "git".to_owned() } else { format!("git -C {}", shown_folder(store.file())) };
    let bits = if held.is_sparse { " --ignore-skip-worktree-bits" } else { "" };
    let (at, from) = match &held.commit {
        Some(commit) => (format!("at {commit}"), format!(" {commit}")),
        None => ("in its index".to_owned(), String::new()),
    };
    let mut restore = format!("{git} checkout{bits}{from} -- {state}");
    if let Some(Backup { path, is_last: true }) = backup
        && !held.has_committed(path)?
    {
        // What the last apply recorded was never committed; without a common ancestor, no record of either is dropped.
        restore = format!("{restore} && offersync state merge /dev/null {state} {}", path.display());
    }
    Ok(Some(Box::new(Committed { at, restore })))
}

/// The nearest folder that exists, for a command that starts in it.
fn shown_folder(file: &Path) -> String {
    let there = file.ancestors().skip(1).find(|folder| folder.is_dir());
    there.map_or_else(|| ".".to_owned(), |folder| folder.display().to_string())
}
