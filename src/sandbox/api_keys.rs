//! API keys: which are valid, and what they give access to.
//!
//! The invariant: a key never reaches the log.

use std::collections::BTreeSet;

use super::log::KeyPlace;
use super::members::JsonMembers;
use super::options::RestrictedKey;
use super::reply::Rejection;

#[derive(Debug)]
pub(super) struct ApiKeys {
    /// The only key with access to all offers; without it, every non-empty one has it.
    pub(super) api_key: Option<String>,
    pub(super) restricted_keys: Vec<RestrictedKey>,
}

/// The offers that an API key may access.
pub(super) enum Scope<'a> {
    All,
    Advertisers(&'a BTreeSet<u64>),
}

impl Scope<'_> {
    pub(super) fn holds(&self, advertiser: u64) -> bool {
        match self {
            Self::All => true,
            Self::Advertisers(advertisers) => advertisers.contains(&advertiser),
        }
    }
}

impl ApiKeys {
    /// Checks that the request has exactly one valid API key.
    pub(super) fn scope(&self, keys: &[String]) -> Result<Scope<'_>, Rejection> {
        let [key] = keys else {
            return Err(invalid_key());
        };
        if let Some(restricted) = self.restricted_keys.iter().find(|restricted| restricted.key == *key) {
            return Ok(Scope::Advertisers(&restricted.advertisers));
        }
        let right = match &self.api_key {
            Some(expected) => expected == key,
            None => !key.is_empty(),
        };
        if right { Ok(Scope::All) } else { Err(invalid_key()) }
    }
}

pub(super) fn invalid_key() -> Rejection {
    Rejection::invalid("api_key")
}

/// The query and body with the API key replaced, for the log, and where the key was.
pub(super) fn redact_key(query: &str, body: &[u8]) -> (String, String, Option<KeyPlace>) {
    let mut place = None;
    let kept: Vec<&str> = query
        .split('&')
        .map(|pair| {
            let key = url::form_urlencoded::parse(pair.as_bytes()).any(|(name, _)| name == "api_key");
            place = place.or(key.then_some(KeyPlace::ListingQuery));
            if key { "api_key=***" } else { pair }
        })
        .collect();
    let mut text = String::from_utf8_lossy(body).into_owned();
    if let Some(raw) = JsonMembers::read(body).ok().and_then(|sent| sent.peek("api_key")) {
        place = Some(KeyPlace::Body);
        text = text.replace(raw.get(), "\"***\"");
    }
    (kept.join("&"), text, place)
}
