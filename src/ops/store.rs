//! The state of a repository as a store: where git's own folder keeps its journal, and what git knows of a state that is missing.
//!
//! Invariants: where there is no state, that is only taken for "not yet" after git was asked, too; a state that git has put back is
//! not taken for what is recorded.

mod bring_back;
mod digest;
mod left_in_folder;

use std::path::{Path, PathBuf};

use crate::config;
use crate::git::{self, DroppedVersion, GitError, Held, Kept, NamedBy};
use crate::shell::{git_beside, git_on};
use crate::state::{
    Backup, Committed, LoadedState, ParseErrorKind, StateDocument, StateError, Store, Version, address,
};

use left_in_folder::left_in_folder;

use super::diagnose::unanswered_history;
use super::error::Error;
use super::repository::Repository;
use super::shared::refuse_file_beside;
use crate::words::{shell_path, shell_word};

/// The repository's state. In a git work tree its journal is in git's own folder; the sandbox's is removed with its data.
pub(crate) fn store(repository: &Repository) -> Result<Store, Error> {
    if let Some(shared) = &repository.shared {
        return Ok(shared.store()?);
    }
    file_store(repository, &repository.state)
}

/// The state at a path, as a store.
pub(super) fn file_store(repository: &Repository, path: &Path) -> Result<Store, Error> {
    let store = Store::new(path).named_by(repository.config_file());
    let place = if repository.sandbox.is_some() { None } else { git::place_of(store.file())? };
    let Some(Kept { own, shared, removed, others, folder }) = place else { return Ok(store) };
    // What a branch has brought along would be taken for what this machine has done. A git that does not answer stops whatever reads the
    // offers.
    let mut own_files = store.files_beside().into_iter().chain(store.present_lock());
    if let Some(path) = own_files.find(|path| git::is_tracked(path).unwrap_or(false)) {
        return Err(StateError::Tracked { path }.into());
    }
    Ok(store.kept_at(own, shared).left_at(removed).with_others(others).in_folder(folder))
}

/// Fails where git has put another state in the place of the one that the last apply on this machine has published, or of one that was
/// committed, and that other one has less.
pub(super) fn refuse_put_back(repository: &Repository, store: &Store) -> Result<(), Error> {
    digest::refuse_without(repository, store)?;
    if let Some(copy) = store.copy_of_another()?
        && git::may_be_put_back(store.file(), &copy)?
    {
        // On another branch, or merged there, it is not lost.
        let newest = git::newest_version(store.file())?;
        let restore = |state: &StateDocument, last: &StateDocument, has_more| {
            bring_back::from_copy(store, &copy, state, last, has_more)
        };
        if let Some(error) = store.put_back(&copy, newest.as_deref(), restore) {
            return Err(error.into());
        }
    }
    refuse_dropped(repository, store)
}

/// Fails where the state lacks what a committed one has that it is not built on.
fn refuse_dropped(repository: &Repository, store: &Store) -> Result<(), Error> {
    let unanswered = |error| Error::Invalid(vec![unanswered_history(&repository.settings, store.file(), &error)]);
    let present = store.present();
    // Of several, the one that has most. They are looked at one after the other, because they may be large.
    let mut latest: Option<(DroppedVersion, StateDocument)> = None;
    let elsewhere = each_dropped_state(repository, store, |version, state| {
        let is_lost = present.as_ref().is_some_and(|present| {
            present.lineage == state.lineage && !present.recorded.without_changes_of(&state.recorded).is_empty()
        });
        let has_less = |(_, latest): &(_, StateDocument)| !state.recorded.behind(&latest.recorded).is_empty();
        if is_lost && !latest.as_ref().is_some_and(has_less) {
            latest = Some((version, state));
        }
    });
    match elsewhere.map_err(unanswered)? {
        Some(Elsewhere::Version(object)) => {
            if !git::is_partial(store.file()).map_err(unanswered)? {
                return Err(unanswered(GitError::Failed(format!("the object {object} is missing"))));
            }
            let fetch = format!("{} cat-file blob {object} > /dev/null", git_beside(store.file()));
            return Err(StateError::DroppedElsewhere { path: store.path().to_owned(), fetch }.into());
        }
        Some(Elsewhere::History) => return Err(history_elsewhere(repository, store).into()),
        None => {}
    }
    // One that cannot be read is told where it is read.
    let (Some(present), Some((version, state))) = (present, latest) else { return Ok(()) };
    let restore = |has_more| bring_back::from_commit(store, &version, &present, &state, has_more);
    store.dropped(&present, &state, version.commit.as_deref(), restore).map_or(Ok(()), |error| Err(error.into()))
}

/// The error that a partial clone lacks what tells which states there were.
fn history_elsewhere(repository: &Repository, store: &Store) -> StateError {
    let log = "log --raw --full-history HEAD --";
    let fetch = format!("{} {} > /dev/null", git_on(log, store.file()), shell_path(repository.config_file()));
    StateError::HistoryElsewhere { path: store.path().to_owned(), fetch }
}

/// The error that git did not say which states it has.
fn unknown_history(repository: &Repository, store: &Store, error: &GitError) -> Error {
    match git::is_partial(store.file()) {
        Ok(true) => history_elsewhere(repository, store).into(),
        _ => Error::Invalid(vec![unanswered_history(&repository.settings, store.file(), error)]),
    }
}

/// What is in another clone.
enum Elsewhere {
    /// A state that was committed and that the present one is not built on: the name that git gives it.
    Version(String),
    /// What tells which states there were.
    History,
}

/// Takes each state that was committed and that the present one may not be built on, the oldest first.
fn each_dropped_state(
    repository: &Repository,
    store: &Store,
    mut take: impl FnMut(DroppedVersion, StateDocument),
) -> Result<Option<Elsewhere>, GitError> {
    let mut elsewhere = None;
    let name_in = |bytes: &[u8]| config::state_in(bytes, &repository.settings);
    let named_by = NamedBy { file: repository.config_file(), name_in: &name_in };
    let taken = git::dropped_versions(store.file(), &named_by, |version, bytes| {
        match bytes.as_deref().map(StateDocument::parse) {
            Some(Ok(state)) => take(version, state),
            None if version.is_put_back => elsewhere = Some(Elsewhere::Version(version.object)),
            // What cannot be read is no state that one could go back to.
            Some(Err(_)) | None => {}
        }
    });
    match taken {
        Err(_) if git::is_partial(store.file())? => Ok(Some(Elsewhere::History)),
        taken => taken.map(|()| elsewhere),
    }
}

/// The generations that a state takes the place of where a person says that it is right as it is.
pub(super) fn superseded(repository: &Repository, store: &Store) -> Result<Vec<StateDocument>, Error> {
    let head = git::head_version(store.file())?;
    let copy = store.copy_of_another()?.and_then(|copy| std::fs::read(copy).ok());
    let parsed = [head, copy].into_iter().flatten().filter_map(|bytes| StateDocument::parse(&bytes).ok());
    let mut superseded: Vec<StateDocument> = parsed.collect();
    each_dropped_state(repository, store, |_, state| superseded.push(state))?;
    Ok(superseded)
}

/// Fails where an apply in a work tree that was removed has recorded what is in no commit and not in this state, or was interrupted.
pub(super) fn refuse_left_over(store: &Store, state: Option<&StateDocument>) -> Result<(), Error> {
    for left in store.left_over(state)? {
        let (file, copy) = (store.file(), left.copy());
        let is_in_git = || {
            Ok::<_, GitError>(
                git::is_committed(file, &copy)?
                    || git::find_version(file, |bytes| left.is_published_in(bytes))?.is_some()
                    || git::newest_version(file)?.is_some_and(|bytes| left.is_published_in(&bytes)),
            )
        };
        let is_lost = left.is_more_than(state) && !is_in_git()?;
        let merged = |state: &StateDocument, last: &StateDocument| bring_back::from_removed(store, &copy, state, last);
        if let Some(error) = store.left_behind(&left, is_lost, state, merged) {
            return Err(error.into());
        }
    }
    Ok(())
}

/// Reads what is recorded, without a lock. A state of another CAKE is refused; where none is given, the state's own is taken.
pub(crate) fn load(repository: &Repository, store: &Store, cake: Option<&str>) -> Result<LoadedState, Error> {
    if repository.shared.is_some() {
        // An older version cannot come back there: each is built on the last one.
        let loaded = store.read(cake)?;
        return if loaded.document.is_some() { Ok(loaded) } else { refuse_file_beside(repository).map(|()| loaded) };
    }
    let git_has = |backup: Option<&Backup>| {
        if repository.sandbox.is_some() { Ok(None) } else { committed(repository, store, backup, cake) }
    };
    match store.read(cake) {
        Ok(loaded) if loaded.document.is_none() => match git_has(None)
            .map_err(|error| unknown_history(repository, store, &error))?
        {
            None => refuse_left_over(store, None).map(|()| loaded),
            committed => {
                Err(StateError::Missing { path: store.path().to_owned(), trace: None, backup: None, committed }.into())
            }
        },
        Err(StateError::Missing { path, trace, backup, .. }) => {
            // The state is known to be missing, whether git answers or not.
            let committed = git_has(backup.as_deref()).ok().flatten();
            Err(StateError::Missing { path, trace, backup, committed }.into())
        }
        read => {
            let loaded = read.map_err(|error| with_version(store, error))?;
            refuse_put_back(repository, store)?;
            refuse_left_over(store, loaded.document.as_ref())?;
            Ok(loaded)
        }
    }
}

/// What git has of a state that is not on the disk.
fn committed(
    repository: &Repository,
    store: &Store,
    backup: Option<&Backup>,
    cake: Option<&str>,
) -> Result<Option<Box<Committed>>, GitError> {
    let Some(held) = Held::of(store.file())? else {
        if let Some(found) = under_an_earlier_name(repository, store, cake)? {
            return Ok(Some(found));
        }
        let left = left_in_folder(repository, store, cake)?.map(Box::new);
        return if left.is_some() { Ok(left) } else { on_another_branch(store, cake) };
    };
    if let Some(path) = moved_to(repository, store)? {
        return Ok(Some(Box::new(Committed {
            at: format!("as {}", path.display()),
            restore: None,
            log: None,
            is_there: true,
        })));
    }
    let bits = if held.is_sparse { " --ignore-skip-worktree-bits" } else { "" };
    let (at, from) = match &held.commit {
        Some(commit) => (format!("at {commit}"), format!(" {commit}")),
        None => ("in its index".to_owned(), String::new()),
    };
    let mut restore = git_on(&format!("checkout{bits}{from} --"), store.file());
    if let Some(Backup { path, is_last: true }) = backup
        && !held.has_committed(path)?
    {
        // What the last apply recorded was never committed; without a common ancestor, no record of either is dropped.
        let (state, copy) = (shell_path(store.file()), shell_path(path));
        restore = format!("{restore} && offersync state merge /dev/null {state} {copy}");
    }
    Ok(Some(Box::new(Committed { at, restore: Some(restore), log: None, is_there: false })))
}

/// Where a commit has moved the state with its project, so that the offers which it records are there.
fn moved_to(repository: &Repository, store: &Store) -> Result<Option<PathBuf>, GitError> {
    let lineage_of = |bytes: &[u8]| StateDocument::parse(bytes).ok().map(|state| state.lineage);
    let name_in = |bytes: &[u8]| config::state_in(bytes, &repository.settings);
    let named_by = NamedBy { file: repository.config_file(), name_in: &name_in };
    for found in git::in_other_folders(store.file(), &named_by)? {
        let Some(lineage) = lineage_of(&found.bytes) else { continue };
        let is_it = |version: &[u8]| lineage_of(version) == Some(lineage);
        if found.is_same || git::find_version(store.file(), is_it)?.is_some() {
            return Ok(Some(found.path));
        }
    }
    Ok(None)
}

/// A state of the same CAKE that is still called what an earlier configuration called it.
fn under_an_earlier_name(
    repository: &Repository,
    store: &Store,
    cake: Option<&str>,
) -> Result<Option<Box<Committed>>, GitError> {
    let name_in = |bytes: &[u8]| config::state_in(bytes, &repository.settings);
    let named_by = NamedBy { file: repository.config_file(), name_in: &name_in };
    let is_of_this_cake = |state: StateDocument| {
        cake.is_none_or(|cake| address::same(&state.cake, cake)) && !state.recorded.offers.is_empty()
    };
    let found = git::under_earlier_names(store.file(), &named_by)?;
    // One that is gone here, too, was given up.
    let is_it =
        |(path, bytes): &(PathBuf, Vec<u8>)| path.is_file() && StateDocument::parse(bytes).is_ok_and(is_of_this_cake);
    let found = found.into_iter().find(is_it);
    let Some((path, _)) = found else { return Ok(None) };
    let moved = git_on(&format!("mv {}", shell_path(&path)), store.file());
    let (at, restore) = (format!("as {}", path.display()), Some(format!("{}{moved}", under_folder(store))));
    Ok(Some(Box::new(Committed { at, restore, log: None, is_there: true })))
}

/// What a command for the state begins with where its folder does not exist.
fn under_folder(store: &Store) -> String {
    let folder = store.file().parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    folder.map_or_else(String::new, |folder| format!("mkdir -p {} && ", shell_path(folder)))
}

/// A state of the same CAKE that git has on another branch only: this commit is older than the first one, or not built on it.
fn on_another_branch(store: &Store, cake: Option<&str>) -> Result<Option<Box<Committed>>, GitError> {
    let is_of_this_cake = |bytes: &[u8]| {
        StateDocument::parse(bytes).is_ok_and(|state| cake.is_none_or(|cake| address::same(&state.cake, cake)))
    };
    let Some(branch) = git::branch_with(store.file(), is_of_this_cake)? else { return Ok(None) };
    // The state alone would retire the offers whose YAML is on that branch, too.
    let name = shell_word(&branch);
    // Git merges what has no commit in common only where it is told to.
    let merge = if git::is_related(store.file(), &branch)? { "merge" } else { "merge --allow-unrelated-histories" };
    let restore = Some(format!("{} {merge} {name}", git_beside(store.file())));
    let log = Some(git_on(&format!("log {name} --"), store.file()));
    Ok(Some(Box::new(Committed { at: format!("on `{branch}`"), restore, log, is_there: false })))
}

/// Adds to a damaged state the newest version in git that is not damaged. What is committed may be as bad as what is on the disk.
pub(super) fn with_version(store: &Store, error: StateError) -> StateError {
    let StateError::Damaged { path, position, kind, backup, .. } = error else { return error };
    // The state is known to be damaged, whether git answers or not.
    let is_good = |bytes: &[u8]| {
        (kind != ParseErrorKind::NoDigest || digest::is_in(bytes)) && StateDocument::parse(bytes).is_ok()
    };
    let found = git::find_version(store.file(), is_good).ok().flatten();
    let committed = found.map(|git::Version { commit, is_newest }| {
        let from = commit.map_or_else(String::new, |commit| format!(" {commit}"));
        let restore = git_on(&format!("checkout{from} --"), store.file());
        Box::new(Version { restore, is_earlier: !is_newest })
    });
    StateError::Damaged { path, position, kind, backup, committed }
}
