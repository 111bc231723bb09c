//! What CAKE holds, read in one walk of the listing, in the vocabulary of plans.

use crate::apply::{Event, Observer};
use crate::cake::{self, Filter, ListingProgress};
use crate::offer::{Field, FieldKind, Observed, ObservedValues};

use super::connect::Cake;
use super::error::Error;

/// Lists all of CAKE's offers.
pub(crate) async fn observe(cake: &Cake, observer: &dyn Observer) -> Result<Observed, Error> {
    let notice = |ListingProgress { got, total }| {
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        observer.notice(&Event::Listing { rows: number(got), total: total.map(number) });
    };
    let listing = cake.client.reader().offers(&Filter::default(), notice).await?;
    Ok(observed(listing.offers))
}

/// Offers of CAKE's listing, in the vocabulary of plans.
pub(super) fn observed(offers: impl IntoIterator<Item = cake::ObservedOffer>) -> Observed {
    Observed { offers: offers.into_iter().map(|offer| (offer.offer_id, values(offer))).collect() }
}

fn values(offer: cake::ObservedOffer) -> ObservedValues {
    let cake::ObservedOffer { offer_id: _, fields, unreadable, status_word } = offer;
    let other_status = status_word.filter(|word| !word.is_empty() && fields.get(Field::OfferStatus).is_none());
    let is_conclusive = |member: &cake::Unreadable| {
        // A number or a date in a form that we do not know may still be the recorded one; a word or an address can't be.
        let kind = member.field.kind();
        matches!(kind, FieldKind::PriceType | FieldKind::Url | FieldKind::Name) && !member.text.is_empty()
    };
    let unreadable = unreadable.into_iter().filter(is_conclusive).map(|member| (member.field, member.text));
    ObservedValues { fields, other_status, other_words: unreadable.collect() }
}
