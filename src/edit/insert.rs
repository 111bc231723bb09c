//! Adding an entry that is not there: one new line (or a part of a line, inside braces) at its place in the order of fields.

use super::block::Chomping;
use super::candidates::NewValue;
use super::check::{ExpectedEvent, splice_checked};
use super::document::{Entry, Mapping};
use super::entry::ValuePlace;
use super::lines::{Splice, line_break, line_end, line_start, next_line};
use super::refused::Refused;
use super::scalar;
use super::spelling::Spelling;
use super::stream::Stream;

/// The place of a name in the order of a mapping's entries.
pub(super) type Rank = fn(&str) -> usize;

/// Adds a field with a scalar value.
pub(super) fn field(
    stream: &Stream<'_>,
    mapping: &Mapping,
    spelling: Spelling<'_>,
    rank: Rank,
) -> Result<String, Refused> {
    let Spelling { name, text, meaning } = spelling;
    let value = NewValue { text, meaning, flow: mapping.flow, column: mapping.column };
    let plain = scalar::plain(text, meaning, mapping.flow).map(EntryText::single_line);
    let block = value.fresh_block().map(|block| {
        let line_break = line_break(stream.text, stream.events[mapping.start].start);
        let text = format!("{}{}", block.header, block.render(line_break, block.blanks));
        EntryText { text, needs_break: block.chomping != Chomping::Strip }
    });
    let quoted = scalar::single(text).into_iter().chain([scalar::double(text)]).map(EntryText::single_line);
    let values = plain.into_iter().chain(block).chain(quoted);
    let entries = values.map(|value| EntryText { text: format!("{name}: {}", value.text), ..value });
    entry(stream, mapping, (name, rank), entries, &[name, text].map(ExpectedEvent::Scalar))
}

/// A way to write an entry.
pub(super) struct EntryText {
    text: String,
    /// It ends with a block text whose last line break is part of it, so it cannot end a file without one.
    needs_break: bool,
}

impl EntryText {
    /// Text of a line, or of several lines that no block text ends.
    pub(super) fn single_line(text: String) -> Self {
        Self { text, needs_break: false }
    }
}

/// Adds the entry of that name in the first of the spellings that reads as expected.
pub(super) fn entry(
    stream: &Stream<'_>,
    mapping: &Mapping,
    (name, rank): (&str, Rank),
    spellings: impl Iterator<Item = EntryText>,
    expected: &[ExpectedEvent<'_>],
) -> Result<String, Refused> {
    let place = InsertionPoint::find(stream, mapping, (name, rank))?;
    for entry in spellings {
        let added = place.splice(stream, mapping, &entry)?;
        if let Some(text) = splice_checked(stream, &[added], &(place.event..place.event), expected) {
            return Ok(text);
        }
    }
    let line = stream.events[mapping.start].line;
    Err(Refused::new(line, format!("`{name}` cannot be added safely to this document")))
}

/// Between which entries to insert a new one.
struct InsertionPoint<'m> {
    before: Option<&'m Entry>,
    after: Option<&'m Entry>,
    /// The event that the new key's comes before.
    event: usize,
}

impl<'m> InsertionPoint<'m> {
    /// Behind the last entry that precedes the name in the order of fields.
    fn find(stream: &Stream<'_>, mapping: &'m Mapping, (name, rank): (&str, Rank)) -> Result<Self, Refused> {
        if let Some(merge) = mapping.named("<<").next() {
            return Err(Refused::new(stream.line_of(merge), "the document takes values over with `<<`"));
        }
        // The last of the highest rank: files that are not in order get the new line next to its nearest relative.
        let ranked = mapping.entries.iter().enumerate().filter(|(_, entry)| rank(&entry.name) <= rank(name));
        let nearest = ranked.max_by_key(|(_, entry)| rank(&entry.name));
        let before = match nearest {
            Some((at, entry)) if ends_the_file(stream, mapping, entry) => {
                at.checked_sub(1).map(|at| &mapping.entries[at])
            }
            nearest => nearest.map(|(_, entry)| entry),
        };
        let after = mapping.entries.first();
        Ok(Self { before, after, event: before.map_or(mapping.start + 1, |entry| entry.value.end) })
    }

    fn splice(&self, stream: &Stream<'_>, mapping: &Mapping, new: &EntryText) -> Result<Splice, Refused> {
        let text = stream.text;
        let line = &new.text;
        match (self.before, self.after) {
            (Some(entry), _) if mapping.flow => {
                Ok(Splice::insert(stream.value_end(mapping, entry)?, format!(", {line}")))
            }
            (None, Some(entry)) if mapping.flow => {
                Ok(Splice::insert(stream.key_range(mapping, entry)?.start, format!("{line}, ")))
            }
            (None, None) => Ok(Splice::insert(stream.events[mapping.start].start + 1, line.as_str())),
            (Some(entry), _) => {
                let end = stream.last_line_end(mapping, entry)?;
                Ok(below(text, end, &format!("{:indent$}{line}", "", indent = mapping.column), new.needs_break))
            }
            (None, Some(entry)) => {
                let at = line_start(text, stream.key_range(mapping, entry)?.start);
                let line_break = line_break(text, at);
                Ok(Splice::insert(at, format!("{:indent$}{line}{line_break}", "", indent = mapping.column)))
            }
        }
    }
}

/// Whether the entry is a block text that ends with the file, without a line break: readers differ over whether the text has one
/// at its end, and a line below would settle it.
fn ends_the_file(stream: &Stream<'_>, mapping: &Mapping, entry: &Entry) -> bool {
    let place = stream.value_place(mapping, entry);
    matches!(place, Ok(ValuePlace::Block(block)) if block.with_blanks.end == stream.text.len() && block.chomping != Chomping::Strip)
}

/// A line below the one that ends at `end`. A file without a line break at its end stays one, where the line allows it.
pub(super) fn below(text: &str, end: usize, line: &str, needs_break: bool) -> Splice {
    let line_break = line_break(text, end);
    let next = next_line(text, end);
    if line_end(text, end) == text.len() {
        let last_break = if needs_break { line_break } else { "" };
        Splice::insert(text.len(), format!("{line_break}{line}{last_break}"))
    } else {
        Splice::insert(next, format!("{line}{line_break}"))
    }
}
