//! Whether a condition holds. Total and exact; an absent value makes a comparison false, and one that is not known leaves it open.

use std::borrow::Cow;
use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::offer::{Field, Money, Value, url_form};

use super::condition::{Comparison, Condition, Node, Operand, Right, Side, Sides, UrlPart};

impl Condition {
    /// Whether it can hold of these values. It also can where it is not clear, see [`Condition::surely_holds`].
    pub fn may_hold(&self, sides: Sides<'_>) -> bool {
        truth(&self.0, sides).may_hold
    }

    /// Whether it holds, whatever cannot be told: values that are not known, which value a server takes of a parameter that a URL has twice,
    /// and differences with more digits than are calculated with.
    pub fn surely_holds(&self, sides: Sides<'_>) -> bool {
        !truth(&self.0, sides).may_fail
    }
}

/// What is known of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Truth {
    may_hold: bool,
    may_fail: bool,
}

impl Truth {
    const UNKNOWN: Self = Self { may_hold: true, may_fail: true };

    fn of(holds: bool) -> Self {
        Self { may_hold: holds, may_fail: !holds }
    }

    fn not(self) -> Self {
        Self { may_hold: self.may_fail, may_fail: self.may_hold }
    }

    fn and(self, other: Self) -> Self {
        Self { may_hold: self.may_hold && other.may_hold, may_fail: self.may_fail || other.may_fail }
    }

    /// That of one of two cases.
    fn either(self, other: Self) -> Self {
        Self { may_hold: self.may_hold || other.may_hold, may_fail: self.may_fail || other.may_fail }
    }
}

fn truth(node: &Node, sides: Sides<'_>) -> Truth {
    let not_any =
        |truths: &mut dyn Iterator<Item = Truth>| truths.map(Truth::not).fold(Truth::of(true), Truth::and).not();
    match node {
        Node::All(nodes) => nodes.iter().map(|node| truth(node, sides)).fold(Truth::of(true), Truth::and),
        Node::Any(nodes) => not_any(&mut nodes.iter().map(|node| truth(node, sides))),
        Node::Not(node) => truth(node, sides).not(),
        Node::Has(operand) => match datum(operand, sides, 0) {
            Datum::Unknown => Truth::UNKNOWN,
            datum => Truth::of(datum != Datum::Absent),
        },
        Node::Changes(field) => Truth::of(sides.was.and_then(|was| was.get(*field)) != sides.now.get(*field)),
        Node::Compare { left, comparison, right } => compares(left, *comparison, right, sides),
        Node::OneOf { left, rights } => {
            not_any(&mut rights.iter().map(|right| compares(left, Comparison::Equal, right, sides)))
        }
        Node::Matches { left, pattern } => in_each_case(left, sides, |datum| match datum {
            Datum::Unknown => Truth::UNKNOWN,
            datum => Truth::of(datum.into_text().is_some_and(|text| pattern.0.is_match(&text))),
        }),
    }
}

/// For each of the values that the operand may have.
fn in_each_case<'a>(operand: &Operand, sides: Sides<'a>, judge: impl Fn(Datum<'a>) -> Truth) -> Truth {
    let mut found = judge(datum(operand, sides, 0));
    if matches!(operand.part, Some(UrlPart::Query(_) | UrlPart::Path)) {
        let others = (1..).map(|nth| datum(operand, sides, nth)).take_while(|datum| *datum != Datum::Absent);
        found = others.fold(found, |found, datum| found.either(judge(datum)));
    }
    found
}

/// What an operand is at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Datum<'a> {
    Value(&'a Value),
    Text(Cow<'a, str>),
    Amount(Decimal),
    Absent,
    /// It was not seen, or has more digits than can be kept.
    Unknown,
}

impl<'a> Datum<'a> {
    fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Value(Value::Text(text)) => Some(Cow::Borrowed(text)),
            Self::Value(Value::Url(url)) => Some(Cow::Borrowed(url.as_str())),
            Self::Text(text) => Some(text),
            Self::Value(_) | Self::Amount(_) | Self::Absent | Self::Unknown => None,
        }
    }
}

/// The operand; of a part of a URL that may be read in several ways, the one with this number.
fn datum<'a>(operand: &Operand, sides: Sides<'a>, nth: usize) -> Datum<'a> {
    let fields = match operand.side {
        Side::Was => sides.was,
        Side::Now | Side::Change => Some(sides.now),
    };
    let absent = if nth == 0 && sides.unknown.contains(operand.field) { Datum::Unknown } else { Datum::Absent };
    let Some(value) = fields.and_then(|fields| fields.get(operand.field)) else { return absent };
    match (&operand.side, &operand.part) {
        (Side::Change, _) => {
            let was = sides.was.and_then(|was| was.get(operand.field)).and_then(Value::as_money);
            let Some((now, was)) = value.as_money().zip(was) else { return absent };
            difference(now, was).map_or(Datum::Unknown, Datum::Amount)
        }
        (_, None) => Datum::Value(value),
        (_, Some(part)) => part_of(value, part, nth).map_or(Datum::Absent, Datum::Text),
    }
}

/// The difference, unless it has more digits than can be kept.
fn difference(now: Money, was: Money) -> Option<Decimal> {
    let (now, was) = (now.decimal(), was.decimal());
    now.checked_sub(was).filter(|difference| difference.scale() == now.scale().max(was.scale()))
}

fn part_of<'a>(value: &'a Value, part: &UrlPart, nth: usize) -> Option<Cow<'a, str>> {
    let Value::Url(url) = value else { return None };
    if *part == UrlPart::Host {
        // `example.com.` is the same host.
        return url.host().map(|host| Cow::Owned(host.trim_end_matches('.').to_owned()));
    }
    let (_, rest) = url.as_str().split_once("://")?;
    let rest = without_fragment(rest);
    let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
    let UrlPart::Query(name) = part else {
        let path = place.find('/').map_or("/", |at| &place[at..]);
        return with_other_reading(path, without_dots(path)).nth(nth);
    };
    let pairs = query?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    // A server decodes names and values.
    let has_name = |called: &str| *called == **name || called.contains('%') && url_form(called) == **name;
    let values = pairs.filter(|(called, _)| has_name(called)).map(|(_, value)| value);
    values.flat_map(|value| with_other_reading(value, url_form(value))).nth(nth)
}

/// The text as it is written, and as it is read where that is something else.
fn with_other_reading(text: &str, read: String) -> impl Iterator<Item = Cow<'_, str>> {
    let other = (!read.eq_ignore_ascii_case(text)).then_some(Cow::Owned(read));
    std::iter::once(Cow::Borrowed(text)).chain(other)
}

/// What a server gets to see. `#` begins a macro of CAKE's far more often than a fragment.
fn without_fragment(text: &str) -> &str {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let mut at = 0;
    while let Some(hash) = text[at..].find('#').map(|hash| at + hash) {
        match text[hash + 1..].split_once('#') {
            Some((name, _)) if is_name(name) => at = hash + name.len() + 2,
            _ => return &text[..hash],
        }
    }
    text
}

/// The path as a browser asks for it, without `.` and `..`.
fn without_dots(path: &str) -> String {
    let form = url_form(path);
    let mut segments: Vec<&str> = Vec::new();
    let last = form.rsplit('/').next().unwrap_or_default();
    for segment in form.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => _ = segments.pop(),
            segment => segments.push(segment),
        }
    }
    let end = if matches!(last, "." | "..") { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

/// Does not hold if a side is absent.
fn compares(left: &Operand, comparison: Comparison, right: &Right, sides: Sides<'_>) -> Truth {
    in_each_case(left, sides, |found| match right {
        Right::Operand(other) => in_each_case(other, sides, |wanted| compare(found.clone(), comparison, wanted)),
        Right::Percent(percent) => of_percent(&found, comparison, left.field, *percent, sides),
        Right::Value(wanted) => compare(found, comparison, Datum::Value(wanted)),
        Right::Text(wanted) => compare(found, comparison, Datum::Text(Cow::Borrowed(wanted))),
        Right::Amount(wanted) => compare(found, comparison, Datum::Amount(*wanted)),
    })
}

fn compare(found: Datum<'_>, comparison: Comparison, wanted: Datum<'_>) -> Truth {
    let holds = match (found, wanted) {
        (Datum::Absent, _) | (_, Datum::Absent) => None,
        (Datum::Unknown, _) | (_, Datum::Unknown) => return Truth::UNKNOWN,
        (Datum::Amount(change), Datum::Amount(wanted)) => by_order(comparison, change.cmp(&wanted)),
        (Datum::Value(value), Datum::Value(wanted)) if !comparison.is_of_text() => by_value(value, comparison, wanted),
        (found, wanted) => {
            found.into_text().zip(wanted.into_text()).and_then(|(text, wanted)| by_text(&text, comparison, &wanted))
        }
    };
    Truth::of(holds.unwrap_or_default())
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

/// A change and so many percent of the recorded amount.
fn of_percent(found: &Datum<'_>, comparison: Comparison, field: Field, percent: Decimal, sides: Sides<'_>) -> Truth {
    let was = sides.was.and_then(|was| was.get(field)).and_then(Value::as_money);
    match (found, was) {
        (Datum::Unknown, _) => Truth::UNKNOWN,
        (Datum::Amount(change), Some(was)) => percent_order(*change, was.decimal(), percent)
            .map_or(Truth::UNKNOWN, |order| Truth::of(by_order(comparison, order).unwrap_or_default())),
        _ => Truth::of(false),
    }
}

/// As whole numbers, since products of decimals are rounded. `None` where they have too many digits.
fn percent_order(change: Decimal, was: Decimal, percent: Decimal) -> Option<Ordering> {
    let hundred = (change.mantissa().checked_mul(100)?, change.scale());
    let part = (was.mantissa().checked_mul(percent.mantissa())?, was.scale() + percent.scale());
    let scale = hundred.1.max(part.1);
    let [change, part] =
        [hundred, part].map(|(digits, own)| 10_i128.checked_pow(scale - own).and_then(|ten| digits.checked_mul(ten)));
    Some(change?.cmp(&part?))
}
