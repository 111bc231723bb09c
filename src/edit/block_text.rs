//! A text as a block scalar: its indicators and lines. Says no where a block scalar cannot hold the text for every reader.

use super::block::Chomping;
use super::lines::indentation;
use super::scalar::needs_escape;

/// A block scalar to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BlockText {
    /// The indicators: `|2-`.
    pub(super) header: String,
    pub(super) chomping: Chomping,
    /// Content without indentation.
    lines: Vec<String>,
    /// Blank lines at the end that are part of the value.
    pub(super) blanks: usize,
    indent: usize,
}

/// Where a block scalar stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// The column of the mapping's keys.
    pub(super) column: usize,
    /// The column of the content.
    pub(super) indent: usize,
    /// The chomping to keep where it allows the value.
    pub(super) chomping: Chomping,
}

impl BlockText {
    /// As `|`: line by line.
    pub(super) fn literal(text: &str, frame: Frame) -> Option<Self> {
        let (body, breaks) = split(text)?;
        Self::new('|', body.split('\n').map(str::to_owned).collect(), breaks, frame)
    }

    /// As `>`: a line break is an empty line; wrapped at single spaces where a width is given.
    pub(super) fn folded(text: &str, frame: Frame, width: Option<usize>) -> Option<Self> {
        let (body, breaks) = split(text)?;
        let mut lines: Vec<String> = Vec::new();
        let mut begun = false;
        for paragraph in body.split('\n') {
            // A line that begins with a blank is not folded; `|` is the better form for such text.
            if paragraph.starts_with([' ', '\t']) {
                return None;
            }
            // The first of the breaks between two paragraphs is folded away, so there is one more.
            if begun && !paragraph.is_empty() {
                lines.push(String::new());
            }
            begun |= !paragraph.is_empty();
            match width {
                Some(width) => wrap(paragraph, width, &mut lines),
                None => lines.push(paragraph.to_owned()),
            }
        }
        Self::new('>', lines, breaks, frame)
    }

    fn new(style: char, lines: Vec<String>, breaks: usize, frame: Frame) -> Option<Self> {
        let chomping = match (breaks, frame.chomping) {
            (0, _) => Chomping::Strip,
            (_, Chomping::Keep) | (2.., _) => Chomping::Keep,
            (1, _) => Chomping::Clip,
        };
        let mut header = String::from(style);
        // Without a digit, the first line with text would set the indentation.
        let first = lines.iter().find(|line| !line.trim_matches(' ').is_empty());
        let led_by_blanks =
            lines.iter().take_while(|line| line.trim_matches(' ').is_empty()).any(|line| !line.is_empty());
        if led_by_blanks || first.is_none_or(|line| indentation(line) > 0) {
            let digit = frame.indent.checked_sub(frame.column).filter(|digit| (1..=9).contains(digit))?;
            header.push_str(&digit.to_string());
        }
        match chomping {
            Chomping::Strip => header.push('-'),
            Chomping::Clip => {}
            Chomping::Keep => header.push('+'),
        }
        Some(Self { header, chomping, lines, blanks: breaks.saturating_sub(1), indent: frame.indent })
    }

    /// The lines, each after a line break: what follows the header's line. `blanks` empty lines close it.
    pub(super) fn render(&self, line_break: &str, blanks: usize) -> String {
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(line_break);
            if !line.is_empty() {
                text.extend(std::iter::repeat_n(' ', self.indent));
                text.push_str(line);
            }
        }
        for _ in 0..blanks {
            text.push_str(line_break);
        }
        text
    }
}

/// The text without its last line breaks, and their number. `None` where it cannot be a block scalar.
fn split(text: &str) -> Option<(&str, usize)> {
    let body = text.trim_end_matches('\n');
    let writable = !body.chars().any(|c| needs_escape(c) && !matches!(c, '\n' | '\t'));
    // Readers differ over block text that begins with a tab or holds nothing but blanks.
    let has_text = body.split('\n').any(|line| !line.trim_matches([' ', '\t']).is_empty());
    let first = body.trim_start_matches([' ', '\n']);
    (writable && has_text && !first.starts_with('\t')).then_some((body, text.len() - body.len()))
}

/// Breaks a paragraph at single spaces between words, greedily; folding puts the spaces back.
fn wrap(paragraph: &str, width: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut length = 0;
    for word in pieces(paragraph) {
        let word_length = word.chars().count();
        if !line.is_empty() && length + 1 + word_length > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        if !line.is_empty() {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += word_length;
    }
    lines.push(line);
}

/// The parts of a paragraph between its single spaces; a part can hold wider gaps, which must not be broken.
fn pieces(paragraph: &str) -> Vec<&str> {
    let bytes = paragraph.as_bytes();
    let is_blank = |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t'));
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 1..bytes.len() {
        if bytes[at] == b' ' && !is_blank(at - 1) && !is_blank(at + 1) {
            pieces.push(&paragraph[start..at]);
            start = at + 1;
        }
    }
    pieces.push(&paragraph[start..]);
    pieces
}
