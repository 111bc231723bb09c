//! Exact money, without floats: the digits in the YAML are the digits in the request.

use std::fmt;

use rust_decimal::Decimal;

/// An exact amount ≥ 0 in the offer's currency, with its digits as written (`24.00` stays `24.00`).
///
/// Compared by value: `20` equals `20.00`. At most 28 significant digits; more are rejected, not rounded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

/// Why a text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum MoneyError {
    #[error("an amount cannot be negative")]
    Negative,
    #[error("write the amount in plain digits, as in `24.00`")]
    NotPlainDigits,
    #[error("exponents are not allowed; write all digits, as in `1000`")]
    Exponent,
    #[error("separators are not allowed, except a point before the decimals, as in `1000.50`")]
    Separator,
    #[error("leading zeros are not allowed")]
    LeadingZeros,
    #[error("a digit is required before the point, as in `0.50`")]
    NoLeadingDigit,
    #[error("an amount has at most 28 digits")]
    TooManyDigits,
}

impl Money {
    /// Parses `(0|[1-9][0-9]*)(\.[0-9]+)?`, which is also the grammar of a JSON number without sign and exponent.
    pub(super) fn parse(text: &str) -> Result<Self, MoneyError> {
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !fraction.is_none_or(digits) {
            return Err(Self::explain(text));
        }
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(MoneyError::LeadingZeros);
        }
        Decimal::from_str_exact(text).map(Self).map_err(|_| MoneyError::TooManyDigits)
    }

    fn explain(text: &str) -> MoneyError {
        let starts_like_number = text.trim_start_matches(['-', '+', '.']).starts_with(|c: char| c.is_ascii_digit());
        if !starts_like_number {
            MoneyError::NotPlainDigits
        } else if text.starts_with('-') {
            MoneyError::Negative
        } else if text.contains([',', '_']) {
            MoneyError::Separator
        } else if text.contains(['e', 'E']) {
            MoneyError::Exponent
        } else if text.starts_with('.') {
            MoneyError::NoLeadingDigit
        } else {
            MoneyError::NotPlainDigits
        }
    }

    /// The amount as an exact decimal, for differences, percentages and margins.
    pub fn decimal(self) -> Decimal {
        self.0
    }

    /// The exact decimal as money, if it is not negative.
    pub fn from_decimal(amount: Decimal) -> Option<Self> {
        (!amount.is_sign_negative() || amount.is_zero()).then(|| Self(amount.abs()))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({})", self.0)
    }
}
