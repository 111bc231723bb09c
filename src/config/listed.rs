//! Every setting of a configuration with its value, to compare two versions of the file.
//!
//! Knows which settings decide what an apply does to which CAKE: a person has to see a change of those. Invariant: a setting that the
//! file leaves out has its default, so that writing a default down is no change.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::environments::TABLE;
use super::keys::KEYS;
use super::named_id;
use super::names::NAME_TABLES;

/// Settings of which a change is no ordinary one: where the offers and the state are, to which CAKE the key goes and which key, and what
/// is looked at before a write, and when. The levels of lints are others: a branch must not allow unseen what it does wrong.
const DECISIVE: [&str; 16] = [
    "name",
    "offers",
    "state",
    "cake.url",
    "cake.api_key_env",
    "cake.api_key_in",
    "cake.duplicate_check",
    "cake.verify",
    "cake.settle_seconds",
    "cake.listing_lag_seconds",
    "cake.timeout_seconds",
    "cake.time_zone",
    "removed.action",
    "expired.action",
    "notify.webhook_env",
    "log.file",
];

/// The value of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSetting {
    /// As TOML; empty where there is neither a value nor a default.
    pub value: String,
    /// Where the file has it, in bytes.
    pub at: Option<Range<usize>>,
}

/// Whether a person has to see a change of the setting.
pub fn is_decisive(name: &str) -> bool {
    let name = setting_of(name);
    DECISIVE.contains(&name) || name.starts_with("lints.")
}

/// The setting that a full name is about: `cake.url` of `environments.staging.cake.url`.
pub fn setting_of(name: &str) -> &str {
    let of_environment = || {
        let rest = name.strip_prefix(TABLE)?.strip_prefix('.')?;
        match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once("\".").map(|(_, setting)| setting),
            None => rest.split_once('.').map(|(_, setting)| setting),
        }
    };
    of_environment().unwrap_or(name)
}

/// Every setting by its full name, such as `cake.url`; `None` if the text is not TOML.
pub fn listed(text: &str) -> Option<BTreeMap<String, ListedSetting>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return None;
    }
    let default = |key: &super::keys::ConfigKey| {
        let name = if key.table.is_empty() { key.name.to_owned() } else { format!("{}.{}", key.table, key.name) };
        (name, ListedSetting { value: key.default.to_owned(), at: None })
    };
    let mut settings: BTreeMap<String, ListedSetting> = KEYS.iter().map(default).collect();
    add(&mut settings, "", table.get_ref());
    Some(settings)
}

fn add(settings: &mut BTreeMap<String, ListedSetting>, path: &str, table: &DeTable<'_>) {
    for (key, value) in table {
        let name: &str = key.get_ref();
        // The name of an environment may have a dot.
        let part = if path == TABLE && name.contains('.') { format!("\"{name}\"") } else { name.to_owned() };
        let name = if path.is_empty() { part } else { format!("{path}.{part}") };
        match value.get_ref() {
            // The id goes by the name itself, as where it is written without a table.
            DeValue::Table(inner) if NAME_TABLES.iter().any(|(_, table)| *table == setting_of(path)) => {
                for (key, value) in inner {
                    let key = key.get_ref();
                    let name = if key == named_id::ID { name.clone() } else { format!("{name}.{key}") };
                    settings.insert(name, ListedSetting { value: written(value.get_ref()), at: Some(value.span()) });
                }
            }
            DeValue::Table(inner) => add(settings, &name, inner),
            other => {
                settings.insert(name, ListedSetting { value: written(other), at: Some(value.span()) });
            }
        }
    }
}

/// The value in one spelling.
fn written(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => toml::Value::String(text.to_string()).to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(date) => date.to_string(),
        DeValue::Array(values) => {
            format!("[{}]", values.iter().map(|value| written(value.get_ref())).collect::<Vec<_>>().join(", "))
        }
        DeValue::Table(table) => {
            let pairs = table.iter().map(|(key, value)| format!("{} = {}", key.get_ref(), written(value.get_ref())));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys;

    #[test]
    fn a_default_that_is_written_down_is_no_change() {
        let value = |text: &str, name: &str| listed(text).unwrap()[name].value.clone();
        assert_eq!(value("", "offers"), value("offers = 'offers'", "offers"));
        assert_eq!(value("", "cake.settle_seconds"), value("[cake]\nsettle_seconds = 180", "cake.settle_seconds"));
        assert_ne!(value("", "cake.verify"), value("[cake]\nverify = \"off\"", "cake.verify"));
        assert_eq!(value("names.advertisers.acme = 1", "names.advertisers.acme"), "1");
        assert_eq!(value("names.advertisers.acme = { id = 1, name = 'ACME' }", "names.advertisers.acme"), "1");
        assert_eq!(listed("offers = "), None);
    }

    #[test]
    fn every_decisive_setting_is_one() {
        let names: Vec<String> = listed("").unwrap().into_keys().collect();
        assert!(DECISIVE.iter().all(|name| names.iter().any(|known| known == name)), "{names:?}");
        assert_eq!(names.len(), keys::KEYS.len());
    }
}
