//! `--where 'advertiser = acme-home and payout >= 20'`: which offers are edited.

use std::cmp::{Ordering, Reverse};

use crate::config::Names;
use crate::offer::{DesiredOffer, Field, FieldKind, Value};
use crate::ops::error::Error;

use super::expr::{field, unquoted, value};

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
    pub(super) fn parse(text: &str, names: &Names) -> Result<Self, Error> {
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
    fn parse(text: &str, names: &Names) -> Result<Self, Error> {
        let found = OPERATORS.iter().filter_map(|(sign, operator)| Some((text.find(sign)?, *sign, *operator)));
        // The first sign in the text; of two that begin there, the longer one.
        let (at, sign, operator) = found
            .min_by_key(|(at, sign, _)| (*at, Reverse(sign.len())))
            .ok_or_else(|| Error::usage(format!("`{text}`: write a comparison such as payout >= 20")))?;
        let name = text[..at].trim();
        let field = field(name)?;
        let ordered = !matches!(operator, Operator::Equal | Operator::Unequal);
        if ordered && !matches!(field.kind(), FieldKind::Money | FieldKind::Hours | FieldKind::Date | FieldKind::Id) {
            return Err(Error::usage(format!("`{text}`: `{name}` can only be compared with = and !=")));
        }
        let wanted = text[at + sign.len()..].trim();
        let quoted = wanted.starts_with(['"', '\'']);
        let wanted = if quoted {
            unquoted(wanted).ok_or_else(|| Error::usage(format!("`{text}`: the quotes of the value do not match")))?
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
            Operator::AtLeast => order.is_some_and(Ordering::is_ge),
            Operator::AtMost => order.is_some_and(Ordering::is_le),
            Operator::More => order.is_some_and(Ordering::is_gt),
            Operator::Less => order.is_some_and(Ordering::is_lt),
        }
    }
}

fn order(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Money(one), Value::Money(other)) => Some(one.cmp(other)),
        (Value::Date(one), Value::Date(other)) => Some(one.cmp(other)),
        _ => Some(one.as_integer()?.cmp(&other.as_integer()?)),
    }
}
