//! The condition of `--where`, in the language of [`expr`](crate::expr), with the names that the configuration gives to ids.

use crate::config::Names;
use crate::expr::{Condition, ParseError, RefusedValue, Vocabulary};

use super::edit::value;
use super::error::Error;

/// Reads a condition; `has_was` says whether it may speak of recorded values.
pub(super) fn condition(text: &str, names: &Names, has_was: bool) -> Result<Condition, Error> {
    let read = |field, called: &str, wanted: &str| {
        value(field, called, wanted, names).map_err(|error| match error {
            Error::Usage { message, help } => RefusedValue { message, help },
            other => RefusedValue { message: other.to_string(), help: None },
        })
    };
    Condition::parse(text, Vocabulary { read: &read, has_was }).map_err(|error| usage(text, &error))
}

/// The error with the place in the text, as it was typed.
fn usage(text: &str, ParseError { message, help, span }: &ParseError) -> Error {
    let begin = text.get(..span.start).map_or(0, |before| before.chars().count());
    Error::Usage { message: format!("--where, character {}: {message}", begin + 1), help: help.clone() }
}
