//! An entry with the comments that are its own: what moves as one when entries are put in order.

use saphyr_parser::{Event, ScalarStyle};

use super::rank;
use crate::edit::block::Chomping;
use crate::edit::document::{Entry, Mapping};
use crate::edit::entry::{ValuePlace, blanks};
use crate::edit::lines::{BLANKS, line_start};
use crate::edit::refused::Refused;
use crate::edit::stream::Stream;

/// An entry with the comments that move with it, as lines without line breaks.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// Blank lines and comments above.
    pub(super) lead: Vec<String>,
    /// The entry itself.
    pub(super) own: Vec<String>,
    /// Comments directly below.
    pub(super) trail: Vec<String>,
    pub(super) rank: usize,
    /// Blank lines that follow would become part of its value.
    pub(super) keeps_blanks: bool,
}

/// The lines of an entry in the source, by index from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineRange {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// Reads an entry: its lines in the source, and the entry with them put right.
pub(super) fn read(
    stream: &Stream<'_>,
    source: &[&str],
    mapping: &Mapping,
    entry: &Entry,
) -> Result<(LineRange, Chunk), Refused> {
    let refuse = || {
        Refused::new(stream.line_of(entry), format!("`{}`: the lines of the entry cannot be determined", entry.name))
    };
    let first = stream.line_of(entry).saturating_sub(1);
    let begin = line_start(stream.text, stream.events[entry.key].start);
    let end = stream.last_line_end(mapping, entry)?;
    let text = stream.text.get(begin..end).ok_or_else(refuse)?;
    let last = first + text.matches('\n').count();
    let lines = source.get(first..=last).ok_or_else(refuse)?;

    let mut own: Vec<String> = Vec::with_capacity(lines.len());
    let (block, keeps_blanks) = match stream.value_place(mapping, entry) {
        Ok(ValuePlace::Block(block)) => (true, block.chomping == Chomping::Keep),
        _ => (false, false),
    };
    let untouched = inside_scalars(stream, entry);
    for (at, line) in lines.iter().enumerate() {
        let line = if at == 0 { spaced(stream, mapping, entry, line)? } else { (*line).to_owned() };
        let stays = at > 0 && block || untouched.contains(&(first + at + 1));
        own.push(if stays { line } else { line.trim_end_matches(BLANKS).to_owned() });
    }
    Ok((LineRange { first, last }, Chunk { own, rank: rank(&entry.name), keeps_blanks, ..Chunk::default() }))
}

/// The first line with nothing before the colon and one space behind it; the blanks before a comment stay.
fn spaced(stream: &Stream<'_>, mapping: &Mapping, entry: &Entry, line: &str) -> Result<String, Refused> {
    let key = stream.key_range(mapping, entry)?;
    let key_end = key.end - line_start(stream.text, key.start);
    let (head, rest) = line.split_at(key_end);
    let rest = &rest[blanks(rest)..];
    let Some(value) = rest.strip_prefix(':') else {
        let reason = format!("`{}`: no colon follows the key on its line", entry.name);
        return Err(Refused::new(stream.line_of(entry), reason).or_write(format!("{}: …", entry.name)));
    };
    let bare = &value[blanks(value)..];
    Ok(match bare.chars().next() {
        None => format!("{head}:"),
        Some('#') => format!("{head}:{value}"),
        Some(_) => format!("{head}: {bare}"),
    })
}

/// The lines, from 1, that end inside a plain or quoted scalar of several lines.
fn inside_scalars(stream: &Stream<'_>, entry: &Entry) -> Vec<usize> {
    let mut inside = Vec::new();
    for spanned in &stream.events[entry.key..entry.value.end] {
        let Event::Scalar(_, style, ..) = &spanned.event else { continue };
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            continue;
        }
        if let Some(range) = stream.inline(spanned) {
            let breaks = stream.text[range].matches('\n').count();
            inside.extend(spanned.line..spanned.line + breaks);
        }
    }
    inside
}
