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
//!
//! Over a *newer* state (pulled from git while the journal of an interrupted apply lay here) replay alone would bring back
//! values that were changed since; [`reconcile`](mod@super::reconcile) takes care of that.

use std::collections::{BTreeMap, HashMap, btree_map};

use super::entry::JournalEntry;
use super::rename_history::RenameHistory;
use crate::offer::{
    Baselines, CreateRequest, Field, Fields, InDoubtCreate, Key, OfferId, Operation, Record, RecordStatus, Recorded,
    Replaced, Update, WriteOutcome,
};

/// The message of a create in doubt that has no outcome.
const NO_OUTCOME: &str = "offersync stopped before CAKE's reply was known";

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

/// The recorded offers after all entries.
pub fn replay(recorded: Recorded, entries: &[JournalEntry]) -> Result<Recorded, ReplayError> {
    if entries.is_empty() {
        return Ok(recorded);
    }
    let mut replay = Replay::over(recorded, RenameHistory::of(entries));
    for entry in entries {
        replay.apply(entry)?;
    }
    replay.finish()
}

/// The state during a replay.
#[derive(Debug)]
pub(super) struct Replay {
    /// Present offers, each with its key.
    pub(super) offers: HashMap<OfferId, (Key, Record)>,
    /// Replaced offers, each with the present one of its record.
    pub(super) replaced_by: HashMap<OfferId, OfferId>,
    /// The present offer of a key; while two offers share a key between two renames, the later one.
    keys: HashMap<Key, OfferId>,
    pub(super) in_doubt: BTreeMap<Key, InDoubtCreate>,
    /// Intents without an outcome, by number.
    pub(super) open: HashMap<u64, Open>,
    renames: RenameHistory,
    /// What CAKE held before the creates.
    baselines: Baselines,
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
    /// The status, and the values that the update would change.
    Values(RecordStatus, Fields),
}

impl Replay {
    pub(super) fn over(recorded: Recorded, renames: RenameHistory) -> Self {
        let Recorded { offers, in_doubt } = recorded;
        let mut replay = Self {
            offers: HashMap::with_capacity(offers.len()),
            replaced_by: HashMap::new(),
            keys: HashMap::with_capacity(offers.len()),
            in_doubt,
            open: HashMap::new(),
            renames,
            baselines: Baselines::default(),
        };
        for (key, record) in offers {
            replay.insert(key, record);
        }
        replay
    }

    pub(super) fn finish(self) -> Result<Recorded, ReplayError> {
        let mut recorded = Recorded { offers: BTreeMap::new(), in_doubt: self.in_doubt };
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

    /// The present offer of a key.
    pub(super) fn present_of(&self, key: &Key) -> Option<OfferId> {
        self.keys.get(key).copied()
    }

    pub(super) fn insert(&mut self, key: Key, record: Record) {
        self.keys.insert(key.clone(), record.offer_id);
        for old in &record.replaced {
            self.replaced_by.insert(old.offer_id, record.offer_id);
        }
        self.offers.insert(record.offer_id, (key, record));
    }

    pub(super) fn remove(&mut self, id: OfferId) -> Option<Record> {
        let (key, record) = self.offers.remove(&id)?;
        if self.present_of(&key) == Some(id) {
            self.keys.remove(&key);
        }
        Some(record)
    }

    /// The record whose present offer that is.
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
            Operation::Create(request) => {
                let mut create = InDoubtCreate::new(request.clone(), NO_OUTCOME.to_owned());
                create.baseline = request.advertiser().and_then(|id| self.baselines.of(id));
                self.in_doubt.insert(key.clone(), create).map_or(Before::Nothing, Before::InDoubt)
            }
            Operation::Update { update } | Operation::Retire { update } | Operation::Restore { update, .. } => {
                self.present(update.offer_id()).map_or(Before::Nothing, |record| mark_in_doubt(record, update))
            }
            // It changes a replaced offer, of which only `inactive` is recorded.
            Operation::RetireReplaced { .. } => Before::Nothing,
        };
        let open = Open { key: key.clone(), operation: operation.clone(), before };
        match self.open.insert(number, open) {
            None => Ok(()),
            Some(_) => Err(ReplayError::Unmatched { number }),
        }
    }

    fn settle(&mut self, open: Open, outcome: &WriteOutcome) -> Result<(), ReplayError> {
        match outcome {
            WriteOutcome::Done { offer_id, .. } => return self.done(open, *offer_id),
            WriteOutcome::Rejected { .. } | WriteOutcome::NotSent { .. } => self.undo(open),
            WriteOutcome::InDoubt { message, .. } => {
                if let (Operation::Create(_), Some(create)) = (&open.operation, self.in_doubt.get_mut(&open.key)) {
                    create.message.clone_from(message);
                }
            }
        }
        Ok(())
    }

    fn undo(&mut self, open: Open) {
        let Open { key, operation, before } = open;
        match (operation, before) {
            (Operation::Create(_), Before::InDoubt(create)) => {
                self.in_doubt.insert(key, create);
            }
            (Operation::Create(_), _) => {
                self.in_doubt.remove(&key);
            }
            (
                Operation::Update { update } | Operation::Retire { update } | Operation::Restore { update, .. },
                Before::Values(status, fields),
            ) => {
                if let Some(record) = self.present(update.offer_id()) {
                    record.status = status;
                    set_all(&mut record.fields, &fields);
                }
            }
            _ => {}
        }
    }

    fn done(&mut self, open: Open, offer_id: OfferId) -> Result<(), ReplayError> {
        let Open { key, operation, .. } = open;
        match operation {
            Operation::Create(request) => {
                self.in_doubt.remove(&key);
                return self.created(&key, offer_id, request);
            }
            Operation::Update { update } => self.updated(&update, RecordStatus::Live, false),
            Operation::Retire { update } => self.updated(&update, RecordStatus::Retired, false),
            Operation::Restore { update, protect } => self.updated(&update, RecordStatus::Live, protect),
            Operation::RetireReplaced { update } => {
                let present = self.replaced_by.get(&update.offer_id()).copied();
                let record = present.and_then(|id| self.present(id));
                for old in record.into_iter().flat_map(|record| &mut record.replaced) {
                    old.inactive |= old.offer_id == update.offer_id();
                }
            }
        }
        Ok(())
    }

    fn updated(&mut self, update: &Update, status: RecordStatus, protect: bool) {
        if let Some(record) = self.present(update.offer_id()) {
            record.status = status;
            record.protect |= protect;
            set_all(&mut record.fields, update.changes());
        }
    }

    /// Records an offer that a create call made.
    pub(super) fn created(&mut self, key: &Key, offer_id: OfferId, request: CreateRequest) -> Result<(), ReplayError> {
        if self.is_recorded(key, offer_id)? {
            return Ok(());
        }
        let CreateRequest { offer, ignored, protect, replaces } = request;
        let mut replaced = Vec::new();
        if let Some(old) = replaces {
            if self.offers.get(&old).is_some_and(|(owner, _)| owner == key)
                && let Some(record) = self.remove(old)
            {
                replaced = record.replaced;
            }
            // If another key owns it by now, it stays with that key.
            if self.owner(old).is_none() {
                replaced.push(Replaced { offer_id: old, inactive: false });
            }
        }
        let fields = offer.into_fields().without(ignored);
        self.insert(
            key.clone(),
            Record { offer_id, status: RecordStatus::Live, fields, protect, replaced, unsettled: None },
        );
        Ok(())
    }

    /// Whether the offer is recorded already; an error where it is under a key that the journal cannot explain.
    pub(super) fn is_recorded(&self, key: &Key, offer_id: OfferId) -> Result<bool, ReplayError> {
        match self.owner(offer_id) {
            None => Ok(false),
            Some(owner) if owner == key || self.renames.accounts_for(offer_id, owner) => Ok(true),
            Some(owner) => Err(ReplayError::TwoKeys { offer_id, recorded: owner.clone(), journal: key.clone() }),
        }
    }
}

/// Removes what the update may have changed. A status in doubt counts as live, so that the next plan sends it again: it
/// retires the offer if its YAML is removed, and updates its status otherwise.
fn mark_in_doubt(record: &mut Record, update: &Update) -> Before {
    let mut values = Fields::default();
    for (field, _) in update.changes().iter() {
        if let Some(value) = record.fields.remove(field) {
            values.set(field, value);
        }
    }
    let status = record.status;
    if update.changes().get(Field::OfferStatus).is_some() {
        record.status = RecordStatus::Live;
    }
    Before::Values(status, values)
}

pub(super) fn set_all(fields: &mut Fields, values: &Fields) {
    for (field, value) in values.iter() {
        fields.set(field, value.clone());
    }
}
