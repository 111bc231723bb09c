//! Which offers the creates of a journal are known to have made: of what is newer than another create, they are not its offer.
//!
//! In memory only, of the session's own journal and of one that an interrupted apply has left. Pure.

use std::collections::{BTreeSet, HashSet};

use super::entry::JournalEntry;
use crate::offer::{OfferId, Operation, StateChange, WriteOutcome};

/// The offers, by the entries so far.
#[derive(Debug, Clone, Default)]
pub(in crate::state) struct Made {
    offers: BTreeSet<OfferId>,
    /// Intents of creates, by number.
    creates: HashSet<u64>,
}

impl Made {
    /// Of the entries that an interrupted apply has left.
    pub(in crate::state) fn of<'a>(entries: impl Iterator<Item = &'a JournalEntry>) -> Self {
        let mut made = Self::default();
        entries.for_each(|entry| made.add(entry));
        made
    }

    pub(super) fn offers(&self) -> &BTreeSet<OfferId> {
        &self.offers
    }

    pub(super) fn add(&mut self, entry: &JournalEntry) {
        match entry {
            JournalEntry::Intent { number, operation: Operation::Create(_), .. } => {
                self.creates.insert(*number);
            }
            JournalEntry::Outcome { number, outcome: WriteOutcome::Done { offer_id, .. } }
                if self.creates.contains(number) =>
            {
                self.offers.insert(*offer_id);
            }
            JournalEntry::StateChange(StateChange::ResolvedCreated { offer_id, .. }) => {
                self.offers.insert(*offer_id);
            }
            // It was another's after all.
            JournalEntry::StateChange(StateChange::PutInDoubt { offer_id, .. }) => {
                self.offers.remove(offer_id);
            }
            _ => {}
        }
    }
}
