//! What a [`StateChange`] does to the recorded offers: the part of replay without a request.
//!
//! Owns the meaning of each state change; the laws are those of [`replay`](mod@super::replay), of whose [`Replay`] this is the
//! second half. A change of an offer that is no longer there, or that has another key by now, has no effect.

use super::replay::{Replay, ReplayError, set_all};
use crate::offer::{Key, OfferId, Record, StateChange};

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
            StateChange::AcceptRemote { offer_id, fields, .. } | StateChange::Settled { offer_id, fields, .. } => {
                if let Some(record) = self.present(*offer_id) {
                    set_all(&mut record.fields, fields);
                }
            }
            StateChange::Adopt { key, record } => return self.adopted(key, record),
            StateChange::ResolvedCreated { key, offer_id, .. } => return self.resolved(key, *offer_id),
            StateChange::ResolvedNotCreated { key } => {
                self.in_doubt.remove(key);
            }
        }
        Ok(())
    }

    fn renamed(&mut self, offer_id: OfferId, from: &Key, to: &Key) {
        if self.offers.get(&offer_id).is_some_and(|(key, _)| key == from)
            && let Some(record) = self.remove(offer_id)
        {
            self.insert(to.clone(), record);
        }
    }

    fn forgotten(&mut self, offer_id: OfferId, key: &Key) {
        if self.offers.get(&offer_id).is_some_and(|(owner, _)| owner == key)
            && let Some(record) = self.remove(offer_id)
        {
            for old in record.replaced {
                self.replaced_by.remove(&old.offer_id);
            }
        }
    }

    fn adopted(&mut self, key: &Key, record: &Record) -> Result<(), ReplayError> {
        if self.is_recorded(key, record.offer_id)? {
            return Ok(());
        }
        let mut record = record.clone();
        record.replaced.retain(|old| self.owner(old.offer_id).is_none());
        self.insert(key.clone(), record);
        Ok(())
    }

    fn resolved(&mut self, key: &Key, offer_id: OfferId) -> Result<(), ReplayError> {
        match self.in_doubt.remove(key) {
            Some(create) => self.created(key, offer_id, create.request),
            // Resolved already; a newer state may also have resolved it another way, and then that is how it stands.
            None => Ok(()),
        }
    }
}
