//! The events of a text with their byte offsets: how the text is understood before an edit and checked after it.
//!
//! Refuses a text that is no YAML, and the few characters with which readers of YAML disagree about where lines and files end.

use saphyr_parser::{Event, ScalarStyle};

use super::lines::BYTE_ORDER_MARK;
use super::refused::Refused;
use crate::scan;

#[derive(Debug, Clone)]
pub(super) struct SpannedEvent<'a> {
    pub(super) event: Event<'a>,
    /// Byte offsets. `end` is reliable for plain scalars only.
    pub(super) start: usize,
    pub(super) end: usize,
    /// From 1.
    pub(super) line: usize,
    /// From 0, in characters.
    pub(super) column: usize,
}

#[derive(Debug)]
pub(super) struct Stream<'a> {
    pub(super) text: &'a str,
    pub(super) events: Vec<SpannedEvent<'a>>,
}

impl<'a> Stream<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Refused> {
        refuse_odd_characters(text)?;
        let offsets = Offsets::new(text);
        let mut events = Vec::new();
        for event in scan::events(text) {
            let (event, span) = event.map_err(|error| {
                Refused::new(error.marker().line(), format!("this is not valid YAML: {}", error.info()))
                    .or_write("fix the YAML first")
            })?;
            events.push(SpannedEvent {
                event,
                start: offsets.byte(span.start.index()),
                end: offsets.byte(span.end.index()),
                line: span.start.line(),
                column: span.start.col(),
            });
        }
        Ok(Self { text, events })
    }

    /// The event after the node that begins at `at`.
    pub(super) fn after(&self, at: usize) -> usize {
        let mut depth = 0usize;
        for (index, spanned) in self.events.iter().enumerate().skip(at) {
            match spanned.event {
                Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
                Event::SequenceEnd | Event::MappingEnd => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return index + 1;
            }
        }
        self.events.len()
    }

    /// The text and style of the scalar at that event, if it is one.
    pub(super) fn scalar(&self, at: usize) -> Option<(&str, ScalarStyle)> {
        match &self.events.get(at)?.event {
            Event::Scalar(text, style, ..) => Some((text, *style)),
            _ => None,
        }
    }
}

/// A lone carriage return is a line break to YAML but not to editors and git, and the scanner takes NUL for the file's end.
fn refuse_odd_characters(text: &str) -> Result<(), Refused> {
    let bytes = text.as_bytes();
    let odd = bytes.iter().enumerate().find(|&(at, byte)| match byte {
        0 => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    let Some((at, byte)) = odd else { return Ok(()) };
    let line = text[..at].matches('\n').count() + 1;
    let (reason, what) = match byte {
        0 => ("the line holds a NUL character", "remove the character"),
        _ => ("the line holds a carriage return without a line feed", "save the file with one kind of line ending"),
    };
    Err(Refused::new(line, reason).or_write(what))
}

/// From the scanner's offsets in characters to bytes.
struct Offsets {
    /// `None` for ASCII, where both are the same.
    bytes: Option<Vec<usize>>,
    length: usize,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let bytes = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self { bytes, length: text.len() }
    }

    fn byte(&self, index: usize) -> usize {
        match &self.bytes {
            Some(bytes) => bytes.get(index).copied().unwrap_or(self.length),
            None => index.min(self.length),
        }
    }
}

/// The text without a byte order mark, and whether there was one.
pub(super) fn without_mark(text: &str) -> (&str, bool) {
    text.strip_prefix(BYTE_ORDER_MARK).map_or((text, false), |rest| (rest, true))
}
