//! The canonical form of an offer file: the order of fields, one space behind a colon, single blank lines, no blanks at the
//! ends of lines, one kind of line break, a line break at the end. Values and comments stay as their author wrote them.
//!
//! Comments directly above an entry move with it, those after it on its line stay there, and so does a block directly
//! below it that a blank line sets off from the next entry. Comments at the top that a blank line sets off stay at the top;
//! those behind the last entry stay at the end.

mod chunk;
mod page;

use std::collections::HashSet;

use saphyr_parser::Event;

use super::document::Mapping;
use super::lines::{BLANKS, BYTE_ORDER_MARK, line_break};
use super::refused::Refused;
use super::schedule;
use super::stream::{Stream, without_mark};
use crate::offer::Field;

/// The canonical form of a text; the same text where it has it already.
pub fn format(text: &str) -> Result<String, Refused> {
    let (body, has_mark) = without_mark(text);
    let ordered = schedule::in_order(body);
    let stream = Stream::read(&ordered)?;
    let documents = mappings(&stream)?;
    let lines = page::layout(&stream, &documents)?;
    let first_break = line_break(body, 0);
    let mut formatted = String::with_capacity(text.len() + 1);
    if has_mark {
        formatted.push(BYTE_ORDER_MARK);
    }
    for line in lines {
        formatted.push_str(&line);
        formatted.push_str(first_break);
    }
    check(&stream, &documents, without_mark(&formatted).0)?;
    Ok(formatted)
}

/// The place of an entry in the canonical order: fields, then what offersync does not know, then `sync`.
pub(super) fn rank(name: &str) -> usize {
    let field = Field::ALL.into_iter().find(|field| field.name() == name || field.by_name() == Some(name));
    match field {
        Some(field) => field.index(),
        None if name == "sync" => Field::COUNT + 1,
        None => Field::COUNT,
    }
}

/// The place of a member in an entry of `sync.schedule`: the time, then its fields.
pub(super) fn rank_in_schedule(name: &str) -> usize {
    if name == "at" { 0 } else { rank(name) + 1 }
}

/// The documents that are not empty, each a block mapping without repeated names.
fn mappings(stream: &Stream<'_>) -> Result<Vec<Mapping>, Refused> {
    let mut mappings = Vec::new();
    for root in stream.roots() {
        if stream.scalar(root).is_some_and(|(text, _)| text.is_empty()) {
            continue;
        }
        let mapping =
            stream.mapping(root).map_err(|refused| refused.or_write("write one field a line, as `field: value`"))?;
        let line = stream.events[root].line;
        if mapping.flow {
            return Err(Refused::new(line, "the document is written in braces")
                .or_write("write one field a line, without braces"));
        }
        let mut names = HashSet::new();
        for entry in &mapping.entries {
            if !names.insert(entry.name.as_str()) {
                let reason = format!("`{}` is written twice in this document", entry.name);
                return Err(Refused::new(stream.line_of(entry), reason).or_write("remove one of the two"));
            }
        }
        mappings.push(mapping);
    }
    Ok(mappings)
}

/// The formatted text reads to the same documents, each with the same entries.
fn check(before: &Stream<'_>, documents: &[Mapping], formatted: &str) -> Result<(), Refused> {
    let damaged = || {
        let last = before.text.rsplit('\n').next().unwrap_or_default();
        if !last.is_empty() && last.trim_start_matches(BLANKS).is_empty() {
            let reason = "the file ends with blanks in place of a line break, which are part of the text above them";
            return Refused::new(before.text.lines().count(), reason)
                .or_write("remove the blanks, and end the file with a line break");
        }
        Refused::new(1, "the file cannot be put in order safely").or_write("put the fields in order by hand")
    };
    let after = Stream::read(formatted).map_err(|_| damaged())?;
    let formatted = mappings(&after).map_err(|_| damaged())?;
    let starts = |stream: &Stream<'_>| -> Vec<bool> {
        let starts = stream.events.iter().filter_map(|spanned| match spanned.event {
            Event::DocumentStart(explicit) => Some(explicit),
            _ => None,
        });
        starts.collect()
    };
    let pairs = documents.iter().zip(&formatted);
    let same = starts(before) == starts(&after)
        && documents.len() == formatted.len()
        && pairs.into_iter().all(|(old, new)| sorted_entries(before, old) == sorted_entries(&after, new));
    if same { Ok(()) } else { Err(damaged()) }
}

type Entries<'s, 'a> = Vec<(&'s str, Vec<&'s Event<'a>>)>;

fn sorted_entries<'s, 'a>(stream: &'s Stream<'a>, mapping: &'s Mapping) -> Entries<'s, 'a> {
    let events =
        |entry: &super::document::Entry| stream.events[entry.key..entry.value.end].iter().map(|s| &s.event).collect();
    let mut entries: Entries<'_, '_> =
        mapping.entries.iter().map(|entry| (entry.name.as_str(), events(entry))).collect();
    entries.sort_by_key(|(name, _)| *name);
    entries
}
