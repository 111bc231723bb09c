//! Which fields of an offer a lost update may still change, while a journal is replayed.
//!
//! Owns the times by field; the record keeps one time for all of them ([`Unsettled`]). By field, because otherwise a replay over
//! its own result could give a field the later time of another one. Knows no entries.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::offer::{Field, FieldSet, Unsettled};

/// The lost updates of one offer.
#[derive(Debug, Clone, Default)]
pub(super) struct LostUpdates(BTreeMap<Field, LastSent>);

/// When the last of a field's lost updates was sent.
#[derive(Debug, Clone, Copy, Default)]
struct LastSent {
    at: Option<Timestamp>,
    /// Whether there is one of which the time is unknown.
    is_undated: bool,
}

impl LostUpdates {
    /// Adds an update without a reply; `sent_at` is `None` if the time is unknown.
    pub(super) fn add(&mut self, fields: FieldSet, sent_at: Option<Timestamp>) {
        for field in fields.iter() {
            let last = self.0.entry(field).or_default();
            last.at = last.at.max(sent_at);
            last.is_undated |= sent_at.is_none();
        }
    }

    /// Removes what is known of some fields, and returns it.
    pub(super) fn take(&mut self, fields: FieldSet) -> Self {
        Self(self.0.extract_if(.., |field, _| fields.contains(*field)).collect())
    }

    /// Whether there is one of which the time is unknown.
    pub(super) fn is_undated(&self) -> bool {
        self.0.values().any(|last| last.is_undated)
    }

    /// Puts back what was taken.
    pub(super) fn restore(&mut self, taken: Self) {
        self.0.extend(taken.0);
    }

    /// What the record keeps. An unknown time counts as `found_at`; without that, such a field is left out.
    pub(super) fn unsettled(&self, found_at: Option<Timestamp>) -> Option<Unsettled> {
        let time = |last: &LastSent| if last.is_undated { found_at.max(last.at) } else { last.at };
        let dated = self.0.iter().filter_map(|(field, last)| Some((*field, time(last)?)));
        dated.fold(None, |all, (field, sent_at)| {
            let one = Unsettled { sent_at, fields: FieldSet::from_iter([field]) };
            Some(all.map_or(one, |all: Unsettled| all.union(one)))
        })
    }
}

impl From<Unsettled> for LostUpdates {
    fn from(Unsettled { sent_at, fields }: Unsettled) -> Self {
        let mut updates = Self::default();
        updates.add(fields, Some(sent_at));
        updates
    }
}
