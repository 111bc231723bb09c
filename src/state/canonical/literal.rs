//! The values of the canonical text, each only as the writer spells it.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use jiff::Timestamp;

use crate::offer::{Field, FieldKind, OfferId, Revision, Value};
use crate::state::lineage::Lineage;

/// What follows the name of a member that is not the last one.
pub(super) fn member<'t>(line: &'t str, name: &str) -> Option<&'t str> {
    line.strip_prefix(name)?.strip_suffix(',')
}

pub(super) fn lineage(line: &str) -> Option<Lineage> {
    let text = string(member(line, "  \"lineage\": ")?)?;
    Lineage::parse(&text).filter(|lineage| is_spelled(lineage, &text))
}

pub(super) fn timestamp(literal: &str) -> Option<Timestamp> {
    let text = string(literal)?;
    text.parse().ok().filter(|time| is_spelled(time, &text))
}

pub(super) fn offer_id(text: &str) -> Option<OfferId> {
    text.parse().ok().and_then(OfferId::new).filter(|id| is_spelled(id, text))
}

/// A number, or a text with marks.
pub(super) fn revision(literal: &str) -> Option<Revision> {
    match string(literal) {
        Some(text) => Revision::parse(&text).filter(|_| text.contains(' ')),
        None => literal.parse::<u32>().ok().filter(|count| is_spelled(count, literal)).map(Revision::from),
    }
}

pub(super) fn value(field: Field, literal: &str) -> Option<Value> {
    let text = match field.kind() {
        FieldKind::Id | FieldKind::Hours => Cow::Borrowed(literal),
        _ => string(literal)?,
    };
    field.parse(&text).ok().filter(|value| is_spelled(value, &text))
}

/// The text of a JSON string, if it is escaped as the serializer does it.
pub(super) fn string(literal: &str) -> Option<Cow<'_, str>> {
    let text = literal.strip_prefix('"')?.strip_suffix('"')?;
    if text.bytes().all(|b| b >= b' ' && b != b'"' && b != b'\\') {
        return Some(Cow::Borrowed(text));
    }
    let text: String = serde_json::from_str(literal).ok()?;
    (serde_json::to_string(&text).ok()? == literal).then_some(Cow::Owned(text))
}

/// Whether the value is written as that text.
fn is_spelled(value: &impl fmt::Display, text: &str) -> bool {
    let mut rest = Rest(text);
    write!(rest, "{value}").is_ok() && rest.0.is_empty()
}

/// What is left of a text after what was written to it; anything else is an error.
struct Rest<'t>(&'t str);

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(part).ok_or(fmt::Error)?;
        Ok(())
    }
}
