//! What an amount is an amount of, and what two amounts mean together: percentage and margin. Exact decimals throughout.

use rust_decimal::Decimal;

use crate::offer::{CurrencyId, PriceType};

/// What an amount is an amount of. Only amounts of one unit can be compared or added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    /// The pricing model, where it is known.
    pub price_type: Option<PriceType>,
    /// The currency, where it is known.
    pub currency: Option<CurrencyId>,
}

impl Unit {
    /// A share of the revenue is a percentage and has no currency.
    pub fn is_percentage(self) -> bool {
        self.price_type == Some(PriceType::RevShare)
    }
}

/// By how many percent an amount changes; `None` from zero, where there is no such number.
pub fn percentage(before: Decimal, after: Decimal) -> Option<Decimal> {
    let difference = after.checked_sub(before)?;
    // Multiplied first where the digits allow, so that the one rounding of the division is the only one.
    match difference.checked_mul(Decimal::ONE_HUNDRED) {
        Some(hundredfold) => hundredfold.checked_div(before),
        None => difference.checked_div(before)?.checked_mul(Decimal::ONE_HUNDRED),
    }
}

/// What is left of the revenue after the payout, in percent of the revenue; `None` without revenue.
pub fn margin(payout: Decimal, revenue: Decimal) -> Option<Decimal> {
    let left = revenue.checked_sub(payout)?;
    match left.checked_mul(Decimal::ONE_HUNDRED) {
        Some(hundredfold) => hundredfold.checked_div(revenue),
        None => left.checked_div(revenue)?.checked_mul(Decimal::ONE_HUNDRED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        let most = decimal("79228162514264337593543950335");
        assert_eq!(percentage(most, Decimal::ZERO), Some(decimal("-100")));
        assert_eq!(margin(Decimal::ZERO, most), Some(decimal("100")));
        assert!(percentage(decimal("0.0000000000000000000000000001"), most).is_none());
    }

    #[test]
    fn margins_are_a_share_of_the_revenue() {
        assert_eq!(margin(decimal("24"), decimal("30")), Some(decimal("20")));
        assert_eq!(margin(decimal("33"), decimal("30")), Some(decimal("-10")));
        assert_eq!(margin(decimal("1"), decimal("0")), None);
    }
}
