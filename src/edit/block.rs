//! Where a block scalar (`|`, `>`) stands: its header, its lines, the blank lines behind it. The scanner reports none
//! of this, so the lines are read here; a mistake is caught by the check of the edit's result.

use std::ops::Range;

use super::lines::{indentation, line_end, next_line};

/// How a block scalar treats the line breaks at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chomping {
    Strip,
    Clip,
    Keep,
}

/// A block scalar in the text.
#[derive(Debug, Clone)]
pub(super) struct BlockScalar {
    pub(super) chomping: Chomping,
    /// The indicators: `|2-`.
    pub(super) header: Range<usize>,
    /// The column of the content; `None` where there is none.
    pub(super) indent: Option<usize>,
    /// From the end of the header's line (its comment included) to the end of the last content line, both without line break.
    pub(super) content: Range<usize>,
    /// The same, with the blank lines that follow.
    pub(super) with_blanks: Range<usize>,
    /// How many blank lines follow the content.
    pub(super) blanks: usize,
}

impl BlockScalar {
    /// The block scalar whose header begins at `at`, in a mapping whose keys stand at `column`.
    pub(super) fn read(text: &str, at: usize, column: usize) -> Option<Self> {
        if !text[at..].starts_with(['|', '>']) {
            return None;
        }
        let indicators = text[at + 1..].bytes().take_while(|byte| matches!(byte, b'+' | b'-' | b'1'..=b'9')).count();
        let header = at..at + 1 + indicators;
        let mut chomping = Chomping::Clip;
        let mut indent = None;
        for byte in text[at + 1..header.end].bytes() {
            match byte {
                b'+' => chomping = Chomping::Keep,
                b'-' => chomping = Chomping::Strip,
                digit => indent = Some(column + usize::from(digit - b'0')),
            }
        }
        let header_end = line_end(text, header.end);
        let indent = indent.or_else(|| first_indentation(text, header_end).filter(|indent| *indent > column));
        let mut block = Self {
            chomping,
            header,
            indent,
            content: header_end..header_end,
            with_blanks: header_end..header_end,
            blanks: 0,
        };
        block.walk(text);
        Some(block)
    }

    fn walk(&mut self, text: &str) {
        let indent = self.indent.unwrap_or(0);
        let mut at = next_line(text, self.content.end);
        while at < text.len() {
            let end = line_end(text, at);
            let line = &text[at..end];
            let spaces = indentation(line);
            if spaces == line.len() && (spaces <= indent || self.indent.is_none()) {
                self.with_blanks.end = end;
                self.blanks += 1;
            } else if self.indent.is_some() && spaces >= indent {
                self.content.end = end;
                self.with_blanks.end = end;
                self.blanks = 0;
            } else {
                break;
            }
            at = next_line(text, at);
        }
    }

    /// The end of what belongs to the value; behind it, blank lines only separate.
    pub(super) fn end(&self) -> usize {
        if self.chomping == Chomping::Keep { self.with_blanks.end } else { self.content.end }
    }
}

/// How far the first line with something on it is indented.
fn first_indentation(text: &str, header_end: usize) -> Option<usize> {
    text[next_line(text, header_end)..]
        .lines()
        .map(|line| (line, indentation(line)))
        .find(|(line, spaces)| *spaces < line.len())
        .map(|(_, spaces)| spaces)
}
