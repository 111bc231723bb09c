//! The text of a new offer, for import: canonical order, plain where that is safe, text of several lines as `|`.

use super::scalar::{self, ScalarType};
use super::spelling::Spelling;
use crate::offer::{Field, Fields, OnCreateOnlyChange, SyncSettings, Value};

/// A new offer as YAML that reads back to the same values.
///
/// `name` returns the configured name of an id, which is then written instead: `advertiser: acme-home`.
pub fn emit(fields: &Fields, name: &dyn Fn(Field, &Value) -> Option<String>, sync: &SyncSettings) -> String {
    let mut text = String::new();
    for (field, value) in fields.iter() {
        let (number, name) = (value.to_string(), name(field, value));
        let by_name = name.as_deref().and_then(|name| Spelling::by_name(field, name));
        text.push_str(&by_name.unwrap_or(Spelling::by_value(field, value, &number)).to_yaml());
        text.push('\n');
    }
    push_sync(&mut text, sync);
    text
}

fn push_sync(text: &mut String, sync: &SyncSettings) {
    let SyncSettings { renamed_from, protect, on_create_only_change, ignore_changes } = sync;
    if *sync == SyncSettings::default() {
        return;
    }
    let mut lines = vec!["sync:".to_owned()];
    if let Some(key) = renamed_from {
        lines.push(format!("  renamed_from: {}", scalar::inline(key.as_str(), ScalarType::Text)));
    }
    if *protect {
        lines.push("  protect: true".to_owned());
    }
    match on_create_only_change {
        OnCreateOnlyChange::Block => {}
        OnCreateOnlyChange::Replace => lines.push("  on_create_only_change: replace".to_owned()),
    }
    if !ignore_changes.is_empty() {
        let names: Vec<_> = ignore_changes.iter().map(Field::name).collect();
        lines.push(format!("  ignore_changes: [{}]", names.join(", ")));
    }
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
}
