//! The lints of the expiration date.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;

use super::finding::Finding;
use super::subject::Subject;
use crate::config::LintLevel;
use crate::offer::{Field, Value, shown_time};

const FIELD: Field = Field::ExpirationDate;

/// An apply may come so many days later than was meant.
const LATE_DAYS: i64 = 31;

fn date(subject: &Subject<'_>) -> Option<DateTime> {
    match subject.offer.fields.get(FIELD)? {
        Value::Date(date) => Some(date.civil()),
        _ => None,
    }
}

pub(super) fn past(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let Some(date) = date(subject).filter(|date| *date < subject.now && subject.is_active()) else { return };
    let message = format!("the offer is active, and its `expiration_date` {} is in the past", shown_time(date));
    let help = "set a later date, or `offer_status: inactive`";
    // A date that has passed meanwhile is not this change's doing, nor is one that an entry gave before it had passed, unless another entry
    // starts the offer after it.
    let was_ahead = |field| subject.offer.due_since(field).is_some_and(|since| since <= date);
    let is_started_later = subject.offer.due_since(Field::OfferStatus).is_some_and(|since| since > date);
    let has_come = subject.has_recorded(&[FIELD, Field::OfferStatus])
        || was_ahead(Field::OfferStatus)
        || (was_ahead(FIELD) && !is_started_later);
    // A late apply does what was right when it was reviewed; a date that lies further back was wrong then already, and so was that of an
    // entry which came after it.
    let is_late = subject.offer.due_since(FIELD).is_none()
        && subject.now.duration_since(date) < SignedDuration::from_hours(24 * LATE_DAYS);
    let finding = Finding::new(FIELD, message, help).level_if(has_come, LintLevel::Warn);
    found.push(Finding { has_come: is_late, ..finding });
}

pub(super) fn gap(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let Some(date) = date(subject) else { return };
    if matches!(offset(subject, date), AmbiguousOffset::Gap { .. }) {
        let message = format!("{} does not exist{}: clocks are set forward then", shown_time(date), zone(subject));
        let finding = Finding::new(FIELD, message, "write a time before or after the hour that is left out");
        found.push(finding.level_if(subject.has_recorded(&[FIELD]), LintLevel::Warn));
    }
}

pub(super) fn fold(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let Some(date) = date(subject) else { return };
    if matches!(offset(subject, date), AmbiguousOffset::Fold { .. }) {
        let message = format!("{} comes twice{}: clocks are set back then", shown_time(date), zone(subject));
        found.push(Finding::new(FIELD, message, "write a time before or after the hour that comes twice"));
    }
}

fn offset(subject: &Subject<'_>, date: DateTime) -> AmbiguousOffset {
    subject.time_zone.to_ambiguous_timestamp(date).offset()
}

fn zone(subject: &Subject<'_>) -> String {
    subject.time_zone.iana_name().map_or_else(String::new, |name| format!(" in {name}"))
}
