//! The offers as they were at a git commit, and which offers differ since then.
//!
//! Asks the `git` command and reads only: the commit's configuration and offers come as bytes out of git's database, so nothing
//! is checked out and no work tree is touched. What cannot be read at the commit counts as different: a review that shows too
//! much costs a look, one that shows too little costs money.

mod git;

use std::collections::BTreeSet;
use std::path::Path;

use crate::config::{self, Settings};
use crate::desired::{self, ReadOptions};
use crate::diagnostic::Diagnostic;
use crate::offer::{DesiredOffer, DesiredSet, Key, Recorded, RemovedAction};
use crate::plan::{Plan, Selection};
use crate::source::SourcePath;

use super::error::Error;
use super::inputs::{Desired, make_plan};
use super::recorded::RecordedState;
use super::repository::Repository;

pub use git::GitError;
use git::{Blob, Git};

/// The plan of what differs from a commit, with the count of what is to be done besides.
pub(super) fn plan(
    repository: &Repository,
    desired: &Desired,
    state: &RecordedState,
    selection: &Selection,
    reference: &str,
) -> Result<Plan, Error> {
    let since = Since::read(repository, reference)?;
    let (recorded, binding) = (state.recorded(), state.binding());
    let all = make_plan(repository, desired, recorded, binding.clone(), selection)?.actions.len();
    let changed = since.changed(&desired.set, recorded, repository.settings.removed);
    let mut plan = make_plan(repository, desired, recorded, binding, &selection.within(changed.clone()))?;
    keep_warnings(&mut plan.diagnostics, &desired.set, &changed);
    plan.pending_elsewhere = Some(all.saturating_sub(plan.actions.len()));
    Ok(plan)
}

/// The offers at a commit.
#[derive(Debug)]
struct Since {
    set: DesiredSet,
    /// Whether every offer of the commit is in the set.
    is_complete: bool,
    removed: Option<RemovedAction>,
}

impl Since {
    /// Reads the offers at a commit.
    fn read(repository: &Repository, reference: &str) -> Result<Self, Error> {
        let settings = &repository.settings;
        let git = Git::open(&settings.root)?;
        let commit = git.commit(reference)?;
        let Some(then) = settings_at(&git, &commit, settings)? else {
            return Ok(Self { set: DesiredSet::default(), is_complete: false, removed: None });
        };
        let (mut blobs, mut is_complete) = (Vec::new(), true);
        for blob in git.blobs(&commit, &then.offers.to_string())? {
            let path = SourcePath::from(blob.path.as_str());
            if !path.below(&then.offers).is_some_and(desired::is_in_tree) {
                continue;
            }
            // What a link leads to may be anywhere; its offers count as different.
            is_complete &= blob.is_file;
            if blob.is_file {
                blobs.push(blob);
            }
        }
        let texts = git.texts(&blobs)?;
        is_complete &= texts.iter().all(|(_, bytes)| bytes.is_some());
        let texts = texts.into_iter().filter_map(|(path, bytes)| Some((path, bytes?))).collect();
        let reading = desired::from_texts(texts, &then.names, ReadOptions { allow_empty: true });
        let is_complete = is_complete && !reading.has_errors();
        Ok(Self { set: reading.set, is_complete, removed: Some(then.removed) })
    }

    /// The keys whose resolved offers differ.
    fn changed(&self, desired: &DesiredSet, recorded: &Recorded, removed: RemovedAction) -> BTreeSet<Key> {
        let differs = |offer: &&DesiredOffer| self.set.get(&offer.key).is_none_or(|before| !is_same(before, offer));
        let mut changed: BTreeSet<Key> = desired.offers.iter().filter(differs).map(|offer| offer.key.clone()).collect();
        let gone = self.set.offers.iter().filter(|before| desired.get(&before.key).is_none());
        changed.extend(gone.map(|before| before.key.clone()));
        // An offer without YAML on either side differs only if the commit could not be read.
        if !self.is_complete || self.removed != Some(removed) {
            let without = recorded.offers.keys().chain(recorded.in_doubt.keys());
            changed.extend(without.filter(|key| desired.get(key).is_none()).cloned());
        }
        changed
    }
}

/// The offer without its position, which does not matter to a plan.
fn is_same(one: &DesiredOffer, other: &DesiredOffer) -> bool {
    let DesiredOffer { key, fields, sync, place: _, places: _ } = one;
    (key, fields, sync) == (&other.key, &other.fields, &other.sync)
}

/// The configuration at the commit, as far as it can be read; `None` where there was none.
fn settings_at(git: &Git<'_>, commit: &str, now: &Settings) -> Result<Option<Settings>, Error> {
    let blobs = git.blobs(commit, now.file.as_str())?;
    let file: Vec<Blob> = blobs.into_iter().filter(|blob| blob.is_file && blob.path == now.file.as_str()).collect();
    let bytes = git.texts(&file)?.into_iter().find_map(|(_, bytes)| bytes);
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.and_then(|text| config::from_text(&text, now.file.as_str(), &now.root, &|_| None).settings))
}

/// The warnings of a narrowed plan: those of the files that its offers are made of.
fn keep_warnings(diagnostics: &mut Vec<Diagnostic>, desired: &DesiredSet, changed: &BTreeSet<Key>) {
    let offers = desired.offers.iter().filter(|offer| changed.contains(&offer.key));
    let files: BTreeSet<&SourcePath> = offers.flat_map(DesiredOffer::files).collect();
    diagnostics.retain(|problem| {
        problem.is_error() || problem.place().is_none_or(|place| files.contains(&place.file) || is_config(&place.file))
    });
}

fn is_config(file: &SourcePath) -> bool {
    Path::new(file.as_str()).extension().is_some_and(|ending| ending == "toml")
}
