//! To which keys a journal renames each offer after it is recorded.
//!
//! Owns one question: the journal creates an offer for `a`, the state already has it under `b`; does a later entry of the
//! same journal rename it so? Then the state is a later stage of the same history; otherwise the two contradict each other.

use std::collections::{HashMap, HashSet};

use super::entry::JournalEntry;
use crate::offer::{Key, OfferId, Operation, StateChange, WriteOutcome};

/// To which keys the entries of one journal rename each offer.
#[derive(Debug, Default)]
pub(super) struct RenameHistory {
    keys: HashMap<OfferId, HashSet<Key>>,
    /// The offer that replaced another one, in whose record it is from then on.
    successor: HashMap<OfferId, OfferId>,
    /// The offers that an entry has renamed in this replay.
    replayed: HashSet<OfferId>,
}

impl RenameHistory {
    pub(super) fn of(entries: &[JournalEntry]) -> Self {
        let mut history = Self::default();
        let mut creates: HashMap<u64, Option<OfferId>> = HashMap::new();
        let mut last_create: HashMap<&Key, Option<OfferId>> = HashMap::new();
        for entry in entries {
            match entry {
                JournalEntry::Intent { number, key, operation: Operation::Create(request) } => {
                    creates.insert(*number, request.replaces);
                    last_create.insert(key, request.replaces);
                }
                JournalEntry::Outcome { number, outcome: WriteOutcome::Done { offer_id, .. } } => {
                    if let Some(replaces) = creates.remove(number) {
                        history.replace(*offer_id, replaces);
                    }
                }
                JournalEntry::StateChange(StateChange::ResolvedCreated { key, offer_id, .. }) => {
                    history.replace(*offer_id, last_create.get(key).copied().flatten());
                }
                JournalEntry::StateChange(StateChange::Rename { to, offer_id, .. }) => history.put(*offer_id, to),
                JournalEntry::StateChange(StateChange::Adopt { key, record }) => {
                    history.put(record.offer_id, key);
                    for old in &record.replaced {
                        history.put(old.offer_id, key);
                        history.replace(record.offer_id, Some(old.offer_id));
                    }
                }
                JournalEntry::Intent { .. }
                | JournalEntry::Outcome { .. }
                | JournalEntry::Baselines(_)
                | JournalEntry::StateChange(_) => {}
            }
        }
        history
    }

    /// Notes that an entry has renamed an offer in this replay.
    pub(super) fn replay(&mut self, offer_id: OfferId) {
        self.replayed.insert(offer_id);
    }

    /// Whether an entry has renamed the offer in this replay.
    pub(super) fn has_replayed(&self, offer_id: OfferId) -> bool {
        self.replayed.contains(&offer_id)
    }

    fn put(&mut self, offer_id: OfferId, key: &Key) {
        self.keys.entry(offer_id).or_default().insert(key.clone());
    }

    fn replace(&mut self, offer_id: OfferId, replaces: Option<OfferId>) {
        if let Some(old) = replaces.filter(|old| *old != offer_id) {
            self.successor.insert(old, offer_id);
        }
    }

    /// Whether the journal renames the offer, or one that replaced it, to that key.
    pub(super) fn accounts_for(&self, offer_id: OfferId, key: &Key) -> bool {
        let mut id = offer_id;
        // A journal that was edited could contain a cycle; no chain is longer than the map.
        for _ in 0..=self.successor.len() {
            if self.keys.get(&id).is_some_and(|keys| keys.contains(key)) {
                return true;
            }
            match self.successor.get(&id) {
                Some(next) => id = *next,
                None => return false,
            }
        }
        false
    }
}
