//! The limits beyond which an amount or a margin is flagged: those of the guardrails, where they are set.

use rust_decimal::{Decimal, RoundingStrategy};

use super::amounts::AMOUNTS;
use crate::config::{Guardrail, Guardrails};
use crate::offer::Field;
use crate::plan::percentage;

/// Percentages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of [`AMOUNTS`]: one that rises by more is flagged.
    rise: [Decimal; 2],
    /// One that falls by more is flagged.
    fall: [Decimal; 2],
    /// A lower margin is flagged.
    pub(super) margin_floor: Decimal,
}

impl Limits {
    /// The limits of these guardrails.
    pub fn of(guardrails: &Guardrails) -> Self {
        // The usual adjustments of amounts are below a fifth, a wrong digit is far above.
        let fifth = Decimal::from_parts(20, 0, 0, false, 0);
        let percent = |guardrail, default| guardrails.percent(guardrail).map_or(default, |limit| limit.value);
        Self {
            rise: [Guardrail::PayoutRise, Guardrail::RevenueRise].map(|guardrail| percent(guardrail, fifth)),
            fall: [Guardrail::PayoutFall, Guardrail::RevenueFall].map(|guardrail| percent(guardrail, fifth)),
            margin_floor: percent(Guardrail::MarginFloor, Decimal::ZERO),
        }
    }

    pub(super) fn rise(&self, field: Field) -> Decimal {
        self.rise[usize::from(field != AMOUNTS[0])]
    }

    pub(super) fn fall(&self, field: Field) -> Decimal {
        self.fall[usize::from(field != AMOUNTS[0])]
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::of(&Guardrails::default())
    }
}

/// Amounts are compared as cents at least: a whole number may be a choice.
const CENTS: u32 = 2;

/// Whether an amount rises or falls by more than so many percent. The limit is an amount as well, and rounded as those are: of many that
/// change by the very limit, not those are beyond it that were rounded up.
pub(in crate::policy) fn is_beyond(before: Decimal, after: Decimal, percent: Decimal) -> bool {
    let is_rise = after > before;
    let limit =
        if is_rise { before.checked_add(part(before, percent)) } else { before.checked_sub(part(before, percent)) };
    let is_beyond = |limit: Decimal| {
        let limit = rounded(limit, [before, after], is_rise);
        if is_rise { after > limit } else { after < limit }
    };
    // From zero, every rise is above every limit; and sums of more digits than there are cannot be compared otherwise.
    percentage(before, after).is_none_or(|moved| moved.abs() > percent) && limit.is_none_or(is_beyond)
}

/// Whether a payout leaves a margin of so many percent of the revenue, where the highest such payout is rounded as amounts are. A margin
/// is none without a rest.
pub(in crate::policy) fn keeps_margin(payout: Decimal, revenue: Decimal, floor: Decimal) -> bool {
    let most = revenue.checked_sub(part(revenue, floor)).map(|most| rounded(most, [payout, revenue], true));
    most.is_some_and(|most| payout <= most) && (payout < revenue || floor <= Decimal::ZERO)
}

fn part(of: Decimal, percent: Decimal) -> Decimal {
    percent.checked_div(Decimal::ONE_HUNDRED).and_then(|share| of.checked_mul(share)).unwrap_or(Decimal::ZERO)
}

/// An amount between two decimals counts as either of them.
fn rounded(limit: Decimal, amounts: [Decimal; 2], is_highest: bool) -> Decimal {
    let places = amounts.iter().map(Decimal::scale).fold(CENTS, u32::max);
    let strategy =
        if is_highest { RoundingStrategy::MidpointAwayFromZero } else { RoundingStrategy::MidpointTowardZero };
    limit.round_dp_with_strategy(places, strategy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn a_limit_is_rounded_as_the_amounts_are() {
        let beyond = |before, after, percent| is_beyond(of(before), of(after), of(percent));
        for (before, after) in
            [("5.03", "6.04"), ("5.03", "6.03"), ("10.00", "12.00"), ("0.125", "0.150"), ("10", "12")]
        {
            assert!(!beyond(before, after, "20"), "{before} {after}");
        }
        for (before, after) in
            [("5.03", "6.05"), ("5.01", "6.02"), ("0.01", "0.02"), ("7", "9"), ("0.125", "0.151"), ("0", "1")]
        {
            assert!(beyond(before, after, "20"), "{before} {after}");
        }
        for (before, after) in [("5.03", "4.02"), ("5.02", "4.02"), ("0.05", "0.04"), ("5.00", "4.00")] {
            assert!(!beyond(before, after, "20"), "{before} {after}");
        }
        for (before, after) in [("5.03", "4.01"), ("0.02", "0.01"), ("7", "5")] {
            assert!(beyond(before, after, "20"), "{before} {after}");
        }
        assert!(!beyond("0.05", "0.03", "50") && !beyond("0.05", "0.02", "50"), "the middle, in either direction");
        let huge = "70000000000000000000000000000";
        assert!(beyond("1", huge, "20") && beyond(huge, "1", "20"));
    }

    #[test]
    fn a_margin_of_nothing_is_kept_by_no_rounding() {
        let keeps = |payout, revenue| keeps_margin(of(payout), of(revenue), of("10"));
        assert!(keeps("27.01", "30.01") && keeps("27.00", "30.00") && keeps("0", "0.04"));
        assert!(!keeps("27.02", "30.01") && !keeps("0.04", "0.04") && !keeps("0", "0"));
        assert!(keeps_margin(of("1"), of("1"), of("0")) && !keeps_margin(of("1.01"), of("1"), of("0")));
    }

    #[test]
    fn equal_changes_by_the_very_limit_are_all_within_it() {
        for cents in 1..10_000 {
            let before = Decimal::new(cents, 2);
            for (factor, limit) in [("1.2", "20"), ("1.15", "15"), ("0.8", "20"), ("0.85", "15")] {
                for strategy in [RoundingStrategy::MidpointAwayFromZero, RoundingStrategy::MidpointNearestEven] {
                    let after = (before * of(factor)).round_dp_with_strategy(2, strategy);
                    assert!(!is_beyond(before, after, of(limit)), "{before} {after}");
                }
            }
        }
    }
}
