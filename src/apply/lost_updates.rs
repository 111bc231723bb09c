//! What updates in doubt have done, by what CAKE shows of their offers afterwards. Pure.
//!
//! The invariant: an offer that CAKE shows under another name or advertiser proves nothing about the update.

use crate::cake::ObservedOffer;
use crate::offer::{
    Contradiction, Field, Fields, Key, OfferId, Operation, Recorded, Request, StateChange, Update, similar_name,
};

use super::listing::CompleteListing;
use super::matching::FoundOffer;
use super::recovery::Proof;

#[derive(Debug, Clone)]
pub struct UpdateInDoubt<'a> {
    /// The key of the offer.
    pub key: &'a Key,
    /// The write.
    pub operation: Operation,
    /// Whether the reply said that CAKE took it on: then values that CAKE does not show yet prove nothing.
    pub is_accepted: bool,
}

/// What an update in doubt has done, by what CAKE shows afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateFinding {
    /// CAKE shows every value that was sent.
    Done,
    /// CAKE shows other values.
    NotDone(Vec<Contradiction>),
    /// CAKE does not show these fields.
    NotShown(Vec<Field>),
}

impl UpdateInDoubt<'_> {
    /// The offer that it changes: the key's present one, or one that was replaced.
    pub fn offer_id(&self) -> Option<OfferId> {
        self.operation.offer_id()
    }

    /// What the update has done, and the values of its fields that CAKE shows; `None` if it is no update.
    pub(super) fn finding(&self, recorded: &Recorded, listing: &CompleteListing) -> Option<(UpdateFinding, Fields)> {
        let Request::Update { update: sent, .. } = self.operation.request(None) else { return None };
        let known = recorded.offers.get(self.key).and_then(|record| record.fields_of(sent.offer_id()));
        Some(finding(sent, listing.get(sent.offer_id()).filter(|offer| is_of(known, sent.changes().name(), offer))))
    }

    /// The same for an update that CAKE has answered, with the change of the record that follows. None while an earlier attempt may still
    /// take effect.
    pub fn answered(&self, recorded: &Recorded, listing: &CompleteListing) -> Option<(UpdateFinding, StateChange)> {
        let record = recorded.offers.get(self.key)?;
        if record.unsettled_of(self.offer_id()?).is_some() {
            return None;
        }
        let (finding, shown) = self.finding(recorded, listing)?;
        let change = self.settled(&finding, &shown, Proof::Final)?;
        Some((finding, change))
    }

    /// Whether nothing is left to wait for. A retire also changes the record's status, which waits for the proof.
    pub(super) fn is_done_early(&self, finding: &UpdateFinding) -> bool {
        let is_retire = matches!(self.operation, Operation::Retire { .. } | Operation::RetireReplaced { .. });
        *finding == UpdateFinding::Done && !is_retire
    }

    /// The change of the record that follows from what CAKE shows, if any does.
    pub(super) fn settled(&self, finding: &UpdateFinding, shown: &Fields, proof: Proof) -> Option<StateChange> {
        let (key, offer_id, fields) = (self.key.clone(), self.offer_id()?, shown.clone());
        if matches!(self.operation, Operation::RetireReplaced { .. }) {
            let is_proof = proof == Proof::Final && *finding == UpdateFinding::Done;
            return is_proof.then_some(StateChange::ReplacedInactive { key, offer_id });
        }
        let is_retire = matches!(self.operation, Operation::Retire { .. });
        match (proof, finding) {
            // It may still take effect: approvals take any time.
            (Proof::Final, UpdateFinding::NotDone(_) | UpdateFinding::NotShown(_)) if self.is_accepted => None,
            (Proof::Final, _) => {
                let retired = is_retire && *finding == UpdateFinding::Done;
                Some(StateChange::Settled { key, offer_id, fields, retired })
            }
            // Another attempt may still take effect, with the same values: the fields stay unsettled.
            (Proof::Early, UpdateFinding::Done) if !is_retire => {
                Some(StateChange::AcceptRemote { key, offer_id, fields })
            }
            (Proof::Early, _) => None,
        }
    }
}

/// Whether the listing shows the offer that the record means: under its recorded or its new name, and with its advertiser.
pub(super) fn is_of(recorded: Option<&Fields>, sent: Option<&str>, offer: &ObservedOffer) -> bool {
    let names = [recorded.and_then(Fields::name), sent];
    let is_named = |shown: &str| {
        let mut known = names.iter().flatten().peekable();
        known.peek().is_none() || known.any(|name| similar_name(name, shown))
    };
    let advertiser = |fields: &Fields| fields.get(Field::AdvertiserId).cloned();
    let same_advertiser = match (recorded.and_then(advertiser), advertiser(&offer.fields)) {
        (Some(recorded), Some(shown)) => recorded == shown,
        _ => true,
    };
    same_advertiser && offer.fields.name().is_none_or(is_named)
}

/// What an update has done, and the values of its fields that CAKE shows.
fn finding(update: &Update, offer: Option<&ObservedOffer>) -> (UpdateFinding, Fields) {
    let Some(found) = offer.map(FoundOffer::of) else {
        return (UpdateFinding::NotShown(update.changes().iter().map(|(field, _)| field).collect()), Fields::default());
    };
    let contradictions = found.contradictions(update.changes());
    let not_shown: Vec<Field> = update
        .changes()
        .iter()
        .map(|(field, _)| field)
        .filter(|field| found.shown.get(*field).is_none() && !found.unreadable.contains(*field))
        .collect();
    let changed = update.changes().iter().filter_map(|(field, _)| Some((field, found.shown.get(field)?.clone())));
    let finding = match (contradictions.is_empty(), not_shown.is_empty()) {
        (false, _) => UpdateFinding::NotDone(contradictions),
        (true, false) => UpdateFinding::NotShown(not_shown),
        (true, true) => UpdateFinding::Done,
    };
    (finding, changed.collect())
}
