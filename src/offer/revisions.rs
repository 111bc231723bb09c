//! What the record of each offer is built on, by which a state that git has put back to an older one is recognized.
//!
//! Two states with the same values may be years apart, because a price goes up and down again; and a record that is not there may never
//! have been there. Knows no file and no git. Invariant: from one generation of a state to the next no change is lost, an offer whose
//! record has changed, or that was written, gets one, and an offer that is no longer recorded keeps its own.

use std::collections::{BTreeMap, HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fields::Fields;
use super::id::OfferId;
use super::key::Key;
use super::recorded::{Record, Recorded};
use super::revision::Revision;

/// The revisions of the offers whose records have changed since they were made, or are not there any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(with = "BTreeMap<u64, Revision>")]
pub struct Revisions(BTreeMap<OfferId, Revision>);

impl Revisions {
    /// Whether all records are as they were made.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The revision of the record of an offer.
    pub fn of(&self, id: OfferId) -> &Revision {
        self.0.get(&id).unwrap_or(Revision::NONE)
    }

    /// The offers whose revision is kept.
    pub fn ids(&self) -> impl Iterator<Item = OfferId> {
        self.0.keys().copied()
    }

    /// Whether a change has a mark.
    pub fn are_marked(&self) -> bool {
        self.0.values().any(Revision::is_marked)
    }

    fn unite(&mut self, other: &Self) {
        for (id, revision) in other.0.iter().filter(|(_, revision)| revision.count() > 0) {
            self.0.entry(*id).or_default().unite(revision);
        }
    }
}

impl FromIterator<(OfferId, Revision)> for Revisions {
    fn from_iter<I: IntoIterator<Item = (OfferId, Revision)>>(revisions: I) -> Self {
        Self(revisions.into_iter().collect())
    }
}

impl Recorded {
    /// Makes this the generation after the older ones: unites their revisions, and adds a change to that of each offer whose record
    /// differs. `by` is what made the change; without it, the same change has the same mark wherever it is made.
    pub fn supersede(&mut self, older: &[&Self], by: &str) {
        for older in older {
            self.revisions.unite(&older.revisions);
        }
        let mut changed = HashSet::new();
        for older in older {
            // An offer that was not recorded in `older`, nor ever before, is at its first revision.
            let recorded_again = differing(self, older).filter(|id| older.revisions.0.contains_key(id));
            let differing = differing(older, self).chain(recorded_again);
            // Another one shows by itself that it is not this generation.
            changed.extend(differing.filter(|id| older.revisions.of(*id).contains(self.revisions.of(*id))));
        }
        self.add_changes(&changed, by);
    }

    /// Makes this a later generation than `older` of the offers that were written: also where the record is the same, and once more where
    /// a value that was recorded already was sent, among others. A merge could not tell otherwise that it was.
    pub fn count_writes(&mut self, older: &Self, written: &[(OfferId, Fields)], by: &str) {
        if written.is_empty() {
            return;
        }
        let records: HashMap<OfferId, &Record> =
            older.offers.values().flat_map(|record| record.offer_ids().map(move |id| (id, record))).collect();
        let is_uncounted = |(id, sent): &&(OfferId, Fields)| {
            let recorded = records.get(id).and_then(|record| record.fields_of(*id));
            let is_recorded = |(field, value)| recorded.is_some_and(|fields| fields.get(field) == Some(value));
            older.revisions.of(*id).contains(self.revisions.of(*id)) || sent.iter().any(is_recorded)
        };
        let uncounted = written.iter().filter(is_uncounted).map(|(id, _)| *id).collect();
        self.add_changes(&uncounted, by);
    }

    fn add_changes(&mut self, offers: &HashSet<OfferId>, by: &str) {
        if offers.is_empty() {
            return;
        }
        let mut records: BTreeMap<OfferId, Vec<(&Key, &Record)>> = offers.iter().map(|id| (*id, Vec::new())).collect();
        for (key, record) in &self.offers {
            for id in record.offer_ids() {
                if let Some(records) = records.get_mut(&id) {
                    records.push((key, record));
                }
            }
        }
        for (id, records) in records {
            let mut change = blake3::Hasher::new();
            // Writing to a hasher cannot fail, and nothing in a record is refused by the serializer.
            let hashed = serde_json::to_writer(&mut change, &(by, id, records));
            debug_assert!(hashed.is_ok(), "a record did not serialize");
            self.revisions.0.entry(id).or_default().add(&mut change);
        }
    }

    /// The offers of which `other` has a change that this one is not built on, or the only record there ever was, or knows that they are
    /// no longer recorded.
    pub fn behind(&self, other: &Self) -> HashSet<OfferId> {
        let (ids, others): (HashSet<_>, HashSet<_>) = (self.offer_ids().collect(), other.offer_ids().collect());
        let lacks_change = |id: &OfferId| !self.revisions.of(*id).contains(other.revisions.of(*id));
        let is_missing = |id: &OfferId| !ids.contains(id) && !self.revisions.0.contains_key(id);
        let later = others.iter().filter(|id| is_missing(id) || lacks_change(id));
        let forgotten =
            other.revisions.0.keys().filter(|id| !others.contains(id) && ids.contains(id) && lacks_change(id));
        later.chain(forgotten).copied().collect()
    }

    /// The offers of which this state is behind the other one and has no change that the other one lacks.
    pub fn before(&self, other: &Self) -> impl Iterator<Item = OfferId> {
        let behind = self.behind(other).into_iter();
        behind.filter(|id| other.revisions.of(*id).contains(self.revisions.of(*id)))
    }

    /// The offers of which `other` has a record that this one is not built on; also another one of the same revision, as two branches
    /// have made it whose states only count.
    pub fn without_changes_of(&self, other: &Self) -> HashSet<OfferId> {
        let is_other = |id: &OfferId| {
            let revision = self.revisions.of(*id);
            revision.count() > 0 && revision == other.revisions.of(*id)
        };
        let differing = differing(other, self).filter(is_other);
        self.behind(other).into_iter().chain(differing).collect()
    }

    /// Whether this state is built on all that the other one has: its records, and its creates in doubt, which may be recorded by now.
    pub fn has_all_of(&self, other: &Self) -> bool {
        let is_here = |(key, create)| self.in_doubt.get(key) == Some(create) || self.offers.contains_key(key);
        self.without_changes_of(other).is_empty() && other.in_doubt.iter().all(is_here)
    }
}

/// The offers whose record in `one` is not the same in `other`, under the same key.
fn differing(one: &Recorded, other: &Recorded) -> impl Iterator<Item = OfferId> {
    let differing = one.offers.iter().filter(|(key, record)| other.offers.get(*key) != Some(*record));
    differing.flat_map(|(_, record)| record.offer_ids())
}
