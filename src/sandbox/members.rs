//! Strict parsing of a JSON request body into its members with their raw values.
//!
//! Does not know which parameters exist. The invariant: no member is lost or read twice, and a value is the exact text that was
//! sent.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::reply::Rejection;

/// The members of a JSON object, in the order in which they were sent.
#[derive(Debug)]
pub(super) struct JsonMembers<'a>(Vec<(String, &'a RawValue)>);

impl<'a> JsonMembers<'a> {
    /// Parses a body, which must be one JSON object without duplicate members.
    pub(super) fn read(body: &'a [u8]) -> Result<Self, Rejection> {
        let members: Self = serde_json::from_slice(body).map_err(|_| Rejection::Malformed)?;
        let mut names: Vec<&str> = members.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Rejection::failed(format!("Duplicate parameter {}", pair[0]))),
            None => Ok(members),
        }
    }

    pub(super) fn peek(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, value)| *value)
    }

    /// Removes a member and returns its value.
    pub(super) fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        let place = self.0.iter().position(|(member, _)| member == name)?;
        Some(self.0.remove(place).1)
    }

    /// Rejects members that were not taken.
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
