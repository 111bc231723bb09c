//! The JSON of one record, the same in the state and in a journal's note.
//!
//! Owns the shape: what every record has, and what is left out where it says nothing. Knows no file. The optional members
//! stand before `fields`, so that adding one touches no other line and git merges it with a change next to it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::offer::{Fields, OfferId, Record, RecordStatus, Replaced};

#[derive(Serialize)]
struct Written<'a> {
    offer_id: OfferId,
    status: RecordStatus,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    protect: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    replaced: &'a [Replaced],
    fields: &'a Fields,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    offer_id: OfferId,
    status: RecordStatus,
    #[serde(default)]
    protect: bool,
    #[serde(default)]
    replaced: Vec<Replaced>,
    fields: Fields,
}

pub(super) fn serialize<S: Serializer>(record: &Record, serializer: S) -> Result<S::Ok, S::Error> {
    let Record { offer_id, status, fields, protect, replaced } = record;
    Written { offer_id: *offer_id, status: *status, protect: *protect, replaced, fields }.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Record, D::Error> {
    let Read { offer_id, status, protect, replaced, fields } = Read::deserialize(deserializer)?;
    Ok(Record { offer_id, status, fields, protect, replaced })
}

/// A record with this JSON, for maps of them.
pub(super) struct Shown<'a>(pub(super) &'a Record);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self.0, serializer)
    }
}
