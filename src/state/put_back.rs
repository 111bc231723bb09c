//! Whether a state lacks what the last apply on this machine has recorded.
//!
//! Compares with the copies that a session keeps, of what it has published and of the generation before. Knows no git. Invariant: a
//! state that has every change of the last apply, such as one that was merged, lacks nothing.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::document::StateDocument;
use super::error::StateError;
use super::store::Store;
use crate::offer::{Field, Key, OfferId, Record, Recorded};
use crate::words::first_and_more;

/// Offers that a message names.
const MOST_KEYS: usize = 5;

impl Store {
    /// The error that the state was put back and `copy`, which the last apply has published, was not; none where they are not
    /// generations of one state, or where the state, or the newest one that git has, has what that apply has recorded. A copy that cannot be
    /// read says nothing of that, which is an error as well. `restore` makes the command that brings it back, of the state, the copy, and
    /// whether the state has what the copy lacks.
    pub fn put_back(
        &self,
        copy: &Path,
        newest: Option<&[u8]>,
        restore: impl FnOnce(&StateDocument, &StateDocument, bool) -> String,
    ) -> Option<StateError> {
        let read = |path: &Path| StateDocument::parse(&fs::read(path).ok()?).ok();
        let state = read(self.file())?;
        let Some(last) = read(copy) else { return Some(StateError::CopyDamaged { path: copy.to_owned() }) };
        let before = read(&self.previous_path()).filter(|before| before.lineage == last.lineage);
        let before = before.map(|before| before.recorded).unwrap_or_default();
        let has_more = !last.recorded.without_changes_of(&state.recorded).is_empty();
        let newest = newest.and_then(|bytes| StateDocument::parse(bytes).ok());
        let lacks =
            |state: &StateDocument| state.lineage == last.lineage && lacks(&state.recorded, &before, &last.recorded);
        let is_put_back = lacks(&state) && newest.as_ref().is_none_or(lacks);
        is_put_back.then(|| StateError::PutBack {
            path: self.path().to_owned(),
            copy: copy.to_owned(),
            restore: restore(&state, &last, has_more),
        })
    }

    /// The state as its file has it; none where it cannot be read.
    pub fn present(&self) -> Option<StateDocument> {
        StateDocument::parse(&fs::read(self.file()).ok()?).ok()
    }

    /// When the state was written, or its journal was: what both record was recorded by then.
    pub fn written(&self) -> Option<Timestamp> {
        let at = |path: &Path| Timestamp::try_from(fs::metadata(path).ok()?.modified().ok()?).ok();
        let journals = std::iter::once(self.journal_path()).chain(self.other_journal_path());
        let has_entries = |path: &PathBuf| fs::metadata(path).is_ok_and(|found| found.len() > 0);
        journals.filter(has_entries).try_fold(at(self.file())?, |latest, journal| Some(latest.max(at(&journal)?)))
    }

    /// The error that the state is not built on `later`, which git has, and lacks something of it; none where it has all that is in there.
    /// `restore` makes the command that brings it back, by whether the state has more than it in turn.
    pub fn dropped(
        &self,
        state: &StateDocument,
        later: &StateDocument,
        commit: Option<&str>,
        restore: impl FnOnce(bool) -> String,
    ) -> Option<StateError> {
        let lacking = state.recorded.without_changes_of(&later.recorded);
        if state.lineage != later.lineage || lacking.is_empty() {
            return None;
        }
        let keys = later.recorded.offers.iter().chain(&state.recorded.offers);
        let keys = keys.filter(|(_, record)| record.offer_ids().any(|id| lacking.contains(&id))).map(|(key, _)| key);
        let keys: BTreeSet<String> = keys.map(|key| format!("`{key}`")).collect();
        Some(StateError::Dropped {
            path: self.path().to_owned(),
            commit: commit.map(str::to_owned),
            offers: first_and_more(keys, MOST_KEYS),
            restore: restore(!later.recorded.without_changes_of(&state.recorded).is_empty()),
        })
    }
}

/// Whether what was recorded from `before` to `last` is not in the state.
pub(super) fn lacks(state: &Recorded, before: &Recorded, last: &Recorded) -> bool {
    let (state_by_id, before_by_id, last_by_id) = (by_id(state), by_id(before), by_id(last));
    // Where the state has a later record, or knows that it was removed, it was built on what was recorded last.
    let is_differing = |(id, new): (&OfferId, &(&Key, &Record))| {
        let old = before_by_id.get(id);
        let is_same_revision = state.revisions.of(*id) == last.revisions.of(*id);
        let found = state_by_id.get(id).filter(|_| is_same_revision && old != Some(new));
        found.is_some_and(|found| is_older(*found, old.copied(), *new))
    };
    let is_forgotten = |(key, create)| {
        before.in_doubt.get(key) != Some(create) && !state.in_doubt.contains_key(key) && !state.offers.contains_key(key)
    };
    !state.behind(last).is_empty() || last_by_id.iter().any(is_differing) || last.in_doubt.iter().any(is_forgotten)
}

fn by_id(recorded: &Recorded) -> HashMap<OfferId, (&Key, &Record)> {
    recorded.offers.iter().map(|(key, record)| (record.offer_id, (key, record))).collect()
}

/// Whether something that was changed is otherwise in the state.
fn is_older(found: (&Key, &Record), old: Option<(&Key, &Record)>, new: (&Key, &Record)) -> bool {
    fn differs<T: PartialEq>(found: &T, old: Option<&T>, new: &T) -> bool {
        old != Some(new) && found != new
    }
    let (found_key, found) = found;
    let (new_key, new) = new;
    let record = old.map(|(_, record)| record);
    differs(&found_key, old.map(|(key, _)| key).as_ref(), &new_key)
        || differs(&found.status, record.map(|old| &old.status), &new.status)
        || differs(&found.protect, record.map(|old| &old.protect), &new.protect)
        || Field::ALL.into_iter().any(|field| {
            let old = record.map(|old| old.fields.get(field));
            differs(&found.fields.get(field), old.as_ref(), &new.fields.get(field))
        })
}
