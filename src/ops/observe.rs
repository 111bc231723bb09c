//! What CAKE holds: all of it in the vocabulary of plans, or one offer.
//!
//! Invariant: an offer that is not shown was also asked for by the statuses that a listing may leave out.

use std::time::SystemTime;

use crate::apply::{CompleteListing, DOCUMENTED_STATUSES, Event, HIDDEN_STATUSES, Observer, Purpose, Scope, wait};
use crate::cake::{self, Filter, ListingProgress, ReadFailure, Reader};
use crate::fault_point;
use crate::offer::{Field, FieldKind, Fields, Observed, ObservedValues, OfferId, Recorded, ShownValue, Value};

use super::connect::{Cake, Control};
use super::error::Error;
use super::repository::Repository;
use super::store::store;

/// Lists all of CAKE's offers, as an apply does.
pub(crate) async fn observe(cake: &Cake, recorded: &Recorded, observer: &dyn Observer) -> Result<Observed, Error> {
    let listing = CompleteListing::read(
        &cake.client.reader(),
        &Scope::All,
        recorded,
        Purpose::Absence { any_status: false },
        observer,
    )
    .await?;
    Ok(observed(listing.offers().cloned()))
}

/// Waits until CAKE's list has to show what this machine has written last. Returns whether the wait was not cancelled.
pub(super) async fn wait_for_listing(repository: &Repository, control: Control<'_>) -> Result<bool, Error> {
    if repository.sandbox.is_some() {
        return Ok(true);
    }
    // The journal is written before and after each request, and emptied at the end.
    let journal = std::fs::metadata(store(repository)?.journal_path());
    let written = journal.and_then(|journal| journal.modified()).ok();
    // A time in the future is waited for in full.
    let since = written.map(|written| SystemTime::now().duration_since(written).unwrap_or_default());
    let lag = fault_point::shortened(repository.settings.cake.listing_lag);
    let left = since.map(|since| lag.saturating_sub(since)).unwrap_or_default();
    let reason = "CAKE's listing may not show yet what the last apply has written".to_owned();
    Ok(wait(left, reason, &control.cancellation.stop, control.observer).await)
}

/// The offer with this id, if CAKE shows it. An error, if it may be among those that CAKE did not show.
pub(super) async fn find(
    reader: &Reader,
    offer_id: OfferId,
    observer: &dyn Observer,
) -> Result<Option<cake::ObservedOffer>, ReadFailure> {
    let notice = |ListingProgress { got, total }| {
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        observer.notice(&Event::Listing { rows: number(got), total: total.map(number) });
    };
    let mut unseen = None;
    for status in [None].into_iter().chain(HIDDEN_STATUSES.map(Some)) {
        let filter = Filter { offer_id: Some(offer_id), status: status.map(str::to_owned), ..Filter::default() };
        let listing = match reader.offers(&filter, notice).await {
            Ok(listing) => listing,
            Err(ReadFailure::NoRows { .. }) => continue,
            Err(ReadFailure::EmptyWithoutTotal) if status.is_some() => continue,
            // It proves nothing, and the offer may have another status.
            Err(failure @ ReadFailure::EmptyWithoutTotal) => {
                unseen = Some(failure);
                continue;
            }
            Err(failure) if status.is_none() || is_final(&failure) => return Err(failure),
            Err(failure) => {
                // A CAKE need not know the other statuses.
                if status.is_some_and(|status| DOCUMENTED_STATUSES.contains(&status)) {
                    unseen = Some(failure);
                }
                continue;
            }
        };
        // A CAKE that ignores the filter shows others as well.
        if let Some(found) = listing.offers.into_iter().find(|offer| offer.offer_id == offer_id) {
            return Ok(Some(found));
        }
    }
    unseen.map_or(Ok(None), Err)
}

/// Whether no other question will be answered either.
pub(super) fn is_final(failure: &ReadFailure) -> bool {
    matches!(failure, ReadFailure::KeyRefused { .. } | ReadFailure::Stopped)
}

/// Offers of CAKE's listing, in the vocabulary of plans.
pub(super) fn observed(offers: impl IntoIterator<Item = cake::ObservedOffer>) -> Observed {
    let mut offers: Vec<cake::ObservedOffer> = offers.into_iter().collect();
    // A CAKE whose listing shows no date at all may leave every date empty: then an empty one says nothing.
    if !offers.iter().any(|offer| offer.shows(Field::ExpirationDate)) {
        for offer in &mut offers {
            offer.has_no_date = false;
        }
    }
    Observed { offers: offers.into_iter().map(|offer| (offer.offer_id, values(offer))).collect() }
}

/// The values of an offer that CAKE shows, and what is known of those that break our rules.
pub(crate) fn values(offer: cake::ObservedOffer) -> ObservedValues {
    let known = offer.status_by_another_word();
    let cake::ObservedOffer { offer_id: _, fields, unreadable, status_word, has_no_date } = offer;
    let word = status_word.filter(|word| !word.is_empty() && !has_status(&fields));
    let status = word.map(|word| match known {
        Some(status) => ShownValue::Value { value: Value::Status(status), word: Some(word) },
        None => ShownValue::OtherWord(word),
    });
    let has_word = status.is_some();
    let others = unreadable.into_iter().filter(|member| !(has_word && member.field == Field::OfferStatus)).map(other);
    let others = status.map(|status| (Field::OfferStatus, status)).into_iter().chain(others);
    // An API that cannot clear a date has no value for none.
    let no_date = has_no_date.then(|| (Field::ExpirationDate, ShownValue::OtherWord(Box::from("no date"))));
    ObservedValues { others: others.chain(no_date).collect(), fields }
}

fn has_status(fields: &Fields) -> bool {
    fields.get(Field::OfferStatus).is_some()
}

/// A number or a date in a form that we do not know may still be the recorded one; a word or an address cannot be.
fn other(member: cake::Unreadable) -> (Field, ShownValue) {
    let cake::Unreadable { field, text, reason } = member;
    let is_word = matches!(field.kind(), FieldKind::PriceType | FieldKind::Url | FieldKind::Name);
    // An object or a list may hold the recorded word.
    let is_text = !text.is_empty() && !text.starts_with(['{', '[']);
    let shown = if is_word && is_text { ShownValue::OtherWord(text) } else { ShownValue::Unreadable { text, reason } };
    (field, shown)
}
