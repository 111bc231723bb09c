//! `fmt --prune-schedule`: past entries of `sync.schedule` go out of the offers' own files, and the values that are in effect go into the
//! offers' own fields.
//!
//! Invariant: what each offer is wanted to be, now and at every later time and in every environment, is the same before and after. It is
//! read back before any file is written; an offer for which it does not hold stays as it is.

mod choose;
mod left;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::edit::{self, DocumentSelector, Refused};
use crate::offer::{DesiredOffer, DesiredSet, Key, Recorded, TimeRules};
use crate::source::SourcePath;

use super::error::Error;
use super::inputs::{Desired, read_desired};
use super::recorded::{RecordedState, read_recorded};
use super::repository::Repository;
use super::rewrite::{EditedFile, read_edited, real_path};

use choose::Choice;
pub(crate) use left::LeftEntries;

/// What is taken out; nothing is written yet.
#[derive(Debug, Default)]
pub(crate) struct Pruning {
    pub(crate) files: Vec<EditedFile>,
    /// How many entries are taken out.
    pub(crate) entries: usize,
    pub(crate) left: LeftEntries,
    pub(crate) rejected: Vec<UnprunedOffer>,
}

/// An offer whose file cannot be edited safely.
#[derive(Debug)]
pub(crate) struct UnprunedOffer {
    pub(crate) key: Key,
    /// The path of its file.
    pub(crate) shown: SourcePath,
    pub(crate) refused: Refused,
}

impl Pruning {
    /// Replaces the files, each as a whole.
    pub(crate) fn write(&self) -> Result<(), Error> {
        self.files.iter().try_for_each(EditedFile::write)
    }
}

/// Makes the edits in memory: of every offer, or of those in the named files.
pub(crate) fn prune(repository: &Repository, folder: &Path, named: &[PathBuf]) -> Result<Pruning, Error> {
    let real = |file: &PathBuf| {
        let path = folder.join(file);
        path.canonicalize().map_err(|source| Error::file("find", &path, source))
    };
    let named: BTreeSet<PathBuf> = named.iter().map(real).collect::<Result<_, _>>()?;
    let (own, others) = (Environment::read(repository)?, repository.other_environments()?);
    let others = others.iter().map(Environment::read).collect::<Result<Vec<_>, _>>()?;
    let mut kept = BTreeSet::new();
    loop {
        let choices = choices(&own, &others, &named, &kept)?;
        let mut pruning = edited(&choices)?;
        let mut different = own.different(&pruning.files)?;
        for other in &others {
            different.extend(other.different(&pruning.files)?);
        }
        if different.is_empty() {
            pruning.left.count(&own.set, &choices, own.moment, &own.rules);
            return Ok(pruning);
        }
        kept.extend(different);
    }
}

/// How many entries are past and can be taken out of these offers, and of how many files. None where another environment cannot be read.
pub(super) fn count_prunable<'a>(
    repository: &Repository,
    offers: impl Iterator<Item = &'a DesiredOffer>,
    recorded: &Recorded,
    moment: Timestamp,
) -> (usize, usize) {
    let rules = repository.time_rules();
    let choices = offers.map(|offer| Choice::of(offer, recorded, moment, &rules));
    let mut choices: Vec<_> = choices.filter(|choice| !choice.times.is_empty()).collect();
    if !choices.is_empty() {
        let others = repository.other_environments().unwrap_or_default();
        for other in &others {
            let other = Environment::read(other).ok();
            choices.retain(|choice| other.as_ref().is_some_and(|other| other.agrees(choice)));
        }
    }
    let files: BTreeSet<_> = choices.iter().map(|choice| &choice.offer.place.file).collect();
    (choices.iter().map(|choice| choice.times.len()).sum(), files.len())
}

/// The offers as an environment wants and records them.
struct Environment<'a> {
    repository: &'a Repository,
    recorded: RecordedState,
    set: DesiredSet,
    moment: Timestamp,
    rules: TimeRules,
}

impl<'a> Environment<'a> {
    fn read(repository: &'a Repository) -> Result<Self, Error> {
        let recorded = read_recorded(repository)?;
        let Desired { set, at: moment, .. } = read_desired(repository, true, Some(recorded.recorded()))?;
        Ok(Self { repository, recorded, set, moment, rules: repository.time_rules() })
    }

    fn choice<'s>(&'s self, offer: &'s DesiredOffer) -> Choice<'s> {
        Choice::of(offer, self.recorded.recorded(), self.moment, &self.rules)
    }

    /// Whether the same can be taken out here.
    fn agrees(&self, choice: &Choice<'_>) -> bool {
        self.set.get(&choice.offer.key).is_some_and(|offer| self.choice(offer).is_like(choice))
    }

    /// The offers that are no longer the same, read back from the new texts.
    fn different(&self, files: &[EditedFile]) -> Result<Vec<Key>, Error> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let reread = read_edited(self.repository, &self.set, files)?;
        let edited: BTreeSet<&SourcePath> = files.iter().flat_map(|file| &file.shown).collect();
        let offers = self.set.offers.iter().filter(|offer| edited.contains(&offer.place.file));
        let is_same = |before: &DesiredOffer| {
            reread.get(&before.key).is_some_and(|after| same(before, after, self.moment, &self.rules))
        };
        Ok(offers.filter(|offer| !is_same(offer)).map(|offer| offer.key.clone()).collect())
    }
}

/// The choices by their files, and in a file from the last document up: a line that is added or goes never moves a document that is still
/// to be edited.
type Choices<'a> = BTreeMap<PathBuf, Vec<Choice<'a>>>;

fn choices<'a>(
    own: &'a Environment<'_>,
    others: &[Environment<'_>],
    named: &BTreeSet<PathBuf>,
    kept: &BTreeSet<Key>,
) -> Result<Choices<'a>, Error> {
    let mut choices = Choices::new();
    for offer in own.set.offers.iter().filter(|offer| !offer.entries().is_empty()) {
        let path = real_path(own.repository, &offer.place.file)?;
        if named.is_empty() || named.contains(&path) {
            let mut choice = own.choice(offer);
            if kept.contains(&offer.key) {
                choice.keep_all();
            }
            if !choice.times.is_empty() && !others.iter().all(|other| other.agrees(&choice)) {
                choice.keep_for_elsewhere();
            }
            choices.entry(path).or_default().push(choice);
        }
    }
    for choices in choices.values_mut() {
        choices.sort_by_key(|choice| std::cmp::Reverse(choice.offer.place.line));
        keep_where_they_differ(choices);
    }
    Ok(choices)
}

/// A file with several names is the document of several offers: it is edited once, and only where all of them agree.
fn keep_where_they_differ(choices: &mut [Choice<'_>]) {
    for document in choices.chunk_by_mut(|one, other| one.offer.place.line == other.offer.place.line) {
        if document.windows(2).any(|pair| !pair[0].is_like(&pair[1])) {
            document.iter_mut().for_each(Choice::keep_all);
        }
    }
}

fn edited(choices: &Choices<'_>) -> Result<Pruning, Error> {
    let mut pruning = Pruning::default();
    for (path, choices) in choices.iter().filter(|(_, all)| all.iter().any(|choice| !choice.times.is_empty())) {
        let before = std::fs::read_to_string(path).map_err(|source| Error::file("read", path, source))?;
        let mut after = before.clone();
        for document in choices.chunk_by(|one, other| one.offer.place.line == other.offer.place.line) {
            let Some(choice) = document.first().filter(|choice| !choice.times.is_empty()) else { continue };
            match pruned(&after, choice) {
                Ok(text) => {
                    after = text;
                    pruning.entries += choice.times.len();
                }
                Err(refused) => {
                    let (key, shown) = (choice.offer.key.clone(), choice.offer.place.file.clone());
                    pruning.rejected.push(UnprunedOffer { key, shown, refused });
                }
            }
        }
        if after != before {
            let shown = choices.iter().map(|choice| choice.offer.place.file.clone()).collect();
            pruning.files.push(EditedFile { shown, path: path.clone(), before, after });
        }
    }
    Ok(pruning)
}

/// The text with the values in the offer's own fields and without the entries.
fn pruned(text: &str, choice: &Choice<'_>) -> Result<String, Refused> {
    let document = DocumentSelector::Line(choice.offer.place.line);
    let set = |text: String, (field, value): &(_, _)| edit::set(&text, document, *field, value, None);
    let text = choice.values.iter().try_fold(text.to_owned(), set)?;
    edit::schedule::remove(&text, document, &choice.times)
}

/// The offers are wanted to be the same, now and at every later time.
fn same(before: &DesiredOffer, after: &DesiredOffer, moment: Timestamp, rules: &TimeRules) -> bool {
    let (mut before, mut after) = (before.clone(), after.clone());
    after.resolve(moment, rules);
    let later = before.times_after(moment, rules).into_iter().chain(after.times_after(moment, rules));
    let moments: BTreeSet<Timestamp> = later.map(|time| rules.moment_of(time)).chain([moment]).collect();
    before.sync == after.sync
        && moments.into_iter().all(|moment| {
            before.resolve(moment, rules);
            after.resolve(moment, rules);
            before.fields == after.fields
        })
}
