//! What in a plan deserves a careful look, and how CAKE is known to behave where the plan touches it.

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use crate::offer::{Field, Value};
use crate::plan::{Action, FieldChange, Plan, Verb};

use super::money::percentage;
use super::sides::Sides;

/// From this rise on, in percent, a payout rises *by much*: a slip of one digit or of the decimal point is far above it, and
/// the usual adjustments of a few percent are below.
pub(super) const MUCH: Decimal = Decimal::from_parts(20, 0, 0, false, 0);

/// A reason to look twice, in the order of gravity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Risk {
    Blocked,
    MarginNegative,
    GoesInactive,
    PayoutRises,
    MarginFalls,
    ExpiryPast,
    NewLinks,
}

impl Risk {
    pub(super) const ALL: [Self; 7] = [
        Self::Blocked,
        Self::MarginNegative,
        Self::GoesInactive,
        Self::PayoutRises,
        Self::MarginFalls,
        Self::ExpiryPast,
        Self::NewLinks,
    ];

    /// The risk of one action.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::MarginNegative => "margin negative",
            Self::GoesInactive => "goes inactive",
            Self::PayoutRises => "payout rises by 20 % or more",
            Self::MarginFalls => "margin falls",
            Self::ExpiryPast => "expiry in the past",
            Self::NewLinks => "affiliates need new links",
        }
    }

    /// The risk of so many offers, for a line of counts.
    pub(super) fn counted(self, count: usize) -> String {
        let s = if count == 1 { "s" } else { "" };
        match self {
            Self::Blocked => format!("{count} blocked"),
            Self::MarginNegative => format!("{count} with a negative margin"),
            Self::GoesInactive => format!("{count} go{} inactive", if count == 1 { "es" } else { "" }),
            Self::PayoutRises => {
                format!("{count} payout{} by 20 % or more", if count == 1 { " rises" } else { "s rise" })
            }
            Self::MarginFalls => format!("{count} margin{}", if count == 1 { " falls" } else { "s fall" }),
            Self::ExpiryPast => format!("{count} with an expiry in the past"),
            Self::NewLinks => format!("{count} need{s} new links"),
        }
    }
}

/// The risks of an action, gravest first.
pub(super) fn risks(action: &Action, today: Option<DateTime>) -> Vec<Risk> {
    let verb = action.verb();
    if verb == Verb::Blocked {
        return vec![Risk::Blocked];
    }
    if !verb.writes() {
        return Vec::new();
    }
    let sides = Sides::of(action);
    let touches_money = [Field::Payout, Field::Revenue].into_iter().any(|field| sides.change(field).is_some());
    let (before, after) = (sides.margin_before(), sides.margin_after());
    let negative = touches_money && after.is_some_and(|margin| margin < Decimal::ZERO);
    let found = |risk: Risk| match risk {
        Risk::Blocked => false,
        Risk::MarginNegative => negative,
        Risk::GoesInactive => sides.goes_inactive(),
        Risk::PayoutRises => sides.money_change(Field::Payout).is_some_and(|(_, before, after)| {
            // From zero there is no percentage, and any payout is much more than none.
            after > before && percentage(before, after).is_none_or(|percent| percent >= MUCH)
        }),
        Risk::MarginFalls => !negative && touches_money && matches!((before, after), (Some(b), Some(a)) if a < b),
        Risk::ExpiryPast => expires_in_the_past(action, today),
        Risk::NewLinks => verb == Verb::Replace,
    };
    Risk::ALL.into_iter().filter(|risk| found(*risk)).collect()
}

/// How much an action asks for a look, for choosing among many: the gravest risk, then how far the payout or the margin moves.
pub(super) fn weight(action: &Action, today: Option<DateTime>) -> Option<(std::cmp::Reverse<Risk>, Decimal)> {
    let gravest = risks(action, today).into_iter().next()?;
    let sides = Sides::of(action);
    let rise = sides.money_change(Field::Payout).and_then(|(_, before, after)| percentage(before, after));
    let fall = sides.margin_before().zip(sides.margin_after()).and_then(|(before, after)| before.checked_sub(after));
    Some((std::cmp::Reverse(gravest), rise.into_iter().chain(fall).max().unwrap_or_default()))
}

fn expires_in_the_past(action: &Action, today: Option<DateTime>) -> bool {
    let sides = Sides::of(action);
    let starts = matches!(action.verb(), Verb::Create | Verb::Replace | Verb::Restore);
    let touched = starts || sides.change(Field::ExpirationDate).is_some();
    touched && action.verb() != Verb::Retire && is_past(sides.after(Field::ExpirationDate), today)
}

/// Whether the value is a date that has passed; never, where nobody says what day it is.
pub(super) fn is_past(value: Option<&Value>, today: Option<DateTime>) -> bool {
    matches!((value, today), (Some(Value::Date(date)), Some(today)) if date.civil() < today)
}

/// What CAKE is known to do where the plan touches it, each thing once.
pub(super) fn notes(plan: &Plan, today: Option<DateTime>) -> Vec<&'static str> {
    let any = |test: &dyn Fn(&Action) -> bool| plan.actions.iter().any(test);
    let changed = |action: &Action, test: &dyn Fn(&FieldChange) -> bool| action.changes.iter().any(test);
    let mut notes = Vec::new();
    if any(&|action| Sides::of(action).goes_inactive()) {
        notes.push("An offer that goes inactive redirects its live traffic.");
    }
    if any(&|action| {
        matches!(action.verb(), Verb::Update | Verb::Restore)
            && changed(action, &|change| change.field == Field::Payout && change.after.is_some())
    }) {
        notes.push("A changed payout is the offer's default: campaigns that have their own payout may keep it.");
    }
    if any(&|action| expires_in_the_past(action, today)) {
        notes.push("CAKE is said to move an offer to Expired by itself once its date has passed.");
    }
    if any(&|action| action.verb() == Verb::Release && changed(action, &|change| change.field == Field::ExpirationDate))
    {
        notes.push(
            "A date in CAKE cannot be cleared through its API: the offer still expires on the date it has there.",
        );
    }
    notes
}
