//! What an update does to the recorded offers: the part of replay about updates, retires and restores.
//!
//! Owns which values are unknown while an update is in doubt, and which stay unsettled after it. What is unsettled belongs to the
//! offer, whether it is the key's present one or was replaced; values are those of a present one. The laws are those of
//! [`replay`](mod@super::replay).

use jiff::Timestamp;

use super::replay::Replay;
use crate::offer::{Field, FieldSet, Fields, OfferId, RecordStatus, Update, WaitingUpdate};

use super::lost_updates::LostUpdates;

/// What was recorded of the fields that an update changes.
#[derive(Debug)]
pub(super) struct Values {
    offer_id: OfferId,
    /// The values that it sends.
    sent: Fields,
    status: RecordStatus,
    fields: Fields,
    lost_updates: LostUpdates,
}

impl Values {
    /// The fields that the update changes.
    fn changed(&self) -> FieldSet {
        self.sent.iter().map(|(field, _)| field).collect()
    }
}

impl Replay {
    /// Removes what the update may have changed, and returns it. A status in doubt counts as live, so that the next plan sends
    /// it again: it retires the offer if its YAML is removed, and updates its status otherwise.
    pub(super) fn begin_update(&mut self, update: &Update) -> Option<Values> {
        let offer_id = update.offer_id();
        self.owner(offer_id)?;
        let changed: FieldSet = update.changes().iter().map(|(field, _)| field).collect();
        let (mut fields, mut status) = (Fields::default(), RecordStatus::Live);
        if let Some(record) = self.present(offer_id) {
            status = record.status;
            for field in changed.iter() {
                if let Some(value) = record.fields.remove(field) {
                    fields.set(field, value);
                }
            }
            if changed.contains(Field::OfferStatus) {
                record.status = RecordStatus::Live;
            }
        }
        let updates = self.lost_updates.entry(offer_id).or_default();
        let lost_updates = updates.take(changed);
        updates.restore(lost_updates.clone());
        updates.add(changed, None);
        Some(Values { offer_id, sent: update.changes().clone(), status, fields, lost_updates })
    }

    /// Its reply was lost: the values stay unknown, and unsettled. What CAKE has accepted also waits there.
    pub(super) fn update_in_doubt(&mut self, before: Values, sent_at: Option<Timestamp>, is_accepted: bool) {
        if let Some(updates) = self.lost_updates.get_mut(&before.offer_id) {
            let changed = before.changed();
            updates.take(changed);
            updates.restore(before.lost_updates);
            updates.add(changed, sent_at);
            if let Some(sent_at) = sent_at.filter(|_| is_accepted) {
                updates.wait_for(WaitingUpdate { sent_at, fields: before.sent, before: before.fields });
            }
        }
    }

    /// It changed nothing.
    pub(super) fn undo_update(&mut self, before: Values) {
        if let Some(record) = self.present(before.offer_id) {
            record.status = before.status;
            record.confirm(&before.fields);
        }
        if let Some(updates) = self.lost_updates.get_mut(&before.offer_id) {
            updates.take(before.changed());
            updates.restore(before.lost_updates);
        }
    }

    /// It is done. What it changed is settled, unless an earlier attempt of it was lost.
    pub(super) fn settle_update(&mut self, before: Values, lost_at: Option<Timestamp>) {
        match lost_at {
            Some(_) => self.update_in_doubt(before, lost_at, false),
            None => {
                if let Some(updates) = self.lost_updates.get_mut(&before.offer_id) {
                    updates.take(before.changed());
                }
            }
        }
    }

    /// Records the values of an update, but for those that the reply shows otherwise. Without the status that was sent, the
    /// offer counts as live, so that the next plan sends it again.
    pub(super) fn updated(&mut self, update: &Update, status: RecordStatus, contradicted: FieldSet) {
        if let Some(record) = self.present(update.offer_id()) {
            let is_status_contradicted = contradicted.contains(Field::OfferStatus);
            record.status = if is_status_contradicted { RecordStatus::Live } else { status };
            record.fields = std::mem::take(&mut record.fields).without(contradicted);
            record.confirm(&update.changes().clone().without(contradicted));
        }
    }

    /// Records that a replaced offer is inactive, unless the reply shows another status.
    pub(super) fn retired_replaced(&mut self, update: &Update, contradicted: FieldSet) {
        if contradicted.contains(Field::OfferStatus) {
            return;
        }
        let present = self.replaced_by.get(&update.offer_id()).copied();
        let record = present.and_then(|id| self.present(id));
        for old in record.into_iter().flat_map(|record| &mut record.replaced) {
            old.inactive |= old.offer_id == update.offer_id();
        }
    }
}
