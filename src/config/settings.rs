//! The complete settings, with defaults for everything that is absent from the file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;

use super::address::CakeUrl;
use super::find::STATE;
use super::guardrails::Guardrails;
use super::lints::LintLevels;
use super::names::Names;
use super::store::StoreAddress;
use super::words::{ApiKeyIn, DuplicateCheck, ExpiredAction, Verify};
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::offer::RemovedAction;
use crate::source::SourcePath;

/// The configuration: `offersync.toml`, overridden by the environment.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of `offersync.toml`; every path in messages is relative to it.
    pub root: PathBuf,
    /// The path of `offersync.toml`.
    pub file: SourcePath,
    /// The table below `[environments]` that the settings are of; `None` where the file has none, or none is chosen.
    pub table: Option<String>,
    /// `name`: what the environment is called. See [`Settings::environment`].
    pub name: Option<String>,
    /// The folder of the offers; empty where it is the root itself.
    pub offers: SourcePath,
    /// The state file, resolved against [`Settings::root`]; where the state lives in a store, a path that no file has.
    pub state: PathBuf,
    /// The store in which the state lives, where that is no file.
    pub store: Option<StoreAddress>,
    /// `[cake]`
    pub cake: CakeSettings,
    /// `removed.action`
    pub removed: RemovedAction,
    /// `expired.action`
    pub expired: ExpiredAction,
    /// `notify.webhook_env`
    pub webhook_env: Option<String>,
    /// `log.file`
    pub log_file: Option<PathBuf>,
    /// `[names.…]`
    pub names: Names,
    /// `[lints]`
    pub lints: LintLevels,
    /// `[guardrails]`, `[[rules]]`, `[[freeze]]`, `[[waivers]]`
    pub guardrails: Guardrails,
}

/// `[cake]`: CAKE's address and how to use its API.
#[derive(Debug, Clone)]
pub struct CakeSettings {
    /// Its address. Plans need it too, because a state belongs to one CAKE. See [`Settings::cake_url`].
    pub url: Option<CakeUrl>,
    /// Where the file has the address; `None` where the address is not that of the file.
    pub url_label: Option<Label>,
    /// The environment variable with the API key.
    pub api_key_env: String,
    /// Where a POST has the API key.
    pub api_key_in: ApiKeyIn,
    /// The time zone of expiration dates.
    pub time_zone: TimeZone,
    /// The maximum number of concurrent writes.
    pub max_in_flight: usize,
    /// The maximum number of requests per second; 0 means no limit.
    pub requests_per_second: u32,
    /// The timeout of a request.
    pub timeout: Duration,
    /// Whether CAKE's offers are listed before a create.
    pub duplicate_check: DuplicateCheck,
    /// Which records an apply compares with CAKE before its first write.
    pub verify: Verify,
    /// The time until a new offer appears in the listing.
    pub listing_lag: Duration,
    /// The longest time that CAKE may still be working on a request whose reply is lost, from when it was sent.
    pub settle: Duration,
    /// `[cake.retry]`
    pub retry: RetrySettings,
}

/// `[cake.retry]`: retries of requests that are safe to repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetrySettings {
    /// The maximum number of attempts, including the first.
    pub attempts: u32,
    /// The longest wait between two attempts. If CAKE asks for a longer one, the request fails.
    pub longest_wait: Duration,
}

impl Settings {
    /// The settings of an empty file in that folder.
    pub fn defaults(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            file: super::FILE_NAME.into(),
            table: None,
            name: None,
            offers: "offers".into(),
            state: root.join(STATE),
            store: None,
            cake: CakeSettings::default(),
            removed: RemovedAction::default(),
            expired: ExpiredAction::default(),
            webhook_env: None,
            log_file: None,
            names: Names::default(),
            lints: LintLevels::default(),
            guardrails: Guardrails::default(),
        }
    }

    /// CAKE's address, or the problem that it is not set. `validate` works without; a plan is bound to it.
    pub fn cake_url(&self) -> Result<&CakeUrl, Box<Diagnostic>> {
        self.cake.url.as_ref().ok_or_else(|| {
            let problem = Diagnostic::error(codes::config::URL, "the address of your CAKE is not set")
                .label(Label::file(self.file.clone()))
                .help(
                    "add `url = \"https://yourdomain.cakemarketing.com\"` under `[cake]`, or set CAKE_URL; a plan sends \
                     nothing there but needs the address, because a recorded state belongs to one CAKE",
                );
            Box::new(problem)
        })
    }

    /// The name of the environment: the configured one, or the host of CAKE. Two environments differ in it, and one keeps it.
    pub fn environment(&self) -> Option<String> {
        self.name.clone().or_else(|| Some(self.cake.url.as_ref()?.host().to_owned()))
    }
}

impl Default for CakeSettings {
    fn default() -> Self {
        Self {
            url: None,
            url_label: None,
            api_key_env: "CAKE_API_KEY".to_owned(),
            api_key_in: ApiKeyIn::default(),
            time_zone: TimeZone::UTC,
            max_in_flight: 4,
            requests_per_second: 10,
            timeout: Duration::from_mins(1),
            duplicate_check: DuplicateCheck::default(),
            verify: Verify::default(),
            listing_lag: Duration::from_secs(5),
            settle: Duration::from_mins(3),
            retry: RetrySettings::default(),
        }
    }
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self { attempts: 5, longest_wait: Duration::from_mins(1) }
    }
}
