//! Which fields of an offer a lost update may still change, while a journal is replayed.
//!
//! Owns the times by field; the record keeps one time for all of them ([`Unsettled`]). By field, because otherwise a replay over
//! its own result could give a field the later time of another one. Knows no entries.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::offer::{Field, FieldSet, Unsettled, WaitingUpdate};

/// The lost updates of one offer, and those that CAKE has accepted.
#[derive(Debug, Clone, Default)]
pub(super) struct LostUpdates {
    fields: BTreeMap<Field, LastSent>,
    waiting: Vec<WaitingUpdate>,
}

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
            let last = self.fields.entry(field).or_default();
            last.at = last.at.max(sent_at);
            last.is_undated |= sent_at.is_none();
        }
    }

    /// Adds an update that CAKE has accepted.
    pub(super) fn wait_for(&mut self, update: WaitingUpdate) {
        WaitingUpdate::extend(&mut self.waiting, [update]);
    }

    /// The update is done, or will not be done any more.
    pub(super) fn stop_waiting(&mut self, ended: &WaitingUpdate) {
        self.waiting.retain(|update| !update.is(ended));
    }

    /// Removes the lost updates of some fields, and returns them.
    pub(super) fn take(&mut self, fields: FieldSet) -> Self {
        let fields = self.fields.extract_if(.., |field, _| fields.contains(*field)).collect();
        Self { fields, waiting: Vec::new() }
    }

    /// Removes the lost updates; those that CAKE has accepted stay.
    pub(super) fn settle(&mut self) {
        self.fields.clear();
    }

    /// Whether there is one of which the time is unknown.
    pub(super) fn is_undated(&self) -> bool {
        self.fields.values().any(|last| last.is_undated)
    }

    /// Puts back what was taken.
    pub(super) fn restore(&mut self, taken: Self) {
        self.fields.extend(taken.fields);
    }

    /// What the record keeps. An unknown time counts as `found_at`; without that, such a field is left out.
    pub(super) fn unsettled(&self, found_at: Option<Timestamp>) -> Option<Unsettled> {
        let time = |last: &LastSent| if last.is_undated { found_at.max(last.at) } else { last.at };
        let dated = self.fields.iter().filter_map(|(field, last)| Some((*field, time(last)?)));
        let fields = dated.clone().map(|(field, _)| field).collect();
        let last_waiting = || self.waiting.last().map(|update| update.sent_at);
        let sent_at = dated.map(|(_, sent_at)| sent_at).max().or_else(last_waiting)?;
        Some(Unsettled { sent_at, fields, waiting: self.waiting.clone() })
    }
}

impl From<Unsettled> for LostUpdates {
    fn from(Unsettled { sent_at, fields, waiting }: Unsettled) -> Self {
        let mut updates = Self { waiting, ..Self::default() };
        updates.add(fields, Some(sent_at));
        updates
    }
}
