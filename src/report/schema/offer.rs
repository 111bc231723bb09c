//! The schema of an offer in YAML, for completion, help and validation in editors.
//!
//! It has no required fields. What a file does not say, a `_defaults.yaml` above it may say, and an editor sees one file only:
//! it would mark good files as bad. `offersync validate` reads all of them and reports what is missing.

use serde_json::{Map, Value as Json, json};

use crate::config::Names;
use crate::diagnostic::codes;
use crate::offer::schema::KEY;
use crate::offer::{Field, FieldKind, OfferStatus};

use super::values::written;

const DESCRIPTION: &str = "An offer as code, or a _defaults.yaml with values for every offer at or below its folder. No field is \
     required here, because a _defaults.yaml may give it: `offersync validate` reports what an offer lacks.";

/// With the names that the configuration has, so that an editor completes them. Another name is no error here: this schema may be older than
/// the configuration.
pub(super) fn schema(names: Option<&Names>) -> Json {
    let mut properties = Map::new();
    let mut not_both = Vec::new();
    for field in Field::ALL {
        let mut value = written(field);
        add(&mut value, "description", json!(description(field)));
        if let Some(example) = example(field) {
            add(&mut value, "examples", json!([example]));
        }
        if field.kind() == FieldKind::Status {
            add(&mut value, "default", json!(OfferStatus::Active.word()));
        }
        properties.insert(field.name().to_owned(), value);
        if let Some(by_name) = field.by_name() {
            properties.insert(by_name.to_owned(), name_of(field, by_name, names));
            not_both.push(json!({"not": {"required": [field.name(), by_name]}}));
        }
    }
    properties.insert("sync".to_owned(), sync());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Offer",
        "description": DESCRIPTION,
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "allOf": not_both,
    })
}

fn add(value: &mut Json, name: &str, member: Json) {
    if let Some(object) = value.as_object_mut() {
        object.insert(name.to_owned(), member);
    }
}

fn description(field: Field) -> String {
    let mut text = field.meaning().to_owned();
    if let Some(first) = text.get(..1) {
        text = format!("{}{}", first.to_uppercase(), &text[1..]);
    }
    text.push_str(match field.kind() {
        FieldKind::Money => {
            ". Plain digits, kept exactly as written; with payout_type or revenue_type revshare a percentage"
        }
        FieldKind::Date => ", in the time zone that cake.time_zone names",
        _ => "",
    });
    if field.is_required() {
        text.push_str(". Every offer needs it, here or from a _defaults.yaml");
    }
    if field.is_create_only() {
        text.push_str(". Create-only: CAKE's API cannot change it later");
    }
    text.push('.');
    text
}

fn example(field: Field) -> Option<Json> {
    match field {
        Field::OfferName => Some(json!("Home Warranty Lead - Premium")),
        Field::OfferUrl => Some(json!("https://track.yourdomain.com/aff_c?offer_id={offer_id}&aff_id={aff_id}")),
        Field::PreviewUrl => Some(json!("https://www.yourdomain.com/landing")),
        Field::Payout => Some(json!(24.00)),
        Field::Revenue => Some(json!(30.00)),
        Field::SessionHours => Some(json!(24)),
        Field::ExpirationDate => Some(json!("2026-12-31 23:59:59")),
        Field::AdvertiserId
        | Field::VerticalId
        | Field::CurrencyId
        | Field::OfferStatus
        | Field::PayoutType
        | Field::RevenueType
        | Field::OfferDescription => None,
    }
}

fn name_of(field: Field, by_name: &str, names: Option<&Names>) -> Json {
    let mut value = json!({
        "type": "string",
        "minLength": 1,
        "description": format!(
            "A name that offersync.toml gives to an id, in place of {field}: not both. {by_name}: {}.",
            field.meaning()
        ),
    });
    let names: Vec<&str> = names.into_iter().flat_map(|names| names.of(field)).collect();
    if !names.is_empty() {
        add(&mut value, "anyOf", json!([{"enum": names}, {}]));
    }
    value
}

/// Values from a time on: of fields that an update can change.
fn schedule() -> Json {
    let mut properties = Map::new();
    let mut at = written(Field::ExpirationDate);
    add(
        &mut at,
        "description",
        json!("From when on, in the time zone that cake.time_zone names. Each time once in a list."),
    );
    add(&mut at, "examples", json!(["2026-12-01 00:00:00"]));
    properties.insert("at".to_owned(), at);
    for field in Field::ALL.into_iter().filter(|field| !field.is_create_only()) {
        let mut value = written(field);
        add(&mut value, "description", json!(description(field)));
        properties.insert(field.name().to_owned(), value);
    }
    json!({
        "type": "array",
        "description": "Values that this offer, or every offer below a _defaults.yaml, gets at a time.",
        "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["at"],
            // The time and a value.
            "minProperties": 2,
            "properties": properties,
        },
    })
}

/// The settings of offersync.
fn sync() -> Json {
    // A key of digits needs no quotes.
    let key = |description: &str| json!({"type": ["string", "integer"], "pattern": KEY, "minimum": 0, "description": description});
    let fields: Vec<&str> =
        Field::ALL.into_iter().flat_map(|field| [Some(field.name()), field.by_name()]).flatten().collect();
    json!({
        "type": "object",
        "description": "offersync's own settings; never sent to CAKE.",
        "additionalProperties": false,
        "properties": {
            "key": key("The offer's key in place of the file's name; needed where a file holds several offers. Not in a _defaults.yaml."),
            "renamed_from": key("The key under which this offer was recorded until now. Not in a _defaults.yaml."),
            "protect": {
                "type": "boolean",
                "default": false,
                "description": "Never retire or replace this offer. The state remembers it, so deleting the file does not unprotect it.",
            },
            "on_create_only_change": {
                "enum": ["block", "replace"],
                "default": "block",
                "description": "What a changed create-only field means: block the plan, or create a new offer and make the old one inactive.",
            },
            "ignore_changes": {
                "type": "array",
                "items": {"enum": fields},
                "description": "Fields that are sent on create where given, and neither compared nor sent after that.",
            },
            "schedule": schedule(),
            "waive": {
                "type": "array",
                "description": "Guardrails and rules that this offer, or every offer below a _defaults.yaml, may break until a day.",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["guardrail", "until", "reason"],
                    "properties": {
                        "guardrail": {"type": "string", "pattern": r"\S", "description": "The name of a guardrail or of a rule."},
                        "until": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "The last day."},
                        "reason": {"type": "string", "pattern": r"\S", "description": "Why the guardrail may be broken."},
                    },
                },
            },
            "allow": {
                "type": "array",
                "description": "Lints that this offer, or every offer below a _defaults.yaml, is exempt from.",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["lint", "reason"],
                    "properties": {
                        "lint": {"enum": codes::lints().map(|code| code.name).collect::<Vec<_>>()},
                        "reason": {"type": "string", "pattern": r"\S", "description": "Why the finding is right as it is."},
                    },
                },
            },
        },
    })
}
