//! The assignment and filter expressions of `edit`: `--set payout=+10%` and `--where 'advertiser = acme-home and payout >= 20'`.
//!
//! Sums are exact decimals; a percentage is rounded once, half away from zero, to as many decimals as the old amount has (at
//! least two), or as `--decimals` says.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::config::{Found, Names};
use crate::offer::{DesiredOffer, Field, FieldKind, Money, Value};

use super::failure::Failure;

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

/// Several comparisons, all of which have to hold.
#[derive(Debug)]
pub(super) struct Condition(Vec<Comparison>);

#[derive(Debug)]
struct Comparison {
    field: Field,
    operator: Operator,
    value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    Unequal,
    AtLeast,
    AtMost,
    More,
    Less,
}

/// Longer signs first, so that `>=` is not read as `>`.
const OPERATORS: [(&str, Operator); 6] = [
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("!=", Operator::Unequal),
    ("=", Operator::Equal),
    (">", Operator::More),
    ("<", Operator::Less),
];

/// The field of that name, or the one whose ids that name stands for.
fn field(name: &str) -> Result<Field, Failure> {
    let found = Field::ALL.into_iter().find(|field| field.name() == name || field.by_name() == Some(name));
    found.ok_or_else(|| {
        let failure = Failure::usage(format!("there is no field `{name}`"));
        match crate::diagnostic::closest(name, Field::ALL.into_iter().map(Field::name)) {
            Some(close) => failure.help(format!("did you mean `{close}`?")),
            None => failure,
        }
    })
}

/// A value as the user writes it: a configured name where the field is called by name, else by the field's own rule.
fn value(field: Field, called: &str, text: &str, names: &Names) -> Result<Value, Failure> {
    if field.by_name() == Some(called) {
        return match names.find(field, text) {
            Found::Value(value) => Ok(value),
            Found::Broken | Found::Nothing => {
                let failure = Failure::usage(format!("`{text}` is no {called} that offersync.toml has a name for"));
                Err(match crate::diagnostic::closest(text, names.of(field)) {
                    Some(close) => failure.help(format!("did you mean `{close}`?")),
                    None => failure,
                })
            }
        };
    }
    field.parse(text).map_err(|error| Failure::usage(format!("`{called}`: `{text}`: {error}")))
}

impl Assignment {
    /// Reads `FIELD=VALUE`.
    pub(super) fn parse(text: &str, names: &Names, decimals: Option<u32>) -> Result<Self, Failure> {
        let (name, wanted) = text
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("`{text}`: write it as FIELD=VALUE, such as payout=+10%")))?;
        let (name, wanted) = (name.trim(), wanted.trim());
        let field = field(name)?;
        let change = match (field.kind(), wanted.chars().next()) {
            (FieldKind::Money, Some(sign @ ('+' | '-' | '*'))) => relative(name, sign, wanted)?,
            _ => Change::To(value(field, name, unquoted(wanted).unwrap_or(wanted), names)?),
        };
        Ok(Self { field, change, decimals })
    }

    /// The value that this offer should have, or why there is none.
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

/// Why a sum cannot be made.
const NO_AMOUNT: &str = "has no amount that could be changed";

/// The sum, unless digits would have to be cut.
fn sum(one: Decimal, other: Decimal) -> Option<Decimal> {
    one.checked_add(other).filter(|sum| sum.scale() == one.scale().max(other.scale()))
}

/// The product, unless digits would have to be cut: multiplied as whole numbers, since decimals round without a word.
fn product(one: Decimal, other: Decimal) -> Option<Decimal> {
    let digits = one.mantissa().checked_mul(other.mantissa())?;
    Decimal::try_from_i128_with_scale(digits, one.scale() + other.scale()).ok()
}

/// 1.1 for 10 %.
fn percent(by: Decimal) -> Option<Decimal> {
    let part = Decimal::try_from_i128_with_scale(by.mantissa(), by.scale() + 2).ok()?;
    sum(Decimal::ONE, part)
}

fn relative(name: &str, sign: char, text: &str) -> Result<Change, Failure> {
    let digits = text.strip_prefix(sign).unwrap_or(text).trim_start();
    let (digits, percent) = digits.strip_suffix('%').map_or((digits, false), |digits| (digits.trim_end(), true));
    // The same plain digits as in YAML: no second sign, no exponent, no separators.
    let amount = Field::Payout.parse(digits).ok().and_then(|value| value.as_money());
    let amount =
        amount.ok_or_else(|| Failure::usage(format!("`{name}`: `{text}`: write +10%, -2.50 or *1.1")))?.decimal();
    let signed = if sign == '-' { -amount } else { amount };
    match (sign, percent) {
        ('*', true) => {
            Err(Failure::usage(format!("`{name}`: `{text}`: a factor is no percentage, write *1.1 or +10%")))
        }
        ('*', false) => Ok(Change::Times(amount)),
        (_, true) => Ok(Change::ByPercent(signed)),
        (_, false) => Ok(Change::By(signed)),
    }
}

/// The text without the quotes around it, where it has some.
fn unquoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].strip_suffix(quote).filter(|inner| !inner.contains(quote))
}

/// The comparisons of a condition: what stands between the `and`s, those inside quotes not counted.
fn comparisons(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut begin, mut quote, mut behind_sign) = (0, None, false);
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            // A quote opens a value only where one begins: names may hold apostrophes.
            None if behind_sign && matches!(c, '"' | '\'') => quote = Some(c),
            None if c.is_whitespace() && at >= begin && is_and(&text[at + c.len_utf8()..]) => {
                parts.push(&text[begin..at]);
                begin = at + c.len_utf8() + AND.len();
            }
            Some(_) | None => {}
        }
        if !c.is_whitespace() {
            behind_sign = matches!(c, '=' | '<' | '>');
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// What joins comparisons.
const AND: &str = "and";

fn is_and(text: &str) -> bool {
    let word = text.get(..AND.len()).is_some_and(|word| word.eq_ignore_ascii_case(AND));
    word && text[AND.len()..].chars().next().is_none_or(char::is_whitespace)
}

impl Condition {
    /// Reads comparisons that are joined by `and`.
    pub(super) fn parse(text: &str, names: &Names) -> Result<Self, Failure> {
        comparisons(text)
            .into_iter()
            .map(|part| Comparison::parse(part.trim(), names))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether all of them hold.
    pub(super) fn holds(&self, offer: &DesiredOffer) -> bool {
        self.0.iter().all(|comparison| comparison.holds(offer))
    }
}

impl Comparison {
    fn parse(text: &str, names: &Names) -> Result<Self, Failure> {
        let found = OPERATORS.iter().filter_map(|(sign, operator)| Some((text.find(sign)?, *sign, *operator)));
        // The first sign in the text; of two that begin there, the longer one.
        let (at, sign, operator) = found
            .min_by_key(|(at, sign, _)| (*at, std::cmp::Reverse(sign.len())))
            .ok_or_else(|| Failure::usage(format!("`{text}`: write a comparison such as payout >= 20")))?;
        let name = text[..at].trim();
        let field = field(name)?;
        let ordered = !matches!(operator, Operator::Equal | Operator::Unequal);
        if ordered && !matches!(field.kind(), FieldKind::Money | FieldKind::Hours | FieldKind::Date | FieldKind::Id) {
            return Err(Failure::usage(format!("`{text}`: `{name}` can only be compared with = and !=")));
        }
        let wanted = text[at + sign.len()..].trim();
        let quoted = wanted.starts_with(['"', '\'']);
        let wanted = if quoted {
            unquoted(wanted).ok_or_else(|| Failure::usage(format!("`{text}`: the quotes of the value do not match")))?
        } else {
            wanted
        };
        Ok(Self { field, operator, value: value(field, name, wanted, names)? })
    }

    /// An absent value is unequal to every value, and neither more nor less.
    fn holds(&self, offer: &DesiredOffer) -> bool {
        let Some(value) = offer.fields.get(self.field) else { return self.operator == Operator::Unequal };
        let order = order(value, &self.value);
        match self.operator {
            Operator::Equal => value == &self.value,
            Operator::Unequal => value != &self.value,
            Operator::AtLeast => order.is_some_and(std::cmp::Ordering::is_ge),
            Operator::AtMost => order.is_some_and(std::cmp::Ordering::is_le),
            Operator::More => order.is_some_and(std::cmp::Ordering::is_gt),
            Operator::Less => order.is_some_and(std::cmp::Ordering::is_lt),
        }
    }
}

fn order(one: &Value, other: &Value) -> Option<std::cmp::Ordering> {
    match (one, other) {
        (Value::Money(one), Value::Money(other)) => Some(one.cmp(other)),
        (Value::Date(one), Value::Date(other)) => Some(one.cmp(other)),
        _ => Some(one.as_integer()?.cmp(&other.as_integer()?)),
    }
}

#[cfg(test)]
mod tests;
