//! A state that stayed where the project was before it moved to this folder.

use std::fs;
use std::path::Path;

use super::{Repository, under_folder};
use crate::config;
use crate::git::{self, GitError, Held};
use crate::shell::git_on;
use crate::state::{Committed, StateDocument, Store, address};
use crate::words::shell_path;

/// The state of the same CAKE that is, or was last, where the configuration called it as it does now, in the folder from which it was moved here.
pub(super) fn left_in_folder(
    repository: &Repository,
    store: &Store,
    cake: Option<&str>,
) -> Result<Option<Committed>, GitError> {
    let config = repository.config_file();
    let folder_of = |file: &Path| file.parent().unwrap_or(Path::new("")).to_owned();
    for (before, bytes) in git::moved_from(config)? {
        let Some(name) = config::state_in(&bytes, &repository.settings) else { continue };
        // Another name in the configuration is a new beginning that is meant.
        if folder_of(config).join(&name) != repository.state {
            continue;
        }
        let left = folder_of(&before).join(&name);
        let is_it = |bytes: &[u8]| {
            StateDocument::parse(bytes).is_ok_and(|state| {
                cake.is_none_or(|cake| address::same(&state.cake, cake)) && !state.recorded.offers.is_empty()
            })
        };
        let is_there = match fs::read(&left) {
            Ok(bytes) => is_it(&bytes),
            Err(_) => git::find_version(&left, is_it)?.is_some(),
        };
        if is_there {
            return Ok(Some(here(store, &left)?));
        }
    }
    Ok(None)
}

/// Where it is, and the command that brings it here.
fn here(store: &Store, left: &Path) -> Result<Committed, GitError> {
    let git_mv = git_on(&format!("mv {}", shell_path(left)), store.file());
    let (at, from) = match Held::of(left)? {
        Some(Held { commit: Some(commit), .. }) => (format!(" at {commit}"), Some(format!(" {commit}"))),
        Some(_) => (String::new(), Some(String::new())),
        None => (String::new(), None),
    };
    let (at, moved) = match from {
        Some(from) if !left.exists() => (at, format!("{} && {git_mv}", git_on(&format!("checkout{from} --"), left))),
        // In the index.
        Some(from) if from.is_empty() => (at, git_mv),
        _ => (String::new(), format!("mv {} {}", shell_path(left), shell_path(store.file()))),
    };
    let restore = Some(format!("{}{moved}", under_folder(store)));
    // Removed, it would still be in git; another name starts over.
    Ok(Committed { at: format!("as {}{at}", left.display()), restore, log: None, is_there: false })
}
