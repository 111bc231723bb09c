//! Totals of moved money: how many amounts rise and fall, and by how much in total, for each unit.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::offer::Field;
use crate::plan::{Action, BeforeAfter, Unit};

use super::ViewContext;
use super::money::signed;

/// How an amount of several offers moves, by unit.
#[derive(Debug, Default)]
pub(in crate::report) struct MoneyTotals {
    units: BTreeMap<Unit, Sums>,
}

/// The amounts of one unit that move in one direction.
pub(in crate::report) struct MoneyTotal {
    pub unit: Unit,
    pub is_rise: bool,
    pub count: usize,
    /// None of percentages: those of different revenues do not add up to anything; nor where it does not fit.
    pub sum: Option<Decimal>,
}

#[derive(Debug, Clone, Copy)]
struct Sums {
    rises: usize,
    rise: Option<Decimal>,
    falls: usize,
    fall: Option<Decimal>,
}

impl Default for Sums {
    fn default() -> Self {
        Self { rises: 0, rise: Some(Decimal::ZERO), falls: 0, fall: Some(Decimal::ZERO) }
    }
}

impl MoneyTotals {
    /// The totals of one amount over these actions. A blocked action moves nothing.
    pub(in crate::report) fn of<'a>(actions: impl Iterator<Item = &'a Action>, field: Field) -> Self {
        let mut totals = Self::default();
        for action in actions.filter(|action| action.verb().writes()) {
            if let Some((unit, before, after)) = BeforeAfter::of(action).money_change(field) {
                totals.add(unit, before, after);
            }
        }
        totals
    }

    fn add(&mut self, unit: Unit, before: Decimal, after: Decimal) {
        let sums = self.units.entry(unit).or_default();
        let difference = after.checked_sub(before);
        // A sum that does not fit is left out rather than shown wrong.
        let sum = |sum: Option<Decimal>| sum?.checked_add(difference?);
        if after > before {
            (sums.rises, sums.rise) = (sums.rises + 1, sum(sums.rise));
        } else if after < before {
            (sums.falls, sums.fall) = (sums.falls + 1, sum(sums.fall));
        }
    }

    /// One for each unit and direction in which an amount moves.
    pub(in crate::report) fn all(&self) -> impl Iterator<Item = MoneyTotal> {
        let both =
            |(unit, sums): (&Unit, &Sums)| {
                [(true, sums.rises, sums.rise), (false, sums.falls, sums.fall)].map(|(is_rise, count, sum)| {
                    MoneyTotal { unit: *unit, is_rise, count, sum: sum.filter(|_| !unit.is_percentage()) }
                })
            };
        self.units.iter().flat_map(both).filter(|total| total.count > 0)
    }

    /// `2 payouts rise, +6.00 in total (cpa, USD)`, one for each unit and direction. The noun may be empty.
    pub(in crate::report) fn texts(&self, noun: &str, context: ViewContext<'_>) -> Vec<String> {
        let text = |MoneyTotal { unit, is_rise, count, sum }| {
            total(count, noun, if is_rise { "rise" } else { "fall" }, sum, &unit.text(context))
        };
        self.all().map(text).collect()
    }
}

fn total(count: usize, noun: &str, verb: &str, sum: Option<Decimal>, unit: &str) -> String {
    let one = count == 1;
    let subject = match (noun, one) {
        ("", _) => count.to_string(),
        (noun, true) => format!("1 {noun}"),
        (noun, false) => format!("{count} {noun}s"),
    };
    let verb = if one { format!("{verb}s") } else { verb.to_owned() };
    let sum = sum.map(|sum| format!(", {}{}", signed(sum), if one { "" } else { " in total" })).unwrap_or_default();
    let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
    format!("{subject} {verb}{sum}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::PriceType;

    const CPA: Unit = Unit { price_type: Some(PriceType::Cpa), currency: None };
    const SHARE: Unit = Unit { price_type: Some(PriceType::RevShare), currency: None };

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn units_are_not_added_up() {
        let mut totals = MoneyTotals::default();
        totals.add(CPA, decimal("1"), decimal("2.50"));
        totals.add(CPA, decimal("3"), decimal("4"));
        totals.add(CPA, decimal("3"), decimal("1"));
        totals.add(SHARE, decimal("3"), decimal("1"));
        let expected =
            ["2 payouts rise, +2.50 in total (cpa)", "1 payout falls, -2 (cpa)", "1 payout falls (revshare)"];
        assert_eq!(totals.texts("payout", ViewContext::default()), expected);
        assert_eq!(totals.texts("", ViewContext::default())[0], "2 rise, +2.50 in total (cpa)");
    }

    #[test]
    fn a_total_that_overflows_is_left_out() {
        let mut totals = MoneyTotals::default();
        for _ in 0..2 {
            totals.add(CPA, Decimal::ZERO, Decimal::MAX);
        }
        assert_eq!(totals.texts("payout", ViewContext::default()), ["2 payouts rise (cpa)"]);
    }
}
