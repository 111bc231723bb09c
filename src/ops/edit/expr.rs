//! What assignments and conditions share: names of fields, values as a user writes them, quotes.

use crate::config::Names;
use crate::diagnostic::closest;
use crate::offer::{Field, Value};
use crate::ops::error::Error;

/// The field with this name, or the one whose configured names it takes.
pub(super) fn field(name: &str) -> Result<Field, Error> {
    let found = Field::ALL.into_iter().find(|field| field.name() == name || field.by_name() == Some(name));
    found.ok_or_else(|| Error::Usage {
        message: format!("unknown field `{name}`"),
        help: closest(name, Field::ALL.into_iter().map(Field::name)).map(|close| format!("did you mean `{close}`?")),
    })
}

/// A value as the user writes it: a configured name where the field is called by name, else by the field's own rule.
pub(in crate::ops) fn value(field: Field, called: &str, text: &str, names: &Names) -> Result<Value, Error> {
    let refused = |message| Error::Usage { message, help: names.suggestion(field, called, text) };
    names.read(field, called, text).map_err(refused)
}

/// The text without the quotes around it, where it has some.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].strip_suffix(quote).filter(|inner| !inner.contains(quote))
}
