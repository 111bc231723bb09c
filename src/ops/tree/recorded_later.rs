//! Removed offers that were recorded after the commit that removed their YAML: it has removed that of an earlier offer.
//!
//! The law: a commit has removed an offer only if it is known that it was recorded by then. An offer may have been recorded by YAML that is
//! in no commit, so only the states that git has tell when, and where none of them has the offer, the time at which the present one was
//! written: the commit must be later than that, by its own times. The commit does not count where one of these shows that the offer was
//! recorded or restored since: a later state, or the one that the commit has made, does not have it as live; or neither the commit nor a
//! parent of it has a state with it as live under this id, and the present commit has one. An update since tells nothing: it may be that of
//! an earlier commit, whose apply has published its state after this one. What git has and does not show is not known, and is said so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::config;
use crate::git::{FileHistory, GitError, NamedBy, commit_time};
use crate::offer::{Key, Record, RecordStatus, Recorded};
use crate::ops::repository::Repository;
use crate::ops::store::store;
use crate::state::{StateDocument, Store};

use super::never_committed::History;

/// Removed offers, by the top of a work tree and the newest of its commits with a change of their YAML.
pub(super) type RemovedBy<'k> = BTreeMap<(PathBuf, String), Vec<&'k Key>>;

/// Those that were recorded or restored later than that, and those of which that is not known.
pub(super) fn recorded_later(repository: &Repository, removed_by: &RemovedBy<'_>) -> BTreeMap<Key, History> {
    let all = |history: History| removed_by.values().flatten().map(move |key| ((*key).clone(), history)).collect();
    if removed_by.is_empty() {
        return BTreeMap::new();
    }
    // A state that cannot be found has stopped the command.
    let Ok(store) = store(repository) else { return all(History::Unread) };
    States::of(repository, &store).and_then(|states| states.later(removed_by)).unwrap_or_else(|error| {
        tracing::warn!(%error, "git does not show what the state was");
        all(History::Unread)
    })
}

/// The states that git has.
struct States {
    /// None where the state is not in git.
    history: Option<FileHistory>,
    /// The present state, by which the states of others under its earlier names are told.
    present: Option<StateDocument>,
    /// When that was written; so its offers were recorded by then.
    written: Option<Timestamp>,
    newest: Vec<Recorded>,
}

impl States {
    fn of(repository: &Repository, store: &Store) -> Result<Self, GitError> {
        let name_in = |bytes: &[u8]| config::state_in(bytes, &repository.settings);
        let named_by = NamedBy { file: repository.config_file(), name_in: &name_in };
        let history = FileHistory::of(store.file(), &named_by)?;
        let mut states = Self { history, present: store.present(), written: store.written(), newest: Vec::new() };
        let newest = states.history.as_ref().map_or(Ok(Vec::new()), FileHistory::newest)?;
        states.newest = states.recorded(newest);
        Ok(states)
    }

    fn recorded(&self, versions: Vec<Vec<u8>>) -> Vec<Recorded> {
        let states = versions.into_iter().filter_map(|bytes| StateDocument::parse(&bytes).ok());
        let is_own =
            |state: &StateDocument| self.present.as_ref().is_none_or(|present| present.lineage == state.lineage);
        states.filter(is_own).map(|state| state.recorded).collect()
    }

    fn later(&self, removed_by: &RemovedBy<'_>) -> Result<BTreeMap<Key, History>, GitError> {
        let mut found = BTreeMap::new();
        for ((top, commit), keys) in removed_by {
            let Some(around) = self.around(top, commit)? else {
                found.extend(keys.iter().map(|key| ((*key).clone(), History::Shallow)));
                continue;
            };
            let is_after_all =
                self.written.is_some_and(|written| commit_time(top, commit).is_ok_and(|time| written < time));
            let is_later = |key: &Key| around.is_absent_later(key) || !self.had(&around, key).unwrap_or(is_after_all);
            let later = keys.iter().filter(|key| is_later(key));
            found.extend(later.map(|key| ((*key).clone(), History::BeforeRecord)));
        }
        Ok(found)
    }

    /// Whether the committed states show that the offer was recorded by the commit; none where they do not have it.
    fn had(&self, around: &Around, key: &Key) -> Option<bool> {
        let mut live = self.newest.iter().filter(|newest| is_live(newest, key)).peekable();
        if live.peek().is_some() {
            return Some(live.all(|newest| around.had(newest, key)));
        }
        let present = self.present.as_ref().map(|present| &present.recorded);
        present.is_some_and(|present| is_live(present, key) && around.had(present, key)).then_some(true)
    }

    fn around(&self, top: &Path, commit: &str) -> Result<Option<Around>, GitError> {
        let Some(history) = &self.history else { return Ok(Some(Around::default())) };
        let Some(around) = history.around(top, commit)? else { return Ok(None) };
        let (before, at) = (self.recorded(around.before), self.recorded(around.at));
        Ok(Some(Around { before, at, later: self.recorded(around.later) }))
    }
}

/// The states around the commit that removed offers.
#[derive(Default)]
struct Around {
    before: Vec<Recorded>,
    at: Vec<Recorded>,
    later: Vec<Recorded>,
}

impl Around {
    /// Whether one of the states from the commit on does not have the offer as live.
    fn is_absent_later(&self, key: &Key) -> bool {
        let is_retired = |version| record(version, key).is_some_and(|record| record.status == RecordStatus::Retired);
        // A create in doubt may have become the record.
        let is_absent = |version: &&Recorded| record(version, key).is_none() && !version.in_doubt.contains_key(key);
        // A revert of a commit that has the state takes the record out, until the state is brought back.
        let last = || self.later.iter().rev().find_map(|version| record(version, key));
        let is_back = || last().is_some_and(|last| self.before.iter().any(|before| is_same(record(before, key), last)));
        self.later.iter().any(is_retired) || self.later.iter().any(|version| is_absent(&version)) && !is_back()
    }

    /// Whether the offer that a state has as live was so by the commit.
    fn had(&self, state: &Recorded, key: &Key) -> bool {
        let Some(live) = record(state, key) else { return false };
        let had = |then: &Recorded| then.in_doubt.contains_key(key) || is_same(record(then, key), live);
        self.before.iter().chain(&self.at).any(had)
    }
}

fn record<'r>(recorded: &'r Recorded, key: &Key) -> Option<&'r Record> {
    recorded.offers.get(key)
}

fn is_live(recorded: &Recorded, key: &Key) -> bool {
    record(recorded, key).is_some_and(|record| record.status == RecordStatus::Live)
}

fn is_same(then: Option<&Record>, now: &Record) -> bool {
    then.is_some_and(|then| (then.offer_id, then.status) == (now.offer_id, now.status))
}
