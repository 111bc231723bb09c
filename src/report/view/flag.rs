//! Flags: reasons to review a change carefully. Each flag has a threshold, so that ordinary changes have no flags.

use std::cmp::Reverse;

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use crate::offer::{Field, Value};
use crate::plan::{Action, BeforeAfter, FieldChange, Verb, percentage};

/// A payout that rises by this many percent or more is flagged: a wrong digit or a misplaced decimal point is far above it, and
/// the usual adjustments of a few percent are below.
const LARGE_PAYOUT_INCREASE_PERCENT: Decimal = Decimal::from_parts(20, 0, 0, false, 0);

/// A reason to review a change carefully. The order is the order of severity, the most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::report) enum Flag {
    Blocked,
    ForeignHost,
    MarginNegative,
    GoesInactive,
    StartsTraffic,
    PayoutRises,
    MarginFalls,
    NewHost,
    ExpiryPast,
    NewLinks,
}

impl Flag {
    const ALL: [Self; 10] = [
        Self::Blocked,
        Self::ForeignHost,
        Self::MarginNegative,
        Self::GoesInactive,
        Self::StartsTraffic,
        Self::PayoutRises,
        Self::MarginFalls,
        Self::NewHost,
        Self::ExpiryPast,
        Self::NewLinks,
    ];

    /// The flag of one change.
    pub(in crate::report) fn text(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::ForeignHost => "host with letters outside ASCII",
            Self::MarginNegative => "margin negative",
            Self::GoesInactive => "goes inactive",
            Self::StartsTraffic => "starts to take traffic",
            Self::PayoutRises => "payout rises by 20 % or more",
            Self::MarginFalls => "margin falls",
            Self::NewHost => "host that no recorded offer has",
            Self::ExpiryPast => "expiry in the past",
            Self::NewLinks => "affiliates need new links",
        }
    }

    /// The flag with the number of offers that have it.
    pub(in crate::report) fn counted(self, count: usize) -> String {
        let one_or_many = |one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        match self {
            Self::Blocked => format!("{count} blocked"),
            Self::ForeignHost => format!("{count} with letters outside ASCII in a host"),
            Self::MarginNegative => format!("{count} with a negative margin"),
            Self::GoesInactive => one_or_many("goes inactive", "go inactive"),
            Self::StartsTraffic => one_or_many("starts to take traffic", "start to take traffic"),
            Self::PayoutRises => one_or_many("payout rises by 20 % or more", "payouts rise by 20 % or more"),
            Self::MarginFalls => one_or_many("margin falls", "margins fall"),
            Self::NewHost => format!("{count} with a host that no recorded offer has"),
            Self::ExpiryPast => format!("{count} with an expiry in the past"),
            Self::NewLinks => one_or_many("needs new links", "need new links"),
        }
    }

    /// The flags of an action, the most severe first.
    pub(super) fn of(action: &Action, today: Option<DateTime>) -> Vec<Self> {
        let verb = action.verb();
        if verb == Verb::Blocked {
            return vec![Self::Blocked];
        }
        if !verb.writes() {
            return Vec::new();
        }
        let sides = BeforeAfter::of(action);
        let touches_money = [Field::Payout, Field::Revenue].into_iter().any(|field| sides.change(field).is_some());
        let (before, after) = (sides.margin_before(), sides.margin_after());
        let negative = touches_money && after.is_some_and(|margin| margin < Decimal::ZERO);
        let applies = |flag: &Self| match flag {
            Self::Blocked => false,
            Self::ForeignHost => action.changes.iter().any(has_foreign_host),
            Self::MarginNegative => negative,
            Self::GoesInactive => sides.goes_inactive(),
            Self::StartsTraffic => sides.goes_active(),
            Self::PayoutRises => sides.money_change(Field::Payout).is_some_and(|(_, before, after)| {
                // From zero, every payout is a large increase.
                after > before
                    && percentage(before, after).is_none_or(|percent| percent >= LARGE_PAYOUT_INCREASE_PERCENT)
            }),
            Self::MarginFalls => !negative && touches_money && matches!((before, after), (Some(b), Some(a)) if a < b),
            Self::NewHost => action.changes.iter().any(|change| change.new_host.is_some()),
            Self::ExpiryPast => expires_in_the_past(action, today),
            Self::NewLinks => verb == Verb::Replace,
        };
        Self::ALL.into_iter().filter(applies).collect()
    }
}

/// How urgently a flagged action needs review: its most severe flag, then how far the payout or the margin moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct ReviewPriority {
    flag: Reverse<Flag>,
    movement: Decimal,
}

impl ReviewPriority {
    /// The priority of an action with these flags; `None` without a flag.
    pub(super) fn of(action: &Action, flags: &[Flag]) -> Option<Self> {
        let flag = Reverse(*flags.first()?);
        let sides = BeforeAfter::of(action);
        let rise = sides.money_change(Field::Payout).and_then(|(_, before, after)| percentage(before, after));
        let fall =
            sides.margin_before().zip(sides.margin_after()).and_then(|(before, after)| before.checked_sub(after));
        Some(Self { flag, movement: rise.into_iter().chain(fall).max().unwrap_or_default() })
    }
}

fn has_foreign_host(change: &FieldChange) -> bool {
    matches!(&change.after, Some(Value::Url(url)) if url.has_foreign_letters_in_host())
}

pub(super) fn expires_in_the_past(action: &Action, today: Option<DateTime>) -> bool {
    let sides = BeforeAfter::of(action);
    let starts = matches!(action.verb(), Verb::Create | Verb::Replace | Verb::Restore);
    let touched = starts || sides.change(Field::ExpirationDate).is_some();
    touched && action.verb() != Verb::Retire && is_past(sides.after(Field::ExpirationDate), today)
}

/// Whether the value is a date in the past; false if the current time is unknown.
pub(super) fn is_past(value: Option<&Value>, today: Option<DateTime>) -> bool {
    matches!((value, today), (Some(Value::Date(date)), Some(today)) if date.civil() < today)
}

/// The number of occurrences of each flag, without zeros.
pub(super) fn counts<'f>(flags: impl Iterator<Item = &'f Flag>) -> Vec<(Flag, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for flag in flags {
        *counts.entry(*flag).or_default() += 1;
    }
    counts.into_iter().collect()
}
