//! What CAKE shows that a create in doubt may have made, for a person who says what it made. Pure.
//!
//! Owns which offers speak against such a statement. Unlike the lookup of an apply it needs no baseline: without one no offer is
//! certain, but each that resembles what was sent counts.

use std::collections::BTreeSet;

use crate::offer::{Key, OfferId, Recorded};

use super::super::listing::CompleteListing;
use super::{
    Candidate, Kinship, LookupResult, RecordedFor, candidate, has_own_url, is_as_sent, is_related, look_up_all,
    owned_offers,
};
use crate::cake::ObservedOffer;

/// The offers that one create in doubt may have made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateEvidence {
    /// Those that are, or may be, of the name and the advertiser that were sent. A newer offer with another name is not among them.
    pub candidates: Vec<Candidate>,
    /// The one that it certainly made.
    certain: Option<OfferId>,
    /// Those of them that are exactly what was sent.
    exact: BTreeSet<OfferId>,
}

impl CreateEvidence {
    /// What the listing shows of the create in doubt of that key.
    pub fn of(key: &Key, recorded: &Recorded, listing: &CompleteListing) -> Self {
        let Some(doubt) = recorded.in_doubt.get(key) else { return Self::default() };
        let certain = match look_up_all(recorded, &BTreeSet::new(), listing).remove(key) {
            Some(LookupResult::Found(found)) => Some(found.offer_id),
            _ => None,
        };
        let owned: BTreeSet<OfferId> = recorded.offer_ids().collect();
        let unowned = listing.offers().filter(|offer| !owned.contains(&offer.offer_id)).map(|offer| (offer, None));
        let has_own_url = has_own_url(key, doubt, recorded, listing);
        let is_likely = |(offer, owner): &(&ObservedOffer, Option<RecordedFor>)| {
            is_related(key, doubt, offer, owner.as_ref()) && Kinship::of(doubt, offer).is_likely(has_own_url)
        };
        let likely: Vec<_> = unowned.chain(owned_offers(recorded, listing)).filter(is_likely).collect();
        let sent = doubt.request.offer.fields().name().unwrap_or_default();
        let exact = likely.iter().filter(|(offer, _)| is_as_sent(doubt, offer)).map(|(offer, _)| offer.offer_id);
        let candidates =
            likely.iter().map(|(offer, owner)| Candidate { recorded_for: owner.clone(), ..candidate(offer, sent) });
        Self { candidates: candidates.collect(), certain, exact: exact.collect() }
    }

    /// Whether the create certainly made this offer: exactly what was sent, newer than the create, and the only one like it.
    pub fn is_certain(&self, offer_id: OfferId) -> bool {
        self.certain == Some(offer_id)
    }

    /// Whether CAKE shows the offer exactly as it was sent.
    pub fn is_exact(&self, offer_id: OfferId) -> bool {
        self.exact.contains(&offer_id)
    }
}
