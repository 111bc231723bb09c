//! A condition as text, in the form that reads back to it.

use std::fmt::{Display, Formatter, Result};

use crate::offer::Value;

use super::condition::{Comparison, Condition, Node, Operand, Right, Side, UrlPart};
use super::text::quoted;

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.0.fmt(f)
    }
}

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::All(nodes) => joined(f, nodes, " && ", |node| matches!(node, Self::Any(_) | Self::All(_))),
            Self::Any(nodes) => joined(f, nodes, " || ", |node| matches!(node, Self::Any(_))),
            Self::Not(node) => match **node {
                Self::Has(_) | Self::Changes(_) | Self::Not(_) => write!(f, "!{node}"),
                _ => write!(f, "!({node})"),
            },
            Self::Has(operand) => write!(f, "has({operand})"),
            Self::Changes(field) => write!(f, "change({field})"),
            Self::Compare { left, comparison, right } => write!(f, "{left} {comparison} {right}"),
            Self::OneOf { left, rights } => {
                let rights: Vec<_> = rights.iter().map(ToString::to_string).collect();
                write!(f, "{left} in [{}]", rights.join(", "))
            }
            Self::Matches { left, pattern } => write!(f, "{left} matches {}", quoted(pattern.0.as_str())),
        }
    }
}

fn joined(f: &mut Formatter<'_>, nodes: &[Node], sign: &str, in_brackets: impl Fn(&Node) -> bool) -> Result {
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            f.write_str(sign)?;
        }
        if in_brackets(node) { write!(f, "({node})")? } else { write!(f, "{node}")? }
    }
    Ok(())
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { side, field, part } = self;
        match side {
            Side::Now => write!(f, "{field}")?,
            Side::Was => write!(f, "was.{field}")?,
            Side::Change => write!(f, "change({field})")?,
        }
        match part {
            None => Ok(()),
            Some(UrlPart::Host) => f.write_str(".host"),
            Some(UrlPart::Path) => f.write_str(".path"),
            Some(UrlPart::Query(name)) => write!(f, ".query.{name}"),
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let found = Self::SIGNS.iter().chain(&Self::WORDS).find(|(_, comparison)| comparison == self);
        f.write_str(found.map_or("", |(sign, _)| sign))
    }
}

impl Display for Right {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Value(Value::Text(text)) | Self::Text(text) => f.write_str(&quoted(text)),
            Self::Value(Value::Url(url)) => f.write_str(&quoted(url.as_str())),
            Self::Value(value) => write!(f, "{value}"),
            Self::Amount(amount) => write!(f, "{amount}"),
            Self::Percent(percent) => write!(f, "{percent} %"),
            Self::Operand(operand) => write!(f, "{operand}"),
        }
    }
}
