//! How often the record of each offer has changed, by which a state that git has put back to an older one is recognized.
//!
//! Two states with the same values may be years apart, because a price goes up and down again; and a record that is not there may never
//! have been there. Knows no file and no git. Invariant: from one generation of a state to the next no revision goes down, the one of
//! an offer whose record has changed, or that was written, goes up, and an offer that is no longer recorded keeps one.

use std::collections::{BTreeMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::OfferId;
use super::recorded::Recorded;

/// The revisions of the offers whose records have changed since they were made, or are not there any more. None is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(with = "BTreeMap<u64, u32>")]
pub struct Revisions(BTreeMap<OfferId, u32>);

impl Revisions {
    /// Whether all records are as they were made.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How often the record of an offer has changed.
    pub fn of(&self, id: OfferId) -> u32 {
        self.0.get(&id).copied().unwrap_or_default()
    }

    fn raise(&mut self, id: OfferId, revision: u32) {
        if revision > 0 {
            let known = self.0.entry(id).or_default();
            *known = revision.max(*known);
        }
    }
}

impl FromIterator<(OfferId, u32)> for Revisions {
    fn from_iter<I: IntoIterator<Item = (OfferId, u32)>>(revisions: I) -> Self {
        Self(revisions.into_iter().collect())
    }
}

impl Recorded {
    /// Makes this the generation after `older`: raises the revision of each offer whose record differs.
    pub fn supersede(&mut self, older: &Self) {
        for (id, revision) in &older.revisions.0 {
            self.revisions.raise(*id, *revision);
        }
        // An offer that was not recorded in `older`, nor ever before, is at its first revision.
        let recorded_again = differing(self, older).filter(|id| older.revisions.0.contains_key(id));
        for id in differing(older, self).chain(recorded_again).collect::<Vec<_>>() {
            self.revisions.raise(id, older.revisions.of(id).saturating_add(1));
        }
    }

    /// Makes this a later generation than `older` of these offers, too: they were written, whether their records differ or not.
    pub fn count_writes(&mut self, older: &Self, offers: &HashSet<OfferId>) {
        for id in offers {
            self.revisions.raise(*id, older.revisions.of(*id).saturating_add(1));
        }
    }

    /// The offers of which `other` has a later record, or the only one there ever was, or knows that they are no longer recorded.
    pub fn behind(&self, other: &Self) -> HashSet<OfferId> {
        let (ids, others): (HashSet<_>, HashSet<_>) = (self.offer_ids().collect(), other.offer_ids().collect());
        let is_lower = |id: &OfferId| self.revisions.of(*id) < other.revisions.of(*id);
        let is_missing = |id: &OfferId| !ids.contains(id) && !self.revisions.0.contains_key(id);
        let later = others.iter().filter(|id| is_missing(id) || is_lower(id));
        let forgotten = other.revisions.0.keys().filter(|id| !others.contains(id) && ids.contains(id) && is_lower(id));
        later.chain(forgotten).copied().collect()
    }

    /// The offers of which `other` has a record that this one is not built on: a later one, or another one of the same revision, which
    /// two branches have made.
    pub fn without_changes_of(&self, other: &Self) -> HashSet<OfferId> {
        let revision = |id| self.revisions.of(id);
        let is_other = |id: &OfferId| revision(*id) > 0 && revision(*id) == other.revisions.of(*id);
        let differing = differing(other, self).filter(is_other);
        self.behind(other).into_iter().chain(differing).collect()
    }
}

/// The offers whose record in `one` is not the same in `other`, under the same key.
fn differing(one: &Recorded, other: &Recorded) -> impl Iterator<Item = OfferId> {
    let differing = one.offers.iter().filter(|(key, record)| other.offers.get(*key) != Some(*record));
    differing.flat_map(|(_, record)| record.offer_ids())
}
