//! Fast path for plain documents: `field: value` lines, a `sync:` mapping, lists in brackets, comments and `|` blocks.
//!
//! The scanner copies every scalar character by character, which took six tenths of the time of reading 100,000 files. Most
//! offers are plain enough for this reader. What is unusual in any way is left to the scanner (`None`), so no problem is ever
//! reported from here; a property test compares every document that is read here with the scanner's, positions included.

use std::borrow::Cow;

use super::node::{Document, Entry, Node, Style, Used};
use crate::source::Span;

/// Documents with more fields are left to the scanner and its limits.
const MAX_FIELDS: usize = 40;

/// The document, if it is the only one in the text and plain.
pub(super) fn document(text: &str) -> Option<Document<'_>> {
    let mut reader = PlainReader { lines: Lines { rest: text, number: 0 }, nodes: Vec::with_capacity(24) };
    if text.starts_with("---\n") {
        reader.lines.next();
    }
    let root = reader.mapping(0)?;
    reader.lines.peek().is_none().then_some(Document { nodes: reader.nodes, root })
}

struct PlainReader<'a> {
    lines: Lines<'a>,
    /// In the scanner's order: a collection after its items.
    nodes: Vec<Node<'a>>,
}

impl<'a> PlainReader<'a> {
    fn add(&mut self, node: Node<'a>, span: Span) -> Used {
        self.nodes.push(node);
        Used { node: self.nodes.len() - 1, span }
    }

    /// A mapping whose names are indented by so many spaces.
    fn mapping(&mut self, indent: usize) -> Option<Used> {
        let mut entries: Vec<Entry<'a>> = Vec::with_capacity(if indent == 0 { 20 } else { 4 });
        while let Some(line) = self.lines.peek() {
            let content = line.trim_start_matches(' ');
            if line.is_empty() || (content.starts_with('#') && is_text(content)) {
                self.lines.next();
                continue;
            }
            let depth = line.len() - content.len();
            if depth < indent {
                break;
            }
            if depth > indent || entries.len() == MAX_FIELDS {
                return None;
            }
            self.lines.next();
            let entry = self.entry(content, indent)?;
            if entries.iter().any(|other| other.name == entry.name) {
                return None;
            }
            entries.push(entry);
        }
        let start = Span { length: 0, ..entries.first()?.span };
        Some(self.add(Node::Mapping(entries), start))
    }

    /// The entry on the line that was taken last.
    fn entry(&mut self, content: &'a str, indent: usize) -> Option<Entry<'a>> {
        let end =
            content.bytes().position(|byte| !(byte.is_ascii_lowercase() || byte == b'_')).filter(|end| *end > 0)?;
        let (name, rest) = content.split_at(end);
        let (line, column) = (self.lines.number, number(indent + 1)?);
        let span = Span { line, column, length: number(name.len())? };
        let value = match rest.strip_prefix(": ") {
            Some("|") if indent == 0 => self.block()?,
            Some(value) => self.value(value, Span { column: column + span.length + 2, ..span })?,
            None if rest == ":" && indent == 0 => {
                let next = self.lines.peek()?;
                self.mapping(next.len() - next.trim_start_matches(' ').len()).filter(|_| next.starts_with(' '))?
            }
            None => return None,
        };
        Some(Entry { name: Cow::Borrowed(name), span, value })
    }

    /// A value on one line: a scalar, or a list of plain words in brackets. `at` is its first column.
    fn value(&mut self, value: &'a str, at: Span) -> Option<Used> {
        let Some(list) = value.strip_prefix('[') else {
            let (node, length) = scalar(value)?;
            return Some(self.add(node, Span { length, ..at }));
        };
        let list = list.strip_suffix(']')?;
        let (mut items, mut column) = (Vec::new(), at.column + 1);
        for item in list.split(", ") {
            let length = number(item.len())?;
            let is_word = item.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if item.is_empty() || !is_word {
                return None;
            }
            let node = Node::Scalar { text: Cow::Borrowed(item), style: Style::Plain };
            items.push(self.add(node, Span { line: at.line, column, length }));
            column += length + 2;
        }
        Some(self.add(Node::Sequence(items), Span { length: 1, ..at }))
    }

    /// The lines of a `|` block, all indented like the first or deeper, with a line end after the last.
    fn block(&mut self) -> Option<Used> {
        let first = self.lines.peek()?;
        let indent = first.len() - first.trim_start_matches(' ').len();
        let length = number(first.get(indent..)?.chars().count())?;
        let span = Span { line: self.lines.number + 1, column: number(indent + 1)?, length };
        let (mut text, mut blank) = (String::new(), 0);
        while let Some(line) = self.lines.peek().filter(|line| line.is_empty() || line.starts_with(' ')) {
            if line.is_empty() {
                blank += 1;
            } else {
                let content = line.get(indent..)?;
                let is_indented = line.as_bytes()[..indent].iter().all(|byte| *byte == b' ');
                if indent == 0 || !is_indented || content.trim_start_matches(' ').is_empty() || !is_text(content) {
                    return None;
                }
                text.extend(std::iter::repeat_n('\n', blank));
                text.push_str(content);
                text.push('\n');
                blank = 0;
            }
            let is_ended = self.lines.rest.len() > line.len();
            self.lines.next();
            // Only the scanner decides whether a last line without its end has one in the text.
            if !is_ended {
                return None;
            }
        }
        let is_empty = text.is_empty();
        let node = Node::Scalar { text: Cow::Owned(text), style: Style::Block };
        (!is_empty).then(|| self.add(node, span))
    }
}

fn number(n: usize) -> Option<u32> {
    u32::try_from(n).ok()
}

/// Printable characters, each of one column. Nearly always ASCII, which is checked byte by byte.
fn is_text(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        || text.chars().all(|c| matches!(c, ' '..='~' | '\u{a1}'..='\u{2027}' | '\u{2030}'..='\u{d7ff}'))
}

/// A scalar on one line and its length in characters. A comment may follow a plain one.
fn scalar(value: &str) -> Option<(Node<'_>, u32)> {
    let first = value.chars().next()?;
    if !is_text(value) {
        return None;
    }
    let (text, style, whole) = if matches!(first, '"' | '\'') {
        let inner = value.get(1..value.len() - 1).filter(|_| value.ends_with(first))?;
        if inner.contains(['"', '\'', '\\']) {
            return None;
        }
        (inner, Style::Quoted, value)
    } else {
        let plain = value.find(" #").map_or(value, |comment| &value[..comment]).trim_end_matches(' ');
        if !first.is_alphanumeric() || plain.ends_with(':') || plain.contains(": ") {
            return None;
        }
        (plain, Style::Plain, plain)
    };
    let node = Node::Scalar { text: Cow::Borrowed(text), style };
    Some((node, number(whole.chars().count())?))
}

/// The lines of a text, by LF alone: a CR fails the check for printable characters.
struct Lines<'a> {
    rest: &'a str,
    /// The number of the line that was taken last.
    number: u32,
}

impl<'a> Lines<'a> {
    fn peek(&self) -> Option<&'a str> {
        (!self.rest.is_empty()).then(|| self.rest.split('\n').next().unwrap_or(""))
    }

    fn next(&mut self) {
        if let Some(line) = self.peek() {
            self.rest = self.rest.get(line.len() + 1..).unwrap_or("");
            self.number += 1;
        }
    }
}
