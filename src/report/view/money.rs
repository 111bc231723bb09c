//! Amounts as text: differences, percentages, ranges. Percentages and margins are rounded to one decimal, half away from zero, only
//! here, where they are shown.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::plan::{Rule, Unit, percentage};
use crate::report::escape::visible;

use super::ViewContext;

impl Unit {
    /// The amount with its sign of percentage, where it is one.
    pub(in crate::report) fn amount(self, amount: impl std::fmt::Display) -> String {
        if self.is_percentage() { format!("{amount} %") } else { amount.to_string() }
    }

    /// `USD`. A percentage has none. Only currency 1 has a name that CAKE itself gives.
    pub(super) fn currency_name(self, context: ViewContext<'_>) -> Option<String> {
        let id = self.currency.filter(|_| !self.is_percentage())?.get();
        Some(match ((context.currencies)(id), id) {
            (Some(name), _) => visible(&name).into_owned(),
            (None, 1) => "USD".to_owned(),
            (None, other) => format!("currency {other}"),
        })
    }

    /// `cpa, USD`: what stands behind a sum.
    pub(super) fn text(self, context: ViewContext<'_>) -> String {
        let currency = self.currency_name(context);
        let texts: Vec<_> = self.price_type.map(|t| t.word().to_owned()).into_iter().chain(currency).collect();
        texts.join(", ")
    }
}

/// One decimal, half away from zero: `12.3`.
pub(in crate::report) fn tenths(number: Decimal) -> String {
    let mut rounded = number.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(1);
    if rounded.is_zero() {
        rounded.set_sign_positive(true);
    }
    rounded.to_string()
}

/// With its sign, also a plus.
pub(in crate::report) fn signed(number: Decimal) -> String {
    if number.is_sign_negative() || number.is_zero() { number.to_string() } else { format!("+{number}") }
}

/// `+4.00, +20.0 %`; of percentages only the difference, in points.
pub(in crate::report) fn difference(unit: Unit, before: Decimal, after: Decimal) -> Option<String> {
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

/// `× 1.1, +10.0 %`; nothing of amounts that are set to a fixed one, which is what is shown after.
pub(in crate::report) fn rule(rule: Rule, [before, unit]: [Unit; 2]) -> Option<String> {
    match rule {
        // Between two units, a percentage would be that of nothing.
        Rule::Times(factor) if before != unit => Some(format!("× {factor}")),
        Rule::Times(factor) => {
            let percent = percentage(Decimal::ONE, factor)?;
            // More decimals only where one would hide a part of the rule.
            let exact = percent.normalize();
            let percent = if exact.scale() <= 3 { exact } else { exact.round_dp(3) };
            Some(format!("× {factor}, {} %", signed(percent)))
        }
        Rule::Plus(difference) if unit.is_percentage() => Some(format!("{} points", signed(difference))),
        Rule::Plus(difference) => Some(signed(difference)),
        Rule::Set(_) => None,
    }
}

/// The least and the greatest of some numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) struct Range {
    pub least: Decimal,
    pub greatest: Decimal,
}

impl Range {
    pub(in crate::report) fn of(numbers: impl IntoIterator<Item = Decimal>) -> Option<Self> {
        numbers.into_iter().fold(None, |range: Option<Self>, number| {
            Some(range.map_or(Self { least: number, greatest: number }, |range| Self {
                least: range.least.min(number),
                greatest: range.greatest.max(number),
            }))
        })
    }

    /// `20.0 %`, or `20.0 to 33.3 %`.
    pub(in crate::report) fn percent(self) -> String {
        let (least, greatest) = (tenths(self.least), tenths(self.greatest));
        if least == greatest { format!("{least} %") } else { format!("{least} to {greatest} %") }
    }

    /// `1.00`, or `1.00 to 24.00`.
    pub(in crate::report) fn amounts(self, unit: Unit) -> String {
        if self.least == self.greatest {
            unit.amount(self.least)
        } else {
            unit.amount(format_args!("{} to {}", self.least, self.greatest))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::PriceType;

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
}
