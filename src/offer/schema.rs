//! JSON Schema of the vocabulary, as strict as the readers of the documents and never stricter.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json, json};

use super::{Field, FieldKind, FieldSet, Fields, Key, OfferStatus, PriceType, Value};

/// A key.
pub(crate) const KEY: &str = "^[a-z0-9][a-z0-9._-]*$";
/// An amount in plain digits.
pub(crate) const MONEY: &str = r"^(0|[1-9][0-9]*)(\.[0-9]+)?$";
/// The largest id: CAKE's are signed.
const LARGEST: i64 = i64::MAX;

/// A real date and time: months have their days, and only leap years have a 29 February.
pub(crate) fn date() -> String {
    let days = [
        r"[0-9]{4}-(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
        r"[0-9]{4}-(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
        r"[0-9]{4}-02-(?:0[1-9]|1[0-9]|2[0-8])",
        r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29",
    ];
    format!("^(?:{}) (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$", days.join("|"))
}

/// An id or another positive number of CAKE's.
pub(crate) fn integer() -> Json {
    json!({"type": "integer", "minimum": 1, "maximum": LARGEST})
}

/// The value of a field in plans and states: decimals and dates are strings, ids are integers.
fn value(field: Field) -> Json {
    match field.kind() {
        FieldKind::Name | FieldKind::Text | FieldKind::Url => json!({"type": "string"}),
        FieldKind::Id | FieldKind::Hours => integer(),
        FieldKind::Status => json!({"enum": OfferStatus::WORDS}),
        FieldKind::PriceType => json!({"enum": PriceType::WORDS}),
        FieldKind::Money => json!({"type": "string", "pattern": MONEY}),
        FieldKind::Date => json!({"type": "string", "pattern": date()}),
    }
}

macro_rules! schema {
    ($type:ident, $schema:expr) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($type))
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

schema!(Key, json_schema!({"type": "string", "pattern": KEY}));
schema!(Field, json_schema!({"type": "string", "enum": Field::ALL.map(Field::name)}));
schema!(FieldSet, json_schema!({"type": "array", "items": {"enum": Field::ALL.map(Field::name)}}));
schema!(Value, json_schema!({"type": ["string", "integer"]}));
schema!(Fields, {
    let properties: Map<_, _> = Field::ALL.into_iter().map(|field| (field.name().to_owned(), value(field))).collect();
    json_schema!({"type": "object", "additionalProperties": false, "properties": properties})
});
