//! Reconciles a replayed journal with a state that is newer than the one it was started on.
//!
//! That happens when an apply is interrupted here, another one runs elsewhere, and its state comes in with
//! `git pull` before this one goes on. The journal then holds ids that must not be lost, and values that may be out of date.
//! Owns how the two are brought together. Pure. Invariant: nothing wrong is ever recorded: where the replayed journal and
//! the newer state disagree about a value, it is unknown, and the next plan sends the desired one (an update may be sent
//! twice). Where they agree, as right after a crash between publishing and emptying the journal, nothing changes.

use std::collections::HashMap;

use crate::offer::{Field, OfferId, Record, RecordStatus, Recorded, Unsettled};

/// The recorded offers of `newer` and of its replayed journal, without what is out of date.
#[must_use]
pub fn reconcile(newer: &Recorded, mut replayed: Recorded) -> Recorded {
    let by_id: HashMap<OfferId, &Record> = newer.offers.values().map(|record| (record.offer_id, record)).collect();
    let unsettled: HashMap<OfferId, &Unsettled> = newer.unsettled_offers().map(|(_, id, known)| (id, known)).collect();
    for record in replayed.offers.values_mut() {
        match (by_id.get(&record.offer_id), unsettled.get(&record.offer_id)) {
            (Some(known), _) => reconcile_record(known, record),
            // Only the journal has it as the key's present offer.
            (None, Some(known)) => record.fields = std::mem::take(&mut record.fields).without(known.fields),
            (None, None) => {}
        }
        // The journal's later outcomes say nothing of a request that was lost elsewhere.
        record.unsettled =
            Unsettled::of_both(record.unsettled.take(), unsettled.get(&record.offer_id).copied().cloned());
        for old in &mut record.replaced {
            old.unsettled = Unsettled::of_both(old.unsettled.take(), unsettled.get(&old.offer_id).copied().cloned());
        }
    }
    for (key, create) in &mut replayed.in_doubt {
        if let Some(known) = newer.in_doubt.get(key) {
            // The later time, and whatever forbids to conclude that nothing was created.
            create.sent_at = create.sent_at.max(known.sent_at);
            create.mismatch |= known.mismatch;
            create.accepted |= known.accepted;
            create.named = create.named.or(known.named);
        }
    }
    replayed
}

fn reconcile_record(newer: &Record, record: &mut Record) {
    for field in Field::ALL {
        let value = newer.fields.get(field);
        if record.fields.get(field) == value {
            continue;
        }
        match value {
            // No update can have changed it, so the newer state is right about it.
            Some(value) if field.is_create_only() => {
                record.fields.set(field, value.clone());
            }
            _ => {
                record.fields.remove(field);
            }
        }
    }
    if record.status != newer.status {
        // Live with an unknown status: the plan then sends it, or retires the offer, whichever its YAML wants.
        record.status = RecordStatus::Live;
        record.fields.remove(Field::OfferStatus);
    }
    for old in &mut record.replaced {
        old.inactive |= newer.replaced.iter().any(|newer| newer.offer_id == old.offer_id && newer.inactive);
    }
    // Of the same moment as the newer state's values.
    record.status_word.clone_from(&newer.status_word);
    // Protected if either side is, so that it is not retired by mistake.
    record.protect |= newer.protect;
}
