//! The text of a fresh offer, for import and init: canonical order, plain where that is safe, text of several lines as `|`.

use super::block::Chomping;
use super::block_text::{BlockText, Frame};
use super::ignore::list;
use super::scalar::{self, Meaning};
use super::set::Spelling;
use crate::offer::{Field, Fields, OnCreateOnlyChange, SyncSettings, Value};

/// A fresh offer as YAML that reads back to the same values.
///
/// `name` gives the configured name of an id, which is then written in its place: `advertiser: acme-home`.
pub fn emit(fields: &Fields, name: &dyn Fn(Field, &Value) -> Option<String>, sync: &SyncSettings) -> String {
    let mut text = String::new();
    for (field, value) in fields.iter() {
        let by_name = field.by_name().and_then(|by_name| Some((by_name, name(field, value)?)));
        let line = match &by_name {
            Some((field, name)) => entry(Spelling { name: field, text: name, meaning: Meaning::Text }, 0),
            None => entry(Spelling { name: field.name(), text: &value.to_string(), meaning: meaning(value) }, 0),
        };
        text.push_str(&line);
        text.push('\n');
    }
    push_sync(&mut text, sync);
    text
}

/// Whether a value is text to YAML, or a number, a date or a word that is written plainly.
pub(super) fn meaning(value: &Value) -> Meaning {
    match value {
        Value::Text(_) | Value::Url(_) => Meaning::Text,
        Value::Advertiser(_) | Value::Vertical(_) | Value::Currency(_) | Value::Hours(_) => Meaning::Number,
        Value::Status(_) | Value::Money(_) | Value::PriceType(_) | Value::Date(_) => Meaning::Plain,
    }
}

/// One entry of a block mapping at that column, without the line break at its end.
pub(super) fn entry(spelling: Spelling<'_>, column: usize) -> String {
    let Spelling { name, text, meaning } = spelling;
    let frame = Frame { column, indent: column + 2, chomping: Chomping::Clip };
    let block = if text.contains('\n') { BlockText::literal(text, frame) } else { None };
    match block {
        Some(block) => format!("{name}: {}{}", block.header, block.render("\n", block.blanks)),
        None => format!("{name}: {}", scalar::inline(text, meaning)),
    }
}

fn push_sync(text: &mut String, sync: &SyncSettings) {
    let SyncSettings { renamed_from, protect, on_create_only_change, ignore_changes } = sync;
    if *sync == SyncSettings::default() {
        return;
    }
    let mut lines = vec!["sync:".to_owned()];
    if let Some(key) = renamed_from {
        lines.push(format!("  renamed_from: {}", scalar::inline(key.as_str(), Meaning::Text)));
    }
    if *protect {
        lines.push("  protect: true".to_owned());
    }
    match on_create_only_change {
        OnCreateOnlyChange::Block => {}
        OnCreateOnlyChange::Replace => lines.push("  on_create_only_change: replace".to_owned()),
    }
    if !ignore_changes.is_empty() {
        lines.push(format!("  ignore_changes: {}", list(*ignore_changes)));
    }
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
}
