//! Lines of a text by byte offsets, and splices into it. Knows `\n` and `\r\n`; a lone `\r` never gets here.

use std::ops::Range;

/// The mark that some editors put first in a file.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// What YAML takes for blank; other spaces are text.
pub(super) const BLANKS: [char; 2] = [' ', '\t'];

/// One replacement; everything outside `range` stays byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

impl Splice {
    pub(super) fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { range, text: text.into() }
    }

    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::new(at..at, text)
    }
}

/// The text with all replacements made; they are in order and do not overlap.
pub(super) fn splice(text: &str, splices: &[Splice]) -> String {
    let mut result = String::with_capacity(text.len() + splices.iter().map(|splice| splice.text.len()).sum::<usize>());
    let mut at = 0;
    for Splice { range, text: new } in splices {
        result.push_str(&text[at..range.start]);
        result.push_str(new);
        at = range.end;
    }
    result.push_str(&text[at..]);
    result
}

/// Where the line of that offset begins; after the byte order mark on the first line.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    match text[..at].rfind('\n') {
        Some(newline) => newline + 1,
        None if text.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len_utf8().min(at),
        None => 0,
    }
}

/// Where the line of that offset ends, before its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    if end > at && end < text.len() && text[..end].ends_with('\r') { end - 1 } else { end }
}

/// Where the next line begins; the text's end where there is none.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// The line break in use around that offset: the line's own, else the one before it.
pub(super) fn line_break(text: &str, at: usize) -> &'static str {
    let newline = text[at..].find('\n').map(|newline| at + newline).or_else(|| text[..at].rfind('\n'));
    match newline {
        Some(newline) if text[..newline].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// How many spaces the line begins with.
pub(super) fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
