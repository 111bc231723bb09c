//! Parses the values of single settings.

use std::fmt;
use std::path::Path;

use super::address::CakeUrl;
use crate::diagnostic::{Code, closest, codes};

/// The maximum length of the name of an environment.
const LONGEST_NAME: usize = 60;

/// Why a value of the right type is invalid.
#[derive(Debug)]
pub struct Rejected {
    pub(super) code: Code,
    pub(super) reason: String,
    pub(super) help: String,
    /// Whether the value may contain a secret and must not be shown.
    pub(super) is_secret: bool,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.reason, self.help)
    }
}

impl Rejected {
    pub(super) fn bad(reason: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: codes::config::BAD_VALUE, reason: reason.into(), help: help.into(), is_secret: false }
    }
}

/// A path relative to the folder of offersync.toml, as messages show it: `/`-separated, without leading `./` and trailing `/`.
pub(super) fn path(text: &str, example: &str) -> Result<String, Rejected> {
    if text.trim().is_empty() || text.contains(char::is_control) {
        return Err(Rejected::bad("it is not a path", format!("the default is `{example}`")));
    }
    if Path::new(text).has_root() {
        let help = format!("write it relative to the folder of offersync.toml; the default is `{example}`");
        return Err(Rejected::bad("an absolute path is on one machine only", help));
    }
    let mut shown = text.trim_end_matches('/');
    while let Some(rest) = shown.strip_prefix("./") {
        shown = rest.trim_start_matches('/');
    }
    Ok(if shown.is_empty() { "." } else { shown }.to_owned())
}

/// The name of an environment. Jobs, branches and comments are called after it, so it has no space and no sign of a shell or of markup.
pub(super) fn environment(text: &str) -> Result<String, Rejected> {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if is_plain && text.len() <= LONGEST_NAME && text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Ok(text.to_owned());
    }
    let help = format!("write a name such as `production` or `staging-eu`, of at most {LONGEST_NAME} characters");
    Err(Rejected::bad("a name has letters, digits, `.`, `_` and `-` only, and begins with a letter or a digit", help))
}

pub(super) fn address(text: &str) -> Result<CakeUrl, Rejected> {
    CakeUrl::parse(text).map_err(|error| Rejected {
        code: codes::config::URL,
        reason: error.to_string(),
        help: error.help().to_owned(),
        is_secret: error.is_secret(),
    })
}

/// Only names that are meant for offersync, and none for a key of CAKE's: any other variable may hold the address of another service.
pub(super) fn webhook_variable(text: &str) -> Result<String, Rejected> {
    let name = text.strip_prefix("OFFERSYNC_").filter(|name| !name.starts_with("CAKE_")).unwrap_or_default();
    if is_of_variable(name) {
        return Ok(text.to_owned());
    }
    Err(Rejected {
        is_secret: true,
        ..Rejected::bad(
            "it names an environment variable that begins with `OFFERSYNC_`, in capitals, and not with `OFFERSYNC_CAKE_`",
            "such as `OFFERSYNC_WEBHOOK`; never write the address itself into this file",
        )
    })
}

fn is_of_variable(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Only names that are meant for a key of CAKE's: any other variable may hold another secret, which would be sent to CAKE. Only
/// upper-case letters: an API key that was put here by mistake has others, and would be shown as the name of an unset variable.
pub(super) fn variable(text: &str) -> Result<String, Rejected> {
    let name = text.strip_prefix("OFFERSYNC_").unwrap_or(text).strip_prefix("CAKE_").unwrap_or_default();
    if is_of_variable(name) {
        return Ok(text.to_owned());
    }
    Err(Rejected {
        is_secret: true,
        ..Rejected::bad(
            "it names an environment variable that begins with `CAKE_` or `OFFERSYNC_CAKE_`, in capitals",
            "the default is `CAKE_API_KEY`; never write the key itself into this file",
        )
    })
}

pub(super) fn time_zone(text: &str) -> Result<jiff::tz::TimeZone, Rejected> {
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
