//! Removed offers whose YAML no commit had: what git never had, no commit has removed.
//!
//! It is asked only about offers that a plan removes, and that the newest commit does not have. The versions of their files are looked
//! for from the newest commit on, so that for a removal of late it takes no longer than that commit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::config::offers_in;
use crate::desired::{is_in_tree, keys_of};
use crate::git::{Git, GitError, PastFile, find_version};
use crate::import::is_defaults;
use crate::offer::Key;
use crate::source::SourcePath;

use super::held::Place;
use crate::ops::repository::Repository;

/// What is known of the history in which an offer's YAML was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ops) enum History {
    /// It was searched to its beginning.
    Whole,
    /// The older commits are not in this clone.
    Shallow,
    /// Git could not search it, as in a partial clone.
    Unread,
}

/// Those of the keys that no commit up to the present ones had, where the offers are in git and there is a commit.
pub(super) fn never_committed(
    repository: &Repository,
    places: &[Place],
    keys: BTreeSet<&Key>,
) -> BTreeMap<Key, History> {
    if places.is_empty() || keys.is_empty() {
        return BTreeMap::new();
    }
    let earlier = earlier_places(repository).unwrap_or_else(|error| {
        tracing::warn!(%error, "git does not show what the offers folder was");
        Vec::new()
    });
    let mut by_tree: BTreeMap<&Path, Vec<&Place>> = BTreeMap::new();
    for place in places.iter().chain(&earlier) {
        by_tree.entry(place.work_tree.top()).or_default().push(place);
    }
    let (mut missing, mut history, mut has_commit) = (keys, History::Whole, false);
    for (top, places) in by_tree {
        match search(top, &places, &mut missing) {
            Ok(found) => {
                has_commit |= found.is_some();
                history = found.filter(|found| *found != History::Whole).unwrap_or(history);
            }
            Err(error) => {
                tracing::warn!(%error, "git does not show its history");
                (has_commit, history) = (true, History::Unread);
            }
        }
    }
    if has_commit { missing.into_iter().map(|key| (key.clone(), history)).collect() } else { BTreeMap::new() }
}

/// The folders that the configuration has named in the last commits that changed it.
fn earlier_places(repository: &Repository) -> Result<Vec<Place>, GitError> {
    let mut folders = BTreeSet::new();
    find_version(repository.config_file(), |bytes| {
        folders.extend(offers_in(bytes));
        false
    })?;
    let settings = &repository.settings;
    folders.remove(settings.offers.as_str());
    let place = |folder: String| Place::find(&settings.root, &SourcePath::from(folder.as_str())).transpose();
    folders.into_iter().filter_map(place).collect()
}

/// Takes the keys away that a commit of a work tree had; none before its first commit.
fn search(top: &Path, places: &[&Place], missing: &mut BTreeSet<&Key>) -> Result<Option<History>, GitError> {
    let git = Git::open(top)?;
    match git.commit("HEAD") {
        Ok(_) => {}
        Err(GitError::UnknownCommit { .. }) => return Ok(None),
        Err(error) => return Err(error),
    }
    let is_offer = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        is_in_tree(name) && !is_defaults(name)
    };
    git.past_files(is_offer, |file| {
        let is_below = |place: &&&Place| place.relative(&file.path).is_some_and(is_in_tree);
        // The whole project may have been in another folder; a file elsewhere that is still there belongs to another project.
        if places.iter().any(|place| is_below(&place)) || file.is_removed && is_offer_text(&file) {
            match file.bytes.as_deref().and_then(|bytes| keys_of(&SourcePath::from(file.path.as_str()), bytes)) {
                Some(keys) => missing.retain(|key| !keys.contains(key)),
                // Bytes that are not here, or are not YAML.
                None => missing.retain(|key| !is_named(&file.path, key)),
            }
        }
        !missing.is_empty()
    })?;
    Ok(Some(if git.is_shallow() { History::Shallow } else { History::Whole }))
}

/// Other YAML may have a key's name.
fn is_offer_text(file: &PastFile) -> bool {
    let bytes = file.bytes.as_deref().unwrap_or_default();
    String::from_utf8_lossy(bytes).contains("offer_name")
}

fn is_named(path: &str, key: &Key) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').is_some_and(|(stem, _)| stem == key.as_str())
}
