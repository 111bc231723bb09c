//! The state of a sandbox (offers, API keys, quirks, faults, log) and the three API calls on it.
//!
//! Knows nothing of sockets or delays. The invariant: a call is executed completely, under one lock, or not at all.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Serialize;

use super::data_file::DataError;
use super::faults::{Call, Injector};
use super::listing::{ListingPage, ListingQuery, page};
use super::log::{KeyPlace, Log};
use super::members::JsonMembers;
use super::offer::{CakeDateTime, Offer};
use super::options::{Clock, RestrictedKey, SandboxOptions};
use super::quirks::Quirks;
use super::reply::{HttpReply, Rejection};
use super::rows::{CREATED, LISTED, Member, OfferRow, ShownId, UPDATED};
use super::rules;
use super::store::OfferStore;

#[derive(Debug)]
pub(super) struct FakeCake {
    pub(super) store: OfferStore,
    pub(super) log: Log,
    pub(super) faults: Injector,
    pub(super) latency: Duration,
    pub(super) clock: Clock,
    pub(super) api_key: Option<String>,
    restricted_keys: Vec<RestrictedKey>,
    advertisers: Option<BTreeSet<u64>>,
    verticals: Option<BTreeSet<u64>>,
    time_zone: TimeZone,
    quirks: Quirks,
}

/// The result of a call, before a fault changes the reply.
#[derive(Debug)]
pub(super) enum CallResult {
    /// A create or update; the reply shows these members of the offer.
    Written(Box<Offer>, &'static [Member]),
    Listed(ListingPage),
}

/// The parts of a request that a call uses.
#[derive(Debug)]
pub(super) struct ParsedRequest<'a> {
    pub(super) call: Call,
    /// The decoded query parameters, in order.
    pub(super) query: Vec<(String, String)>,
    pub(super) content_type: Option<&'a str>,
    pub(super) body: &'a [u8],
}

/// The offers that an API key may access.
enum Scope<'a> {
    All,
    Advertisers(&'a BTreeSet<u64>),
}

impl Scope<'_> {
    fn holds(&self, advertiser: u64) -> bool {
        match self {
            Self::All => true,
            Self::Advertisers(advertisers) => advertisers.contains(&advertiser),
        }
    }
}

impl FakeCake {
    pub(super) fn open(options: SandboxOptions) -> Result<Self, DataError> {
        let SandboxOptions {
            port: _,
            data_dir,
            api_key,
            restricted_keys,
            advertisers,
            verticals,
            latency,
            clock,
            time_zone,
            first_offer_id,
            log_limit,
            quirks,
            faults,
        } = options;
        let mut store = OfferStore::open(data_dir.as_deref(), first_offer_id)?;
        store.set_lag(quirks.lag);
        Ok(Self {
            store,
            log: Log::new(log_limit),
            faults: Injector::new(faults),
            latency,
            clock,
            api_key,
            restricted_keys,
            advertisers,
            verticals,
            time_zone,
            quirks,
        })
    }

    pub(super) fn quirks(&self) -> &Quirks {
        &self.quirks
    }

    pub(super) fn set_quirks(&mut self, quirks: Quirks) {
        self.store.set_lag(quirks.lag);
        self.quirks = quirks;
    }

    /// The current time in the instance's time zone.
    pub(super) fn now(&self) -> CakeDateTime {
        self.clock.now(&self.time_zone)
    }

    pub(super) fn perform(&mut self, request: &ParsedRequest<'_>) -> Result<CallResult, Rejection> {
        if request.call == Call::List && self.quirks.listing_absent {
            return Err(Rejection::NotFound);
        }
        if !self.quirks.never_expires {
            self.store.expire(self.now()).map_err(|_| Rejection::Broken)?;
        }
        match request.call {
            Call::List => self.list(request),
            Call::Create | Call::Update => self.write(request),
        }
    }

    fn list(&mut self, request: &ParsedRequest<'_>) -> Result<CallResult, Rejection> {
        let (keys, pairs): (Vec<_>, Vec<_>) = request.query.iter().cloned().partition(|(name, _)| name == "api_key");
        let keys: Vec<String> = keys.into_iter().map(|(_, key)| key).collect();
        let scope = self.scope(&keys)?;
        let query = ListingQuery::read(&pairs)?;
        let seen = self.store.listed().filter(|offer| scope.holds(offer.advertiser_id));
        let page = page(seen, &query, self.store.listing_calls(), &self.quirks);
        self.store.listing_call_ended(&self.quirks.scheduled_changes).map_err(|_| Rejection::Broken)?;
        Ok(CallResult::Listed(page))
    }

    fn write(&mut self, request: &ParsedRequest<'_>) -> Result<CallResult, Rejection> {
        let json = request.content_type.and_then(|header| header.split(';').next());
        if !json.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
            return Err(Rejection::failed("Invalid Content Type"));
        }
        let mut sent = JsonMembers::read(request.body)?;
        let mut keys = Vec::new();
        for (name, value) in &request.query {
            if name != "api_key" {
                return Err(Rejection::failed(format!("Unknown parameter {name}")));
            }
            keys.push(value.clone());
        }
        if let Some(raw) = sent.take("api_key") {
            keys.push(rules::text(raw).ok_or_else(invalid_key)?);
        }
        let scope = self.scope(&keys)?;
        let (offer, shown) = match request.call {
            Call::Create => (self.created(sent, &scope)?, &CREATED[..]),
            Call::Update | Call::List => (self.updated(sent, &scope)?, &UPDATED[..]),
        };
        self.store.put(offer.clone()).map_err(|_| Rejection::Broken)?;
        Ok(CallResult::Written(Box::new(offer), shown))
    }

    fn created(&self, sent: JsonMembers<'_>, scope: &Scope<'_>) -> Result<Offer, Rejection> {
        let default_status = &self.quirks.default_status;
        let offer = rules::create(sent, self.store.next_id(), self.now(), default_status)?;
        let exists = |ids: &Option<BTreeSet<u64>>, id| ids.as_ref().is_none_or(|ids| ids.contains(&id));
        if !exists(&self.advertisers, offer.advertiser_id) || !scope.holds(offer.advertiser_id) {
            return Err(Rejection::invalid("advertiser_id"));
        }
        if !exists(&self.verticals, offer.vertical_id) {
            return Err(Rejection::invalid("vertical_id"));
        }
        Ok(offer)
    }

    fn updated(&self, sent: JsonMembers<'_>, scope: &Scope<'_>) -> Result<Offer, Rejection> {
        let (id, changes) = rules::update(sent)?;
        let mut offer = (self.store.get(id).cloned())
            .filter(|offer| scope.holds(offer.advertiser_id))
            .ok_or_else(|| Rejection::invalid("offer_id"))?;
        changes.apply(&mut offer);
        Ok(offer)
    }

    /// Checks that the request has exactly one valid API key.
    fn scope(&self, keys: &[String]) -> Result<Scope<'_>, Rejection> {
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

    pub(super) fn show(&self, answer: &CallResult, id: ShownId) -> HttpReply {
        #[derive(Serialize)]
        struct Written<'a> {
            request_status: &'static str,
            offer: OfferRow<'a>,
        }
        match answer {
            CallResult::Written(offer, fields) => {
                let offer = OfferRow::new(offer, fields, &self.quirks, &self.time_zone).with_id(id);
                HttpReply::json(200, &Written { request_status: "Success", offer })
            }
            CallResult::Listed(page) => {
                let show = |offer| OfferRow::new(offer, &LISTED, &self.quirks, &self.time_zone);
                HttpReply::json(200, &page.envelope(show, &self.quirks))
            }
        }
    }

    /// The offer that a request is about: its id, and its names before and after the request.
    pub(super) fn subject(&self, request: &ParsedRequest<'_>) -> (Option<u64>, Vec<String>) {
        if request.call == Call::List {
            let id = request.query.iter().find(|(name, _)| name == "offer_id");
            return (id.and_then(|(_, id)| rules::positive(id)), Vec::new());
        }
        let Ok(sent) = JsonMembers::read(request.body) else {
            return (None, Vec::new());
        };
        let id = sent.peek("offer_id").and_then(|raw| rules::positive(raw.get()));
        let present = id.and_then(|id| self.store.get(id)).map(|offer| offer.offer_name.clone());
        (id, sent.peek("offer_name").and_then(rules::text).into_iter().chain(present).collect())
    }
}

fn invalid_key() -> Rejection {
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
