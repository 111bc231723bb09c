//! The schema of `offersync.toml`, from the table of its keys.

use serde_json::{Map, Value as Json, json};

use crate::config::keys::{ConfigKey, KEYS, KeyKind, TABLES};
use crate::config::{LINTS_TABLE, LintLevel, NAME_TABLES};
use crate::diagnostic::{Code, codes};

use crate::offer::schema::integer;

pub(super) fn schema() -> Json {
    let mut root = table("", "The configuration of offersync.");
    if let Some(object) = root.as_object_mut() {
        object.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        object.insert("title".to_owned(), json!("offersync.toml"));
    }
    root
}

/// A table with its keys and the tables inside it.
fn table(name: &str, description: &str) -> Json {
    if let Some((field, _)) = NAME_TABLES.iter().find(|(_, table)| *table == name) {
        return json!({
            "type": "object",
            "description": format!("Names that offers may use in place of {field}."),
            "additionalProperties": integer(),
        });
    }
    if name == LINTS_TABLE {
        let level = |code: Code| (code.name.to_owned(), json!({"enum": LintLevel::WORDS, "description": code.title}));
        return json!({
            "type": "object",
            "description": "The levels of lints, in place of their defaults.",
            "additionalProperties": false,
            "properties": codes::lints().map(level).collect::<Map<_, _>>(),
        });
    }
    let mut properties = Map::new();
    for key in KEYS.iter().filter(|key| key.table == name) {
        properties.insert(key.name.to_owned(), value(key));
    }
    for inner in TABLES {
        let (parent, last) = inner.rsplit_once('.').unwrap_or(("", inner));
        if parent == name {
            properties.insert(last.to_owned(), table(inner, &format!("[{inner}]")));
        }
    }
    json!({"type": "object", "description": description, "additionalProperties": false, "properties": properties})
}

fn value(key: &ConfigKey) -> Json {
    let mut value = match key.kind {
        KeyKind::Word(words, _) => json!({"enum": words}),
        KeyKind::Number(least, greatest, _) => json!({"type": "integer", "minimum": least, "maximum": greatest}),
        KeyKind::Text(_) => json!({"type": "string", "minLength": 1}),
    };
    if let Some(object) = value.as_object_mut() {
        object.insert("description".to_owned(), json!(key.meaning));
        // The defaults are TOML values that are also valid JSON.
        if let Ok(default) = serde_json::from_str::<Json>(key.default) {
            object.insert("default".to_owned(), default);
        }
        if let Some(pattern) = pattern(key) {
            object.insert("pattern".to_owned(), json!(pattern));
        }
    }
    value
}

fn pattern(key: &ConfigKey) -> Option<&'static str> {
    match (key.table, key.name) {
        ("cake", "url") => Some(r"^\s*[hH][tT][tT][pP][sS]?://[^\s?#@]+\s*$"),
        ("cake", "api_key_env") => Some("^(OFFERSYNC_)?CAKE_[A-Z0-9_]+$"),
        _ => None,
    }
}
