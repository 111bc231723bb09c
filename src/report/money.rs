//! What a change of money means: difference, percentage, margin, sums by unit. Exact decimals throughout; percentages and
//! margins are rounded to one decimal, half away from zero, only when they are shown.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::offer::{CurrencyId, PriceType};

/// What an amount is an amount of. Only amounts of one unit can be compared or added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Unit {
    pub price_type: Option<PriceType>,
    pub currency: Option<CurrencyId>,
}

impl Unit {
    /// A share of the revenue is a percentage and has no currency.
    pub(super) fn is_percentage(self) -> bool {
        self.price_type == Some(PriceType::RevShare)
    }

    /// The amount with its sign of percentage, where it is one.
    pub(super) fn amount(self, amount: impl std::fmt::Display) -> String {
        if self.is_percentage() { format!("{amount} %") } else { amount.to_string() }
    }

    /// `cpa, USD`: what stands behind a sum. Only currency 1 has a name that CAKE itself gives.
    pub(super) fn words(self) -> String {
        let currency = self.currency.filter(|_| !self.is_percentage()).map(|id| match id.get() {
            1 => "USD".to_owned(),
            other => format!("currency {other}"),
        });
        let words: Vec<_> = self.price_type.map(|t| t.word().to_owned()).into_iter().chain(currency).collect();
        words.join(", ")
    }
}

/// One decimal, half away from zero: `12.3`.
pub(super) fn tenths(number: Decimal) -> String {
    let mut rounded = number.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(1);
    if rounded.is_zero() {
        rounded.set_sign_positive(true);
    }
    rounded.to_string()
}

/// With its sign, also a plus.
pub(super) fn signed(number: Decimal) -> String {
    if number.is_sign_negative() || number.is_zero() { number.to_string() } else { format!("+{number}") }
}

/// By how many percent an amount changes; `None` from zero, where there is no such number.
pub(super) fn percentage(before: Decimal, after: Decimal) -> Option<Decimal> {
    let difference = after.checked_sub(before)?;
    // Multiplied first where the digits allow, so that the one rounding of the division is the only one.
    match difference.checked_mul(Decimal::ONE_HUNDRED) {
        Some(hundredfold) => hundredfold.checked_div(before),
        None => difference.checked_div(before)?.checked_mul(Decimal::ONE_HUNDRED),
    }
}

/// `+4.00, +20.0 %`; of percentages only the difference, in points.
pub(super) fn difference(unit: Unit, before: Decimal, after: Decimal) -> Option<String> {
    let difference = after.checked_sub(before)?;
    let mut text = signed(difference);
    if unit.is_percentage() {
        text.push_str(if difference.abs() == Decimal::ONE { " point" } else { " points" });
    }
    let Some(percentage) = percentage(before, after) else { return Some(text) };
    let rounded = tenths(percentage);
    let sign = if percentage.is_sign_negative() { "-" } else { "+" };
    if rounded == "0.0" && !difference.is_zero() {
        // Rounding a change away would show it as none.
        Some(format!("{text}, less than {sign}0.1 %"))
    } else {
        Some(format!("{text}, {}{rounded} %", if sign == "+" { sign } else { "" }))
    }
}

/// What is left of the revenue after the payout, in percent of the revenue; `None` without revenue.
pub(super) fn margin(payout: Decimal, revenue: Decimal) -> Option<Decimal> {
    let left = revenue.checked_sub(payout)?;
    match left.checked_mul(Decimal::ONE_HUNDRED) {
        Some(hundredfold) => hundredfold.checked_div(revenue),
        None => left.checked_div(revenue)?.checked_mul(Decimal::ONE_HUNDRED),
    }
}

/// The least and the greatest of some numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub least: Decimal,
    pub greatest: Decimal,
}

impl Range {
    pub(super) fn of(numbers: impl IntoIterator<Item = Decimal>) -> Option<Self> {
        numbers.into_iter().fold(None, |range: Option<Self>, number| {
            Some(range.map_or(Self { least: number, greatest: number }, |range| Self {
                least: range.least.min(number),
                greatest: range.greatest.max(number),
            }))
        })
    }

    /// `20.0 %`, or `20.0 to 33.3 %`.
    pub(super) fn percent(self) -> String {
        let (least, greatest) = (tenths(self.least), tenths(self.greatest));
        if least == greatest { format!("{least} %") } else { format!("{least} to {greatest} %") }
    }

    /// `1.00`, or `1.00 to 24.00`.
    pub(super) fn amounts(self, unit: Unit) -> String {
        if self.least == self.greatest {
            unit.amount(self.least)
        } else {
            unit.amount(format_args!("{} to {}", self.least, self.greatest))
        }
    }
}

/// How payouts move, by unit.
#[derive(Debug, Default)]
pub(super) struct Moved {
    units: BTreeMap<Unit, Sums>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Sums {
    rises: usize,
    rise: Option<Decimal>,
    falls: usize,
    fall: Option<Decimal>,
}

impl Moved {
    /// Takes one change of an amount into account.
    pub(super) fn add(&mut self, unit: Unit, before: Decimal, after: Decimal) {
        let sums = self.units.entry(unit).or_insert(Sums {
            rise: Some(Decimal::ZERO),
            fall: Some(Decimal::ZERO),
            ..Sums::default()
        });
        let difference = after.checked_sub(before);
        // A sum that no longer fits is not shown rather than shown wrong.
        let sum = |sum: Option<Decimal>| sum?.checked_add(difference?);
        if after > before {
            (sums.rises, sums.rise) = (sums.rises + 1, sum(sums.rise));
        } else if after < before {
            (sums.falls, sums.fall) = (sums.falls + 1, sum(sums.fall));
        }
    }

    /// `2 rise (+6.00 in all; cpa, USD)`, one for each unit and direction.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (unit, sums) in &self.units {
            for (count, verb, sum) in [
                (sums.rises, if sums.rises == 1 { "rises" } else { "rise" }, sums.rise),
                (sums.falls, if sums.falls == 1 { "falls" } else { "fall" }, sums.fall),
            ] {
                if count == 0 {
                    continue;
                }
                // Percentages of different revenues do not add up to anything.
                let sum = sum.filter(|_| !unit.is_percentage()).map(signed);
                let parts: Vec<_> = sum.into_iter().chain(Some(unit.words()).filter(|w| !w.is_empty())).collect();
                let aside = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(" ")) };
                words.push(format!("{count} {verb}{aside}"));
            }
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    const PLAIN: Unit = Unit { price_type: Some(PriceType::Cpa), currency: None };
    const SHARE: Unit = Unit { price_type: Some(PriceType::RevShare), currency: None };

    #[test]
    fn rounding_is_half_away_from_zero() {
        let shown: Vec<_> = ["0.05", "-0.05", "0.04", "-0.04", "2.25", "12", "-33.333"].map(decimal).map(tenths).into();
        assert_eq!(shown, ["0.1", "-0.1", "0.0", "0.0", "2.3", "12.0", "-33.3"]);
    }

    #[test]
    fn differences_say_what_they_mean() {
        let shown = |unit, before: &str, after: &str| difference(unit, decimal(before), decimal(after)).unwrap();
        assert_eq!(shown(PLAIN, "20.00", "24.00"), "+4.00, +20.0 %");
        assert_eq!(shown(PLAIN, "22", "20.00"), "-2.00, -9.1 %");
        assert_eq!(shown(PLAIN, "0", "5"), "+5");
        assert_eq!(shown(PLAIN, "20", "20.000000000000000001"), "+0.000000000000000001, less than +0.1 %");
        assert_eq!(shown(PLAIN, "20", "19.999"), "-0.001, less than -0.1 %");
        assert_eq!(shown(SHARE, "10", "12.5"), "+2.5 points, +25.0 %");
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        let most = decimal("79228162514264337593543950335");
        assert_eq!(percentage(most, Decimal::ZERO), Some(decimal("-100")));
        assert_eq!(margin(Decimal::ZERO, most), Some(decimal("100")));
        assert!(percentage(decimal("0.0000000000000000000000000001"), most).is_none());
        let mut moved = Moved::default();
        moved.add(PLAIN, Decimal::ZERO, most);
        moved.add(PLAIN, Decimal::ZERO, most);
        assert_eq!(moved.words(), ["2 rise (cpa)"]);
    }

    #[test]
    fn margins_are_a_share_of_the_revenue() {
        assert_eq!(margin(decimal("24"), decimal("30")).map(tenths).as_deref(), Some("20.0"));
        assert_eq!(margin(decimal("33"), decimal("30")).map(tenths).as_deref(), Some("-10.0"));
        assert_eq!(margin(decimal("1"), decimal("0")), None);
    }

    #[test]
    fn sums_keep_units_apart() {
        let mut moved = Moved::default();
        moved.add(PLAIN, decimal("1"), decimal("2.50"));
        moved.add(PLAIN, decimal("3"), decimal("4"));
        moved.add(PLAIN, decimal("3"), decimal("1"));
        moved.add(SHARE, decimal("3"), decimal("1"));
        assert_eq!(moved.words(), ["2 rise (+2.50 cpa)", "1 falls (-2 cpa)", "1 falls (revshare)"]);
    }
}
