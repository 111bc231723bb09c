//! The one table of the keys of `offersync.toml`: reading, did-you-mean, documents and schema follow it.

use crate::offer::Field;

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number from the first to the second.
    Number(u32, u32),
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct ConfigKey {
    /// The table it stands in; empty for the top.
    pub table: &'static str,
    /// Its name in the table.
    pub name: &'static str,
    /// What it takes.
    pub kind: KeyKind,
    /// Its default as the file would have it; empty where there is none.
    pub default: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

const fn key(
    table: &'static str,
    name: &'static str,
    kind: KeyKind,
    default: &'static str,
    meaning: &'static str,
) -> ConfigKey {
    ConfigKey { table, name, kind, default, meaning }
}

use super::settings::{ApiKeyIn, DuplicateCheck, RemovedAction};
use KeyKind::{Number, Text, Word};

/// Every key, but for the free names under `[names.…]`.
pub const KEYS: &[ConfigKey] = &[
    key("", "offers", Text, "\"offers\"", "the folder of the offers"),
    key("", "state", Text, "\"offersync.state.json\"", "the state file"),
    key("cake", "url", Text, "", "the address of your CAKE; CAKE_URL overrules it"),
    key("cake", "api_key_env", Text, "\"CAKE_API_KEY\"", "the environment variable that holds the API key"),
    key("cake", "api_key_in", Word(ApiKeyIn::WORDS), "\"body\"", "where a POST carries the key"),
    key("cake", "time_zone", Text, "\"UTC\"", "the IANA time zone that expiration dates mean"),
    key("cake", "max_in_flight", Number(1, 64), "4", "writes that may be in flight together"),
    key("cake", "requests_per_second", Number(0, 1000), "10", "requests that may begin within a second; 0 is no limit"),
    key("cake", "timeout_seconds", Number(1, 3600), "60", "how long a reply may take"),
    key("cake", "duplicate_check", Word(DuplicateCheck::WORDS), "\"auto\"", "list CAKE's offers before a create"),
    key("cake", "listing_lag_seconds", Number(0, 600), "5", "how long a new offer may be missing from the listing"),
    key("cake.retry", "attempts", Number(1, 20), "5", "attempts in all for a request that may be sent again"),
    key("cake.retry", "longest_wait_seconds", Number(1, 3600), "60", "the longest pause between two attempts"),
    key("removed", "action", Word(RemovedAction::WORDS), "\"retire\"", "what it means that an offer's YAML is gone"),
];

/// Every table.
pub const TABLES: &[&str] =
    &["cake", "cake.retry", "removed", "names", "names.advertisers", "names.verticals", "names.currencies"];

/// The tables of free names, by the field whose ids they name.
pub const NAME_TABLES: [(Field, &str); 3] = [
    (Field::AdvertiserId, "names.advertisers"),
    (Field::VerticalId, "names.verticals"),
    (Field::CurrencyId, "names.currencies"),
];

/// The key of that table and name.
pub fn find(table: &str, name: &str) -> Option<&'static ConfigKey> {
    KEYS.iter().find(|key| key.table == table && key.name == name)
}

/// The names that may stand in a table, keys and tables alike.
pub fn names_in(table: &str) -> impl Iterator<Item = &'static str> {
    let keys = KEYS.iter().filter(move |key| key.table == table).map(|key| key.name);
    let tables = TABLES.iter().filter_map(move |full| match full.rsplit_once('.') {
        Some((parent, name)) if parent == table => Some(name),
        None if table.is_empty() => Some(*full),
        _ => None,
    });
    keys.chain(tables)
}
