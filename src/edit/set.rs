//! Setting a field: the smallest edit that makes one document give it the wanted value.

use super::candidates::{NewValue, candidates};
use super::check::{ExpectedEvent, splice_checked};
use super::document::{DocumentSelector, Entry, Mapping};
use super::entry::ValuePlace;
use super::format::rank;
use super::insert;
use super::lines::Splice;
use super::refused::Refused;
use super::scalar::ScalarType;
use super::spelling::Spelling;
use super::stream::Stream;
use crate::offer::{Field, Value};

/// The text with a field of one document set to a value; everything else in the text stays byte for byte.
///
/// `name` is the configured name of an id (`acme-home` for advertiser 101), if there is one. A document with `advertiser: …` gets the
/// name, or `advertiser_id: …` if there is none; one with `advertiser_id: …` keeps it; one with neither gets the name if possible.
///
/// A field that is absent (also one that is inherited) becomes a line of its own, at its place in the order of fields.
pub fn set(
    text: &str,
    document: DocumentSelector,
    field: Field,
    value: &Value,
    name: Option<&str>,
) -> Result<String, Refused> {
    let number = value.to_string();
    let by_id = Spelling::by_value(field, value, &number);
    let fallback = name.and_then(|name| Spelling::by_name(field, name)).unwrap_or(by_id);

    let stream = Stream::read(text)?;
    let mapping = stream.select(document).map_err(|refused| refused.or_write(fallback.to_yaml()))?;
    let entry = single_entry(&stream, &mapping, field)?;
    let Some(entry) = entry else {
        return insert::field(&stream, &mapping, fallback, rank)
            .map_err(|refused| refused.or_write(fallback.to_yaml()));
    };
    let says_id = entry.name == field.name();
    let spelling = if says_id { by_id } else { fallback };
    replace(&stream, &mapping, entry, spelling).map_err(|refused| refused.or_write(spelling.to_yaml()))
}

/// The entry with the value of a field, by id or by name.
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

/// Puts a value in the place of another.
pub(super) fn replace(
    stream: &Stream<'_>,
    mapping: &Mapping,
    entry: &Entry,
    spelling: Spelling<'_>,
) -> Result<String, Refused> {
    let mut place = stream.value_place(mapping, entry)?;
    let before = stream.scalar(entry.value.start).map(|(text, _)| text);
    let unchanged = before == Some(spelling.text) && entry.name == spelling.name;
    if unchanged && !matches!(place, ValuePlace::Empty { .. }) {
        return Ok(stream.text.to_owned());
    }
    let mut rename = None;
    if entry.name != spelling.name {
        rename = Some(Splice::new(stream.key_range(mapping, entry)?, spelling.name));
    }
    if let (ScalarType::Number, ValuePlace::Inline { style, .. }) = (spelling.meaning, &mut place) {
        *style = saphyr_parser::ScalarStyle::Plain;
    }
    let value = NewValue { text: spelling.text, meaning: spelling.meaning, flow: mapping.flow, column: mapping.column };
    let events = entry.key..entry.value.end;
    let expected = [spelling.name, spelling.text].map(ExpectedEvent::Scalar);
    for proposal in candidates(stream.text, &place, &value) {
        let splices: Vec<_> = rename.iter().cloned().chain(proposal).collect();
        if let Some(text) = splice_checked(stream, &splices, &events, &expected) {
            return Ok(text);
        }
    }
    Err(Refused::new(stream.line_of(entry), format!("`{}`: the value cannot be replaced safely here", entry.name)))
}
