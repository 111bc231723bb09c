//! Setting a field: the smallest edit that makes one document give it the wanted value.

use std::ops::Range;

use super::candidates::{Wanted, candidates};
use super::document::{DocumentSelector, Entry, Mapping};
use super::emit::{self, meaning};
use super::entry::ValuePlace;
use super::expected::{Expected, check};
use super::insert;
use super::lines::{Splice, splice};
use super::outcome::{Edited, Refused, number};
use super::scalar::Meaning;
use super::stream::Stream;
use crate::offer::{Field, Value};

/// How a value is written: under which name, and as what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelling<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) meaning: Meaning,
}

/// Sets a field of one document to a value; everything else in the text stays byte for byte.
///
/// `name` is the configured name of an id (`acme-home` for advertiser 101), where there is one. A document that says
/// `advertiser: …` gets the name, or is turned to `advertiser_id: …` where there is none; one that says `advertiser_id: …`
/// keeps saying it; one that says neither gets the name before the id.
///
/// A field that is absent (also one that is inherited) becomes a line of its own, at its place in the order of fields.
pub fn set(
    text: &str,
    document: DocumentSelector<'_>,
    field: Field,
    value: &Value,
    name: Option<&str>,
) -> Result<Edited, Refused> {
    let number = value.to_string();
    let by_id = Spelling { name: field.name(), text: &number, meaning: meaning(value) };
    let by_name =
        field.by_name().zip(name).map(|(field, name)| Spelling { name: field, text: name, meaning: Meaning::Text });
    let fallback = by_name.unwrap_or(by_id);
    let to_write = |spelling: Spelling<'_>| emit::entry(spelling, 0);

    let stream = Stream::read(text)?;
    let mapping = stream.select(document).map_err(|refused| refused.or_write(to_write(fallback)))?;
    let entry = single_entry(&stream, &mapping, field)?;
    let Some(entry) = entry else {
        return insert::field(&stream, &mapping, fallback).map_err(|refused| refused.or_write(to_write(fallback)));
    };
    let says_id = entry.name == field.name();
    let spelling = if says_id { by_id } else { fallback };
    replace(&stream, &mapping, entry, spelling).map_err(|refused| refused.or_write(to_write(spelling)))
}

/// The entry that gives a field its value, by id or by name.
pub(super) fn single_entry<'m>(
    stream: &Stream<'_>,
    mapping: &'m Mapping,
    field: Field,
) -> Result<Option<&'m Entry>, Refused> {
    let mut entries =
        mapping.named(field.name()).chain(field.by_name().into_iter().flat_map(|name| mapping.named(name)));
    let first = entries.next();
    match entries.next() {
        Some(second) => {
            let reason = format!("`{field}` is written twice in this document");
            Err(Refused::new(stream.line_of(second), reason).or_write("remove one of the two lines"))
        }
        None => Ok(first),
    }
}

fn replace(stream: &Stream<'_>, mapping: &Mapping, entry: &Entry, spelling: Spelling<'_>) -> Result<Edited, Refused> {
    let mut place = stream.value_place(mapping, entry)?;
    let before = stream.scalar(entry.value.start).map(|(text, _)| text.to_owned());
    let unchanged = before.as_deref() == Some(spelling.text) && entry.name == spelling.name;
    if unchanged && !matches!(place, ValuePlace::Empty { .. }) {
        return Ok(Edited { text: stream.text.to_owned(), line: number(stream.line_of(entry)), before });
    }
    let mut rename = None;
    if entry.name != spelling.name {
        rename = Some(Splice::new(stream.key_range(mapping, entry)?, spelling.name));
    }
    if let (Meaning::Number, ValuePlace::Inline { style, .. }) = (spelling.meaning, &mut place) {
        *style = saphyr_parser::ScalarStyle::Plain;
    }
    let wanted = Wanted { text: spelling.text, meaning: spelling.meaning, flow: mapping.flow, column: mapping.column };
    let events = entry.key..entry.value.end;
    let expected = [Expected::scalar(spelling.name), Expected::scalar(spelling.text)];
    for proposal in candidates(stream.text, &place, &wanted) {
        let splices: Vec<_> = rename.iter().cloned().chain(proposal).collect();
        if let Some((text, line)) = try_splices(stream, &splices, &events, &expected) {
            return Ok(Edited { text, line, before });
        }
    }
    Err(Refused::new(stream.line_of(entry), format!("`{}`: the value cannot be replaced safely here", entry.name)))
}

/// The text with the splices made and the line of the first new event, if the result reads as expected.
pub(super) fn try_splices(
    stream: &Stream<'_>,
    splices: &[Splice],
    events: &Range<usize>,
    expected: &[Expected],
) -> Option<(String, u32)> {
    let text = splice(stream.text, splices);
    let line = check(stream, events, expected, &text)?.events.get(events.start)?.line;
    Some((text, number(line)))
}
