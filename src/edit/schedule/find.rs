//! Where `sync.schedule` is in a document, as far as it is there, and its entries with their times.

use std::ops::Range;

use jiff::civil::DateTime;
use saphyr_parser::Event;

use crate::edit::document::{Entry, Mapping};
use crate::edit::lines::line_start;
use crate::edit::refused::Refused;
use crate::edit::stream::Stream;
use crate::offer::{Field, Value};

/// How much of `sync.schedule` a document has.
pub(super) enum Schedule {
    /// No `sync:`.
    NoSync,
    /// `sync:` without a value.
    EmptySync(Entry),
    /// `sync:` without `schedule:`.
    OnlySync(Mapping),
    /// `schedule:` without a value.
    EmptyList(Mapping, Entry),
    /// A list, which may be empty.
    Entries(ScheduleList),
}

/// `sync.schedule` with a list.
pub(super) struct ScheduleList {
    /// The entry of `sync` in the document.
    pub(super) sync: Entry,
    /// What `sync` has.
    pub(super) settings: Mapping,
    /// The entry of `schedule` in it.
    pub(super) schedule: Entry,
    pub(super) list: Sequence,
}

/// A list of mappings, by its events.
pub(super) struct Sequence {
    /// The event that begins it.
    pub(super) start: usize,
    /// Written with brackets.
    pub(super) flow: bool,
    /// The column of its dashes, where it is no flow sequence.
    pub(super) column: usize,
    pub(super) items: Vec<Item>,
}

/// An entry of a schedule.
pub(super) struct Item {
    /// Its events.
    pub(super) events: Range<usize>,
    pub(super) members: Mapping,
    /// `None` where it has no time, or none that can be read.
    pub(super) at: Option<DateTime>,
}

impl Schedule {
    pub(super) fn find(stream: &Stream<'_>, document: &Mapping) -> Result<Self, Refused> {
        let Some(sync) = only(stream, document, "sync")? else { return Ok(Self::NoSync) };
        if is_empty(stream, sync) {
            return Ok(Self::EmptySync(sync.clone()));
        }
        let settings = stream.mapping(sync.value.start)?;
        let Some(schedule) = only(stream, &settings, "schedule")?.cloned() else {
            return Ok(Self::OnlySync(settings));
        };
        if is_empty(stream, &schedule) {
            return Ok(Self::EmptyList(settings, schedule));
        }
        let list = Sequence::read(stream, &schedule)?;
        Ok(Self::Entries(ScheduleList { sync: sync.clone(), settings, schedule, list }))
    }
}

impl Sequence {
    fn read(stream: &Stream<'_>, schedule: &Entry) -> Result<Self, Refused> {
        let start = schedule.value.start;
        let refuse = |reason: &str| Err(Refused::new(stream.line_of(schedule), format!("`schedule`: {reason}")));
        match &stream.events[start].event {
            Event::SequenceStart(0, None) => {}
            Event::SequenceStart(..) => return refuse("the list has an anchor or a tag"),
            Event::Alias(_) => return refuse("the value is an alias"),
            _ => return refuse("the value is not a list"),
        }
        let end = stream.after(start) - 1;
        let mut items = Vec::new();
        let mut at = start + 1;
        while at < end {
            let after = stream.after(at);
            items.push(Item::read(stream, at..after)?);
            at = after;
        }
        let spanned = &stream.events[start];
        let flow = stream.text[spanned.start..].starts_with('[');
        let column = match items.first() {
            Some(first) if !flow => dash(stream, first)?,
            _ => spanned.column,
        };
        Ok(Self { start, flow, column, items })
    }

    /// The entry of that time.
    pub(super) fn at(&self, time: DateTime) -> Option<(usize, &Item)> {
        self.items.iter().enumerate().find(|(_, item)| item.at == Some(time))
    }
}

impl Item {
    fn read(stream: &Stream<'_>, events: Range<usize>) -> Result<Self, Refused> {
        let members = stream.mapping(events.start)?;
        let time = only(stream, &members, "at")?.and_then(|at| stream.scalar(at.value.start));
        let at = time.and_then(|(text, _)| match Field::ExpirationDate.parse(text) {
            Ok(Value::Date(date)) => Some(date.civil()),
            _ => None,
        });
        Ok(Self { events, members, at })
    }

    pub(super) fn line(&self, stream: &Stream<'_>) -> usize {
        stream.events[self.events.start].line
    }
}

/// The column of the dash before an item, which has to stand on the item's line.
pub(super) fn dash(stream: &Stream<'_>, item: &Item) -> Result<usize, Refused> {
    let at = stream.events[item.events.start].start;
    let before = &stream.text[line_start(stream.text, at)..at];
    let indent = before.len() - before.trim_start_matches(' ').len();
    let is_dash = before[indent..].strip_prefix('-').is_some_and(|rest| rest.bytes().all(|byte| byte == b' '));
    let refused =
        || Refused::new(item.line(stream), "the entry of the schedule does not begin behind a dash on its line");
    is_dash.then_some(indent).ok_or_else(refused)
}

/// The entry of that name.
pub(super) fn only<'m>(stream: &Stream<'_>, mapping: &'m Mapping, name: &str) -> Result<Option<&'m Entry>, Refused> {
    let mut entries = mapping.named(name);
    let first = entries.next();
    match entries.next() {
        Some(second) => Err(Refused::new(stream.line_of(second), format!("`{name}` is written twice"))
            .or_write("remove one of the two")),
        None => Ok(first),
    }
}

/// `name:` with nothing behind it.
fn is_empty(stream: &Stream<'_>, entry: &Entry) -> bool {
    matches!(&stream.events[entry.value.start].event, Event::Scalar(text, saphyr_parser::ScalarStyle::Plain, 0, None) if text.is_empty())
}
