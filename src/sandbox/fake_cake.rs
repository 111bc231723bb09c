//! The state of a sandbox (offers, API keys, quirks, faults, log) and the four API calls on it.
//!
//! Knows nothing of sockets or delays. The invariant: a call is executed completely, under one lock, or not at all.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use axum::body::Bytes;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::advertisers::{Advertiser, AdvertiserPage, AdvertiserQuery};
use super::api_keys::{ApiKeys, Scope, invalid_key};
use super::data_file::DataError;
use super::faults::{Call, Injector};
use super::late::{LateCalls, SwapSlot};
use super::listing::{ListingPage, ListingQuery, page};
use super::log::Log;
use super::members::JsonMembers;
use super::offer::{CakeDateTime, Offer};
use super::options::{Clock, SandboxOptions};
use super::quirks::{ListingChange, NameForm, Quirks, Wrapper};
use super::reply::{HttpReply, Rejection};
use super::rows::{CREATED, LISTED, Member, OfferRow, Override, UPDATED};
use super::rules;
use super::store::OfferStore;

#[derive(Debug)]
pub(super) struct FakeCake {
    pub(super) store: OfferStore,
    pub(super) log: Log,
    pub(super) faults: Injector,
    pub(super) late: LateCalls,
    pub(super) swap: SwapSlot,
    pub(super) latency: Duration,
    pub(super) clock: Clock,
    pub(super) keys: ApiKeys,
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
    Advertisers(AdvertiserPage),
}

/// The parts of a request that a call uses.
#[derive(Debug, Clone)]
pub(super) struct ParsedRequest {
    pub(super) call: Call,
    /// The decoded query parameters, in order.
    pub(super) query: Vec<(String, String)>,
    pub(super) content_type: Option<String>,
    pub(super) body: Bytes,
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
            late: LateCalls::default(),
            swap: SwapSlot::default(),
            latency,
            clock,
            keys: ApiKeys { api_key, restricted_keys },
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

    /// Executes a create with this id for the new offer, which replaces the offer that had it.
    pub(super) fn perform_with_id(&mut self, request: &ParsedRequest, id: u64) -> Result<CallResult, Rejection> {
        let next = self.store.next_id();
        self.store.set_next_id(id);
        let result = self.perform(request);
        self.store.set_next_id(next.max(id.saturating_add(1)));
        result
    }

    /// Executes the late calls whose time has come.
    pub(super) fn catch_up(&mut self) {
        while let Some(late) = self.late.take_due() {
            let result = self.perform(&late.request);
            if result.is_ok() {
                self.log.done(late.number, late.request.call);
            }
            late.finish(result);
        }
    }

    pub(super) fn perform(&mut self, request: &ParsedRequest) -> Result<CallResult, Rejection> {
        if request.call == Call::List && self.quirks.listing_absent {
            return Err(Rejection::NotFound);
        }
        if !self.quirks.never_expires {
            self.store.expire(self.now()).map_err(|_| Rejection::Broken)?;
        }
        match request.call {
            Call::List => self.list(request),
            Call::Advertisers => self.list_advertisers(request),
            Call::Create | Call::Update => self.write(request),
        }
    }

    fn list(&mut self, request: &ParsedRequest) -> Result<CallResult, Rejection> {
        let (keys, pairs) = without_key(request);
        let scope = self.keys.scope(&keys)?;
        let query = ListingQuery::read(&pairs)?;
        let seen = self.store.listed().filter(|offer| scope.holds(offer.advertiser_id));
        let page = page(seen, &query, self.store.listing_calls(), &self.quirks);
        self.change_between_pages().map_err(|_| Rejection::Broken)?;
        Ok(CallResult::Listed(page))
    }

    fn list_advertisers(&self, request: &ParsedRequest) -> Result<CallResult, Rejection> {
        let (keys, pairs) = without_key(request);
        let scope = self.keys.scope(&keys)?;
        let query = AdvertiserQuery::read(&pairs)?;
        let of_offers: BTreeSet<u64> = self.store.offers().map(|offer| offer.advertiser_id).collect();
        let all = match self.quirks.advertisers.as_slice() {
            [] => of_offers.into_iter().map(Advertiser::numbered).collect(),
            advertisers => advertisers.to_vec(),
        };
        let seen = all.into_iter().filter(|advertiser| scope.holds(advertiser.id));
        Ok(CallResult::Advertisers(AdvertiserPage::of(seen, &query, self.quirks.page_cap)))
    }

    /// Counts the listing call and makes the changes that are scheduled after it.
    fn change_between_pages(&mut self) -> io::Result<()> {
        let call = self.store.listing_call_ended();
        let due = self.quirks.scheduled_changes.iter().filter(|scheduled| scheduled.after_call == call);
        for change in due.map(|scheduled| scheduled.change.clone()).collect::<Vec<_>>() {
            match change {
                ListingChange::Put(offer) => self.store.put(*offer)?,
                ListingChange::Add => self.store.put(Offer::filler(self.store.next_id()))?,
                ListingChange::Remove(id) => self.store.remove(id)?,
                ListingChange::RemoveFirst => {
                    let first = self.store.offers().next().map(|offer| offer.offer_id);
                    first.map_or(Ok(()), |id| self.store.remove(id))?;
                }
                ListingChange::HideFirst => {
                    let hidden = &mut self.quirks.hidden;
                    let first = self.store.offers().map(|offer| offer.offer_id).find(|id| !hidden.contains(id));
                    hidden.extend(first);
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, request: &ParsedRequest) -> Result<CallResult, Rejection> {
        let json = request.content_type.as_deref().and_then(|header| header.split(';').next());
        if !json.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
            return Err(Rejection::failed("Invalid Content Type"));
        }
        let mut sent = JsonMembers::read(&request.body)?;
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
        let scope = self.keys.scope(&keys)?;
        let is_named = sent.peek("offer_name").is_some();
        let (mut offer, shown) = match request.call {
            Call::Create => (self.created(sent, &scope)?, &CREATED[..]),
            Call::Update | Call::List | Call::Advertisers => (self.updated(sent, &scope)?, &UPDATED[..]),
        };
        if is_named {
            offer.offer_name = NameForm::all(&self.quirks.stored_names, &offer.offer_name);
        }
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

    pub(super) fn reply(&self, answer: &Result<CallResult, Rejection>, overridden: Option<&Override>) -> HttpReply {
        let reply = match answer {
            Ok(answer) => self.show(answer, overridden),
            Err(rejection) => rejection.into(),
        };
        if self.quirks.wrapper == Wrapper::UnderD { reply.under_d() } else { reply }
    }

    fn show(&self, answer: &CallResult, overridden: Option<&Override>) -> HttpReply {
        #[derive(Serialize)]
        struct Written<'a> {
            request_status: &'static str,
            offer: OfferRow<'a>,
        }
        match answer {
            CallResult::Written(offer, fields) => {
                let offer = OfferRow::new(offer, fields, &self.quirks, &self.time_zone).with(overridden);
                HttpReply::json(200, &Written { request_status: "Success", offer })
            }
            CallResult::Advertisers(page) => page.reply(),
            CallResult::Listed(page) => {
                let show = |offer| OfferRow::new(offer, &LISTED, &self.quirks, &self.time_zone).listed();
                let list = || HttpReply::json(200, &page.envelope(show, &self.quirks));
                page.message(&self.quirks).unwrap_or_else(list)
            }
        }
    }

    /// The offer that a request is about: its id, and its names before and after the request.
    pub(super) fn subject(&self, request: &ParsedRequest) -> (Option<u64>, Vec<String>) {
        if request.call.is_read() {
            let id = request.query.iter().find(|(name, _)| name == "offer_id");
            return (id.and_then(|(_, id)| rules::positive(id)), Vec::new());
        }
        let Ok(sent) = JsonMembers::read(&request.body) else {
            return (None, Vec::new());
        };
        let id = sent.peek("offer_id").and_then(|raw| rules::positive(raw.get()));
        let present = id.and_then(|id| self.store.get(id)).map(|offer| offer.offer_name.clone());
        (id, sent.peek("offer_name").and_then(rules::text).into_iter().chain(present).collect())
    }
}

/// The API keys of a request, and its other query parameters.
fn without_key(request: &ParsedRequest) -> (Vec<String>, Vec<(String, String)>) {
    let (keys, pairs): (Vec<_>, Vec<_>) = request.query.iter().cloned().partition(|(name, _)| name == "api_key");
    (keys.into_iter().map(|(_, key)| key).collect(), pairs)
}
