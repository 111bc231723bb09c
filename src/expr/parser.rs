//! A text to a condition, or to an error with its place.
//!
//! By hand: a value that is not in quotes ends where the field's kind and the brackets around it say, which no grammar of a parser
//! library expresses more simply, and each error names what is allowed there.

use std::ops::Range;

use crate::offer::{Field, Value};

use super::condition::{Comparison, Condition, Node, Operand, Pattern, Side, UrlPart};
use super::operand::{check, is_text};
use super::patterns::{Case, PatternRoom};
use super::text::{bare_length, unquoted, word};

/// Conditions that are nested more deeply are refused: no text of a user's is.
const DEEPEST: usize = 50;

/// What a condition may speak about.
#[derive(Clone, Copy)]
pub struct Vocabulary<'a> {
    pub read: &'a ReadValue<'a>,
    /// Whether there are recorded values: `was.FIELD`, `change(FIELD)`.
    pub has_was: bool,
    pub patterns: &'a PatternRoom,
}

/// Reads a value of a field that is called by this name, which may be that of its configured names.
pub type ReadValue<'a> = dyn Fn(Field, &str, &str) -> Result<Value, RefusedValue> + 'a;

/// Why a text is no value of a field.
#[derive(Debug)]
pub struct RefusedValue {
    pub message: String,
    pub help: Option<String>,
}

/// What is wrong with a condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    pub message: String,
    pub help: Option<String>,
    /// Where, in bytes of the text.
    pub span: Range<usize>,
}

pub(super) type Parsed<T> = Result<T, ParseError>;

impl ParseError {
    pub(super) fn at(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, span }
    }
}

impl Condition {
    /// Reads a condition.
    pub fn parse(text: &str, vocabulary: Vocabulary<'_>) -> Parsed<Self> {
        let mut parser = Parser { text, at: 0, depth: 0, vocabulary };
        let node = parser.any()?;
        parser.skip_space();
        match parser.rest() {
            "" => Ok(Self(node)),
            _ => Err(parser.error_here("expected `&&`, `||` or the end")),
        }
    }
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    depth: usize,
    pub(super) vocabulary: Vocabulary<'a>,
}

impl<'a> Parser<'a> {
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    pub(super) fn eat(&mut self, sign: &str) -> bool {
        self.skip_space();
        let is_next = self.rest().starts_with(sign);
        if is_next {
            self.at += sign.len();
        }
        is_next
    }

    pub(super) fn eat_word(&mut self, wanted: &str) -> bool {
        self.skip_space();
        let length = word(self.rest(), wanted);
        self.at += length.unwrap_or_default();
        length.is_some()
    }

    pub(super) fn expect(&mut self, sign: &str) -> Parsed<()> {
        if self.eat(sign) { Ok(()) } else { Err(self.error_here(format!("expected `{sign}`"))) }
    }

    pub(super) fn error_here(&self, message: impl Into<String>) -> ParseError {
        let rest = self.rest();
        let length = rest.find(char::is_whitespace).filter(|length| *length > 0).unwrap_or(rest.len());
        ParseError::at(self.at..self.at + length, message)
    }

    fn any(&mut self) -> Parsed<Node> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error_here("the condition is nested too deeply"));
        }
        let mut nodes = vec![self.all()?];
        while self.eat("||") {
            nodes.push(self.all()?);
        }
        self.depth -= 1;
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Any(nodes) })
    }

    fn all(&mut self) -> Parsed<Node> {
        let mut nodes = vec![self.not()?];
        while self.eat("&&") || self.eat_word("and") {
            nodes.push(self.not()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::All(nodes) })
    }

    fn not(&mut self) -> Parsed<Node> {
        let mut is_not = false;
        while self.eat("!") {
            is_not = !is_not;
        }
        let node = if self.eat("(") {
            let node = self.any()?;
            self.expect(")")?;
            node
        } else {
            self.test()?
        };
        Ok(if is_not { Node::Not(Box::new(node)) } else { node })
    }

    fn test(&mut self) -> Parsed<Node> {
        self.skip_space();
        let begin = self.at;
        if self.eat_word("has") {
            self.expect("(")?;
            let (operand, _) = self.operand()?;
            self.expect(")")?;
            return Ok(Node::Has(operand));
        }
        let (left, called) = self.operand()?;
        let of_left = begin..self.at;
        if self.eat_word("in") {
            return self.list(left, &called);
        }
        if self.eat_word("matches") {
            return self.pattern(left, of_left);
        }
        let Some((comparison, span)) = self.comparison() else {
            if left.side == Side::Change {
                return Ok(Node::Changes(left.field));
            }
            return Err(ParseError::at(of_left, "a comparison is missing; write one such as payout >= 20"));
        };
        check(&left, &called, comparison).map_err(|message| ParseError::at(span, message))?;
        let right = self.right(&left, &called, comparison, false)?;
        Ok(Node::Compare { left, comparison, right })
    }

    fn comparison(&mut self) -> Option<(Comparison, Range<usize>)> {
        self.skip_space();
        let begin = self.at;
        let mut signs = Comparison::SIGNS.into_iter();
        let found = signs.find(|(sign, _)| self.eat(sign));
        let found = found.or_else(|| Comparison::WORDS.into_iter().find(|(word, _)| self.eat_word(word)));
        found.map(|(_, comparison)| (comparison, begin..self.at))
    }

    fn list(&mut self, left: Operand, called: &str) -> Parsed<Node> {
        self.expect("[")?;
        let mut rights = vec![self.right(&left, called, Comparison::Equal, true)?];
        while self.eat(",") {
            rights.push(self.right(&left, called, Comparison::Equal, true)?);
        }
        self.expect("]")?;
        Ok(Node::OneOf { left, rights })
    }

    fn pattern(&mut self, left: Operand, of_left: Range<usize>) -> Parsed<Node> {
        if !is_text(&left) {
            return Err(ParseError::at(of_left, "only a text or a URL can match a regular expression"));
        }
        let (text, span) = self.literal(false)?;
        let case = if left.part == Some(UrlPart::Host) { Case::Ignored } else { Case::Counts };
        let compiled =
            self.vocabulary.patterns.compile(&text, case).map_err(|message| ParseError::at(span, message))?;
        Ok(Node::Matches { left, pattern: Pattern(compiled) })
    }

    /// A value in quotes, or up to where a bare one ends.
    pub(super) fn literal(&mut self, in_list: bool) -> Parsed<(String, Range<usize>)> {
        self.skip_space();
        let begin = self.at;
        if self.rest().starts_with(['"', '\'']) {
            let (text, length) = unquoted(self.rest())
                .ok_or_else(|| ParseError::at(begin..self.text.len(), "the quotes of the value do not match"))?;
            self.at += length;
            return Ok((text, begin..self.at));
        }
        let text = self.rest()[..bare_length(self.rest(), in_list)].trim_end();
        self.at += text.len();
        if text.is_empty() {
            return Err(self.error_here("expected a value"));
        }
        if let Some(word) = or_before_condition(text) {
            let span = begin + word..begin + word + "or".len();
            let help = Some("put a value that has this word in quotes".to_owned());
            return Err(ParseError { help, ..ParseError::at(span, "write `||` for `or`") });
        }
        Ok((text.to_owned(), begin..self.at))
    }
}

/// Where a value that is not in quotes has the word `or` before what reads like another condition.
fn or_before_condition(text: &str) -> Option<usize> {
    let starts_condition = |rest: &str| {
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let is_field = |field: Field| field.name() == name || field.by_name() == Some(&*name);
        rest.starts_with(['(', '!'])
            || ["has", "change", "was", "not"].contains(&&*name)
            || Field::ALL.into_iter().any(is_field)
    };
    let spaces = text.char_indices().filter(|(_, c)| c.is_whitespace());
    let mut words = spaces.filter_map(|(at, space)| {
        let begin = at + space.len_utf8();
        let length = word(&text[begin..], "or")?;
        starts_condition(text[begin + length..].trim_start()).then_some(begin)
    });
    words.next()
}
