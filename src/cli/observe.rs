//! What CAKE holds, read in one walk of the listing, in the vocabulary of plans.

use crate::apply::{Event, Observer};
use crate::cake::{self, Filter, ListingProgress, ReadFailure};
use crate::diagnostic::codes;
use crate::offer::{Field, FieldKind, Observed, ObservedValues};

use super::connect::Cake;
use super::exit::Exit;
use super::failure::Failure;

/// Lists all of CAKE's offers.
pub(super) async fn observe(cake: &Cake, observer: &dyn Observer) -> Result<Observed, Failure> {
    let notice = |ListingProgress { got, total }| {
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        observer.notice(&Event::Listing { rows: number(got), total: total.map(number) });
    };
    let listing = cake.connection.reader().offers(&Filter::default(), notice).await.map_err(|error| failed(&error))?;
    Ok(Observed { offers: listing.offers.into_iter().map(|offer| (offer.offer_id, values(offer))).collect() })
}

fn values(offer: cake::ObservedOffer) -> ObservedValues {
    let cake::ObservedOffer { offer_id: _, fields, unreadable, status_word } = offer;
    let other_status = status_word.filter(|word| !word.is_empty() && fields.get(Field::OfferStatus).is_none());
    let telling = |member: &cake::Unreadable| {
        // A number or a date in a form that we do not know may still be the recorded one; a word or an address can't be.
        let kind = member.field.kind();
        matches!(kind, FieldKind::PriceType | FieldKind::Url | FieldKind::Name) && !member.text.is_empty()
    };
    let unreadable = unreadable.into_iter().filter(telling).map(|member| (member.field, member.text));
    ObservedValues { fields, other_status, other_words: unreadable.collect() }
}

/// A listing that is not to be had, or not whole.
pub(super) fn failed(failure: &ReadFailure) -> Failure {
    let message = failure.to_string();
    match failure {
        ReadFailure::KeyRefused { .. } => Failure::new(Exit::KeyRefused, codes::world::KEY_REFUSED, message)
            .help("check the key, its user's permissions, and CAKE's list of allowed addresses"),
        ReadFailure::Stopped => Failure::new(Exit::Interrupted, codes::world::OTHER, message),
        ReadFailure::NoListing { .. } => Failure::new(Exit::Error, codes::world::LISTING, message)
            .help("import, drift and --refresh need the listing; plan and apply work without it"),
        ReadFailure::Failed { .. } | ReadFailure::Incomplete { .. } => {
            Failure::new(Exit::Error, codes::world::LISTING, message).help("nothing was written; run it again")
        }
    }
}
