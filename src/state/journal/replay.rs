//! Replay: the recorded offers after the entries of a journal.
//!
//! Owns the meaning of every entry. Pure: knows no file, no clock, no CAKE. Laws, each held by a test:
//!
//! - *Total*: every sequence of entries has a result or a [`ReplayError`].
//! - *Pessimistic*: from its intent on a write is in doubt, until its outcome says otherwise. A value that a write in doubt
//!   may have changed is unknown, so that the next plan sends it again; a create in doubt is in [`Recorded::in_doubt`], and
//!   is not sent again before it is resolved.
//! - *Idempotent*: a journal replayed over its own result changes nothing, so a crash between publishing a state and
//!   emptying its journal is harmless. Therefore records are found by the offer's id, and a key is only a label that must
//!   be unique at the end; each entry sets or removes, never adds up; an offer that is recorded is not recorded again.
//! - *Dated late*: when a request without an outcome was sent is not in the journal. It counts from the moment when it was found
//!   (`found_at`), which is later; who only reads leaves that moment out, so that a plan depends on the files alone.
//!
//! What a create does is in [`creates`](super::creates), an update in [`updates`](super::updates), a state change in
//! [`state_change`](super::state_change).
//!
//! Over a *newer* state, pulled from git meanwhile, replay alone would bring back older values: see [`reconcile`](mod@super::reconcile).

use std::collections::{BTreeMap, HashMap, HashSet, btree_map};

use jiff::Timestamp;

use super::creates::date_creates;
use super::entry::JournalEntry;
use super::lost_updates::LostUpdates;
use super::rename_history::RenameHistory;
use super::state_change::contradicted;
use super::updates::Values;
use crate::offer::{
    Baselines, Contradiction, Field, FieldSet, Fields, InDoubtCreate, Key, OfferId, Operation, Record, RecordStatus,
    Recorded, Replaced, WriteOutcome,
};

/// A journal and a state that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// One key, two offers in CAKE.
    #[error("the key `{key}` has two of CAKE's offers: {first} and {second}")]
    TwoOffers {
        key: Key,
        first: OfferId,
        /// The other.
        second: OfferId,
    },
    /// One offer in CAKE, two keys.
    #[error("the state has CAKE's offer {offer_id} under the key `{recorded}`, the journal under `{journal}`")]
    TwoKeys {
        offer_id: OfferId,
        /// The state's key.
        recorded: Key,
        /// The journal's key.
        journal: Key,
    },
    /// An outcome without an intent, or two intents with one number.
    #[error("the journal's number {number} does not belong to exactly one intent and one outcome")]
    Unmatched { number: u64 },
}

/// The recorded offers after all entries. A request of which no time is known counts as sent at `found_at`.
pub fn replay(
    recorded: Recorded,
    entries: &[JournalEntry],
    found_at: Option<Timestamp>,
) -> Result<Recorded, ReplayError> {
    if entries.is_empty() {
        return Ok(recorded);
    }
    let mut replay = Replay::over(recorded, RenameHistory::of(entries));
    replay.contradicted = contradicted(entries);
    for entry in entries {
        replay.apply(entry)?;
    }
    replay.finish(found_at)
}

/// The state during a replay.
#[derive(Debug)]
pub(super) struct Replay {
    /// Present offers, each with its key. What is unsettled of them and of those that they replaced is in `lost_updates`.
    pub(super) offers: HashMap<OfferId, (Key, Record)>,
    /// Replaced offers, each with the present one of its record.
    pub(super) replaced_by: HashMap<OfferId, OfferId>,
    /// The present offer of a key; while two offers share a key between two renames, the later one.
    keys: HashMap<Key, OfferId>,
    pub(super) in_doubt: BTreeMap<Key, InDoubtCreate>,
    /// Offers of which a later entry says that they are not their creates': over a newer state they are not recorded again.
    pub(super) contradicted: HashSet<OfferId>,
    /// What lost updates may still change, by offer, present or replaced: it stays with the offer while another one takes its place.
    pub(super) lost_updates: HashMap<OfferId, LostUpdates>,
    /// Intents without an outcome, by number.
    pub(super) open: HashMap<u64, Open>,
    pub(super) renames: RenameHistory,
    /// What CAKE held before the creates.
    pub(super) baselines: Baselines,
}

/// A write without an outcome, and what to restore if it changed nothing.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) key: Key,
    pub(super) operation: Operation,
    before: Before,
}

#[derive(Debug)]
enum Before {
    Nothing,
    InDoubt(InDoubtCreate),
    Values(Values),
}

impl Replay {
    pub(super) fn over(recorded: Recorded, renames: RenameHistory) -> Self {
        // The caller raises the revisions, by comparing the result with the published state.
        let Recorded { offers, in_doubt, revisions: _ } = recorded;
        let mut replay = Self {
            offers: HashMap::with_capacity(offers.len()),
            replaced_by: HashMap::new(),
            keys: HashMap::with_capacity(offers.len()),
            in_doubt,
            contradicted: HashSet::new(),
            lost_updates: HashMap::new(),
            open: HashMap::new(),
            renames,
            baselines: Baselines::default(),
        };
        for (key, record) in offers {
            replay.insert(key, record);
        }
        replay
    }

    pub(super) fn finish(mut self, found_at: Option<Timestamp>) -> Result<Recorded, ReplayError> {
        date_creates(&mut self.in_doubt, found_at);
        if !self.lost_updates.is_empty() {
            let unsettled = |id: OfferId| self.lost_updates.get(&id).and_then(|updates| updates.unsettled(found_at));
            for (_, record) in self.offers.values_mut() {
                record.unsettled = unsettled(record.offer_id);
                for old in &mut record.replaced {
                    old.unsettled = unsettled(old.offer_id);
                }
            }
        }
        let mut recorded = Recorded { offers: BTreeMap::new(), in_doubt: self.in_doubt, ..Recorded::default() };
        let mut offers: Vec<_> = self.offers.into_values().collect();
        // Sorted, so that the error does not depend on a hash map's order.
        offers
            .sort_unstable_by(|(key, record), (other, another)| (key, record.offer_id).cmp(&(other, another.offer_id)));
        for (key, record) in offers {
            match recorded.offers.entry(key) {
                btree_map::Entry::Vacant(slot) => {
                    slot.insert(record);
                }
                btree_map::Entry::Occupied(slot) => {
                    let (key, first, second) = (slot.key().clone(), slot.get().offer_id, record.offer_id);
                    return Err(ReplayError::TwoOffers { key, first, second });
                }
            }
        }
        Ok(recorded)
    }

    /// The key that has an offer, as its present one or as one that was replaced.
    pub(super) fn owner(&self, id: OfferId) -> Option<&Key> {
        let present = self.replaced_by.get(&id).unwrap_or(&id);
        self.offers.get(present).map(|(key, _)| key)
    }

    /// What is recorded of an offer, present or replaced.
    pub(super) fn recorded_fields(&self, id: OfferId) -> Option<&Fields> {
        let present = self.replaced_by.get(&id).unwrap_or(&id);
        let (_, record) = self.offers.get(present)?;
        match record.replaced.iter().find(|old| old.offer_id == id) {
            Some(old) => Some(&old.fields),
            None => Some(&record.fields),
        }
    }

    /// The offers that a present one has replaced.
    pub(super) fn replaced_of(&self, id: OfferId) -> &[Replaced] {
        self.offers.get(&id).map_or(&[], |(_, record)| &record.replaced)
    }

    pub(super) fn present_of(&self, key: &Key) -> Option<OfferId> {
        self.keys.get(key).copied()
    }

    pub(super) fn insert(&mut self, key: Key, mut record: Record) {
        self.keys.insert(key.clone(), record.offer_id);
        // By id: in which order offers took each other's places cannot be told from a later state.
        record.replaced.sort_by_key(|old| old.offer_id);
        for old in &mut record.replaced {
            self.replaced_by.insert(old.offer_id, record.offer_id);
            if let Some(unsettled) = old.unsettled.take() {
                self.lost_updates.insert(old.offer_id, unsettled.into());
            }
        }
        if let Some(unsettled) = record.unsettled.take() {
            self.lost_updates.insert(record.offer_id, unsettled.into());
        }
        self.offers.insert(record.offer_id, (key, record));
    }

    /// Removes a record to insert it under another key; what is unsettled stays with the offer.
    pub(super) fn remove(&mut self, id: OfferId) -> Option<Record> {
        let (key, record) = self.offers.remove(&id)?;
        if self.present_of(&key) == Some(id) {
            self.keys.remove(&key);
        }
        Some(record)
    }

    pub(super) fn present(&mut self, id: OfferId) -> Option<&mut Record> {
        self.offers.get_mut(&id).map(|(_, record)| record)
    }

    pub(super) fn apply(&mut self, entry: &JournalEntry) -> Result<(), ReplayError> {
        match entry {
            JournalEntry::Intent { number, key, operation } => self.intend(*number, key, operation),
            JournalEntry::Outcome { number, outcome } => {
                let open = self.open.remove(number).ok_or(ReplayError::Unmatched { number: *number })?;
                self.settle(open, outcome)
            }
            JournalEntry::Baselines(baselines) => {
                self.baselines.clone_from(baselines);
                Ok(())
            }
            JournalEntry::StateChange(change) => self.change_state(change),
        }
    }

    fn intend(&mut self, number: u64, key: &Key, operation: &Operation) -> Result<(), ReplayError> {
        let before = match operation {
            Operation::Create(request) => self.begin_create(key, request).map_or(Before::Nothing, Before::InDoubt),
            Operation::Update { update }
            | Operation::Retire { update }
            | Operation::Restore { update, .. }
            | Operation::RetireReplaced { update } => self.begin_update(update).map_or(Before::Nothing, Before::Values),
        };
        let open = Open { key: key.clone(), operation: operation.clone(), before };
        match self.open.insert(number, open) {
            None => Ok(()),
            Some(_) => Err(ReplayError::Unmatched { number }),
        }
    }

    fn settle(&mut self, open: Open, outcome: &WriteOutcome) -> Result<(), ReplayError> {
        match outcome {
            WriteOutcome::Done { offer_id, contradictions, lost_at } => {
                return self.done(open, *offer_id, fields_of(contradictions), *lost_at);
            }
            WriteOutcome::Rejected { .. } | WriteOutcome::NotSent { .. } => self.undo(open),
            WriteOutcome::InDoubt { sent_at, accepted, .. } => match (&open.operation, open.before) {
                (Operation::Create(_), _) => self.create_in_doubt(&open.key, outcome),
                (_, Before::Values(before)) => self.update_in_doubt(before, *sent_at, *accepted),
                _ => {}
            },
        }
        Ok(())
    }

    fn undo(&mut self, open: Open) {
        match (open.operation, open.before) {
            (Operation::Create(_), Before::InDoubt(create)) => {
                self.in_doubt.insert(open.key, create);
            }
            (Operation::Create(_), _) => {
                self.in_doubt.remove(&open.key);
            }
            (_, Before::Values(before)) => self.undo_update(before),
            _ => {}
        }
    }

    fn done(
        &mut self,
        open: Open,
        offer_id: OfferId,
        contradicted: FieldSet,
        lost_at: Option<Timestamp>,
    ) -> Result<(), ReplayError> {
        let Open { key, operation, before } = open;
        let before = if let Before::Values(before) = before { Some(before) } else { None };
        match operation {
            Operation::Create(request) => {
                self.in_doubt.remove(&key);
                // What a replacement could not store either is recorded as sent: unknown, each plan would replace the offer again.
                let is_unknown = |field: &Field| request.replaces.is_none() || !field.is_create_only();
                let contradicted = contradicted.iter().filter(is_unknown).collect();
                return self.created(&key, offer_id, request, &Fields::default(), contradicted);
            }
            Operation::Update { update } | Operation::Restore { update, protect: false } => {
                self.updated(&update, RecordStatus::Live, contradicted);
            }
            Operation::Restore { update, protect: true } => {
                self.updated(&update, RecordStatus::Live, contradicted);
                if let Some(record) = self.present(update.offer_id()) {
                    record.protect = true;
                }
            }
            Operation::Retire { update } => self.updated(&update, RecordStatus::Retired, contradicted),
            Operation::RetireReplaced { update } => self.retired_replaced(&update, contradicted),
        }
        if let Some(before) = before {
            self.settle_update(before, lost_at);
        }
        Ok(())
    }
}

fn fields_of(contradictions: &[Contradiction]) -> FieldSet {
    contradictions.iter().map(|contradiction| contradiction.field).collect()
}
