//! Request bodies, byte for byte as the specification has them: CAKE's names in the order of the table, ids as integers,
//! money as bare numbers with the author's digits, everything else as strings, and nothing undocumented.
//!
//! Knows no HTTP. Invariant: a body holds the key (where it belongs there), an update's id, and the values of the write.

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::offer::Request;
use crate::offer::{Field, Fields, OfferId, Value};

use super::key::ApiKey;

/// `POST`, article 13000118748.
pub(super) const CREATE_PATH: &str = "/api/2/offer.json";
/// `POST`, article 13000118748.
pub(super) const UPDATE_PATH: &str = "/api/2/update_offer.json";
/// The name of the API key in body and query.
pub(super) const API_KEY: &str = "api_key";

pub(super) fn path(request: Request<'_>) -> &'static str {
    match request {
        Request::Create(_) => CREATE_PATH,
        Request::Update { .. } => UPDATE_PATH,
    }
}

/// The body of a write; the key comes first where it belongs in the body.
pub(super) fn body(request: Request<'_>, key: Option<&ApiKey>) -> Result<Vec<u8>, serde_json::Error> {
    let (offer_id, fields) = match request {
        Request::Create(offer) => (None, offer.fields()),
        Request::Update { update, .. } => (Some(update.offer_id()), update.changes()),
    };
    serde_json::to_vec(&RequestBody { key, offer_id, fields })
}

struct RequestBody<'a> {
    key: Option<&'a ApiKey>,
    offer_id: Option<OfferId>,
    fields: &'a Fields,
}

impl Serialize for RequestBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(key) = self.key {
            map.serialize_entry(API_KEY, key.expose())?;
        }
        if let Some(id) = self.offer_id {
            map.serialize_entry("offer_id", &id)?;
        }
        for (field, value) in self.fields.iter() {
            entry(&mut map, field, value)?;
        }
        map.end()
    }
}

fn entry<M: SerializeMap>(map: &mut M, field: Field, value: &Value) -> Result<(), M::Error> {
    match value {
        // A bare number with the author's digits; any number type of serde would write 24.00 as 24.0.
        Value::Money(money) => {
            let digits = RawValue::from_string(money.to_string()).map_err(M::Error::custom)?;
            map.serialize_entry(field.name(), &digits)
        }
        // Integers for ids and hours and strings for the rest are what every document of ours shows too.
        other => map.serialize_entry(field.name(), other),
    }
}
