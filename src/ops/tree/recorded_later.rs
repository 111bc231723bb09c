//! Removed offers that were recorded after the commit that removed their YAML: it has removed that of an earlier offer.
//!
//! The law: a commit has removed an offer only if it was recorded by then. An offer may have been recorded by YAML that is in no commit,
//! so only the states that git has tell when. The commit counts, unless one of these shows that the offer was recorded or restored since:
//! a later state, or the one that the commit has made, does not have it as live; or neither the commit nor a parent of it has a state with it
//! as live under this id, and the present commit has one. Where no committed state has the offer, as where the state is not in git, the
//! commit counts: then nothing tells. An update since tells nothing either: it may be that of an earlier commit, whose apply has published
//! its state after this one. What git has and does not show is not known, and is said so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config;
use crate::git::{FileHistory, GitError, NamedBy};
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
    States::of(repository, &store)
        .and_then(|states| states.map_or(Ok(BTreeMap::new()), |states| states.later(removed_by)))
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "git does not show what the state was");
            all(History::Unread)
        })
}

/// The states that git has.
struct States {
    history: FileHistory,
    /// The present state, by which the states of others under its earlier names are told.
    present: Option<StateDocument>,
    newest: Vec<Recorded>,
}

impl States {
    fn of(repository: &Repository, store: &Store) -> Result<Option<Self>, GitError> {
        let name_in = |bytes: &[u8]| config::state_in(bytes, &repository.settings);
        let named_by = NamedBy { file: repository.config_file(), name_in: &name_in };
        let Some(history) = FileHistory::of(store.file(), &named_by)? else { return Ok(None) };
        let mut states = Self { history, present: store.present(), newest: Vec::new() };
        states.newest = states.recorded(states.history.newest()?);
        Ok(Some(states))
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
            let is_later =
                |key: &Key| around.is_absent_later(key) || !self.newest.iter().all(|newest| around.had(newest, key));
            let later = keys.iter().filter(|key| is_later(key));
            found.extend(later.map(|key| ((*key).clone(), History::BeforeRecord)));
        }
        Ok(found)
    }

    fn around(&self, top: &Path, commit: &str) -> Result<Option<Around>, GitError> {
        let Some(around) = self.history.around(top, commit)? else { return Ok(None) };
        let (before, at) = (self.recorded(around.before), self.recorded(around.at));
        Ok(Some(Around { before, at, later: self.recorded(around.later) }))
    }
}

/// The states around the commit that removed offers.
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

    /// Whether the offer that the newest state has as live was so by the commit.
    fn had(&self, newest: &Recorded, key: &Key) -> bool {
        let Some(live) = record(newest, key).filter(|record| record.status == RecordStatus::Live) else { return true };
        let had = |then: &Recorded| then.in_doubt.contains_key(key) || is_same(record(then, key), live);
        self.before.iter().chain(&self.at).any(had)
    }
}

fn record<'r>(recorded: &'r Recorded, key: &Key) -> Option<&'r Record> {
    recorded.offers.get(key)
}

fn is_same(then: Option<&Record>, now: &Record) -> bool {
    then.is_some_and(|then| (then.offer_id, then.status) == (now.offer_id, now.status))
}
