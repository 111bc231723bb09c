//! `--set payout=+10%`: the new value of a field.
//!
//! Sums are exact decimals; a percentage is rounded once, half away from zero, to as many decimals as the old amount has (at
//! least two), or to the number given by `--decimals`.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::config::Names;
use crate::offer::{DesiredOffer, Field, FieldKind, Money, Value};
use crate::ops::error::Error;

use super::expr::{field, unquoted, value};

/// The fewest decimals of a computed amount.
const FEWEST_DECIMALS: u32 = 2;

/// `FIELD=VALUE`, or for money also `FIELD=+10%`, `FIELD=-2.50`, `FIELD=*1.1`.
#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) field: Field,
    change: Change,
    decimals: Option<u32>,
}

#[derive(Debug)]
enum Change {
    To(Value),
    By(Decimal),
    ByPercent(Decimal),
    Times(Decimal),
}

impl Assignment {
    /// Reads `FIELD=VALUE`.
    pub(super) fn parse(text: &str, names: &Names, decimals: Option<u32>) -> Result<Self, Error> {
        let (name, wanted) = text
            .split_once('=')
            .ok_or_else(|| Error::usage(format!("`{text}`: write it as FIELD=VALUE, such as payout=+10%")))?;
        let (name, given) = (name.trim(), wanted);
        let field = field(name)?;
        let wanted = given.trim();
        // Blanks around a text are part of it; around anything else they mean nothing.
        let is_text = matches!(field.kind(), FieldKind::Name | FieldKind::Text);
        let text = unquoted(wanted).unwrap_or(if is_text { given } else { wanted });
        let change = match (field.kind(), wanted.chars().next()) {
            (FieldKind::Money, Some(sign @ ('+' | '-' | '*'))) => relative(name, sign, wanted)?,
            (FieldKind::Money, Some(_)) if wanted.ends_with('%') => {
                let message = format!("`{name}`: `{wanted}` has no sign");
                return Err(Error::Usage { message, help: Some(format!("did you mean `{name}=+{wanted}`?")) });
            }
            _ => Change::To(value(field, name, text, names)?),
        };
        Ok(Self { field, change, decimals })
    }

    /// The value that this offer should have, or the reason why there is none.
    pub(super) fn value_for(&self, offer: &DesiredOffer) -> Result<Value, &'static str> {
        let old = || offer.fields.get(self.field).and_then(Value::as_money).map(Money::decimal).ok_or(NO_AMOUNT);
        let (old, exact, computed) = match &self.change {
            Change::To(value) => return Ok(value.clone()),
            Change::By(by) => (old()?, sum(old()?, *by), false),
            Change::ByPercent(by) => (old()?, percent(*by).and_then(|factor| product(old().ok()?, factor)), true),
            Change::Times(by) => (old()?, product(old()?, *by), true),
        };
        let mut amount = exact.ok_or("would have more digits than can be kept exactly")?;
        if computed || self.decimals.is_some() {
            let decimals = self.decimals.unwrap_or(old.scale().max(FEWEST_DECIMALS));
            amount = amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
            amount.rescale(decimals);
        }
        Money::from_decimal(amount).map(Value::Money).ok_or("would be negative")
    }
}

pub(super) const NO_AMOUNT: &str = "has no amount that could be changed";

/// The sum, unless digits would have to be cut.
fn sum(one: Decimal, other: Decimal) -> Option<Decimal> {
    one.checked_add(other).filter(|sum| sum.scale() == one.scale().max(other.scale()))
}

/// The product, unless digits would have to be cut: multiplied as whole numbers, since decimal products are rounded silently.
fn product(one: Decimal, other: Decimal) -> Option<Decimal> {
    let digits = one.mantissa().checked_mul(other.mantissa())?;
    Decimal::try_from_i128_with_scale(digits, one.scale() + other.scale()).ok()
}

/// 1.1 for 10 %.
fn percent(by: Decimal) -> Option<Decimal> {
    let part = Decimal::try_from_i128_with_scale(by.mantissa(), by.scale() + 2).ok()?;
    sum(Decimal::ONE, part)
}

fn relative(name: &str, sign: char, text: &str) -> Result<Change, Error> {
    let digits = text.strip_prefix(sign).unwrap_or(text).trim_start();
    let (digits, percent) = digits.strip_suffix('%').map_or((digits, false), |digits| (digits.trim_end(), true));
    // The same plain digits as in YAML: no second sign, no exponent, no separators.
    let amount = Field::Payout.parse(digits).ok().and_then(|value| value.as_money());
    let amount =
        amount.ok_or_else(|| Error::usage(format!("`{name}`: `{text}`: write +10%, -2.50 or *1.1")))?.decimal();
    let signed = if sign == '-' { -amount } else { amount };
    match (sign, percent) {
        ('*', true) => {
            Err(Error::usage(format!("`{name}`: `{text}`: a factor cannot be a percentage; write *1.1 or +10%")))
        }
        ('*', false) => Ok(Change::Times(amount)),
        (_, true) => Ok(Change::ByPercent(signed)),
        (_, false) => Ok(Change::By(signed)),
    }
}
