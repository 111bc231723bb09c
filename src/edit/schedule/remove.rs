//! Taking entries out. A list that has none left goes as well, and `sync` with it where it has nothing else.
//!
//! The comments directly above an entry, at its column, go with it, as they move with it in the canonical form. Those that a blank line sets
//! off, and those of `sync` and of the list, stay.

use std::ops::Range;

use jiff::civil::DateTime;

use super::find::{Item, Schedule, ScheduleList};
use super::set::above_comments;
use crate::edit::check::splice_checked;
use crate::edit::document::{DocumentSelector, Entry, Mapping};
use crate::edit::lines::{BLANKS, Splice, line_end, line_start, next_line};
use crate::edit::refused::Refused;
use crate::edit::stream::Stream;

/// The text without the entries of these times in `sync.schedule` of one document.
pub fn remove(text: &str, document: DocumentSelector, times: &[DateTime]) -> Result<String, Refused> {
    times.iter().try_fold(text.to_owned(), |text, time| one(&text, document, *time))
}

fn one(text: &str, document: DocumentSelector, time: DateTime) -> Result<String, Refused> {
    let stream = Stream::read(text)?;
    let mapping = stream.select(document)?;
    let by_hand =
        |refused: Refused| refused.or_write("remove the entry, and write its values into the offer's own fields");
    let Schedule::Entries(found) = Schedule::find(&stream, &mapping).map_err(by_hand)? else {
        return Err(by_hand(Refused::new(stream.events[mapping.start].line, "there is no such entry")));
    };
    let Some((at, item)) = found.list.at(time) else {
        return Err(by_hand(Refused::new(stream.line_of(&found.schedule), "there is no such entry")));
    };
    let edited = match (found.list.items.len(), found.settings.entries.len()) {
        (1, 1) => member(&stream, &mapping, &found.sync, &own_lines(&stream, &found, item)),
        (1, _) => member(&stream, &found.settings, &found.schedule, &own_lines(&stream, &found, item)),
        _ if found.list.flow => in_brackets(&stream, at, found.list.items.iter().map(|item| item.events.clone())),
        _ => list_item(&stream, &found, item.events.clone()),
    };
    let line = item.line(&stream);
    edited.ok_or_else(|| by_hand(Refused::new(line, "the entry cannot be taken out safely here")))
}

/// The lines of an entry with the comments that are about it.
fn own_lines(stream: &Stream<'_>, found: &ScheduleList, item: &Item) -> Range<usize> {
    let start = line_start(stream.text, stream.events[item.events.start].start);
    let end = stream.node_end(item.events.clone()).map_or(start, |end| line_end(stream.text, end));
    if found.list.flow {
        return start..end;
    }
    let column = found.list.column;
    above_comments(stream.text, start, column)..stream.behind_comments(end, column)
}

/// Without an entry of a mapping, but with the comments in it that are not about the last item. The last entry of a document stays: a file
/// without any is no offer.
fn member(stream: &Stream<'_>, mapping: &Mapping, entry: &Entry, item: &Range<usize>) -> Option<String> {
    let at = mapping.entries.iter().position(|other| other.key == entry.key)?;
    if mapping.entries.len() == 1 {
        return None;
    }
    if mapping.flow {
        return in_brackets(stream, at, mapping.entries.iter().map(|entry| entry.key..entry.value.end));
    }
    let text = stream.text;
    let start = line_start(text, stream.key_range(mapping, entry).ok()?.start);
    let end = next_line(text, stream.last_line_end(mapping, entry).ok()?);
    let events = entry.key..entry.value.end;
    let line = |start: usize| start..next_line(text, start);
    let lines = std::iter::successors(Some(line(start)), |before| (before.end < end).then(|| line(before.end)));
    let goes = |line: &Range<usize>| {
        item.contains(&line.start) || !text[line.clone()].trim_start_matches(BLANKS).starts_with('#')
    };
    let mut parts: Vec<Range<usize>> = Vec::new();
    for line in lines.filter(goes) {
        match parts.last_mut() {
            Some(part) if part.end == line.start => part.end = line.end,
            _ => parts.push(line),
        }
    }
    if let [lines] = &parts[..] {
        return without_lines(stream, lines.clone(), &events);
    }
    let splices: Vec<Splice> = parts.into_iter().map(|part| Splice::new(part, "")).collect();
    splice_checked(stream, &splices, &events, &[])
}

/// Without one of several items that have a dash each.
fn list_item(stream: &Stream<'_>, found: &ScheduleList, events: Range<usize>) -> Option<String> {
    let (text, column) = (stream.text, found.list.column);
    if stream.has_block_text(events.clone()) {
        return None;
    }
    let start = above_comments(text, line_start(text, stream.events[events.start].start), column);
    let end = stream.behind_comments(line_end(text, stream.node_end(events.clone())?), column);
    without_lines(stream, start..next_line(text, end), &events)
}

/// Without whole lines, and without the blank ones above them where others follow, or nothing.
fn without_lines(stream: &Stream<'_>, lines: Range<usize>, events: &Range<usize>) -> Option<String> {
    let is_blank = |line: &str| line.trim_end_matches(['\r', '\n']).trim_start_matches(BLANKS).is_empty();
    let text = stream.text;
    let follows = &text[lines.end..next_line(text, lines.end)];
    let mut above = lines.start;
    while above > 0 && is_blank(&text[line_start(text, above - 1)..above]) {
        above = line_start(text, above - 1);
    }
    let closes = is_blank(follows) || follows.starts_with("---") || follows.starts_with("...");
    // Blank lines may be part of the text above them; then the first of these does not read as it should.
    let ranges = closes.then_some(above..lines.end).into_iter().chain([lines]);
    ranges.map(|range| Splice::new(range, "")).find_map(|splice| splice_checked(stream, &[splice], events, &[]))
}

/// Without one of several parts between brackets or braces, and its comma.
fn in_brackets(stream: &Stream<'_>, at: usize, parts: impl Iterator<Item = Range<usize>>) -> Option<String> {
    let parts: Vec<Range<usize>> = parts.collect();
    let events = parts.get(at)?;
    let start = |events: &Range<usize>| stream.events[events.start].start;
    let end = |events: &Range<usize>| stream.node_end(events.clone());
    let (removed, between) = match (parts.get(at + 1), at.checked_sub(1).and_then(|at| parts.get(at))) {
        (Some(next), _) => (start(events)..start(next), end(events)?..start(next)),
        (None, Some(before)) => (end(before)?..end(events)?, end(before)?..start(events)),
        (None, None) => return None,
    };
    // A comment between them may be about either.
    let is_comma = stream.text[between].chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n' | ','));
    let splice = is_comma.then(|| Splice::new(removed, ""))?;
    splice_checked(stream, &[splice], events, &[])
}
