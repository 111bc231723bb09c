//! The options of a client, and the checks that no setting can disable.
//!
//! Knows no configuration file. Invariant: a [`Client`](super::Client) is only made of options that passed
//! [`Options::check`], so a key never travels in the clear to another machine.

use std::time::Duration;

use jiff::tz::TimeZone;
use url::{Host, Url};

use super::key::ApiKey;

/// The options of a client of one CAKE account.
#[derive(Debug, Clone)]
pub struct Options {
    /// CAKE's address, such as `https://yourdomain.cakemarketing.com`.
    pub base_url: Url,
    /// The account's key.
    pub key: ApiKey,
    /// Whether a POST has the key in the query; otherwise it is a member of the JSON body, as the specification's samples have
    /// it. On a GET it is always in the query.
    pub key_in_query: bool,
    /// How long a request may take, from the first byte to the last of the reply.
    pub timeout: Duration,
    /// Requests under way at the same time, at least 1.
    pub max_in_flight: usize,
    /// Requests begun in a second; 0 for no limit.
    pub requests_per_second: u32,
    /// Requests for one write or one page at most, the first included; 0 counts as 1.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles from there, with jitter.
    pub first_wait: Duration,
    /// No wait is longer. Where CAKE asks for a longer pause, the request fails instead.
    pub longest_wait: Duration,
    /// Rows asked for in a page of the listing, at least 2.
    pub row_limit: u32,
    /// The zone that CAKE's dates without a zone mean; a date that names its own is converted to this one.
    pub time_zone: TimeZone,
}

/// Why a client cannot be built. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The scheme is neither `https` nor `http`.
    #[error("CAKE's address has to begin with `https://`")]
    NotWeb,
    /// The address would send the key in the clear.
    #[error("`http://` would send the API key in the clear: only a loopback address may be reached without TLS")]
    NotEncrypted,
    /// The address holds a user, a password, a query or a fragment.
    #[error("CAKE's address cannot hold a user, a password, a query or a fragment")]
    NotBare,
    /// The HTTP client cannot be set up; on Linux mostly a machine without CA certificates.
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
}

impl Options {
    /// The options for an address and a key, with defaults for everything else: five attempts within some ten seconds.
    pub fn new(base_url: Url, key: ApiKey) -> Self {
        Self {
            base_url,
            key,
            key_in_query: false,
            timeout: Duration::from_mins(1),
            max_in_flight: 4,
            requests_per_second: 10,
            attempts: 5,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_mins(1),
            row_limit: 500,
            time_zone: TimeZone::UTC,
        }
    }

    /// Checks the address.
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

    pub(super) fn is_loopback(&self) -> bool {
        match self.base_url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The scheme, host and port, for messages.
    pub(super) fn address(&self) -> String {
        self.base_url.origin().ascii_serialization()
    }

    pub(super) fn endpoint(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        let folder = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{folder}{path}"));
        url
    }
}
