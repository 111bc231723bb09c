//! The positions of a mapping entry in the text: its key, its value, its last line.

use std::ops::Range;

use saphyr_parser::{Event, ScalarStyle};

use super::block::BlockScalar;
use super::document::{Entry, Mapping};
use super::lines::{BLANKS, indentation, line_end, line_start, next_line};
use super::refused::Refused;
use super::stream::{SpannedEvent, Stream};

/// A scalar value in the text.
#[derive(Debug, Clone)]
pub(super) enum ValuePlace {
    /// No value; a new one is inserted at this offset, after the colon if there is one.
    Empty {
        at: usize,
        colon: bool,
    },
    /// A plain or quoted scalar.
    Inline {
        range: Range<usize>,
        style: ScalarStyle,
    },
    Block(BlockScalar),
}

impl Stream<'_> {
    /// The line of an entry's key.
    pub(super) fn line_of(&self, entry: &Entry) -> usize {
        self.events[entry.key].line
    }

    fn refuse(&self, entry: &Entry, reason: &str) -> Refused {
        Refused::new(self.line_of(entry), format!("`{}`: {reason}", entry.name))
    }

    /// The key's text; in a block mapping it must begin its line, as every plainly written key does.
    pub(super) fn key_range(&self, mapping: &Mapping, entry: &Entry) -> Result<Range<usize>, Refused> {
        let key = &self.events[entry.key];
        if !is_bare(&key.event) {
            return Err(self.refuse(entry, "the key has an anchor or a tag"));
        }
        let start = line_start(self.text, key.start);
        // The first key of a mapping in a list stands behind the dash.
        let is_first = mapping.entries.first().is_some_and(|first| first.key == entry.key);
        let before = self.text[start..key.start].trim_start_matches(' ');
        let before = before.strip_prefix("- ").filter(|_| is_first).unwrap_or(before);
        let begins_its_line = before.bytes().all(|byte| byte == b' ');
        if !mapping.flow && (key.column != mapping.column || !begins_its_line) {
            return Err(self.refuse(entry, "the key does not begin its line"));
        }
        self.inline(key).ok_or_else(|| self.refuse(entry, "the key is not written on one line"))
    }

    /// The range of a plain or quoted scalar.
    pub(super) fn inline(&self, spanned: &SpannedEvent<'_>) -> Option<Range<usize>> {
        let Event::Scalar(_, style, ..) = &spanned.event else { return None };
        let end = match style {
            ScalarStyle::Plain => spanned.end,
            // The scanner's end of a quoted scalar takes in the blanks and comments that follow.
            ScalarStyle::SingleQuoted => closing_single(self.text, spanned.start)?,
            ScalarStyle::DoubleQuoted => closing_double(self.text, spanned.start)?,
            ScalarStyle::Literal | ScalarStyle::Folded => return None,
        };
        Some(spanned.start..end)
    }

    /// The offset behind the colon of an entry.
    fn behind_colon(&self, key: &Range<usize>) -> Option<usize> {
        let at = key.end + blanks(&self.text[key.end..]);
        self.text[at..].starts_with(':').then_some(at + 1)
    }

    /// Where the value stands, if it is a scalar that can be replaced.
    pub(super) fn value_place(&self, mapping: &Mapping, entry: &Entry) -> Result<ValuePlace, Refused> {
        let key = self.key_range(mapping, entry)?;
        let colon = self.behind_colon(&key);
        if colon.is_none() && !mapping.flow {
            return Err(self.refuse(entry, "no colon follows the key on its line"));
        }
        let value = &self.events[entry.value.start];
        match &value.event {
            Event::Scalar(_, _, anchor, _) if *anchor != 0 => Err(self.refuse(entry, "the value has an anchor")),
            Event::Scalar(_, _, _, Some(_)) => Err(self.refuse(entry, "the value has a tag")),
            Event::Scalar(text, ScalarStyle::Plain, ..) if text.is_empty() => {
                Ok(ValuePlace::Empty { at: colon.unwrap_or(key.end), colon: colon.is_some() })
            }
            Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..) => self
                .block(mapping, &key)
                .map(ValuePlace::Block)
                .ok_or_else(|| self.refuse(entry, "the block text does not begin on the line of its key")),
            Event::Scalar(_, style, ..) => match self.inline(value) {
                Some(range) => Ok(ValuePlace::Inline { range, style: *style }),
                None => Err(self.refuse(entry, "the end of the value cannot be determined")),
            },
            Event::Alias(_) => Err(self.refuse(entry, "the value is an alias")),
            _ => Err(self.refuse(entry, "the value is a list or a mapping")),
        }
    }

    fn block(&self, mapping: &Mapping, key: &Range<usize>) -> Option<BlockScalar> {
        let colon = self.behind_colon(key)?;
        BlockScalar::read(self.text, colon + blanks(&self.text[colon..]), mapping.column)
    }

    /// The end of an entry's value, without what follows on its line.
    pub(super) fn value_end(&self, mapping: &Mapping, entry: &Entry) -> Result<usize, Refused> {
        let key = self.key_range(mapping, entry)?;
        let value = &self.events[entry.value.start];
        if let Event::Scalar(text, style, anchor, tag) = &value.event {
            if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                let block = self.block(mapping, &key);
                return block
                    .map(|block| block.end())
                    .ok_or_else(|| self.refuse(entry, "a block text with an anchor or a tag"));
            }
            if text.is_empty() && *style == ScalarStyle::Plain && *anchor == 0 && tag.is_none() {
                return Ok(self.behind_colon(&key).unwrap_or(key.end));
            }
        }
        self.node_end(entry.value.clone())
            .ok_or_else(|| self.refuse(entry, "the end of the value cannot be determined"))
    }

    /// The end of a node without block texts: a collection ends with its last leaf, or with its own bracket.
    pub(super) fn node_end(&self, events: Range<usize>) -> Option<usize> {
        events.rev().map(|at| &self.events[at]).find_map(|spanned| self.leaf_end(spanned))
    }

    /// The end of a leaf or of a closing bracket; `None` for the end of a block collection, which has no text of its own.
    fn leaf_end(&self, spanned: &SpannedEvent<'_>) -> Option<usize> {
        match &spanned.event {
            Event::SequenceEnd | Event::MappingEnd => {
                self.text[spanned.start..].starts_with([']', '}']).then_some(spanned.start + 1)
            }
            // Its span is that of the anchor, the tag or the place where nothing stands: the line is right, and that is enough.
            Event::Scalar(text, ScalarStyle::Plain, ..) if text.is_empty() => Some(spanned.start),
            Event::Scalar(..) => self.inline(spanned).map(|range| range.end),
            _ => Some(spanned.start),
        }
    }

    /// The end of the last line that belongs to an entry of a block mapping, without its line break.
    pub(super) fn last_line_end(&self, mapping: &Mapping, entry: &Entry) -> Result<usize, Refused> {
        let scalar = entry.value.len() == 1;
        if !scalar && self.has_block_text(entry.value.clone()) {
            return Err(self.refuse(entry, "a block text inside a list or a mapping"));
        }
        let end = line_end(self.text, self.value_end(mapping, entry)?);
        Ok(if scalar { end } else { self.behind_comments(end, mapping.column) })
    }

    /// Whether one of these events is a block text, whose end the events do not tell.
    pub(super) fn has_block_text(&self, events: Range<usize>) -> bool {
        let is_block = |style: &ScalarStyle| matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        self.events[events]
            .iter()
            .any(|spanned| matches!(&spanned.event, Event::Scalar(_, style, ..) if is_block(style)))
    }

    /// Comments that are indented like the inside of a collection belong to it.
    pub(super) fn behind_comments(&self, mut end: usize, column: usize) -> usize {
        loop {
            let next = next_line(self.text, end);
            let line = &self.text[next..line_end(self.text, next)];
            let spaces = indentation(line);
            if spaces <= column || !line[spaces..].starts_with('#') {
                return end;
            }
            end = next + line.len();
        }
    }
}

fn is_bare(event: &Event<'_>) -> bool {
    matches!(event, Event::Scalar(_, _, 0, None))
}

/// How many blanks the text begins with.
pub(super) fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches(BLANKS).len()
}

fn closing_single(text: &str, start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += text[at..].find('\'')? + 1;
        if !text[at..].starts_with('\'') {
            return Some(at);
        }
        at += 1;
    }
}

fn closing_double(text: &str, start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += text[at..].find(['"', '\\'])? + 1;
        if text[..at].ends_with('"') {
            return Some(at);
        }
        at += text[at..].chars().next()?.len_utf8();
    }
}
