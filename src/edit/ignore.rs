//! Setting `sync.ignore_changes`, for offers that CAKE keeps in a way the YAML cannot say.

use super::document::{DocumentSelector, Entry, Mapping};
use super::expected::Expected;
use super::insert::{self, Spelled};
use super::lines::{Splice, line_break};
use super::outcome::{Edited, Refused};
use super::set::try_splices;
use super::stream::Stream;
use crate::offer::{Field, FieldSet};

/// Makes `sync.ignore_changes` of one document the given fields; everything else in the text stays byte for byte.
///
/// A document without `sync:` gets one as its last entry. A list that is there is replaced where it is written in brackets on
/// one line.
pub fn set_sync_ignore(text: &str, document: DocumentSelector<'_>, fields: FieldSet) -> Result<Edited, Refused> {
    let list = list(fields);
    let stream = Stream::read(text)?;
    let write = || format!("sync:\n  ignore_changes: {list}");
    let mapping = stream.select(document).map_err(|refused| refused.or_write(write()))?;
    let edited = match mapping.named("sync").next() {
        None => add_sync(&stream, &mapping, fields, &list),
        Some(sync) => stream.mapping(sync.value.start).and_then(|sync| match sync.named("ignore_changes").next() {
            None => {
                let line = std::iter::once(Spelled::open(format!("ignore_changes: {list}")));
                insert::entry(&stream, &sync, "ignore_changes", line, &expected(fields, true))
            }
            Some(entry) => replace(&stream, &sync, entry, fields, &list),
        }),
    };
    edited.map_err(|refused| refused.or_write(write()))
}

/// The list as it is written.
pub(super) fn list(fields: FieldSet) -> String {
    let names: Vec<_> = fields.iter().map(Field::name).collect();
    format!("[{}]", names.join(", "))
}

fn expected(fields: FieldSet, with_key: bool) -> Vec<Expected> {
    let mut events = Vec::new();
    if with_key {
        events.push(Expected::scalar("ignore_changes"));
    }
    events.push(Expected::SequenceStart);
    events.extend(fields.iter().map(|field| Expected::scalar(field.name())));
    events.push(Expected::SequenceEnd);
    events
}

fn add_sync(stream: &Stream<'_>, mapping: &Mapping, fields: FieldSet, list: &str) -> Result<Edited, Refused> {
    let mut events = vec![Expected::scalar("sync"), Expected::MappingStart];
    events.extend(expected(fields, true));
    events.push(Expected::MappingEnd);
    let line_break = line_break(stream.text, stream.events[mapping.start].start);
    let spelling = if mapping.flow {
        format!("sync: {{ignore_changes: {list}}}")
    } else {
        format!("sync:{line_break}{:indent$}ignore_changes: {list}", "", indent = mapping.column + 2)
    };
    insert::entry(stream, mapping, "sync", std::iter::once(Spelled::open(spelling)), &events)
}

fn replace(
    stream: &Stream<'_>,
    sync: &Mapping,
    entry: &Entry,
    fields: FieldSet,
    list: &str,
) -> Result<Edited, Refused> {
    let refuse = || Refused::new(stream.line_of(entry), "`ignore_changes` is not a list in brackets on one line");
    let start = stream.events[entry.value.start].start;
    let end = stream.value_end(sync, entry)?;
    let old =
        stream.text.get(start..end).filter(|old| old.starts_with('[') && !old.contains('\n')).ok_or_else(refuse)?;
    let splices = [Splice::new(start..end, list)];
    let (text, line) = try_splices(stream, &splices, &entry.value, &expected(fields, false)).ok_or_else(refuse)?;
    Ok(Edited { text, line, before: Some(old.to_owned()) })
}
