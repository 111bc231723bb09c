//! Whether CAKE shows a new offer under the id that a create's reply named. Pure.
//!
//! A reply that shows neither a name nor an advertiser may be about another create. Owns what counts as the same offer here; the
//! invariant: what the listing does not show is neither confirmed nor contradicted.

use crate::cake::{ObservedOffer, ReadFailure};
use crate::offer::{Baseline, CreateRequest, Key, OfferId, is_another, same_name};

use super::listing::CompleteListing;

/// What the listing shows of an offer that a create has made by its reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// The offer that was sent.
    Same,
    /// Not the offer, or not what tells it from another new one.
    NotShown,
    /// Another offer: the reply was another create's. In words.
    Other(String),
}

/// New offers that neither their replies nor the listing told from others.
#[derive(Debug, Default)]
pub struct Unconfirmed {
    pub offers: Vec<(Key, OfferId)>,
    /// Why the listing could not be read; `None` if it does not show the offers.
    pub failure: Option<ReadFailure>,
}

/// Compares the new offer with the one that was sent. `has_own_name`: no other create has a similar one. `is_owned` says which
/// offers the state knows.
pub fn confirmation(
    create: &CreateRequest,
    has_own_name: bool,
    offer_id: OfferId,
    baseline: Option<&Baseline>,
    is_owned: impl Fn(OfferId) -> bool,
    listing: &CompleteListing,
) -> Confirmation {
    let sent = create.offer.fields();
    if let Some(shown) = listing.get(offer_id) {
        let has_name = sent.name().zip(shown.fields.name()).is_some_and(|(sent, shown)| same_name(sent, shown));
        return if is_another(sent, &shown.fields) {
            Confirmation::Other(described(shown))
        } else if has_own_name || (has_name && shown.fields.advertiser().is_some()) {
            Confirmation::Same
        } else {
            Confirmation::NotShown
        };
    }
    let is_elsewhere = |offer: &&ObservedOffer| {
        let has_name = sent.name().zip(offer.fields.name()).is_some_and(|(sent, shown)| same_name(sent, shown));
        let is_new = baseline.is_some_and(|baseline| baseline.is_before(offer.offer_id));
        has_name && is_new && offer.fields.advertiser() == create.advertiser() && !is_owned(offer.offer_id)
    };
    match listing.offers().find(is_elsewhere) {
        Some(offer) => Confirmation::Other(format!("none, but {}", described(offer))),
        None => Confirmation::NotShown,
    }
}

fn described(offer: &ObservedOffer) -> String {
    let name = offer.fields.name().unwrap_or("no name shown");
    let of = offer.fields.advertiser().map(|id| format!(" of advertiser {id}")).unwrap_or_default();
    format!("offer {} “{name}”{of}", offer.offer_id)
}
