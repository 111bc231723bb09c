//! What a create does to the recorded offers: the part of replay about [`Operation::Create`](crate::offer::Operation).
//!
//! Owns when a create is in doubt, and the record that it makes. The laws are those of [`replay`](mod@super::replay). Invariant: an
//! offer that is recorded is not recorded again.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::replay::{Replay, ReplayError};
use crate::offer::{
    CreateRequest, FieldSet, Fields, InDoubtCreate, Key, OfferId, Record, RecordStatus, Replaced, WriteOutcome,
};

/// The message of a create in doubt that has no outcome.
const NO_OUTCOME: &str = "offersync stopped before CAKE's reply was known";

/// Sets the time of sending where it is unknown; without a time it stays unknown.
pub(in crate::state) fn date_creates(creates: &mut BTreeMap<Key, InDoubtCreate>, found_at: Option<Timestamp>) {
    for create in creates.values_mut() {
        create.sent_at = create.sent_at.or(found_at);
    }
}

impl Replay {
    /// Puts a create in doubt, and returns the one that was in doubt before.
    pub(super) fn begin_create(&mut self, key: &Key, request: &CreateRequest) -> Option<InDoubtCreate> {
        let mut create = InDoubtCreate::new(request.clone(), NO_OUTCOME.to_owned());
        create.baseline = request.advertiser().and_then(|id| self.baselines.of(id));
        if let Some(before) = self.in_doubt.get(key) {
            (create.mismatch, create.accepted) = (before.mismatch, before.accepted);
        }
        self.in_doubt.insert(key.clone(), create)
    }

    /// Its reply was lost, or does not tell the offer that it names from others.
    pub(super) fn create_in_doubt(&mut self, key: &Key, outcome: &WriteOutcome) {
        if let WriteOutcome::InDoubt { message, sent_at, mismatch, accepted, named } = outcome
            && let Some(create) = self.in_doubt.get_mut(key)
        {
            create.message.clone_from(message);
            (create.sent_at, create.named) = (*sent_at, *named);
            create.mismatch |= mismatch;
            create.accepted |= accepted;
        }
    }

    /// Records an offer that a create made: with the values that were sent, but for those that CAKE shows otherwise.
    pub(super) fn created(
        &mut self,
        key: &Key,
        offer_id: OfferId,
        request: CreateRequest,
        shown: &Fields,
        unknown: FieldSet,
    ) -> Result<(), ReplayError> {
        if self.contradicted.contains(&offer_id) {
            return Ok(());
        }
        let CreateRequest { offer, ignored, protect, replaces } = request;
        if self.is_recorded(key, offer_id)? {
            if let Some(old) = replaces {
                self.set_inactive(offer_id, old, false);
            }
            return Ok(());
        }
        let mut replaced = Vec::new();
        // No offer replaces itself, whatever an edited state says.
        if let Some(old) = replaces.filter(|old| *old != offer_id) {
            let present = self.remove_present(key, old);
            let (before, fields) = present.map(|record| (record.replaced, record.fields)).unwrap_or_default();
            replaced = before;
            // If another key owns it by now, it stays with that key.
            if self.owner(old).is_none() {
                replaced.push(Replaced { offer_id: old, inactive: false, unsettled: None, fields });
            }
        }
        let mut fields = offer.into_fields().without(ignored);
        let managed: Vec<_> = shown.iter().filter(|(field, _)| fields.get(*field).is_some()).collect();
        for (field, value) in managed {
            fields.set(field, value.clone());
        }
        let fields = fields.without(unknown);
        let record = Record {
            offer_id,
            status: RecordStatus::Live,
            fields,
            protect,
            replaced,
            unsettled: None,
            status_word: None,
        };
        self.insert(key.clone(), record);
        Ok(())
    }

    /// Removes the record of an offer, if that is the key's; what is unsettled of the offer stays.
    pub(super) fn remove_present(&mut self, key: &Key, offer_id: OfferId) -> Option<Record> {
        self.offers.get(&offer_id).filter(|(owner, _)| owner == key)?;
        self.remove(offer_id)
    }

    /// Sets again what a replayed entry says of an offer that was replaced: an entry before it may be about an earlier replace.
    pub(super) fn set_inactive(&mut self, recorded: OfferId, replaced: OfferId, inactive: bool) {
        // The record may have been replaced since: then its replaced offers are in the record of the present one.
        let present = self.replaced_by.get(&replaced).copied().unwrap_or(recorded);
        for old in self.present(present).into_iter().flat_map(|record| &mut record.replaced) {
            if old.offer_id == replaced {
                old.inactive = inactive;
            }
        }
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
