//! Updates that CAKE has accepted and was not seen to have done (a queue, an approval): which of them CAKE shows to be done. Pure.
//!
//! Owns what a look settles of them. The invariant: one ends only where CAKE shows its values and is known to have had others, or by a
//! person's word. Neither time nor a later write ends it, because an approval may come at any time.

use crate::offer::{
    DesiredSet, Field, Fields, Key, OfferId, OfferStatus, Recorded, StateChange, Value, WaitingOffer, WaitingUpdate,
};
use crate::state::JournalError;

use super::listing::{CompleteListing, Purpose, Scope};
use super::lost_updates::is_of;
use super::matching::FoundOffer;
use super::recovery::{Recovery, RecoverySummary};
use super::settling::Settling;

/// An update that CAKE had accepted and has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneUpdate {
    pub key: Key,
    pub update: WaitingUpdate,
}

impl Recovery<'_> {
    /// Looks once at the offers of which updates wait, and records those that are done.
    pub async fn look_at_waiting(
        &self,
        recorded: &Recorded,
        desired: &DesiredSet,
    ) -> Result<RecoverySummary, JournalError> {
        let mut summary = RecoverySummary::default();
        let advertisers = recorded.waiting_offers().map(|offer| &offer.record.fields);
        let scope = Scope::of(advertisers);
        match CompleteListing::read(self.reader, &scope, recorded, Purpose::Records, self.observer).await {
            Err(failure) => summary.lookup_error = Some(failure),
            Ok(listing) => {
                let (done, mut changes) = done(recorded, desired, &listing, self.settling);
                summary.done = done;
                for (key, offer_id) in active_again(recorded, &listing) {
                    changes.push(StateChange::Reactivated { key: key.clone(), offer_id });
                    summary.reactivated.push((key.clone(), offer_id));
                }
                if !changes.is_empty() {
                    self.journal.change_state(changes).await?;
                }
            }
        }
        Ok(summary)
    }
}

/// The updates that are done, and the changes of the record that follow.
fn done(
    recorded: &Recorded,
    desired: &DesiredSet,
    listing: &CompleteListing,
    settling: Settling,
) -> (Vec<DoneUpdate>, Vec<StateChange>) {
    let (mut done, mut changes) = (Vec::new(), Vec::new());
    for waiting in recorded.waiting_offers() {
        let Some(observed) = listing.get(waiting.offer_id) else { continue };
        let shown = FoundOffer::of(observed).shown;
        for update in waiting.done(&shown).filter(|update| is_of(waiting.fields(), update.fields.name(), observed)) {
            changes.push(ended(waiting.key, waiting.offer_id, update));
            changes.extend(recorded_as_done(&waiting, update, desired, settling));
            done.push(DoneUpdate { key: waiting.key.clone(), update: update.clone() });
        }
    }
    (done, changes)
}

/// The retired and replaced offers of which updates wait and that CAKE shows as active. Whether or not one of those has made them so, they
/// are to be made inactive again.
fn active_again<'r>(recorded: &'r Recorded, listing: &CompleteListing) -> Vec<(&'r Key, OfferId)> {
    let is_active_again = |waiting: &WaitingOffer<'_>| {
        let names = waiting.unsettled.waiting.iter().filter_map(|update| update.fields.name());
        let is_its_own = |observed| names.map(Some).chain([None]).any(|sent| is_of(waiting.fields(), sent, observed));
        waiting.is_inactive()
            && listing.get(waiting.offer_id).is_some_and(|observed| {
                observed.fields.get(Field::OfferStatus) == Some(&Value::Status(OfferStatus::Active))
                    && is_its_own(observed)
            })
    };
    let again = recorded.waiting_offers().filter(is_active_again);
    again.map(|waiting| (waiting.key, waiting.offer_id)).collect()
}

/// The update waits no longer.
pub fn ended(key: &Key, offer_id: OfferId, update: &WaitingUpdate) -> StateChange {
    let WaitingUpdate { sent_at, fields, before: _ } = update.clone();
    StateChange::WaitingEnded { key: key.clone(), offer_id, sent_at, fields }
}

/// Those of an offer's waiting updates that are done wait no longer: CAKE shows these values.
pub(super) fn ended_by(recorded: &Recorded, offer_id: OfferId, shown: &Fields) -> Vec<StateChange> {
    let waiting = recorded.waiting_offers().filter(|waiting| waiting.offer_id == offer_id);
    waiting.flat_map(|waiting| waiting.done(shown).map(move |update| ended(waiting.key, offer_id, update))).collect()
}

fn recorded_as_done(
    waiting: &WaitingOffer<'_>,
    update: &WaitingUpdate,
    desired: &DesiredSet,
    settling: Settling,
) -> Option<StateChange> {
    let (key, offer_id, fields) = (waiting.key.clone(), waiting.offer_id, update.fields.clone());
    let is_inactive = fields.get(Field::OfferStatus) == Some(&Value::Status(OfferStatus::Inactive));
    if offer_id != waiting.record.offer_id {
        return is_inactive.then_some(StateChange::ReplacedInactive { key, offer_id });
    }
    let is_settled = settling.remaining(Some(waiting.unsettled.sent_at)).is_zero();
    let is_all = waiting.unsettled.fields.iter().all(|field| fields.get(field).is_some());
    if is_settled && is_all {
        let retired = is_inactive && desired.get(&key).is_none();
        return Some(StateChange::Settled { key, offer_id, fields, retired });
    }
    Some(StateChange::AcceptRemote { key, offer_id, fields })
}
