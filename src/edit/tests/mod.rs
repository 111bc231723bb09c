//! Tests of the edits: tables of single cases, and laws over random files, read by a YAML reader that is not the one in use.

mod dice;
mod emit;
mod format;
mod laws;
mod random_file;
mod reader;
mod refusals;
mod schedule;
mod schedule_laws;
mod set;
mod structure;

use super::*;
use crate::offer::{Field, Value};

/// A value of a field, from text.
fn value(field: Field, text: &str) -> Value {
    field.parse(text).unwrap_or_else(|error| panic!("{field}: {text:?}: {error}"))
}

/// The text after a field of the first document was set.
fn after_set(text: &str, field: Field, to: &str) -> String {
    match set(text, DocumentSelector::Index(0), field, &value(field, to), None) {
        Ok(edited) => edited,
        Err(refused) => panic!("{refused}\n{text}"),
    }
}
