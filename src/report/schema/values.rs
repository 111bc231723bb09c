//! The grammar of single values: keys, money, dates, URLs, words. As strict as a pattern can be, and never stricter than the
//! reader of the YAML.

use serde_json::{Value as Json, json};

use crate::offer::{Field, FieldKind, OfferStatus, PriceType};

/// A key.
pub(super) const KEY: &str = "^[a-z0-9][a-z0-9._-]*$";
/// Plain digits.
pub(super) const MONEY: &str = r"^(0|[1-9][0-9]*)(\.[0-9]+)?$";
/// The largest id: CAKE's are signed.
const LARGEST: i64 = i64::MAX;

/// A real date and time: months have their days, and only leap years have a 29 February.
pub(super) fn date() -> String {
    let days = [
        r"[0-9]{4}-(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
        r"[0-9]{4}-(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
        r"[0-9]{4}-02-(?:0[1-9]|1[0-9]|2[0-8])",
        r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29",
    ];
    format!("^(?:{}) (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$", days.join("|"))
}

/// The value of a field in YAML: what an author may write.
pub(super) fn written(field: Field) -> Json {
    match field.kind() {
        FieldKind::Name => json!({
            "type": "string",
            // Something that can be seen, and no control characters.
            "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$",
        }),
        FieldKind::Text => json!({"type": "string"}),
        FieldKind::Url => url(),
        FieldKind::Id | FieldKind::Hours => integer(),
        FieldKind::Status => words(OfferStatus::WORDS),
        FieldKind::PriceType => words(PriceType::WORDS),
        FieldKind::Money => json!({
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": MONEY}],
        }),
        FieldKind::Date => json!({"type": "string", "pattern": date()}),
    }
}

/// The value of a field in plans and states: decimals and dates are strings, ids are integers.
pub(super) fn shown(field: Field) -> Json {
    match field.kind() {
        FieldKind::Name | FieldKind::Text | FieldKind::Url => json!({"type": "string"}),
        FieldKind::Id | FieldKind::Hours => integer(),
        FieldKind::Status => json!({"enum": OfferStatus::WORDS}),
        FieldKind::PriceType => json!({"enum": PriceType::WORDS}),
        FieldKind::Money => json!({"type": "string", "pattern": MONEY}),
        FieldKind::Date => json!({"type": "string", "pattern": date()}),
    }
}

pub(super) fn integer() -> Json {
    json!({"type": "integer", "minimum": 1, "maximum": LARGEST})
}

fn url() -> Json {
    json!({"type": "string", "pattern": r"^[hH][tT][tT][pP][sS]?://(?:[^\s{}]|\{[^{}\s]*\})+$"})
}

/// One of the words: in lower case for completion, in any case for CAKE.
fn words(words: &[&str]) -> Json {
    let any_case = |word: &&str| {
        let letter = |c: char| format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase());
        word.chars().map(letter).collect::<String>()
    };
    let pattern = format!("^(?:{})$", words.iter().map(any_case).collect::<Vec<_>>().join("|"));
    json!({"anyOf": [{"enum": words}, {"type": "string", "pattern": pattern}]})
}
