//! A condition as a value.

use regex::Regex;
use rust_decimal::Decimal;

use crate::offer::{Field, FieldSet, Fields, Value};

/// A condition, read and checked: evaluating it cannot fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition(pub(super) Node);

impl Condition {
    /// The fields that it speaks of, in its order.
    pub fn fields(&self) -> Vec<Field> {
        fn add(node: &Node, fields: &mut Vec<Field>) {
            match node {
                Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| add(node, fields)),
                Node::Not(node) => add(node, fields),
                Node::Changes(field) => fields.push(*field),
                Node::Has(operand)
                | Node::Compare { left: operand, .. }
                | Node::OneOf { left: operand, .. }
                | Node::Matches { left: operand, .. } => fields.push(operand.field),
            }
        }
        let mut fields = Vec::new();
        add(&self.0, &mut fields);
        fields
    }
}

/// The values that a condition is about.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'a> {
    /// The new values.
    pub now: &'a Fields,
    /// The recorded ones, if there are any.
    pub was: Option<&'a Fields>,
    /// Fields that the offer may well have and whose values are not known, where neither side has a value.
    pub unknown: FieldSet,
}

impl<'a> Sides<'a> {
    /// Of values that are known to be all.
    pub fn new(now: &'a Fields, was: Option<&'a Fields>) -> Self {
        Self { now, was, unknown: FieldSet::default() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// Each of them holds.
    All(Vec<Node>),
    /// At least one of them holds.
    Any(Vec<Node>),
    Not(Box<Node>),
    /// The operand has a value.
    Has(Operand),
    /// The field's value is not the recorded one.
    Changes(Field),
    Compare {
        left: Operand,
        comparison: Comparison,
        right: Right,
    },
    OneOf {
        left: Operand,
        rights: Vec<Right>,
    },
    Matches {
        left: Operand,
        pattern: Pattern,
    },
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operand {
    pub(super) side: Side,
    pub(super) field: Field,
    /// A part of a URL.
    pub(super) part: Option<UrlPart>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// `payout`: the new value.
    Now,
    /// `was.payout`: the recorded value.
    Was,
    /// `change(payout)`: the new amount less the recorded one.
    Change,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum UrlPart {
    Host,
    /// From the first slash after the host to the query.
    Path,
    /// The value of the first parameter with this name, as written.
    Query(Box<str>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    AtLeast,
    AtMost,
    More,
    Less,
    Contains,
    StartsWith,
}

impl Comparison {
    /// Longer signs first, so that `>=` is not read as `>`. A single `=` is taken for `==`, as it is printed.
    pub(super) const SIGNS: [(&str, Self); 7] = [
        ("==", Self::Equal),
        ("!=", Self::Unequal),
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("=", Self::Equal),
        (">", Self::More),
        ("<", Self::Less),
    ];

    pub(super) const WORDS: [(&str, Self); 2] = [("contains", Self::Contains), ("starts_with", Self::StartsWith)];

    pub(super) fn is_order(self) -> bool {
        matches!(self, Self::AtLeast | Self::AtMost | Self::More | Self::Less)
    }

    pub(super) fn is_of_text(self) -> bool {
        matches!(self, Self::Contains | Self::StartsWith)
    }
}

/// What an operand is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Right {
    /// A value of the operand's field.
    Value(Value),
    /// A text, for a part of a URL and for a part of a text.
    Text(Box<str>),
    /// An amount, for a change.
    Amount(Decimal),
    /// So many percent of the recorded amount, for a change.
    Percent(Decimal),
    Operand(Operand),
}

/// A regular expression. Two are equal if they are written alike.
#[derive(Debug, Clone)]
pub(super) struct Pattern(pub(super) Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Pattern {}
