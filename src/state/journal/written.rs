//! What updates may have changed in CAKE, by the entries of a journal.
//!
//! An update that brings back what was recorded changes no record, but the state is a later one than those that do not know of it.

use std::collections::HashMap;

use super::entry::JournalEntry;
use crate::offer::{Fields, OfferId, Request, WriteOutcome};

/// The updates that were not refused, by the numbers of their intents.
#[derive(Debug, Default)]
pub(in crate::state) struct Written(HashMap<u64, (OfferId, Fields)>);

impl Written {
    pub(in crate::state) fn of(entries: &[JournalEntry]) -> Self {
        let mut written = Self::default();
        for entry in entries {
            written.add(entry);
        }
        written
    }

    pub(super) fn add(&mut self, entry: &JournalEntry) {
        match entry {
            JournalEntry::Intent { number, operation, .. } => {
                if let Request::Update { update, .. } = operation.request(None) {
                    self.0.insert(*number, (update.offer_id(), update.changes().clone()));
                }
            }
            JournalEntry::Outcome { number, outcome: WriteOutcome::Rejected { .. } | WriteOutcome::NotSent { .. } } => {
                self.0.remove(number);
            }
            JournalEntry::Outcome { .. } | JournalEntry::Baselines(_) | JournalEntry::StateChange(_) => {}
        }
    }

    /// The offers, with the values that were sent.
    pub(in crate::state) fn offers(self) -> Vec<(OfferId, Fields)> {
        self.0.into_values().collect()
    }
}
