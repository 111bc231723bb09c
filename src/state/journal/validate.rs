//! Validation of entries before they are written: the rules that keep a journal free of contradictions.
//!
//! Owns the state of the recorded offers while a session writes ([`PendingState`]), made by the same replay that would
//! read the journal after a crash. Knows no file. Invariant: a valid entry can always be replayed. So a create in
//! doubt is never sent again, no key gets two offers, no offer two keys; should CAKE answer a create with the id of an
//! offer that is recorded, or was in CAKE before, that outcome is in doubt, because no new offer can have that id.

use std::collections::HashSet;

use jiff::Timestamp;

use super::entry::JournalEntry;
use super::error::{InvalidEntry, JournalError};
use super::lost_updates::LostUpdates;
use super::rename_history::RenameHistory;
use super::replay::{Replay, ReplayError};
use super::written::Written;
use crate::offer::{
    Baselines, Fields, InDoubtCreate, Key, OfferId, Operation, Record, Recorded, Request, StateChange, WriteOutcome,
};

/// The recorded offers while a session writes.
#[derive(Debug)]
pub(super) struct PendingState {
    replay: Replay,
    written: Written,
    last_number: u64,
}

impl PendingState {
    /// Numbers continue after `last_number`, so that each is unique within the session.
    pub(super) fn over(recorded: Recorded, last_number: u64) -> Self {
        let replay = Replay::over(recorded, RenameHistory::default());
        Self { replay, written: Written::default(), last_number }
    }

    /// What is recorded at the end, what was written to which offers, and the last number; writes without an outcome are in doubt.
    pub(super) fn finish(self, found_at: Timestamp) -> Result<(Recorded, Written, u64), ReplayError> {
        Ok((self.replay.finish(Some(found_at))?, self.written, self.last_number))
    }

    #[cfg(test)]
    pub(super) fn replay(&self) -> &Replay {
        &self.replay
    }

    /// What is recorded of the offer that a request changes.
    pub(super) fn fields_before(&self, operation: &Operation) -> Option<Fields> {
        let Request::Update { update, .. } = operation.request(None) else { return None };
        self.replay.recorded_fields(update.offer_id()).cloned()
    }

    /// Applies the baselines of the creates that follow.
    pub(super) fn record_baselines(&mut self, baselines: Baselines) -> Result<JournalEntry, JournalError> {
        let entry = JournalEntry::Baselines(baselines);
        self.replay.apply(&entry)?;
        Ok(entry)
    }

    /// Applies an intent, if it is valid.
    pub(super) fn intend(&mut self, key: &Key, operation: &Operation) -> Result<JournalEntry, JournalError> {
        self.validate_intent(key, operation).map_err(|reason| JournalError::Invalid { key: key.clone(), reason })?;
        self.last_number += 1;
        let entry = JournalEntry::Intent { number: self.last_number, key: key.clone(), operation: operation.clone() };
        self.replay.apply(&entry)?;
        self.written.add(&entry);
        Ok(entry)
    }

    /// Applies an outcome, downgraded to in doubt where it proves nothing.
    pub(super) fn outcome(&mut self, number: u64, outcome: WriteOutcome) -> Result<JournalEntry, JournalError> {
        let open = self.replay.open.get(&number).ok_or(JournalError::NoSuchIntent { number })?;
        let outcome = match (&open.operation, outcome) {
            (
                Operation::Create(_),
                outcome @ (WriteOutcome::Done { offer_id, .. } | WriteOutcome::InDoubt { named: Some(offer_id), .. }),
            ) => self.taken(&open.key, offer_id).map_or(outcome, WriteOutcome::mismatch),
            (_, outcome) => outcome,
        };
        let entry = JournalEntry::Outcome { number, outcome };
        self.replay.apply(&entry)?;
        self.written.add(&entry);
        Ok(entry)
    }

    /// Why the create of that key cannot have made the offer.
    fn taken(&self, key: &Key, offer_id: OfferId) -> Option<String> {
        if let Some(owner) = self.replay.owner(offer_id) {
            return Some(format!("CAKE answered with the id {offer_id}, which is the offer of `{owner}` already"));
        }
        let baseline = self.replay.in_doubt.get(key).and_then(|create| create.baseline.as_ref());
        baseline.is_some_and(|baseline| !baseline.is_before(offer_id)).then(|| {
            format!(
                "CAKE answered with the id {offer_id}, which is not newer than the offers that it had before the create"
            )
        })
    }

    /// Applies a state change, if it is valid.
    ///
    /// A caller that records an offer for a key does not have to know what is unsettled of it: an adoption gets that here.
    pub(super) fn change_state(&mut self, change: StateChange) -> Result<JournalEntry, JournalError> {
        let change = match change {
            StateChange::Adopt { key, record } => {
                StateChange::Adopt { key, record: self.replay.with_unsettled(record) }
            }
            change => change,
        };
        self.validate_change(&change).map_err(|reason| JournalError::Invalid { key: change.key().clone(), reason })?;
        let entry = JournalEntry::StateChange(change);
        self.replay.apply(&entry)?;
        Ok(entry)
    }

    fn validate_intent(&self, key: &Key, operation: &Operation) -> Result<(), InvalidEntry> {
        self.no_open_write(key)?;
        match operation {
            Operation::Create(request) => {
                self.not_in_doubt(key)?;
                match (self.replay.present_of(key), request.replaces) {
                    (None, None) => Ok(()),
                    (Some(present), Some(old)) if present == old => Ok(()),
                    (Some(present), _) => Err(InvalidEntry::KeyHasOffer(present)),
                    (None, Some(old)) => Err(InvalidEntry::NotItsOffer(old)),
                }
            }
            Operation::Update { update } | Operation::Retire { update } | Operation::Restore { update, .. } => {
                self.present_is(key, update.offer_id())
            }
            Operation::RetireReplaced { update } => self.replaced_is(key, update.offer_id()),
        }
    }

    fn validate_change(&self, change: &StateChange) -> Result<(), InvalidEntry> {
        match change {
            StateChange::Rename { from, to, offer_id } => {
                self.present_is(from, *offer_id)?;
                self.free(to)?;
                for key in [from, to] {
                    self.not_in_doubt(key)?;
                    self.no_open_write(key)?;
                }
                Ok(())
            }
            StateChange::Unmanage { key, offer_id, .. }
            | StateChange::Protect { key, offer_id, .. }
            | StateChange::AcceptRemote { key, offer_id, .. } => self.present_is(key, *offer_id),
            StateChange::Settled { key, offer_id, .. }
            | StateChange::WaitingEnded { key, offer_id, .. }
            | StateChange::Reactivated { key, offer_id } => {
                self.no_open_write(key)?;
                self.present_is(key, *offer_id).or_else(|_| self.replaced_is(key, *offer_id))
            }
            StateChange::ReplacedInactive { key, offer_id } => {
                self.no_open_write(key)?;
                self.replaced_is(key, *offer_id)
            }
            StateChange::PutInDoubt { key, offer_id, create } => {
                self.no_open_write(key)?;
                self.not_in_doubt(key)?;
                self.present_is(key, *offer_id)?;
                let replaced = self.replay.replaced_of(*offer_id).first().map(|old| old.offer_id);
                create.request.replaces.or(replaced).map_or(Ok(()), |old| Err(InvalidEntry::Replaces(old)))
            }
            StateChange::Forget { key, offer_id } => {
                self.no_open_write(key)?;
                if self.is_replaced_by(key, *offer_id) {
                    return Ok(());
                }
                // The new offer of a replace in doubt would be recorded as replacing an offer that is not recorded.
                self.not_in_doubt(key)?;
                self.present_is(key, *offer_id)?;
                self.no_active_replaced(*offer_id)
            }
            StateChange::Adopt { key, record } => self.validate_adoption(key, record),
            StateChange::ResolvedCreated { key, offer_id, .. } => self.validate_created(key, *offer_id),
            StateChange::ResolvedNotCreated { key } => self.in_doubt(key).map(drop),
        }
    }

    /// The key is free, or the adopted offer replaces its present one; it may be one that the present one has replaced.
    fn validate_adoption(&self, key: &Key, record: &Record) -> Result<(), InvalidEntry> {
        self.no_open_write(key)?;
        // Without its time, what is unsettled cannot be said in the entry.
        if record.offer_ids().any(|id| self.replay.lost_updates.get(&id).is_some_and(LostUpdates::is_undated)) {
            return Err(InvalidEntry::InFlight);
        }
        if !self.is_replaced_by(key, record.offer_id) {
            self.unowned(record.offer_id)?;
        }
        if let Some(present) = self.replay.present_of(key)
            && !record.replaced.iter().any(|old| old.offer_id == present)
        {
            return Err(InvalidEntry::KeyHasOffer(present));
        }
        let mut ids = HashSet::from([record.offer_id]);
        for old in &record.replaced {
            if !ids.insert(old.offer_id) {
                return Err(InvalidEntry::RepeatedOffer(old.offer_id));
            }
            if self.replay.owner(old.offer_id) != Some(key) {
                self.unowned(old.offer_id)?;
            }
        }
        Ok(())
    }

    fn validate_created(&self, key: &Key, offer_id: OfferId) -> Result<(), InvalidEntry> {
        let replaces = self.in_doubt(key)?.request.replaces;
        match self.replay.present_of(key) {
            Some(present) if replaces == Some(present) => self.unowned(offer_id),
            // Its own offer: another apply, or a person, has found and recorded it before.
            Some(present) if present == offer_id => Ok(()),
            // In a newer state, another apply has given the key an offer meanwhile.
            Some(present) => Err(InvalidEntry::KeyHasOffer(present)),
            None => self.unowned(offer_id),
        }
    }

    fn no_active_replaced(&self, offer_id: OfferId) -> Result<(), InvalidEntry> {
        match self.replay.replaced_of(offer_id).iter().find(|old| !old.inactive) {
            None => Ok(()),
            Some(old) => Err(InvalidEntry::ReplacedIsActive(old.offer_id)),
        }
    }

    /// Whether the key's offer has replaced that one.
    fn is_replaced_by(&self, key: &Key, offer_id: OfferId) -> bool {
        self.replay.replaced_by.contains_key(&offer_id) && self.replay.owner(offer_id) == Some(key)
    }

    fn present_is(&self, key: &Key, offer_id: OfferId) -> Result<(), InvalidEntry> {
        if self.replay.present_of(key) == Some(offer_id) { Ok(()) } else { Err(InvalidEntry::NotItsOffer(offer_id)) }
    }

    fn replaced_is(&self, key: &Key, offer_id: OfferId) -> Result<(), InvalidEntry> {
        if self.is_replaced_by(key, offer_id) { Ok(()) } else { Err(InvalidEntry::NotItsOffer(offer_id)) }
    }

    fn free(&self, key: &Key) -> Result<(), InvalidEntry> {
        self.replay.present_of(key).map_or(Ok(()), |present| Err(InvalidEntry::KeyHasOffer(present)))
    }

    fn unowned(&self, offer_id: OfferId) -> Result<(), InvalidEntry> {
        self.replay.owner(offer_id).map_or(Ok(()), |owner| Err(InvalidEntry::OfferHasKey(offer_id, owner.clone())))
    }

    fn not_in_doubt(&self, key: &Key) -> Result<(), InvalidEntry> {
        if self.replay.in_doubt.contains_key(key) { Err(InvalidEntry::InDoubt) } else { Ok(()) }
    }

    fn in_doubt(&self, key: &Key) -> Result<&InDoubtCreate, InvalidEntry> {
        let create = self.replay.in_doubt.get(key).ok_or(InvalidEntry::NotInDoubt)?;
        self.no_open_write(key).map(|()| create)
    }

    fn no_open_write(&self, key: &Key) -> Result<(), InvalidEntry> {
        if self.replay.open.values().any(|open| open.key == *key) { Err(InvalidEntry::InFlight) } else { Ok(()) }
    }
}
