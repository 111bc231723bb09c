//! How an offer of CAKE relates to a create in doubt. Pure.
//!
//! Owns what makes an offer like the one that was sent. Invariant: what CAKE does not show speaks neither for nor against it.

use crate::cake::ObservedOffer;
use crate::offer::{Field, InDoubtCreate, OfferId, same_name};

/// How an offer that no key owns relates to a create in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kinship {
    /// Equal in everything that tells offers apart, and newer than the create.
    Match,
    /// It may be the offer: similar, or the listing does not show enough.
    Similar,
    /// With the name or the URL that was sent, but of another advertiser.
    Moved,
    /// Another name, but newer than the create and with its URL.
    SameUrl,
    /// Another name, but newer than the create: CAKE may have changed the name beyond recognition.
    Newer,
    /// It was there before, or is of another advertiser.
    None,
}

impl Kinship {
    pub(super) fn of(doubt: &InDoubtCreate, offer: &ObservedOffer) -> Self {
        if !doubt.may_have_made(offer.offer_id, &offer.fields) {
            return if is_moved(doubt, offer) { Self::Moved } else { Self::None };
        }
        let is_newer = doubt.baseline.as_ref().is_some_and(|baseline| baseline.is_before(offer.offer_id));
        match (is_newer, is_as_sent(doubt, offer), doubt.has_similar_name(&offer.fields)) {
            (true, true, _) => Self::Match,
            (_, _, true) => Self::Similar,
            (_, _, false) if doubt.has_same_url(offer.offer_id, &offer.fields) => Self::SameUrl,
            (_, _, false) => Self::Newer,
        }
    }

    pub(super) fn is_close(self) -> bool {
        matches!(self, Self::Match | Self::Similar)
    }

    /// Whether a person may say that it is the offer, and must not say that there is none.
    pub(super) fn is_likely(self, has_own_url: bool) -> bool {
        self.is_close() || self == Self::Moved || (self == Self::SameUrl && has_own_url)
    }
}

/// Whether the offer is newer than the create, and has its name or its URL under another advertiser: a person may have moved it, or the list
/// may be wrong.
fn is_moved(doubt: &InDoubtCreate, offer: &ObservedOffer) -> bool {
    let is_newer = doubt.baseline.as_ref().is_some_and(|baseline| baseline.is_before(offer.offer_id));
    let has_name = || offer.fields.name().is_some() && doubt.has_similar_name(&offer.fields);
    is_newer && (doubt.has_same_url(offer.offer_id, &offer.fields) || has_name())
}

/// Whether CAKE shows the offer with everything that tells offers apart as it was sent.
pub(super) fn is_as_sent(doubt: &InDoubtCreate, offer: &ObservedOffer) -> bool {
    let (sent, shown) = (doubt.request.offer.fields(), &offer.fields);
    let is = |field: Field| shown.get(field).is_some_and(|value| sent.get(field) == Some(value));
    sent.name().zip(shown.name()).is_some_and(|(sent, shown)| same_name(sent, shown))
        && is(Field::AdvertiserId)
        && is(Field::VerticalId)
        && (!offer.shows(Field::OfferUrl) || is(Field::OfferUrl))
}

/// Whether the offer may be newer than the create: an offer that was recorded before it is not the one that it made, whatever its name
/// is by now.
pub(super) fn is_new(doubt: &InDoubtCreate, id: OfferId) -> bool {
    doubt.baseline.as_ref().is_none_or(|baseline| baseline.is_before(id))
}
