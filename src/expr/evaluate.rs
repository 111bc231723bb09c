//! Whether a condition holds. Total and exact; an absent value makes a comparison false.

use std::borrow::Cow;
use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::offer::{Fields, Money, Value};

use super::condition::{Comparison, Condition, Node, Operand, Right, Side, Sides, UrlPart};

impl Condition {
    /// Whether it holds of these values.
    pub fn holds(&self, sides: Sides<'_>) -> bool {
        holds(&self.0, sides)
    }
}

fn holds(node: &Node, sides: Sides<'_>) -> bool {
    match node {
        Node::All(nodes) => nodes.iter().all(|node| holds(node, sides)),
        Node::Any(nodes) => nodes.iter().any(|node| holds(node, sides)),
        Node::Not(node) => !holds(node, sides),
        Node::Has(operand) => datum(operand, sides).is_some(),
        Node::Changes(field) => sides.was.and_then(|was| was.get(*field)) != sides.now.get(*field),
        Node::Compare { left, comparison, right } => compares(left, *comparison, right, sides).unwrap_or_default(),
        Node::OneOf { left, rights } => {
            rights.iter().any(|right| compares(left, Comparison::Equal, right, sides).unwrap_or_default())
        }
        Node::Matches { left, pattern } => {
            datum(left, sides).and_then(Datum::into_text).is_some_and(|text| pattern.0.is_match(&text))
        }
    }
}

/// What an operand is at this moment.
enum Datum<'a> {
    Value(&'a Value),
    Text(Cow<'a, str>),
    Amount(Decimal),
}

impl<'a> Datum<'a> {
    fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Value(Value::Text(text)) => Some(Cow::Borrowed(text)),
            Self::Value(Value::Url(url)) => Some(Cow::Borrowed(url.as_str())),
            Self::Text(text) => Some(text),
            Self::Value(_) | Self::Amount(_) => None,
        }
    }
}

fn datum<'a>(operand: &Operand, sides: Sides<'a>) -> Option<Datum<'a>> {
    let of = |fields: &'a Fields| fields.get(operand.field);
    let value = match operand.side {
        Side::Now => of(sides.now)?,
        Side::Was => of(sides.was?)?,
        Side::Change => {
            let [now, was] = [of(sides.now), sides.was.and_then(of)].map(|value| value.and_then(Value::as_money));
            return now.zip(was).and_then(|(now, was)| difference(now, was)).map(Datum::Amount);
        }
    };
    match &operand.part {
        None => Some(Datum::Value(value)),
        Some(part) => part_of(value, part).map(Datum::Text),
    }
}

/// The difference, unless it has more digits than can be kept.
fn difference(now: Money, was: Money) -> Option<Decimal> {
    let (now, was) = (now.decimal(), was.decimal());
    now.checked_sub(was).filter(|difference| difference.scale() == now.scale().max(was.scale()))
}

fn part_of<'a>(value: &'a Value, part: &UrlPart) -> Option<Cow<'a, str>> {
    let Value::Url(url) = value else { return None };
    if *part == UrlPart::Host {
        return url.host().map(Cow::Owned);
    }
    let (_, rest) = url.as_str().split_once("://")?;
    // `#` begins a macro of CAKE's far more often than a fragment.
    let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
    match part {
        UrlPart::Query(name) => {
            let pairs = query?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            pairs.into_iter().find(|(called, _)| **called == **name).map(|(_, value)| Cow::Borrowed(value))
        }
        _ => Some(Cow::Borrowed(place.find('/').map_or("/", |at| &place[at..]))),
    }
}

/// `None` if a side is absent.
fn compares(left: &Operand, comparison: Comparison, right: &Right, sides: Sides<'_>) -> Option<bool> {
    let found = datum(left, sides)?;
    let order = match (found, right) {
        (Datum::Amount(change), Right::Amount(amount)) => change.cmp(amount),
        (Datum::Amount(change), Right::Percent(percent)) => {
            let was = sides.was?.get(left.field)?.as_money()?.decimal();
            of_percent(change, was, *percent)?
        }
        (Datum::Value(value), Right::Value(wanted)) if !comparison.is_of_text() => {
            return by_value(value, comparison, wanted);
        }
        (Datum::Value(value), Right::Operand(other)) if !comparison.is_of_text() && other.part.is_none() => {
            let Datum::Value(wanted) = datum(other, sides)? else { return None };
            return by_value(value, comparison, wanted);
        }
        (found, right) => {
            let wanted = match right {
                Right::Text(text) => Cow::Borrowed(&**text),
                Right::Operand(other) => datum(other, sides)?.into_text()?,
                Right::Value(_) | Right::Amount(_) | Right::Percent(_) => return None,
            };
            return by_text(&found.into_text()?, comparison, &wanted);
        }
    };
    by_order(comparison, order)
}

fn by_value(value: &Value, comparison: Comparison, wanted: &Value) -> Option<bool> {
    match comparison {
        // By meaning: `CPA` is `cpa`.
        Comparison::Equal => Some(value == wanted),
        Comparison::Unequal => Some(value != wanted),
        _ => by_order(comparison, order(value, wanted)?),
    }
}

fn by_text(text: &str, comparison: Comparison, wanted: &str) -> Option<bool> {
    Some(match comparison {
        Comparison::Contains => text.contains(wanted),
        Comparison::StartsWith => text.starts_with(wanted),
        Comparison::Equal => text == wanted,
        Comparison::Unequal => text != wanted,
        Comparison::AtLeast | Comparison::AtMost | Comparison::More | Comparison::Less => return None,
    })
}

fn by_order(comparison: Comparison, order: Ordering) -> Option<bool> {
    Some(match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::Unequal => order.is_ne(),
        Comparison::AtLeast => order.is_ge(),
        Comparison::AtMost => order.is_le(),
        Comparison::More => order.is_gt(),
        Comparison::Less => order.is_lt(),
        Comparison::Contains | Comparison::StartsWith => return None,
    })
}

fn order(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Money(one), Value::Money(other)) => Some(one.cmp(other)),
        (Value::Date(one), Value::Date(other)) => Some(one.cmp(other)),
        _ => Some(one.as_integer()?.cmp(&other.as_integer()?)),
    }
}

/// The order of a change and so many percent of an amount: as whole numbers, since products of decimals are rounded.
fn of_percent(change: Decimal, was: Decimal, percent: Decimal) -> Option<Ordering> {
    let hundred = (change.mantissa().checked_mul(100)?, change.scale());
    let part = (was.mantissa().checked_mul(percent.mantissa())?, was.scale() + percent.scale());
    let scale = hundred.1.max(part.1);
    let [change, part] =
        [hundred, part].map(|(digits, own)| 10_i128.checked_pow(scale - own).and_then(|ten| digits.checked_mul(ten)));
    Some(change?.cmp(&part?))
}
