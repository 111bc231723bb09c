//! The strict reading of one JSON request body: its members with their raw values.
//!
//! Knows nothing of which parameters exist. The invariant: no member is lost or taken twice, and a value is kept as the
//! very text that was sent.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::reply::Rejection;

/// The members of a JSON object, in the order in which they were sent.
#[derive(Debug)]
pub(super) struct JsonMembers<'a>(Vec<(String, &'a RawValue)>);

impl<'a> JsonMembers<'a> {
    /// Reads a body that must be one JSON object without a repeated member.
    pub(super) fn read(body: &'a [u8]) -> Result<Self, Rejection> {
        let members: Self = serde_json::from_slice(body).map_err(|_| Rejection::Malformed)?;
        let mut names: Vec<&str> = members.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Rejection::failed(format!("Duplicate parameter {}", pair[0]))),
            None => Ok(members),
        }
    }

    /// The raw value of a member, which stays.
    pub(super) fn peek(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, value)| *value)
    }

    /// Takes a member out.
    pub(super) fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        let place = self.0.iter().position(|(member, _)| member == name)?;
        Some(self.0.remove(place).1)
    }

    /// Nothing may be left that no rule asked for.
    pub(super) fn finish(self) -> Result<(), Rejection> {
        match self.0.first() {
            Some((name, _)) => Err(Rejection::failed(format!("Unknown parameter {name}"))),
            None => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for JsonMembers<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Collect)
    }
}

struct Collect;

impl<'de> Visitor<'de> for Collect {
    type Value = JsonMembers<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(entry) = map.next_entry::<String, &'de RawValue>()? {
            members.push(entry);
        }
        Ok(JsonMembers(members))
    }
}
