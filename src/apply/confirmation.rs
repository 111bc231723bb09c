//! Whether CAKE shows a new offer under the id that a create's reply named. Pure.
//!
//! A reply that shows neither a name nor an advertiser may be about another create. Owns what counts as the same offer here; the
//! invariant: what the listing does not show is neither confirmed nor contradicted.

use crate::cake::{ObservedOffer, ReadFailure};
use crate::offer::{Baseline, CreateRequest, Field, Fields, Key, OfferId, is_another, same_name};

use super::listing::CompleteListing;
use super::matching::FoundOffer;

/// What the listing shows of an offer that a create has made by its reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// The offer that was sent; some of its values may be otherwise.
    Same(FoundOffer),
    /// Not the offer.
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

/// Compares the new offer with the one that was sent. `is_alone`: no other create of a similar name can have made it. `is_owned` says
/// which offers the state knows, apart from those that are compared.
pub fn confirmation(
    create: &CreateRequest,
    is_alone: bool,
    offer_id: OfferId,
    baseline: Option<&Baseline>,
    is_owned: impl Fn(OfferId) -> bool,
    listing: &CompleteListing,
) -> Confirmation {
    let sent = create.offer.fields();
    let is_new = |id| baseline.is_none_or(|baseline| baseline.is_before(id)) && !is_owned(id);
    let is_elsewhere = |offer: &&ObservedOffer| {
        offer.offer_id != offer_id && is_new(offer.offer_id) && is_as_sent(sent, &offer.fields)
    };
    let elsewhere = || listing.offers().find(is_elsewhere);
    let Some(shown) = listing.get(offer_id) else {
        let other = |offer| Confirmation::Other(format!("none, but {}", described(offer)));
        return elsewhere().map_or(Confirmation::NotShown, other);
    };
    if create.advertiser().is_some_and(|advertiser| listing.is_for_others(offer_id, advertiser)) {
        return Confirmation::Other(format!("{}, which it lists for another advertiser", described(shown)));
    }
    let has_name = has_name(sent, &shown.fields);
    let is_told_apart = is_alone || (has_name && shown.fields.advertiser().is_some());
    let same = || {
        if is_told_apart {
            return Confirmation::Same(FoundOffer::of(shown));
        }
        Confirmation::Other(format!("{}, which another create of such a name may have made", described(shown)))
    };
    if is_as_sent(sent, &shown.fields) {
        return same();
    }
    if let Some(other) = elsewhere() {
        return Confirmation::Other(format!("{}, and {} as it was sent", described(shown), described(other)));
    }
    // CAKE may store a name or a URL otherwise, but hardly both.
    if is_another(sent, &shown.fields) || !(has_name || has_same_place(sent, &shown.fields)) {
        return Confirmation::Other(described(shown));
    }
    same()
}

/// Whether everything that tells offers apart is as it was sent, as far as it is shown; the name is.
fn is_as_sent(sent: &Fields, shown: &Fields) -> bool {
    has_name(sent, shown) && !is_another(sent, shown) && has_same_place(sent, shown)
}

fn has_name(sent: &Fields, shown: &Fields) -> bool {
    sent.name().zip(shown.name()).is_some_and(|(sent, shown)| same_name(sent, shown))
}

/// Whether vertical and URL are the same, where they are shown.
fn has_same_place(sent: &Fields, shown: &Fields) -> bool {
    let is_same = |field| shown.get(field).is_none_or(|shown| sent.get(field) == Some(shown));
    [Field::VerticalId, Field::OfferUrl].into_iter().all(is_same)
}

fn described(offer: &ObservedOffer) -> String {
    let name = offer.fields.name().unwrap_or("no name shown");
    let of = offer.fields.advertiser().map(|id| format!(" of advertiser {id}")).unwrap_or_default();
    format!("offer {} “{name}”{of}", offer.offer_id)
}
