//! The schema of a field's value in YAML. As strict as a pattern can be, but never stricter than the reader.

use serde_json::{Value as Json, json};

use crate::offer::schema::{MONEY, date, integer};
use crate::offer::{Field, FieldKind, OfferStatus, PriceType};

/// The schema of a field's value.
pub(super) fn written(field: Field) -> Json {
    match field.kind() {
        FieldKind::Name => json!({
            "type": "string",
            // At least one visible character, and no control characters.
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

fn url() -> Json {
    json!({"type": "string", "pattern": r"^[hH][tT][tT][pP][sS]?://(?:[^\s{}]|\{[^{}\s]*\})+$"})
}

/// One of the words: lower case for completion, any case accepted.
fn words(words: &[&str]) -> Json {
    let any_case = |word: &&str| {
        let letter = |c: char| format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase());
        word.chars().map(letter).collect::<String>()
    };
    let pattern = format!("^(?:{})$", words.iter().map(any_case).collect::<Vec<_>>().join("|"));
    json!({"anyOf": [{"enum": words}, {"type": "string", "pattern": pattern}]})
}
