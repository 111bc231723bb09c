//! The schema of `offersync.toml`, from the table of its keys.

use serde_json::{Map, Value as Json, json};

use crate::config::keys::{ConfigKey, KEYS, KeyKind, TABLES};
use crate::config::{
    ENVIRONMENTS_TABLE, EXCEPTIONS, LINTS_TABLE, LISTS, LimitKind, LintLevel, NAME_TABLES, OVERRULED, SEVERITIES,
    names_of_plan,
};
use crate::diagnostic::{Code, codes};

use crate::offer::PriceType;
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
            "additionalProperties": {"anyOf": [integer(), {
                "type": "object",
                "additionalProperties": false,
                "required": ["id"],
                "properties": {
                    "id": integer(),
                    "name": {"type": "string", "description": "What CAKE calls it; `offersync names pull` writes it."},
                },
            }]},
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
    for (name, required, optional) in LISTS.into_iter().filter(|_| name.is_empty()) {
        properties.insert(name.to_owned(), list(name, required, optional));
    }
    if name.is_empty() {
        properties.insert(ENVIRONMENTS_TABLE.to_owned(), environments(&properties));
    }
    json!({"type": "object", "description": description, "additionalProperties": false, "properties": properties})
}

/// The tables of environments: each may overrule some of the settings.
fn environments(properties: &Map<String, Json>) -> Json {
    let overruled = OVERRULED.iter().filter_map(|name| Some(((*name).to_owned(), properties.get(*name)?.clone())));
    let environment =
        json!({"type": "object", "additionalProperties": false, "properties": overruled.collect::<Map<_, _>>()});
    json!({
        "type": "object",
        "description": "Several CAKE accounts, each with a name, a state and a CAKE of its own.",
        "propertyNames": {"pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "maxLength": 60},
        "additionalProperties": environment,
    })
}

fn value(key: &ConfigKey) -> Json {
    let mut value = match key.kind {
        KeyKind::Word(words, _) => json!({"enum": words}),
        KeyKind::Number(least, greatest, _) => json!({"type": "integer", "minimum": least, "maximum": greatest}),
        KeyKind::Text(_) => json!({"type": "string", "minLength": 1}),
        KeyKind::Limit(guardrail) => limit(guardrail.kind()),
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

/// The limit of a guardrail.
fn limit(kind: LimitKind) -> Json {
    let percent = || json!({"type": "string", "pattern": r"^\s*(0|[1-9][0-9]*)(\.[0-9]+)?\s*%\s*$"});
    let amount = || json!({"type": ["number", "string"], "minimum": 0, "pattern": r"^(0|[1-9][0-9]*)(\.[0-9]+)?$"});
    match kind {
        LimitKind::ShareOrCount => json!({"oneOf": [{"type": "integer", "minimum": 0}, percent()]}),
        LimitKind::Percent => percent(),
        LimitKind::Level => json!({"enum": LintLevel::WORDS}),
        LimitKind::AmountsByCurrency => json!({"type": "object", "additionalProperties": amount()}),
        LimitKind::AmountsByType => {
            let amounts: Map<_, _> = PriceType::WORDS.iter().map(|word| ((*word).to_owned(), amount())).collect();
            json!({"type": "object", "additionalProperties": false, "properties": amounts})
        }
    }
}

/// A list of tables: each member is text, or one of some words, or a list of them.
fn list(name: &str, required: &[&str], optional: &[&str]) -> Json {
    let member = |member: &&str| {
        let value = match *member {
            "severity" => json!({"enum": SEVERITIES}),
            "except" => json!({"type": "array", "items": {"enum": EXCEPTIONS}}),
            "guardrail" => json!({"enum": names_of_plan().collect::<Vec<_>>()}),
            _ => json!({"type": "string", "pattern": r"\S"}),
        };
        ((*member).to_owned(), value)
    };
    let members: Map<_, _> = required.iter().chain(optional).map(member).collect();
    let entry = json!({"type": "object", "additionalProperties": false, "required": required, "properties": members});
    json!({"type": "array", "description": format!("[[{name}]]"), "items": entry})
}

fn pattern(key: &ConfigKey) -> Option<&'static str> {
    match (key.table, key.name) {
        ("cake", "url") => Some(r"^\s*[hH][tT][tT][pP][sS]?://[^\s?#@]+\s*$"),
        ("cake", "api_key_env") => Some("^(OFFERSYNC_)?CAKE_[A-Z0-9_]+$"),
        _ => None,
    }
}
