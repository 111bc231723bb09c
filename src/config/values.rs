//! Each setting's own rule, and where its value goes.

use std::time::Duration;

use super::address::CakeUrl;
use super::keys::ConfigKey;
use super::settings::{ApiKeyIn, DuplicateCheck, RemovedAction, Settings};
use crate::diagnostic::{Code, closest, codes};

/// A value of the right type.
#[derive(Clone, Copy)]
pub(super) enum Setting<'a> {
    /// Text, or one of the key's words.
    Text(&'a str),
    /// A number in the key's range.
    Number(u32),
}

/// Why a value of the right type cannot be used.
pub(super) struct Rejected {
    pub(super) code: Code,
    pub(super) reason: String,
    pub(super) help: String,
    /// Whether the value may hold a secret and is not to be shown.
    pub(super) is_secret: bool,
}

impl Rejected {
    fn bad(reason: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: codes::config::BAD_VALUE, reason: reason.into(), help: help.into(), is_secret: false }
    }
}

impl Settings {
    /// Takes a value over.
    pub(super) fn set(&mut self, key: &ConfigKey, setting: Setting<'_>) -> Result<(), Rejected> {
        match setting {
            Setting::Text(text) => self.set_text(key, text),
            Setting::Number(number) => {
                self.set_number(key, number);
                Ok(())
            }
        }
    }

    fn set_text(&mut self, key: &ConfigKey, text: &str) -> Result<(), Rejected> {
        match (key.table, key.name) {
            ("", "offers") => {
                let shown = path_text(text, "offers")?;
                self.offers = self.root.join(&shown);
                self.offers_shown = if shown == "." { String::new() } else { shown };
            }
            ("", "state") => self.state = self.root.join(path_text(text, "offersync.state.json")?),
            ("cake", "url") => self.cake.url = Some(address(text)?),
            ("cake", "api_key_env") => self.cake.api_key_env = variable(text)?,
            ("cake", "api_key_in") => self.cake.api_key_in = ApiKeyIn::parse(text).unwrap_or_default(),
            ("cake", "time_zone") => self.cake.time_zone = time_zone(text)?,
            ("cake", "duplicate_check") => {
                self.cake.duplicate_check = DuplicateCheck::parse(text).unwrap_or_default();
            }
            ("removed", "action") => self.removed = RemovedAction::parse(text).unwrap_or_default(),
            _ => debug_assert!(false, "a key of the table that is not read: {}.{}", key.table, key.name),
        }
        Ok(())
    }

    fn set_number(&mut self, key: &ConfigKey, number: u32) {
        let seconds = Duration::from_secs(u64::from(number));
        match (key.table, key.name) {
            ("cake", "max_in_flight") => self.cake.max_in_flight = number as usize,
            ("cake", "requests_per_second") => self.cake.requests_per_second = number,
            ("cake", "timeout_seconds") => self.cake.timeout = seconds,
            ("cake", "listing_lag_seconds") => self.cake.listing_lag = seconds,
            ("cake.retry", "attempts") => self.cake.retry.attempts = number,
            ("cake.retry", "longest_wait_seconds") => self.cake.retry.longest_wait = seconds,
            _ => debug_assert!(false, "a key of the table that is not read: {}.{}", key.table, key.name),
        }
    }
}

/// A path as messages show it: `/`-separated, without `./` in front and `/` behind.
fn path_text(text: &str, example: &str) -> Result<String, Rejected> {
    if text.trim().is_empty() || text.contains(char::is_control) {
        return Err(Rejected::bad("it is not a path", format!("the default is `{example}`")));
    }
    let mut shown = text.trim_end_matches('/');
    while let Some(rest) = shown.strip_prefix("./") {
        shown = rest.trim_start_matches('/');
    }
    Ok(match (shown, text.starts_with('/')) {
        ("", true) => "/".to_owned(),
        ("", false) => ".".to_owned(),
        _ => shown.to_owned(),
    })
}

fn address(text: &str) -> Result<CakeUrl, Rejected> {
    CakeUrl::parse(text).map_err(|error| Rejected {
        code: codes::config::URL,
        reason: error.to_string(),
        help: error.help().to_owned(),
        is_secret: error.is_secret(),
    })
}

/// Capitals only: a key that was put here by mistake has other letters, and would otherwise be shown as the name of a variable
/// that is not set.
fn variable(text: &str) -> Result<String, Rejected> {
    let fits = text.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if fits {
        return Ok(text.to_owned());
    }
    Err(Rejected {
        is_secret: true,
        ..Rejected::bad(
            "it is the name of an environment variable, in capitals",
            "the default is `CAKE_API_KEY`; the key itself never stands in this file",
        )
    })
}

fn time_zone(text: &str) -> Result<jiff::tz::TimeZone, Rejected> {
    let database = jiff::tz::db();
    database.get(text).map_err(|_| {
        let names: Vec<_> = database.available().map(|name| name.as_str().to_owned()).collect();
        let help = match closest(text, names.iter().map(String::as_str)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "write an IANA name such as `America/New_York`, `Europe/London` or `UTC`".to_owned(),
        };
        Rejected::bad(format!("`{text}` is not a time zone"), help)
    })
}
