//! Expiration dates that a plan sets: CAKE stops an offer at its date as an update to inactive does.

use jiff::civil::DateTime;

use crate::offer::{Field, OfferStatus, Value};
use crate::plan::{Action, BeforeAfter, Verb};

/// A date within so many days counts as a stop: there is hardly another review before it.
const SOON: i64 = 2;

/// The end of the days that count as soon.
pub(super) fn soon(today: DateTime) -> DateTime {
    today.checked_add(jiff::Span::new().days(SOON)).unwrap_or(today)
}

/// Whether an action gives an offer an expiration date before that moment, or takes an offer with such a date into use.
pub(super) fn expires_before(action: &Action, moment: DateTime) -> bool {
    let sides = BeforeAfter::of(action);
    let starts = matches!(action.verb(), Verb::Create | Verb::Replace | Verb::Restore);
    let touched = starts || sides.change(Field::ExpirationDate).is_some();
    touched && action.verb() != Verb::Retire && is_before(sides.after(Field::ExpirationDate), moment)
}

/// Whether an action brings the end of an offer forward to before that moment.
pub(super) fn is_ended_before(action: &Action, moment: DateTime) -> bool {
    let change = BeforeAfter::of(action).change(Field::ExpirationDate);
    expires_before(action, moment) && change.is_some_and(|change| !is_before(change.before.as_ref(), moment))
}

/// Whether an action lets an offer take traffic that took none, or of which that is not known: it becomes active, or is one that is not
/// inactive and whose date has passed at that moment and gets a later one.
pub(super) fn starts_traffic(action: &Action, moment: DateTime) -> bool {
    let sides = BeforeAfter::of(action);
    let is_extended = sides.change(Field::ExpirationDate).is_some_and(|change| {
        is_before(change.before.as_ref(), moment)
            && change.after.as_ref().is_some_and(|after| !is_before(Some(after), moment))
    });
    let is_active = sides.after(Field::OfferStatus) != Some(&Value::Status(OfferStatus::Inactive));
    sides.goes_active() || action.verb() == Verb::Update && is_extended && is_active
}

fn is_before(value: Option<&Value>, moment: DateTime) -> bool {
    matches!(value, Some(Value::Date(date)) if date.civil() < moment)
}
