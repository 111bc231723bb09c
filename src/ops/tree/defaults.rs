//! Files of defaults whose loss git could not show: those that it does not hold, and those that a stash or a change of branch has taken
//! away.
//!
//! It is asked only for a plan with actions. What git does not answer is not known, and then nothing is said.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::config::Names;
use crate::desired::{default_values, is_in_tree};
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::git::{Git, GitError, OnBranch, Stashed, added_by_stashes, on_other_branches};
use crate::import::is_defaults;
use crate::offer::{DesiredOffer, DesiredSet};
use crate::plan::{FieldChange, Plan};
use crate::shell::{git_in, git_path};
use crate::source::SourcePath;

use super::held::Place;
use crate::ops::repository::Repository;

/// Warnings of the files of defaults that offers of the plan have values from, and that git does not hold.
pub(super) fn untracked(repository: &Repository, places: &[Place], set: &DesiredSet, plan: &Plan) -> Vec<Diagnostic> {
    let offers = plan.actions.iter().filter_map(|action| set.get(&action.key));
    let used: BTreeSet<&SourcePath> =
        offers.flat_map(DesiredOffer::files).filter(|file| is_defaults(file.as_str())).collect();
    let root = &repository.settings.root;
    let mut unheld: BTreeMap<&Path, Vec<(String, &SourcePath)>> = BTreeMap::new();
    for (file, on_disk) in used.iter().filter_map(|file| Some((*file, file.on_disk(root).canonicalize().ok()?))) {
        let around = places.iter().filter(|place| on_disk.starts_with(place.work_tree.top()));
        if let Some(place) = around.max_by_key(|place| place.work_tree.top().as_os_str().len()) {
            unheld.entry(place.work_tree.top()).or_default().push((place.work_tree.path_of(&on_disk), file));
        }
    }
    let in_tree = |(top, mut files): (&Path, Vec<(String, &SourcePath)>)| -> Result<Vec<Diagnostic>, GitError> {
        let git = Git::open(top)?;
        let held = git.held(files.iter().map(|(path, _)| path.as_str()))?;
        files.retain(|(path, _)| !held.contains(path));
        // Before the first commit, git holds nothing that could be compared with.
        if files.is_empty() || matches!(git.commit("HEAD"), Err(GitError::UnknownCommit { .. })) {
            return Ok(Vec::new());
        }
        Ok(files.iter().map(|(path, file)| untracked_warning(top, path, file)).collect())
    };
    let found = unheld.into_iter().map(in_tree).collect::<Result<Vec<_>, _>>();
    known(found.map(|found| found.concat()))
}

fn untracked_warning(top: &Path, path: &str, file: &SourcePath) -> Diagnostic {
    let message =
        format!("`{file}` gives offers values, and git does not hold it: if it goes, they lose the values unseen");
    Diagnostic::warning(codes::git::UNTRACKED_DEFAULTS, message).label(Label::file(file.clone())).help(format!(
        "add it with `{} add -- {}`, and commit it with the offers",
        git_in(top),
        git_path(path)
    ))
}

/// Warnings of the files of defaults that a stash has taken away from folders of which the plan changes offers, and that no commit has had
/// since.
pub(super) fn stashed(places: &[Place], set: &DesiredSet, plan: &Plan) -> Vec<Diagnostic> {
    let changed = plan.actions.iter().filter_map(|action| set.get(&action.key));
    let changed: Vec<&SourcePath> = changed.map(|offer| &offer.place.file).collect();
    if changed.is_empty() {
        return Vec::new();
    }
    in_each_tree(places, |top, places| {
        let mut warnings = Vec::new();
        for stashed in added_by_stashes(top)? {
            let Some(shown) = shown_defaults(places, &stashed.path) else { continue };
            let folder = SourcePath::from(shown.folder());
            let is_used = changed.iter().any(|file| file.below(&folder).is_some());
            if is_used && !top.join(&stashed.path).exists() && !stashed.was_committed_since(top)? {
                warnings.push(stashed_warning(top, &stashed, &shown));
            }
        }
        Ok(warnings)
    })
}

/// Warnings of the files of defaults that only another branch or a tag has, and that give a value which the plan takes away from an offer of
/// their folder: it was applied before that branch took the file over. A value from the offer's own file, or from a nearer one than they are,
/// has not come by their loss.
pub(super) fn on_branches(names: &Names, places: &[Place], set: &DesiredSet, plan: &Plan) -> Vec<Diagnostic> {
    let actions = plan.actions.iter().filter_map(|action| Some((&set.get(&action.key)?.place.file, &action.changes)));
    let changes = actions.flat_map(|(file, changes)| changes.iter().map(move |change| (file, change)));
    let changes: Vec<(&SourcePath, &FieldChange)> = changes.filter(|(_, change)| change.before.is_some()).collect();
    if changes.is_empty() {
        return Vec::new();
    }
    in_each_tree(places, |top, places| {
        let below: Vec<&str> = places.iter().map(|place| place.below.as_str()).collect();
        let mut found = BTreeMap::new();
        for version in on_other_branches(top, &below, |path| shown_defaults(places, path).is_some())? {
            let Some(shown) = shown_defaults(places, &version.path) else { continue };
            let folder = SourcePath::from(shown.folder());
            let values = default_values(&shown, &version.bytes, names);
            let is_nearer = |change: &FieldChange| {
                change.source.as_ref().is_some_and(|source| source.file.below(&folder).is_some())
            };
            let is_from_it = |(file, change): &(&SourcePath, &FieldChange)| {
                file.below(&folder).is_some()
                    && values.get(change.field) == change.before.as_ref()
                    && !is_nearer(change)
            };
            if changes.iter().any(is_from_it) && !top.join(&version.path).exists() {
                found.entry(shown).or_insert(version);
            }
        }
        Ok(found.iter().map(|(shown, version)| branch_warning(top, version, shown)).collect())
    })
}

/// What is found in each work tree with a part of the tree.
fn in_each_tree(
    places: &[Place],
    find: impl Fn(&Path, &[&Place]) -> Result<Vec<Diagnostic>, GitError>,
) -> Vec<Diagnostic> {
    let mut by_tree: BTreeMap<&Path, Vec<&Place>> = BTreeMap::new();
    for place in places {
        by_tree.entry(place.work_tree.top()).or_default().push(place);
    }
    let found = by_tree.into_iter().map(|(top, places)| find(top, &places)).collect::<Result<Vec<_>, _>>();
    known(found.map(|found| found.concat()))
}

/// The path in messages of a file of defaults of the tree, by its path from the top of the work tree; none of any other file.
fn shown_defaults(places: &[&Place], path: &str) -> Option<SourcePath> {
    let shown = |place: &&Place| Some(place.shown.join(place.relative(path).filter(|path| is_in_tree(path))?));
    places.iter().find_map(shown).filter(|_| is_defaults(path))
}

fn branch_warning(top: &Path, OnBranch { branch, commit, path, .. }: &OnBranch, shown: &SourcePath) -> Diagnostic {
    let message = format!(
        "`{shown}` is in commits of `{branch}`, in none of this branch, and not on this disk: it gives values that the plan takes away from \
         offers of its folder"
    );
    let git = git_in(top);
    Diagnostic::warning(codes::git::BRANCH_DEFAULTS, message).label(Label::file(shown.clone())).help(format!(
        "bring it here with `{git} checkout {commit} -- {}`, or apply on that branch. If its values are to be gone, confirm the plan on a \
         terminal with `offersync apply`. An `apply --auto-approve` is refused until then",
        git_path(path)
    ))
}

fn stashed_warning(top: &Path, Stashed { stash, .. }: &Stashed, shown: &SourcePath) -> Diagnostic {
    let git = git_in(top);
    let message = format!(
        "`{shown}` is in `{stash}`, in no commit since, and not on this disk: offers of its folder that the plan changes may have had values from it"
    );
    let number = stash.trim_start_matches("stash@{").trim_end_matches('}');
    Diagnostic::warning(codes::git::STASHED_DEFAULTS, message).label(Label::file(shown.clone())).help(format!(
        "bring it back with `{git} stash pop {number}`. If it is to be gone, drop it with `{git} stash drop {number}`, or confirm the plan on a \
         terminal with `offersync apply`. An `apply --auto-approve` is refused until then"
    ))
}

fn known(found: Result<Vec<Diagnostic>, GitError>) -> Vec<Diagnostic> {
    found.unwrap_or_else(|error| {
        tracing::warn!(%error, "git does not say which defaults it does not hold");
        Vec::new()
    })
}
