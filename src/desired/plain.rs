//! Fast path for simple documents: only `field: value` lines, comments and `|` blocks, in ASCII.
//!
//! For speed only: the scanner copies every scalar character by character, and took 60 % of the time of reading a tree of 100,000
//! files. Most offers are this simple. Anything unusual is left to the scanner (`None`), so no problem is reported here. A property test
//! compares every accepted document with the scanner's, including all positions.

use std::borrow::Cow;

use super::node::{Document, Entry, Node, Style, Used};
use crate::source::Span;

/// Documents with more fields are left to the scanner and its limits.
const MOST_FIELDS: usize = 40;

/// The document, if it is the only one in the text and simple enough.
pub(super) fn document(text: &str) -> Option<Document<'_>> {
    let mut lines = Lines { rest: text, number: 0 };
    let mut nodes = Vec::with_capacity(20);
    let mut entries: Vec<Entry<'_>> = Vec::with_capacity(20);
    while let Some(line) = lines.next() {
        if line.is_empty() || (line.starts_with('#') && is_ascii_text(line)) {
            continue;
        }
        let at = line.bytes().position(|byte| !(byte.is_ascii_lowercase() || byte == b'_'))?;
        let (name, value) = (&line[..at], line[at..].strip_prefix(": ")?);
        if name.is_empty() || entries.len() == MOST_FIELDS || entries.iter().any(|entry| entry.name == name) {
            return None;
        }
        let span = Span { line: lines.number, column: 1, length: length_of(name)? };
        let (node, place) = if value == "|" {
            block(&mut lines)?
        } else {
            let place = Span { line: lines.number, column: span.length + 3, length: length_of(value)? };
            (scalar(value)?, place)
        };
        entries.push(Entry { name: Cow::Borrowed(name), span, value: Used { node: nodes.len(), span: place } });
        nodes.push(node);
    }
    let begin = Span { length: 0, ..entries.first()?.span };
    let root = Used { node: nodes.len(), span: begin };
    nodes.push(Node::Mapping(entries));
    Some(Document { nodes, root })
}

fn length_of(text: &str) -> Option<u32> {
    u32::try_from(text.len()).ok()
}

/// Printable ASCII: one byte is one character is one column.
fn is_ascii_text(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn scalar(value: &str) -> Option<Node<'_>> {
    let (first, last) = (*value.as_bytes().first()?, *value.as_bytes().last()?);
    if !is_ascii_text(value) {
        return None;
    }
    let (text, style) = match first {
        b'"' | b'\'' => {
            let inner = value.get(1..value.len() - 1).filter(|_| last == first)?;
            if inner.bytes().any(|byte| matches!(byte, b'"' | b'\'' | b'\\')) {
                return None;
            }
            (inner, Style::Quoted)
        }
        _ if first.is_ascii_alphanumeric() && is_plain(value, last) => (value, Style::Plain),
        _ => return None,
    };
    Some(Node::Scalar { text: Cow::Borrowed(text), style })
}

/// Without what would end a plain scalar: `: `, a colon at the end, ` #`; and without a space at the end.
fn is_plain(value: &str, last: u8) -> bool {
    !matches!(last, b' ' | b':') && !value.as_bytes().windows(2).any(|pair| pair == b": " || pair == b" #")
}

/// The lines of a `|` block, all indented at least like the first, with a final line end.
fn block<'a>(lines: &mut Lines<'a>) -> Option<(Node<'a>, Span)> {
    let first = lines.peek()?;
    let indent = first.len() - first.trim_start_matches(' ').len();
    let place = Span {
        line: lines.number + 1,
        column: u32::try_from(indent).ok()? + 1,
        length: length_of(first.get(indent..)?)?,
    };
    let (mut text, mut blank) = (String::new(), 0);
    while let Some(line) = lines.peek().filter(|line| line.is_empty() || line.starts_with(' ')) {
        if line.is_empty() {
            blank += 1;
        } else {
            let content = line.get(indent..)?;
            let is_indented = line.as_bytes()[..indent].iter().all(|byte| *byte == b' ');
            if indent == 0 || !is_indented || content.trim_start_matches(' ').is_empty() || !is_ascii_text(content) {
                return None;
            }
            text.extend(std::iter::repeat_n('\n', blank));
            text.push_str(content);
            text.push('\n');
            blank = 0;
        }
        let is_ended = lines.rest.len() > line.len();
        lines.next();
        // A last line without a line end is left to the scanner.
        if !is_ended {
            return None;
        }
    }
    (!text.is_empty()).then_some((Node::Scalar { text: Cow::Owned(text), style: Style::Block }, place))
}

/// The lines of a text, by LF alone: a CR fails the check for ASCII text.
struct Lines<'a> {
    rest: &'a str,
    /// The number of the last line taken.
    number: u32,
}

impl<'a> Lines<'a> {
    fn peek(&self) -> Option<&'a str> {
        (!self.rest.is_empty()).then(|| self.rest.split('\n').next().unwrap_or(""))
    }

    fn next(&mut self) -> Option<&'a str> {
        let line = self.peek()?;
        self.rest = self.rest.get(line.len() + 1..).unwrap_or("");
        self.number = self.number.checked_add(1)?;
        Some(line)
    }
}
