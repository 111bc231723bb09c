//! The lints of the name and of `session_hours`.

use super::finding::Finding;
use super::subject::Subject;
use crate::offer::{Field, PriceType, Value};

pub(super) fn space(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let Some(name) = subject.offer.fields.name() else { return };
    let what = if name.starts_with(' ') || name.ends_with(' ') {
        "spaces at its ends"
    } else if name.contains("  ") {
        "two spaces in a row"
    } else {
        return;
    };
    let message = format!("`offer_name` has {what}");
    found.push(Finding::new(
        Field::OfferName,
        message,
        "remove them: CAKE may do so, and the name would differ for good",
    ));
}

/// A year.
const LONGEST_SESSION: u64 = 8_760;

/// A day.
const SHORTEST_SESSION: u64 = 24;

pub(super) fn session_range(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let hours = subject.offer.fields.get(Field::SessionHours).and_then(Value::as_integer);
    let Some(hours) = hours else { return };
    let types = [Field::PayoutType, Field::RevenueType].map(|field| subject.price_type(field));
    // The session only decides whether a conversion is recorded, so that it matters where conversions are paid.
    let has_conversions = types.iter().flatten().any(|kind| matches!(kind, PriceType::Cpa | PriceType::RevShare));
    let (message, help) = if hours > LONGEST_SESSION {
        (
            format!("`session_hours` is {hours}, more than a year"),
            "write the hours in which a conversion counts, such as 720",
        )
    } else if hours < SHORTEST_SESSION && has_conversions {
        (
            format!("`session_hours` is {hours}: a conversion on the next day is not recorded"),
            "write 24 or more, as the advertiser agrees to",
        )
    } else {
        return;
    };
    found.push(Finding::new(Field::SessionHours, message, help));
}
