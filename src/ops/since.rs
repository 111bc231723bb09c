//! The offers as they were at a git commit, and which offers, settings and records differ since then.
//!
//! Asks the `git` command and reads only: the commit's configuration and offers come as bytes out of git's database, so nothing
//! is checked out and no work tree is touched. What cannot be read at the commit counts as different: a review that shows too
//! much costs a look, one that shows too little costs money. From where a file has moved is known of a commit only: the state has no
//! paths, so that moving a file changes nothing.

mod earlier;
mod exemptions;
mod identity;
mod limits;
mod records;
mod review;
mod schedules;
mod settings;

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use crate::config::Settings;
use crate::desired::{self, ReadOptions};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::git::{Attributes, Followed, Git, GitError, Walk};
use crate::import::is_defaults;
use crate::offer::{AllowedLint, DesiredOffer, DesiredSet, Key, Recorded, RemovedAction, TimeRules, Waiver};
use crate::plan::Plan;
use crate::policy::{self, Occasion};
use crate::source::SourcePath;
use crate::state::StateError;

use super::ci::unmerged_states;
use super::error::Error;
use super::inputs::{Desired, make_plan, read_both};
use super::moment::time_rules_of;
use super::plan::PlanOptions;
use super::recorded::RecordedState;
use super::repository::Repository;
pub(super) use earlier::Earlier;
use review::{review, taken_back};

/// The plan of what differs from a commit, with the count of what is to be done besides, and what both were made of.
pub(super) fn plan(
    repository: &Repository,
    options: &PlanOptions,
    reference: &str,
) -> Result<(Plan, (Desired, RecordedState)), Error> {
    let (inputs, since) = std::thread::scope(|scope| {
        let since = scope.spawn(|| Since::read(repository, reference, Extent::Changed));
        (
            read_both(repository, options.allow_empty, (Occasion::Review, options.at), |desired, state| {
                Ok((desired, state))
            }),
            since.join(),
        )
    });
    let mut since = since.map_err(|_| Error::Internal("the thread that asked git panicked".to_owned()))??;
    let (desired, state) = inputs.map_err(|error| with_review(repository, options, reference, error))?;
    if !since.has_defaults_of(&desired.set) || since.has_other_times(repository) {
        since = Since::read(repository, reference, Extent::All)?;
    }
    let (recorded, binding) = (state.recorded(), state.binding());
    // What the branch changes by its settings alone is a change of the branch.
    let rules_of_commit = since.settings.as_ref().map(time_rules_of);
    if let Some((settings, rules)) = since.settings.as_ref().zip(rules_of_commit.as_ref()) {
        policy::resolve(&mut since.set, Some(recorded), &settings.guardrails, desired.at, rules);
    }
    let selection = options.narrowed(repository, &desired.set, recorded)?;
    let all = make_plan(repository, &desired, recorded, binding.clone(), &selection)?;
    let changed = since.changed(&desired.set, recorded, repository.settings.removed);
    let mut plan = make_plan(repository, &desired, recorded, binding, &selection.within(changed.clone()))?;
    // What the commit has already is not left out: it is told as pending.
    plan.left_out = all.left_out;
    since.add_moves(&mut plan, &desired.set);
    let rules = repository.time_rules();
    let rules_then = rules_of_commit.as_ref().unwrap_or(&rules);
    schedules::add(&mut plan, (&since.set, rules_then), (&desired.set, &rules), recorded, &changed);
    // A merge applies everything that is pending, so that all of it has to keep the limits.
    let sudden = schedules::past_entries(&since.set, &desired.set, &changed, (desired.at, &rules));
    let is_whole = selection.is_everything();
    let then = since.settings.as_ref();
    let pending = limits::Pending { plan: &all, desired: &desired, recorded, then, sudden: &sudden, is_whole };
    plan.diagnostics.extend(limits::breaches(repository, reference, pending, options.accept_config));
    plan.elsewhere = Some(Box::new(all.besides(&plan)));
    keep_warnings(&mut plan.diagnostics, &desired.set, &changed);
    let levels: Vec<_> = then.into_iter().chain([&repository.settings]).map(|settings| &settings.lints).collect();
    let offers = exemptions::Offers { then: &since.set, now: &desired.set, changed: &changed, recorded };
    let exemptions = exemptions::told(offers, &levels, &plan);
    plan.diagnostics.extend(exemptions);
    plan.diagnostics.extend(unmerged_states(repository));
    let decisive = identity::edits(offers, reference, &plan).into_iter().chain(review(repository, reference)?);
    plan.diagnostics.extend(decisive.map(|mut problem| {
        if options.accept_config {
            problem.severity = Severity::Warning;
        }
        problem
    }));
    if let Some(TimeRules { zone, .. }) = rules_of_commit {
        let then = TimeRules { zone, ..repository.time_rules() };
        plan.diagnostics.extend(schedules::moved(&desired.set, &then, &rules));
    }
    Ok((plan, (desired, state)))
}

/// Where the state cannot be used, the reason may be in the branch, which is then what has to be seen: a setting that names another CAKE, or
/// commits that have changed the state and taken that back.
fn with_review(repository: &Repository, options: &PlanOptions, reference: &str, error: Error) -> Error {
    let problems = match &error {
        Error::State(StateError::WrongInstance { .. }) if !options.accept_config => {
            review(repository, reference).unwrap_or_default()
        }
        Error::State(StateError::Dropped { commit: Some(commit), offers, .. }) => {
            let found = taken_back(repository, reference, commit, offers).ok().flatten();
            found.into_iter().collect()
        }
        _ => Vec::new(),
    };
    if problems.is_empty() { error } else { Error::Unready(problems) }
}

/// Which files of a commit are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Those that differ from the working tree, and the files of defaults.
    Changed,
    All,
}

/// The offers at a commit.
#[derive(Debug, Default)]
struct Since {
    /// The offers of the files that were read.
    set: DesiredSet,
    /// Files with the same offers as in the working tree, which were not read.
    unchanged: HashSet<SourcePath>,
    /// The files of defaults.
    defaults: HashSet<SourcePath>,
    /// Whether every offer of the commit is known.
    is_complete: bool,
    /// The settings at the commit, as far as they can be read.
    settings: Option<Settings>,
}

impl Since {
    /// Reads the offers at a commit.
    fn read(repository: &Repository, reference: &str, extent: Extent) -> Result<Self, Error> {
        let settings = &repository.settings;
        let git = Git::open(&settings.root)?;
        git.refuse_submodule()?;
        let earlier = Earlier::find(&git, git.commit(reference)?, settings)?;
        let commit = &earlier.commit;
        let Some(then) = earlier.settings(settings) else { return Ok(Self::default()) };
        let attributes = git.attributes_since(commit)?;
        if attributes == Attributes::Converted {
            // What the files of the commit were on the disk is not known.
            return Ok(Self { settings: Some(then), ..Self::default() });
        }
        let walk = git.walk_as(commit, &earlier.path(then.offers.as_str()), then.offers.as_str())?;
        let changed = match extent {
            // Git calls a file unchanged that it writes otherwise than before.
            Extent::Changed if attributes == Attributes::Changed || earlier.is_moved() => None,
            Extent::Changed => changed_files(&git, commit, &walk, &then, settings)?,
            Extent::All => None,
        };
        let mut since = Self { is_complete: walk.is_complete, ..Self::default() };
        let (mut shown, mut blobs) = (Vec::new(), Vec::new());
        for file in walk.files {
            let path = SourcePath::from(file.shown.as_str());
            if !path.below(&then.offers).is_some_and(desired::is_in_tree) {
                continue;
            }
            if is_defaults(path.as_str()) {
                since.defaults.insert(path);
            } else if changed.as_ref().is_some_and(|changed| !has_changed(&file, changed)) {
                since.unchanged.insert(path);
                continue;
            }
            shown.push(file.shown);
            blobs.push(file.blob);
        }
        let texts = git.texts(&blobs)?;
        since.is_complete &= texts.iter().all(|(_, bytes)| bytes.is_some());
        let texts = shown.into_iter().zip(texts).filter_map(|(path, (_, bytes))| Some((path, bytes?))).collect();
        let reading =
            desired::from_texts(texts, &then.names, ReadOptions { allow_empty: true, ..ReadOptions::default() });
        since.is_complete &= !reading.has_errors();
        since.set = reading.set;
        since.settings = Some(then);
        Ok(since)
    }

    /// Whether another value may be wanted of an offer at the commit than here, at the same time and of the same file.
    fn has_other_times(&self, repository: &Repository) -> bool {
        let (now, rules) = (&repository.settings.guardrails, repository.time_rules());
        self.settings.as_ref().is_some_and(|settings| {
            let (then, other) = (&settings.guardrails, time_rules_of(settings));
            then.freezes != now.freezes
                || then.waivers != now.waivers
                || (&other.zone, other.retires_expired) != (&rules.zone, rules.retires_expired)
        })
    }

    /// Whether the working tree has no file of defaults that the commit lacks. One that git does not track yet would give an
    /// unchanged file other values.
    fn has_defaults_of(&self, desired: &DesiredSet) -> bool {
        let mut defaults = desired.files.iter().map(|file| &file.path).filter(|path| is_defaults(path.as_str()));
        self.unchanged.is_empty() || defaults.all(|path| self.defaults.contains(path))
    }

    /// The keys whose resolved offers differ.
    fn changed(&self, desired: &DesiredSet, recorded: &Recorded, removed: RemovedAction) -> BTreeSet<Key> {
        let differs = |offer: &&DesiredOffer| {
            !self.unchanged.contains(&offer.place.file)
                && self.set.get(&offer.key).is_none_or(|before| !is_same(before, offer))
        };
        let mut changed: BTreeSet<Key> = desired.offers.iter().filter(differs).map(|offer| offer.key.clone()).collect();
        let gone = self.set.offers.iter().filter(|before| desired.get(&before.key).is_none());
        changed.extend(gone.map(|before| before.key.clone()));
        // An offer without YAML on either side differs only if the commit could not be read.
        if !self.is_complete || self.settings.as_ref().map(|settings| settings.removed) != Some(removed) {
            let without = recorded.offers.keys().chain(recorded.in_doubt.keys());
            changed.extend(without.filter(|key| desired.get(key).is_none()).cloned());
        }
        changed
    }

    /// Adds from where the files of changed offers have moved.
    fn add_moves(&self, plan: &mut Plan, desired: &DesiredSet) {
        for action in &mut plan.actions {
            let Some(offer) = desired.get(&action.key) else { continue };
            let earlier = offer.sync.renamed_from.as_ref().and_then(|from| self.set.get(from));
            let Some(before) = self.set.get(&action.key).or(earlier) else { continue };
            let (from, to) = (&before.place.file, &offer.place.file);
            if from.folder() != to.folder() && !action.changes.is_empty() {
                action.moved_from = Some(from.clone());
            }
        }
    }
}

/// The offer without its position, which does not matter to a plan.
fn is_same(one: &DesiredOffer, other: &DesiredOffer) -> bool {
    let DesiredOffer { key, fields, sync, allowed, waivers, schedule, has: _, place: _, places: _ } = one;
    let is_same_lint =
        |(one, other): (&Arc<AllowedLint>, &Arc<AllowedLint>)| (one.lint, &one.reason) == (other.lint, &other.reason);
    let is_same_waiver = |(one, other): (&Arc<Waiver>, &Arc<Waiver>)| {
        (&one.guardrail, one.until, &one.reason) == (&other.guardrail, other.until, &other.reason)
    };
    (key, fields, sync, schedule) == (&other.key, &other.fields, &other.sync, &other.schedule)
        && allowed.len() == other.allowed.len()
        && allowed.iter().zip(&other.allowed).all(is_same_lint)
        && waivers.len() == other.waivers.len()
        && waivers.iter().zip(&other.waivers).all(is_same_waiver)
}

/// The files that differ between a commit and the working tree; `None` where a file that does not differ may still give another
/// offer: names, defaults or the offers folder changed, or git cannot tell.
fn changed_files(
    git: &Git<'_>,
    commit: &str,
    walk: &Walk,
    then: &Settings,
    now: &Settings,
) -> Result<Option<HashSet<String>>, GitError> {
    if then.names != now.names || then.offers != now.offers {
        return Ok(None);
    }
    let mut all = HashSet::new();
    for folder in &walk.folders {
        let path = if folder.is_empty() { "." } else { folder };
        let Some(changed) = git.changed_paths(commit, path)? else { return Ok(None) };
        all.extend(changed);
    }
    Ok(Some(all).filter(|changed| !changed.iter().any(|path| is_defaults(path))))
}

/// Whether a file is another one now, or is reached otherwise.
fn has_changed(file: &Followed, changed: &HashSet<String>) -> bool {
    changed.contains(&file.blob.path) || file.links.iter().any(|link| changed.contains(link))
}

/// The warnings of a narrowed plan: those of the files that its offers are made of.
fn keep_warnings(diagnostics: &mut Vec<Diagnostic>, desired: &DesiredSet, changed: &BTreeSet<Key>) {
    let offers = desired.offers.iter().filter(|offer| changed.contains(&offer.key));
    let files: BTreeSet<&SourcePath> = offers.flat_map(DesiredOffer::files).collect();
    diagnostics.retain(|problem| {
        // A freeze that the branch brings is about offers that it leaves as they are.
        let is_kept = problem.is_error() || problem.code == codes::schedule::FROZEN;
        is_kept || problem.place().is_none_or(|place| files.contains(&place.file) || is_config(&place.file))
    });
}

fn is_config(file: &SourcePath) -> bool {
    Path::new(file.as_str()).extension().is_some_and(|ending| ending == "toml")
}
