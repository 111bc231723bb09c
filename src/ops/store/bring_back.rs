//! The commands that bring a state back, or bring two versions of it together.
//!
//! Invariant: such a command drops no record of either version, and does not fail where git has a version that both are built on.

use std::path::{Path, PathBuf};

use super::GitError;
use crate::git::{self, DroppedVersion};
use crate::shell::{git_beside, git_on};
use crate::state::merge::merge;
use crate::state::{StateDocument, Store};
use crate::words::{shell_path, shell_word};

/// A file of the state's folder for the time of a command: the state's name and this ending.
fn beside(store: &Store, ending: &str) -> PathBuf {
    let mut path = store.file().as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// The command for what an apply has published on this machine, and has kept in `copy`. `has_more` is whether the state has what the copy
/// lacks.
pub(super) fn from_copy(
    store: &Store,
    copy: &Path,
    state: &StateDocument,
    last: &StateDocument,
    has_more: bool,
) -> String {
    let git = git_beside(store.file());
    // A stash has the YAML, too, and so has a commit that no branch has.
    let stash = git::stash_with(store.file(), copy).ok().flatten();
    let left = || git::left_commit_with(store.file(), copy).ok().flatten();
    match stash.as_deref() {
        Some("stash@{0}") => format!("{git} stash pop"),
        Some(stash) => format!("{git} stash pop '{stash}'"),
        None if let Some(commit) = left() => merge_of(store, &commit),
        None if has_more => merged_with(store, state, last, &shell_path(copy)),
        None => format!("cp {} {}", shell_path(copy), shell_path(store.file())),
    }
}

/// The command that merges a commit which no branch has. Git merges none into changes that are not committed.
fn merge_of(store: &Store, commit: &str) -> String {
    let git = git_beside(store.file());
    let (is_state_committed, is_rest_committed) = git::is_committed_here(store.file()).unwrap_or((true, true));
    let mut commands = vec![format!("{git} merge --no-edit {commit}")];
    if !is_state_committed {
        // It is one that was committed, so that nothing of it is lost.
        commands.insert(0, git_on("checkout HEAD --", store.file()));
    }
    if !is_rest_committed {
        commands.insert(commands.len() - 1, format!("{git} stash push --include-untracked"));
        commands.push(format!("{git} stash pop"));
    }
    commands.join(" && ")
}

/// The command for what an apply in a work tree that was removed has published, and has kept in `copy`.
pub(super) fn from_removed(store: &Store, copy: &Path, state: &StateDocument, last: &StateDocument) -> String {
    let left = || git::left_commit_with(store.file(), copy).ok().flatten();
    let unnamed = || git::lost_commit_with(store.file(), copy).ok().flatten();
    match left().or_else(unnamed) {
        Some(commit) => merge_of(store, &commit),
        None => merged_with(store, state, last, &shell_path(copy)),
    }
}

/// The command for a version that was committed. `has_more` is whether the state has what that version lacks.
pub(super) fn from_commit(
    store: &Store,
    version: &DroppedVersion,
    state: &StateDocument,
    later: &StateDocument,
    has_more: bool,
) -> String {
    let show = format!("{} cat-file blob {}", git_beside(store.file()), version.object);
    match &version.commit {
        _ if has_more => {
            let other = shell_path(&beside(store, ".other"));
            format!("{show} > {other} && {} && rm {other}", merged_with(store, state, later, &other))
        }
        Some(commit) if !version.is_renamed => git_on(&format!("checkout {commit} --"), store.file()),
        _ => format!("{show} > {}", shell_path(store.file())),
    }
}

/// The command that merges `other`, the state in `other_file`, into the state. Without a common ancestor no record of either is dropped; one
/// is only named where the two contradict each other otherwise, as where one side has renamed what the other one has changed.
fn merged_with(store: &Store, state: &StateDocument, other: &StateDocument, other_file: &str) -> String {
    let path = shell_path(store.file());
    let ancestor = merge(None, state, other).err().and_then(|_| ancestor_of(store, state, other).ok()?);
    let Some(shown) = ancestor else { return format!("offersync state merge /dev/null {path} {other_file}") };
    let base = shell_path(&beside(store, ".base"));
    format!("{shown} > {base} && offersync state merge {base} {path} {other_file} && rm {base}")
}

/// The command that shows the newest version in git that both are built on and that makes their merge possible.
fn ancestor_of(store: &Store, state: &StateDocument, other: &StateDocument) -> Result<Option<String>, GitError> {
    let is_ancestor = |bytes: &[u8]| {
        StateDocument::parse(bytes).is_ok_and(|base| {
            let is_built_on_it =
                |side: &&StateDocument| side.lineage == base.lineage && side.recorded.has_all_of(&base.recorded);
            [state, other].iter().all(is_built_on_it) && merge(Some(&base), state, other).is_ok()
        })
    };
    let found = git::find_version(store.file(), is_ancestor)?;
    let name = store.file().file_name().unwrap_or_default().to_string_lossy();
    Ok(found.map(|version| {
        let object = format!("{}:./{name}", version.commit.unwrap_or_default());
        format!("{} cat-file blob {}", git_beside(store.file()), shell_word(&object))
    }))
}
