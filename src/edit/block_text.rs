//! A text as a literal block scalar (`|`): its indicators and lines.

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
}

impl BlockText {
    /// As `|`, line by line. `None` where a block scalar cannot hold the text for every reader.
    pub(super) fn literal(text: &str, frame: Frame) -> Option<Self> {
        let (body, breaks) = split(text)?;
        let lines: Vec<String> = body.split('\n').map(str::to_owned).collect();
        let chomping = match breaks {
            0 => Chomping::Strip,
            1 => Chomping::Clip,
            2.. => Chomping::Keep,
        };
        let mut header = String::from('|');
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
