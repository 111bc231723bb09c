//! The desired offers as the files have them at one moment, with what git knows of the files.
//!
//! Invariant: an offer counts as removed only if its file was seen to be removed. A file that git holds and does not show on this
//! disk is an error, and so is a git that does not answer, and a tree that does not come to rest.

mod command;
mod defaults;
mod held;
mod hidden;
mod linked;
mod named_then;
mod nearer;
mod never_committed;
mod recorded_later;
mod rest;
mod uncommitted;
mod unfinished;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::config::Settings;
use crate::desired::{self, ReadOptions, Reading, TreeStamp};
use crate::diagnostic::{Diagnostic, codes, sort};
use crate::git::GitError;
use crate::offer::{DesiredSet, Key, SourceFile};
use crate::plan::Plan;

use super::diagnose::unanswered_files;
use super::repository::Repository;

use held::{Held, Place};
pub(super) use nearer::refuse_hidden_configuration;
pub(super) use never_committed::History;
use rest::{Patience, Unrest, Watch};
pub(super) use uncommitted::{Remnant, Uncommitted};

/// More files than this are counted in a message.
const FILES_SHOWN: usize = 5;

/// The tree at one moment.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The offers with every problem.
    pub(super) reading: Reading,
    pub(super) tracked: Tracked,
}

/// What git knows of a tree that can be used.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    /// What git has stopped in the middle of; among the problems, as warnings.
    pub(super) unfinished: Vec<Diagnostic>,
    /// Files of defaults that were deleted and not committed; among the problems, as warnings.
    pub(super) deleted_defaults: Vec<Diagnostic>,
    places: Vec<Place>,
    /// What the tree looked like when it was read.
    stamp: Arc<TreeStamp>,
    uncommitted: OnceLock<Uncommitted>,
}

impl Tracked {
    /// Which removals from the files that were read are not committed; git is asked once. What has come back meanwhile is no longer
    /// missing to git, so then nothing is known.
    pub(super) fn uncommitted(&self, repository: &Repository, read: &[SourceFile]) -> &Uncommitted {
        let settings = &repository.settings;
        self.uncommitted.get_or_init(|| {
            let uncommitted = Uncommitted::ask(settings, &self.places, read);
            match self.stamp.changed_since(&settings.root, &settings.offers) {
                Some(file) if !self.places.is_empty() => {
                    tracing::warn!(%file, "the tree has changed since it was read");
                    Uncommitted::default()
                }
                _ => uncommitted,
            }
        })
    }

    /// The tops of the work trees that the tree is in, the one of the offers folder first.
    pub(super) fn work_trees(&self) -> Vec<&Path> {
        let mut tops = Vec::new();
        for top in self.places.iter().map(|place| place.work_tree.top()) {
            if !tops.contains(&top) {
                tops.push(top);
            }
        }
        tops
    }

    /// Those of the removed offers whose YAML no commit had.
    pub(super) fn never_committed(&self, repository: &Repository, keys: BTreeSet<&Key>) -> BTreeMap<Key, History> {
        never_committed::never_committed(repository, &self.places, keys)
    }

    /// Warnings of files of defaults that offers of the plan have values from, and that git does not hold.
    pub(super) fn untracked_defaults(&self, repository: &Repository, set: &DesiredSet, plan: &Plan) -> Vec<Diagnostic> {
        defaults::untracked(repository, &self.places, set, plan)
    }

    /// Warnings of files of defaults that a stash or a change of branch has taken away from offers that the plan changes.
    pub(super) fn missing_defaults(&self, repository: &Repository, set: &DesiredSet, plan: &Plan) -> Vec<Diagnostic> {
        let names = &repository.settings.names;
        let mut warnings = defaults::stashed(&self.places, set, plan);
        warnings.extend(defaults::on_branches(names, &self.places, set, plan));
        warnings
    }
}

/// Reads the tree with all its problems.
pub(super) fn read(repository: &Repository, allow_empty: bool) -> Tree {
    read_beside(repository, allow_empty, || (), |tree, ()| tree)
}

/// Reads the tree, and something else of the same moment, and makes something of both while the files are looked at a second time: it
/// is made anew if the tree was not at rest, so `then` has no effect besides. A tree that does not come to rest has that problem.
pub(super) fn read_beside<T: Default + Send, R>(
    repository: &Repository,
    allow_empty: bool,
    beside: impl Fn() -> T + Sync,
    then: impl Fn(Tree, T) -> R,
) -> R {
    let mut patience = Patience::default();
    loop {
        let unrest = match read_once(repository, allow_empty, &beside, &then) {
            Ok(result) => return result,
            Err(unrest) => unrest,
        };
        tracing::debug!(?unrest, "the tree is not at rest");
        if !unrest.may_end() || !patience.pause(&unrest) {
            let mut tree = Tree::default();
            tree.reading.diagnostics.push(unrest.problem(&repository.settings));
            return then(tree, T::default());
        }
    }
}

/// Reads what is there now, unless it changes meanwhile.
fn read_once<T: Default + Send, R>(
    repository: &Repository,
    allow_empty: bool,
    beside: &(impl Fn() -> T + Sync),
    then: &impl Fn(Tree, T) -> R,
) -> Result<R, Unrest> {
    let settings = &repository.settings;
    let (root, offers) = (&settings.root, &settings.offers);
    let place = Place::find(root, offers);
    let mut watch = Watch::default();
    if let Ok(Some(place)) = &place {
        watch.begin(&place.work_tree);
        watch.at_rest()?;
    }
    // Git's top, so that several repositories of offers in one work tree can share files.
    let top = place.as_ref().ok().and_then(Option::as_ref).map(|place| place.work_tree.top().to_owned());
    let within = top.or_else(|| root.canonicalize().ok());
    let options = ReadOptions { allow_empty, within: within.as_deref() };
    let (mut reading, entries, other) = std::thread::scope(|scope| {
        let entries = scope.spawn(|| place?.map(|place| Ok((place.entries()?, place))).transpose());
        let other = scope.spawn(beside);
        let reading = desired::read(root, offers, &settings.names, options);
        let lost = || Err(GitError::Failed("its answer was lost".to_owned()));
        (reading, entries.join().unwrap_or_else(|_| lost()), other.join().unwrap_or_default())
    });
    let stamp = Arc::new(std::mem::take(&mut reading.stamp));
    if let Some(file) = stamp.too_new() {
        return Err(Unrest::TooNew(file.clone()));
    }
    let (result, changed) = std::thread::scope(|scope| {
        let second_look = scope.spawn(|| stamp.changed_since(root, offers));
        let held = entries.and_then(|entries| Held::of(root, entries, &reading, &mut watch));
        let mut tree = Tree::new(settings, reading, held, &watch);
        tree.tracked.stamp = Arc::clone(&stamp);
        (then(tree, other), second_look.join().unwrap_or_else(|_| Some(offers.clone())))
    });
    if let Some(file) = changed {
        return Err(Unrest::File(file));
    }
    watch.at_rest()?;
    if !repository.config.is_as_read() {
        return Err(Unrest::Config);
    }
    Ok(result)
}

impl Tree {
    /// Adds the problems that only git knows of.
    fn new(settings: &Settings, mut reading: Reading, held: Result<Held, GitError>, watch: &Watch) -> Self {
        let mut tracked = Tracked::default();
        match held {
            Ok(held) => {
                let hidden = hidden::problems(&held.unseen);
                if !hidden.is_empty() {
                    // The folder has offers; they are only not here.
                    reading.diagnostics.retain(|problem| problem.code != codes::tree::NO_OFFERS);
                }
                // A link whose target git hides is not broken.
                let is_hidden = |problem: &Diagnostic| {
                    let file = problem.place().map(|place| &place.file);
                    held.unseen.iter().any(|unseen| file == Some(&unseen.shown))
                };
                reading.diagnostics.retain(|problem| problem.code != codes::tree::UNREADABLE || !is_hidden(problem));
                reading.diagnostics.extend(hidden);
                tracked.unfinished = unfinished::warnings(settings, watch, &held.undecided);
                tracked.unfinished.extend(unfinished::submodules(&held.moved));
                tracked.deleted_defaults = hidden::deleted_defaults(&held.deleted_defaults);
                tracked.places = held.places;
                reading.diagnostics.extend(tracked.unfinished.iter().chain(&tracked.deleted_defaults).cloned());
            }
            Err(error) => reading.diagnostics.push(unanswered_files(settings, &error)),
        }
        sort(&mut reading.diagnostics);
        Self { reading, tracked }
    }
}
