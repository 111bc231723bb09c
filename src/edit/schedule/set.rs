//! Setting a value of an entry: in the entry of that time, or in a new one.

use jiff::civil::DateTime;

use super::find::{Schedule, ScheduleList, Sequence, dash};
use crate::edit::check::{ExpectedEvent, splice_checked};
use crate::edit::document::{DocumentSelector, Entry, Mapping};
use crate::edit::entry::ValuePlace;
use crate::edit::format::{rank, rank_in_schedule};
use crate::edit::insert::{self, EntryText, below};
use crate::edit::lines::{Splice, indentation, line_break, line_end, line_start};
use crate::edit::refused::Refused;
use crate::edit::scalar;
use crate::edit::set::{replace, single_entry};
use crate::edit::spelling::Spelling;
use crate::edit::stream::Stream;
use crate::offer::{Field, Value, shown_time};

/// The text with a field of the entry of that time set in `sync.schedule` of one document; everything else in the text stays byte for byte.
///
/// What is missing is added: `sync`, `schedule`, the entry, which goes behind the last one of an earlier time, and the field.
pub fn set(
    text: &str,
    document: DocumentSelector,
    at: DateTime,
    field: Field,
    value: &Value,
) -> Result<String, Refused> {
    let (number, time) = (value.to_string(), shown_time(at));
    let spelling = Spelling::by_value(field, value, &number);
    let new = NewEntry { at, time: &time, spelling };
    let stream = Stream::read(text)?;
    let edited = stream.select(document).and_then(|mapping| match Schedule::find(&stream, &mapping)? {
        Schedule::NoSync => new.member(&stream, &mapping, &["sync", "schedule"]),
        Schedule::EmptySync(sync) => new.below_empty(&stream, &mapping, &sync, &["schedule"]),
        Schedule::OnlySync(settings) => new.member(&stream, &settings, &["schedule"]),
        Schedule::EmptyList(settings, schedule) => new.below_empty(&stream, &settings, &schedule, &[]),
        Schedule::Entries(found) => match found.list.at(at) {
            Some((_, item)) => set_member(&stream, &item.members, field, spelling),
            None => new.item(&stream, &found),
        },
    });
    edited.map_err(|refused| refused.or_write(new.to_yaml()))
}

fn set_member(stream: &Stream<'_>, members: &Mapping, field: Field, spelling: Spelling<'_>) -> Result<String, Refused> {
    match single_entry(stream, members, field)? {
        Some(entry) => replace(stream, members, entry, spelling),
        None => insert::field(stream, members, spelling, rank_in_schedule),
    }
}

/// An entry with one value.
struct NewEntry<'a> {
    at: DateTime,
    time: &'a str,
    spelling: Spelling<'a>,
}

impl NewEntry<'_> {
    /// The ways to write its value, the plainest first; never of several lines.
    fn values(&self, flow: bool) -> impl Iterator<Item = String> {
        let Spelling { text, meaning, .. } = self.spelling;
        let plain = scalar::plain(text, meaning, flow);
        plain.into_iter().chain(scalar::single(text)).chain([scalar::double(text)])
    }

    /// In brackets and braces, below these names.
    fn flow(&self, names: &[&str], value: &str) -> String {
        let entry = format!("{{at: {}, {}: {value}}}", self.time, self.spelling.name);
        let Some((innermost, outer)) = names.split_last() else { return entry };
        let entries = format!("{innermost}: [{entry}]");
        outer.iter().rev().fold(entries, |inner, name| format!("{name}: {{{inner}}}"))
    }

    /// In lines, below these names, the first of which is at the column. The first line is not indented.
    fn block(&self, names: &[&str], value: &str, column: usize, line_break: &str) -> String {
        let mut lines = String::new();
        let mut column = column;
        for name in names {
            lines.push_str(name);
            lines.push(':');
            column += 2;
            lines.extend([line_break, &" ".repeat(column)]);
        }
        let pad = " ".repeat(column + 2);
        lines.extend(["- at: ", self.time, line_break, &pad, self.spelling.name, ": ", value]);
        lines
    }

    /// The events of what is below these names, and of the names.
    fn events<'e>(&'e self, names: &[&'e str]) -> Vec<ExpectedEvent<'e>> {
        let mut events = Vec::new();
        for (at, name) in names.iter().enumerate() {
            events.push(ExpectedEvent::Scalar(name));
            events.push(if at + 1 < names.len() { ExpectedEvent::MappingStart } else { ExpectedEvent::SequenceStart });
        }
        events.push(ExpectedEvent::MappingStart);
        events.extend(["at", self.time, self.spelling.name, self.spelling.text].map(ExpectedEvent::Scalar));
        events.push(ExpectedEvent::MappingEnd);
        if let Some((_, outer)) = names.split_last() {
            events.push(ExpectedEvent::SequenceEnd);
            events.extend(outer.iter().map(|_| ExpectedEvent::MappingEnd));
        }
        events
    }

    /// What a person should write.
    fn to_yaml(&self) -> String {
        let value = self.values(false).next().unwrap_or_default();
        self.block(&["sync", "schedule"], &value, 0, "\n")
    }

    /// As a new member of a mapping that has none of these names.
    fn member(&self, stream: &Stream<'_>, mapping: &Mapping, names: &[&str]) -> Result<String, Refused> {
        let line_break = line_break(stream.text, stream.events[mapping.start].start);
        let text = |value: String| {
            if mapping.flow { self.flow(names, &value) } else { self.block(names, &value, mapping.column, line_break) }
        };
        let spellings = self.values(mapping.flow).map(|value| EntryText::single_line(text(value)));
        let name = names.first().copied().unwrap_or_default();
        insert::entry(stream, mapping, (name, rank), spellings, &self.events(names))
    }

    /// As the value of a member that has none.
    fn below_empty(
        &self,
        stream: &Stream<'_>,
        mapping: &Mapping,
        empty: &Entry,
        names: &[&str],
    ) -> Result<String, Refused> {
        let ValuePlace::Empty { at, colon } = stream.value_place(mapping, empty)? else {
            return Err(unsafe_at(stream.line_of(empty)));
        };
        let wrapped = [&[empty.name.as_str()], names].concat();
        let events = self.events(&wrapped);
        let splice = |value: String| {
            if mapping.flow {
                let text = self.flow(&wrapped, &value);
                let text = text.strip_prefix(empty.name.as_str()).unwrap_or(&text);
                return Splice::insert(at, if colon { text.trim_start_matches(':') } else { text });
            }
            let line_break = line_break(stream.text, at);
            let text = self.block(&wrapped, &value, mapping.column, line_break);
            Splice::insert(line_end(stream.text, at), &text[empty.name.len() + 1..])
        };
        let mut edited = self.values(mapping.flow).map(splice);
        let replaced = empty.key..empty.value.end;
        edited
            .find_map(|splice| splice_checked(stream, &[splice], &replaced, &events))
            .ok_or_else(|| unsafe_at(stream.line_of(empty)))
    }

    /// As a new item: behind the last one of an earlier time, or before all.
    fn item(&self, stream: &Stream<'_>, found: &ScheduleList) -> Result<String, Refused> {
        let list = &found.list;
        let is_earlier = |at: Option<DateTime>| at.is_some_and(|at| at < self.at);
        let before = list.items.iter().rposition(|item| is_earlier(item.at));
        let event = before.map_or(list.start + 1, |at| list.items[at].events.end);
        let unsafe_here = || unsafe_at(stream.line_of(&found.schedule));
        for value in self.values(list.flow) {
            let splice = if list.flow {
                self.flow_item(stream, list, before, &value).ok_or_else(unsafe_here)?
            } else {
                self.block_item(stream, found, before, &value)?
            };
            if let Some(text) = splice_checked(stream, &[splice], &(event..event), &self.events(&[])) {
                return Ok(text);
            }
        }
        Err(unsafe_here())
    }

    fn flow_item(&self, stream: &Stream<'_>, list: &Sequence, before: Option<usize>, value: &str) -> Option<Splice> {
        let text = self.flow(&[], value);
        Some(match (before, list.items.first()) {
            (Some(at), _) => Splice::insert(stream.node_end(list.items[at].events.clone())?, format!(", {text}")),
            (None, Some(first)) => Splice::insert(stream.events[first.events.start].start, format!("{text}, ")),
            (None, None) => Splice::insert(stream.events[list.start].start + 1, text),
        })
    }

    fn block_item(
        &self,
        stream: &Stream<'_>,
        found: &ScheduleList,
        before: Option<usize>,
        value: &str,
    ) -> Result<Splice, Refused> {
        let (text, list) = (stream.text, &found.list);
        let pad = " ".repeat(list.column);
        let lines = |line_break: &str| format!("{pad}{}", self.block(&[], value, list.column, line_break));
        if let Some(at) = before {
            let events = list.items[at].events.clone();
            let end = stream.node_end(events.clone()).filter(|_| !stream.has_block_text(events));
            let end = end.ok_or_else(|| unsafe_at(list.items[at].line(stream)))?;
            let end = stream.behind_comments(line_end(text, end), list.column);
            return Ok(below(text, end, &lines(line_break(text, end)), false));
        }
        let first = list.items.first().ok_or_else(|| unsafe_at(stream.line_of(&found.schedule)))?;
        dash(stream, first)?;
        // Comments directly above the first entry are about it.
        let at = above_comments(text, line_start(text, stream.events[first.events.start].start), list.column);
        let line_break = line_break(text, at);
        Ok(Splice::insert(at, format!("{}{line_break}", lines(line_break))))
    }
}

fn unsafe_at(line: usize) -> Refused {
    Refused::new(line, "an entry of `sync.schedule` cannot be added safely here")
}

/// The beginning of the comments at that column directly above a line.
pub(super) fn above_comments(text: &str, line: usize, column: usize) -> usize {
    let mut at = line;
    while at > 0 {
        let above = line_start(text, at - 1);
        let content = &text[above..at];
        if indentation(content) != column || !content[column..].starts_with('#') {
            break;
        }
        at = above;
    }
    at
}
