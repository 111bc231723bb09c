//! What a [`StateChange`] does to the recorded offers: the part of replay without a request.
//!
//! Owns the meaning of each state change; the laws are those of [`replay`](mod@super::replay), of whose [`Replay`] this is the
//! second half. A change of an offer that is no longer there, or that has another key by now, has no effect.

use std::collections::HashSet;

use super::entry::JournalEntry;
use super::replay::{Replay, ReplayError};
use crate::offer::{
    Field, FieldSet, Fields, InDoubtCreate, Key, OfferId, OfferStatus, Record, RecordStatus, StateChange, Unsettled,
    Value, WaitingUpdate,
};

/// The offers of which entries say that they are not their creates'.
pub(super) fn contradicted(entries: &[JournalEntry]) -> HashSet<OfferId> {
    let offer = |entry: &JournalEntry| match entry {
        JournalEntry::StateChange(StateChange::PutInDoubt { offer_id, .. }) => Some(*offer_id),
        _ => None,
    };
    entries.iter().filter_map(offer).collect()
}

impl Replay {
    pub(super) fn change_state(&mut self, change: &StateChange) -> Result<(), ReplayError> {
        match change {
            StateChange::Rename { from, to, offer_id } => self.renamed(*offer_id, from, to),
            StateChange::Unmanage { offer_id, fields, .. } => {
                if let Some(record) = self.present(*offer_id) {
                    record.fields = std::mem::take(&mut record.fields).without(*fields);
                }
            }
            StateChange::Forget { key, offer_id } => self.forgotten(*offer_id, key),
            StateChange::Protect { offer_id, protect, .. } => {
                if let Some(record) = self.present(*offer_id) {
                    record.protect = *protect;
                }
            }
            StateChange::AcceptRemote { offer_id, fields, .. } => {
                if let Some(record) = self.present(*offer_id) {
                    record.confirm(fields);
                }
            }
            StateChange::Adopt { key, record } => return self.adopted(key, record),
            StateChange::ResolvedCreated { key, offer_id, shown, unreadable } => {
                return self.resolved(key, *offer_id, shown, *unreadable);
            }
            StateChange::Settled { offer_id, fields, retired, .. } => self.settled(*offer_id, fields, *retired),
            StateChange::ResolvedNotCreated { key } => {
                self.in_doubt.remove(key);
            }
            StateChange::ReplacedInactive { offer_id, .. } => {
                self.set_inactive(*offer_id, *offer_id, true);
                if let Some(updates) = self.lost_updates.get_mut(offer_id) {
                    updates.take(FieldSet::from_iter([Field::OfferStatus]));
                }
            }
            StateChange::Reactivated { offer_id, .. } => self.reactivated(*offer_id),
            StateChange::WaitingEnded { offer_id, sent_at, fields, .. } => {
                if let Some(updates) = self.lost_updates.get_mut(offer_id) {
                    let (sent_at, fields, before) = (*sent_at, fields.clone(), Fields::default());
                    updates.stop_waiting(&WaitingUpdate { sent_at, fields, before });
                }
            }
            StateChange::PutInDoubt { key, offer_id, create } => self.put_in_doubt(key, *offer_id, create),
        }
        Ok(())
    }

    fn renamed(&mut self, offer_id: OfferId, from: &Key, to: &Key) {
        if self.offers.get(&offer_id).is_some_and(|(key, _)| key == from)
            && let Some(record) = self.remove(offer_id)
        {
            self.insert(to.clone(), record);
            self.renames.replay(offer_id);
        }
    }

    fn forgotten(&mut self, offer_id: OfferId, key: &Key) {
        if self.owner(offer_id) == Some(key)
            && let Some(present) = self.replaced_by.remove(&offer_id)
        {
            if let Some(record) = self.present(present) {
                record.replaced.retain(|old| old.offer_id != offer_id);
            }
            self.lost_updates.remove(&offer_id);
            return;
        }
        if self.offers.get(&offer_id).is_some_and(|(owner, _)| owner == key)
            && let Some(record) = self.remove(offer_id)
        {
            self.lost_updates.remove(&offer_id);
            for old in record.replaced {
                self.replaced_by.remove(&old.offer_id);
                self.lost_updates.remove(&old.offer_id);
            }
        }
    }

    fn adopted(&mut self, key: &Key, record: &Record) -> Result<(), ReplayError> {
        let present = self.present_of(key).filter(|id| record.replaced.iter().any(|old| old.offer_id == *id));
        // An offer that the present one has replaced takes its place again. The entry names the present one, so replayed over a later
        // state it has no effect.
        let takes_back = present.is_some_and(|present| self.replaced_by.get(&record.offer_id) == Some(&present));
        if !takes_back && self.is_recorded(key, record.offer_id)? {
            self.adopted_again(key, record);
            return Ok(());
        }
        let mut record = record.clone();
        self.set_unsettled(&record);
        // The adopted offer replaces the key's present one, and takes over what that one had replaced.
        if let Some(present) = present {
            let mut replaced = self.remove_present(key, present).map(|record| record.replaced).unwrap_or_default();
            self.replaced_by.remove(&record.offer_id);
            let is_other =
                |id: OfferId| id != record.offer_id && record.replaced.iter().all(|kept| kept.offer_id != id);
            replaced.retain(|old| is_other(old.offer_id));
            record.replaced.splice(0..0, replaced);
        }
        record.replaced.retain(|old| self.owner(old.offer_id).is_none());
        self.insert(key.clone(), record);
        Ok(())
    }

    /// Sets again what the entry says: entries before it may be about the time before the offer was replaced.
    fn adopted_again(&mut self, key: &Key, record: &Record) {
        // A rename before it, which a later state has behind it, may have matched that state once more.
        if self.renames.has_replayed(record.offer_id)
            && self.present_of(key).is_none()
            && let Some(moved) = self.remove(record.offer_id)
        {
            self.insert(key.clone(), moved);
        }
        self.set_unsettled(record);
        for old in &record.replaced {
            self.set_inactive(record.offer_id, old.offer_id, old.inactive);
        }
        let Some(present) = self.present(record.offer_id) else { return };
        present.fields.clone_from(&record.fields);
        present.status_word.clone_from(&record.status_word);
        (present.status, present.protect) = (record.status, record.protect);
    }

    /// What an adoption says is unsettled of its offers. It says all, because it is written with what was unsettled before it.
    fn set_unsettled(&mut self, record: &Record) {
        for id in record.offer_ids() {
            self.lost_updates.remove(&id);
        }
        let unsettled = record.unsettled_offers().map(|(id, unsettled)| (id, unsettled.clone().into()));
        self.lost_updates.extend(unsettled);
    }

    /// An adoption with all that is unsettled of its offers; such values of its own offer are unknown.
    pub(super) fn with_unsettled(&self, mut record: Record) -> Record {
        let lost = |id| self.lost_updates.get(&id).and_then(|updates| updates.unsettled(None));
        record.unsettled = Unsettled::of_both(record.unsettled, lost(record.offer_id));
        if let Some(unsettled) = &record.unsettled {
            record.fields = record.fields.without(unsettled.fields);
        }
        for old in &mut record.replaced {
            old.unsettled = Unsettled::of_both(old.unsettled.take(), lost(old.offer_id));
        }
        record
    }

    fn resolved(
        &mut self,
        key: &Key,
        offer_id: OfferId,
        shown: &Fields,
        unreadable: FieldSet,
    ) -> Result<(), ReplayError> {
        match self.in_doubt.remove(key) {
            Some(create) => self.created(key, offer_id, create.request, shown, unreadable),
            // Resolved already; a newer state may also have resolved it another way, and then that is how it stands.
            None => Ok(()),
        }
    }

    fn put_in_doubt(&mut self, key: &Key, offer_id: OfferId, create: &InDoubtCreate) {
        // A record that has changed meanwhile does not come from that reply alone.
        if !self.replaced_of(offer_id).is_empty() {
            return;
        }
        if self.remove_present(key, offer_id).is_some() {
            self.lost_updates.remove(&offer_id);
        }
        self.in_doubt.insert(key.clone(), create.clone());
    }

    /// The next plan makes it inactive again, as its key's present offer or as one that was replaced.
    fn reactivated(&mut self, offer_id: OfferId) {
        if self.replaced_by.contains_key(&offer_id) {
            self.set_inactive(offer_id, offer_id, false);
        } else if let Some(record) = self.present(offer_id) {
            record.status = RecordStatus::Live;
            record.confirm(&Fields::from_iter([(Field::OfferStatus, Value::Status(OfferStatus::Active))]));
        }
    }

    fn settled(&mut self, offer_id: OfferId, fields: &Fields, retired: bool) {
        if let Some(record) = self.present(offer_id) {
            record.confirm(fields);
            if retired {
                record.status = RecordStatus::Retired;
            }
        }
        if let Some(updates) = self.lost_updates.get_mut(&offer_id) {
            updates.settle();
        }
    }
}
