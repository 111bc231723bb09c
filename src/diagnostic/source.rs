//! A source text: turns positions into labels with their source line.
//!
//! The index of lines is built for the first label, because most texts have no problem.

use std::cell::OnceCell;
use std::ops::Range;

use super::Label;
use crate::source::{Place, SourcePath, Span};

/// Longer lines are not quoted: a megabyte on one line would be copied into every message about it.
const MAX_QUOTED_LENGTH: usize = 4096;

/// A text and its displayed path.
#[derive(Debug)]
pub struct SourceText<'a> {
    file: SourcePath,
    text: &'a str,
    starts: OnceCell<Vec<usize>>,
}

impl<'a> SourceText<'a> {
    pub fn new(file: SourcePath, text: &'a str) -> Self {
        Self { file, text, starts: OnceCell::new() }
    }

    pub fn file(&self) -> &SourcePath {
        &self.file
    }

    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The 1-based line without its end; empty if there is no such line.
    pub fn line(&self, line: u32) -> &'a str {
        let starts = self.starts();
        let Some(start) = (line as usize).checked_sub(1).and_then(|index| starts.get(index)) else { return "" };
        let end = starts.get(line as usize).copied().unwrap_or(self.text.len());
        self.text[*start..end].trim_end_matches(['\n', '\r'])
    }

    /// A label with its source line, kept inside the line; at least one character long.
    pub fn label(&self, mut span: Span) -> Label {
        let text = self.line(span.line);
        if text.len() > MAX_QUOTED_LENGTH {
            span.length = span.length.max(1);
            return Label::at(Place::new(self.file.clone(), span));
        }
        let width = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        span.length = span.length.min((width + 1).saturating_sub(span.column)).max(1);
        Label::at(Place::new(self.file.clone(), span)).with_source(text)
    }

    /// A label at a range of bytes; of several lines, the first is meant.
    pub fn label_of_bytes(&self, bytes: Range<usize>) -> Label {
        let starts = self.starts();
        let start = self.text.floor_char_boundary(bytes.start);
        let index = starts.partition_point(|at| *at <= start).saturating_sub(1);
        let line_start = starts.get(index).copied().unwrap_or(0);
        let count = |from: usize, to: usize| {
            u32::try_from(self.text.get(from..to).map_or(0, |part| part.chars().count())).unwrap_or(u32::MAX)
        };
        let end = self.text.floor_char_boundary(bytes.end).max(start);
        let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let column = count(line_start, start).saturating_add(1);
        self.label(Span { line, column, length: count(start, end) })
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            // In YAML, CR, LF and CRLF are each one line end.
            let ends = bytes.iter().enumerate().filter(|(at, byte)| match **byte {
                b'\n' => true,
                b'\r' => bytes.get(at + 1) != Some(&b'\n'),
                _ => false,
            });
            std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> SourceText<'_> {
        SourceText::new("a".into(), text)
    }

    #[test]
    fn every_kind_of_line_end_ends_a_line() {
        let text = source("a\nbc\r\nd\re");
        assert_eq!([text.line(1), text.line(2), text.line(3), text.line(4), text.line(5)], ["a", "bc", "d", "e", ""]);
    }

    #[test]
    fn bytes_become_columns_in_characters() {
        let label = source("ä: ü\nx: öß\n").label_of_bytes(10..14);
        assert_eq!(
            (label.place.line, label.place.column, label.place.length, label.source_line.as_deref()),
            (2, 4, 2, Some("x: öß"))
        );
    }

    #[test]
    fn a_label_never_leaves_its_line_and_a_huge_line_is_not_quoted() {
        assert_eq!(source("abc\n").label(Span { line: 1, column: 3, length: 40 }).place.length, 1);
        let long = "x".repeat(MAX_QUOTED_LENGTH + 1);
        assert_eq!(source(&long).label(Span { line: 1, column: 7, length: 2 }).source_line, None);
    }
}
