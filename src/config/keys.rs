//! The table of the keys of `offersync.toml`. The reader, the suggestions, the documentation and the schema use it, so a new key needs
//! only a row here and a field in `Settings`.

use std::time::Duration;

use super::guardrails::Guardrail;
use super::lists::LISTS;
use super::settings::Settings;
use super::values::{Rejected, address, environment, path, time_zone, variable, webhook_variable};
use super::words::{ApiKeyIn, DuplicateCheck, ExpiredAction, Verify};
use crate::offer::RemovedAction;

/// The type of a key's value, and the setter for it.
#[derive(Debug, Clone, Copy)]
pub enum KeyKind {
    /// Text, validated by the setter.
    Text(fn(&mut Settings, &str) -> Result<(), Rejected>),
    /// One of these words.
    Word(&'static [&'static str], fn(&mut Settings, &str)),
    /// A whole number in an inclusive range.
    Number(u32, u32, fn(&mut Settings, u32)),
    /// The limit of a guardrail.
    Limit(Guardrail),
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct ConfigKey {
    /// The table it belongs to; empty for the top.
    pub table: &'static str,
    /// Its name in the table.
    pub name: &'static str,
    /// Its default as TOML; empty if there is none.
    pub default: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What it takes.
    pub kind: KeyKind,
}

const fn key(
    table: &'static str,
    name: &'static str,
    default: &'static str,
    meaning: &'static str,
    kind: KeyKind,
) -> ConfigKey {
    ConfigKey { table, name, default, meaning, kind }
}

use KeyKind::{Limit, Number, Text, Word};

/// Every key, except the names under `[names.…]`, which the user chooses.
#[rustfmt::skip]
pub const KEYS: &[ConfigKey] = &[
    key("", "name", "", "the name of the environment, shown in every view and report; the host of `cake.url` where not set",
        Text(|to, text| environment(text).map(|name| to.name = Some(name)))),
    key("", "offers", "\"offers\"", "the folder of the offers",
        Text(|to, text| path(text, "offers").map(|path| to.offers = if path == "." { "".into() } else { path.into() }))),
    key("", "state", "\"offersync.state.json\"", "the state file, or `git:REMOTE` for a ref of a git remote",
        Text(super::store::set)),
    key("cake", "url", "", "the address of your CAKE; CAKE_URL overrides it",
        Text(|to, text| address(text).map(|url| to.cake.url = Some(url)))),
    key("cake", "api_key_env", "\"CAKE_API_KEY\"", "the environment variable that holds the API key",
        Text(|to, text| variable(text).map(|name| to.cake.api_key_env = name))),
    key("cake", "api_key_in", "\"body\"", "where a POST carries the key",
        Word(ApiKeyIn::WORDS, |to, word| to.cake.api_key_in = ApiKeyIn::parse(word).unwrap_or_default())),
    key("cake", "time_zone", "\"UTC\"", "the IANA time zone of expiration dates",
        Text(|to, text| time_zone(text).map(|zone| to.cake.time_zone = zone))),
    key("cake", "max_in_flight", "4", "maximum number of concurrent writes",
        Number(1, 64, |to, number| to.cake.max_in_flight = number as usize)),
    key("cake", "requests_per_second", "10", "requests that may start within a second; 0 is no limit",
        Number(0, 1000, |to, number| to.cake.requests_per_second = number)),
    key("cake", "timeout_seconds", "60", "how long a reply may take",
        Number(1, 3600, |to, number| to.cake.timeout = seconds(number))),
    key("cake", "settle_seconds", "180", "the longest time that CAKE may still be working on a request whose reply is lost",
        Number(0, 3600, |to, number| to.cake.settle = seconds(number))),
    key("cake", "duplicate_check", "\"require\"", "list CAKE's offers before a create",
        Word(DuplicateCheck::WORDS, |to, word| to.cake.duplicate_check = DuplicateCheck::parse(word).unwrap_or_default())),
    key("cake", "listing_lag_seconds", "5", "how long a new offer may be missing from the listing",
        Number(0, 600, |to, number| to.cake.listing_lag = seconds(number))),
    key("cake", "verify", "\"touched\"", "which records an apply compares with CAKE before its first write",
        Word(Verify::WORDS, |to, word| to.cake.verify = Verify::parse(word).unwrap_or_default())),
    key("cake.retry", "attempts", "5", "attempts in all for a request that may be sent again",
        Number(1, 20, |to, number| to.cake.retry.attempts = number)),
    key("cake.retry", "longest_wait_seconds", "60", "the longest pause between two attempts",
        Number(1, 3600, |to, number| to.cake.retry.longest_wait = seconds(number))),
    key("removed", "action", "\"retire\"", "what a plan does with a recorded offer whose YAML is gone",
        Word(RemovedAction::WORDS, |to, word| to.removed = RemovedAction::parse(word).unwrap_or_default())),
    key("expired", "action", "\"keep\"", "what a plan does with an active offer whose expiration date has passed",
        Word(ExpiredAction::WORDS, |to, word| to.expired = ExpiredAction::parse(word).unwrap_or_default())),
    key("notify", "webhook_env", "", "the environment variable with the address that is told what an apply did, and the drift that was found",
        Text(|to, text| webhook_variable(text).map(|name| to.webhook_env = Some(name)))),
    key("log", "file", "", "the file to which each apply that did something adds a line of JSON: its report",
        Text(|to, text| path(text, "applies.jsonl").map(|path| to.log_file = Some(to.root.join(path))))),
    key("guardrails", "max_changes", "", "the most offers that a plan may change: a share of the recorded ones, or a number",
        Limit(Guardrail::MaxChanges)),
    key("guardrails", "max_retires", "", "the most offers that a plan may retire or set inactive, also of each advertiser's; \"50 %\" of 20 or more where not set",
        Limit(Guardrail::MaxRetires)),
    key("guardrails", "small_plan", "10", "plans of at most so many actions are exempt from `max_changes` and `max_retires`",
        Number(0, 100_000, |to, number| to.guardrails.small_plan = number as usize)),
    key("guardrails", "payout_rise", "", "the most by which the payout of an offer may rise", Limit(Guardrail::PayoutRise)),
    key("guardrails", "payout_fall", "", "the most by which the payout of an offer may fall", Limit(Guardrail::PayoutFall)),
    key("guardrails", "revenue_rise", "", "the most by which the revenue of an offer may rise", Limit(Guardrail::RevenueRise)),
    key("guardrails", "revenue_fall", "", "the most by which the revenue of an offer may fall", Limit(Guardrail::RevenueFall)),
    key("guardrails", "payout_max", "", "the highest payout, by its type", Limit(Guardrail::PayoutMax)),
    key("guardrails", "payout_min", "", "the lowest payout, by its type", Limit(Guardrail::PayoutMin)),
    key("guardrails", "revenue_max", "", "the highest revenue, by its type", Limit(Guardrail::RevenueMax)),
    key("guardrails", "revenue_min", "", "the lowest revenue, by its type", Limit(Guardrail::RevenueMin)),
    key("guardrails", "margin_floor", "", "the lowest margin after a change, in percent of the revenue", Limit(Guardrail::MarginFloor)),
    key("guardrails", "payout_above_revenue", "", "what a payout above the revenue of the same type is; \"warn\", and above ten times the revenue \"deny\", where not set",
        Limit(Guardrail::PayoutAboveRevenue)),
    key("guardrails", "total_payout_rise", "", "the most by which payouts may rise in all, by currency", Limit(Guardrail::TotalPayoutRise)),
    key("guardrails", "factor", "", "what an amount of about 10, 100, 0.1 or 0.01 times the old one is; \"warn\" where not set", Limit(Guardrail::Factor)),
];

/// Every table.
pub const TABLES: &[&str] = &[
    "cake",
    "cake.retry",
    "removed",
    "expired",
    "notify",
    "log",
    "names",
    "names.advertisers",
    "names.verticals",
    "names.currencies",
    "lints",
    "guardrails",
];

fn seconds(number: u32) -> Duration {
    Duration::from_secs(u64::from(number))
}

/// The key of that table and name.
pub(super) fn find(table: &str, name: &str) -> Option<&'static ConfigKey> {
    KEYS.iter().find(|key| key.table == table && key.name == name)
}

/// The names that are allowed in a table, keys and tables alike.
pub(super) fn names_in(table: &str) -> impl Iterator<Item = &'static str> {
    let keys = KEYS.iter().filter(move |key| key.table == table).map(|key| key.name);
    let lists = LISTS.iter().map(|(list, ..)| *list).filter(move |_| table.is_empty());
    let tables = TABLES.iter().filter_map(move |full| match full.rsplit_once('.') {
        Some((parent, name)) if parent == table => Some(name),
        None if table.is_empty() => Some(*full),
        _ => None,
    });
    let environments = table.is_empty().then_some(super::environments::TABLE);
    keys.chain(tables).chain(lists).chain(environments)
}
