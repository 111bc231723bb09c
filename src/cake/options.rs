//! What a connection needs to know, as values, and the checks that no setting can get around.
//!
//! Knows no configuration file. Invariant: a [`Client`](super::Client) is only made of options that passed
//! [`Options::check`], so a key never travels in the clear to another machine.

use std::time::Duration;

use jiff::tz::TimeZone;
use url::{Host, Url};

use super::key::ApiKey;

/// Where the key goes on a POST. On a GET it is always in the query, as CAKE documents it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeyIn {
    /// A member of the JSON body, as the specification's samples have it.
    #[default]
    Body,
    /// A parameter of the query.
    Query,
}

/// How often and how patiently to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryOptions {
    /// Requests for one write or one page at most, the first included; 0 counts as 1.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles from there, with jitter.
    pub first_wait: Duration,
    /// No wait is longer. Where CAKE asks for a longer pause, the request fails instead.
    pub longest_wait: Duration,
}

impl Default for RetryOptions {
    /// Five attempts within some ten seconds; a pause of up to a minute if CAKE asks for one.
    fn default() -> Self {
        Self { attempts: 5, first_wait: Duration::from_millis(500), longest_wait: Duration::from_mins(1) }
    }
}

/// How to talk to one CAKE account.
#[derive(Debug, Clone)]
pub struct Options {
    /// CAKE's address, such as `https://yourdomain.cakemarketing.com`.
    pub base_url: Url,
    /// The account's key.
    pub key: ApiKey,
    /// Where the key goes on a POST.
    pub key_in: KeyIn,
    /// How long a request may take, from the first byte to the last of the reply.
    pub timeout: Duration,
    /// Requests under way at the same time, at least 1.
    pub max_in_flight: usize,
    /// Requests begun in a second; 0 for no limit.
    pub requests_per_second: u32,
    /// Trying again.
    pub retry: RetryOptions,
    /// Rows asked for in a page of the listing, at least 1.
    pub row_limit: u32,
    /// The zone that CAKE's dates without a zone mean; a date that names its own is converted to this one.
    pub time_zone: TimeZone,
}

/// Why there is no connection to talk through. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is no web address.
    #[error("CAKE's address has to begin with `https://`")]
    NotWeb,
    /// The address would send the key in the clear.
    #[error("`http://` would send the API key in the clear: only a loopback address may be reached without TLS")]
    NotEncrypted,
    /// The address holds a user, a password, a query or a fragment.
    #[error("CAKE's address cannot hold a user, a password, a query or a fragment")]
    NotBare,
    /// The HTTP client could not be made; on Linux mostly a machine without CA certificates.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}

impl Options {
    /// The options for an address and a key, with a default for everything else.
    pub fn new(base_url: Url, key: ApiKey) -> Self {
        Self {
            base_url,
            key,
            key_in: KeyIn::default(),
            timeout: Duration::from_mins(1),
            max_in_flight: 4,
            requests_per_second: 10,
            retry: RetryOptions::default(),
            row_limit: 500,
            time_zone: TimeZone::UTC,
        }
    }

    /// Checks the address again, wherever it came from.
    pub(super) fn check(&self) -> Result<(), ClientError> {
        let url = &self.base_url;
        match url.scheme() {
            "https" if url.has_host() => {}
            "http" if self.is_loopback() => {}
            "http" => return Err(ClientError::NotEncrypted),
            _ => return Err(ClientError::NotWeb),
        }
        let bare =
            url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        if bare { Ok(()) } else { Err(ClientError::NotBare) }
    }

    /// Whether the address is this very machine.
    pub(super) fn is_loopback(&self) -> bool {
        match self.base_url.host() {
            Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The address of one call.
    pub(super) fn endpoint(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        let folder = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{folder}{path}"));
        url
    }
}
