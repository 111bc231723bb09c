//! The log of requests, in order of arrival, with their outcome.
//!
//! The invariant: an API key is never logged, only where it was; the counters include requests that the log has dropped.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::faults::Call;

/// One API request, without its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoggedRequest {
    /// Sequence number, from 1.
    pub number: u64,
    /// Time of arrival, since the start of the sandbox.
    #[serde(serialize_with = "as_milliseconds", rename = "arrived_after_milliseconds")]
    pub arrived_after: Duration,
    /// The HTTP method.
    pub method: String,
    pub path: String,
    /// The API call; none for an unknown path or method.
    pub call: Option<Call>,
    /// The query as sent, with `***` instead of the key.
    pub query: String,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The body as sent, with `***` instead of the key; empty if it was not read.
    pub body: String,
    /// Where the key was.
    pub key: Option<KeyPlace>,
    /// The fault that was applied, written as in a fault rule.
    pub fault: Option<String>,
    /// Whether the call was executed.
    pub done: bool,
    /// The HTTP status of the reply; none if no complete reply was sent.
    pub status: Option<u16>,
}

/// Where a request has its API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPlace {
    Body,
    ListingQuery,
}

/// Totals since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// All requests.
    pub requests: u64,
    /// Create calls.
    pub creates: u64,
    /// Update calls.
    pub updates: u64,
    /// Listing calls.
    pub listings: u64,
    /// Create calls that were executed.
    pub creates_done: u64,
    /// Update calls that were executed.
    pub updates_done: u64,
    /// Requests in progress.
    pub in_flight: u64,
    /// The highest number of requests in progress at one time.
    pub most_in_flight: u64,
}

#[derive(Debug)]
pub(super) struct Log {
    started: Instant,
    limit: usize,
    requests: VecDeque<LoggedRequest>,
    counters: Counters,
}

impl Log {
    pub(super) fn new(limit: usize) -> Self {
        Self { started: Instant::now(), limit, requests: VecDeque::new(), counters: Counters::default() }
    }

    /// Records an arrival; returns the number of the request.
    pub(super) fn arrived(&mut self, method: &str, path: &str, query: &str, call: Option<Call>) -> u64 {
        let counters = &mut self.counters;
        counters.requests += 1;
        counters.in_flight += 1;
        counters.most_in_flight = counters.most_in_flight.max(counters.in_flight);
        match call {
            Some(Call::Create) => counters.creates += 1,
            Some(Call::Update) => counters.updates += 1,
            Some(Call::List) => counters.listings += 1,
            Some(Call::Advertisers) | None => {}
        }
        let number = counters.requests;
        self.requests.push_back(LoggedRequest {
            number,
            arrived_after: self.started.elapsed(),
            method: method.to_owned(),
            path: path.to_owned(),
            call,
            query: query.to_owned(),
            content_type: None,
            user_agent: None,
            body: String::new(),
            key: None,
            fault: None,
            done: false,
            status: None,
        });
        while self.requests.len() > self.limit {
            self.requests.pop_front();
        }
        number
    }

    /// Changes the entry of a request, if the log still has it.
    pub(super) fn amend(&mut self, number: u64, change: impl FnOnce(&mut LoggedRequest)) {
        let first = self.requests.front().map_or(u64::MAX, |request| request.number);
        let place = number.checked_sub(first).and_then(|place| usize::try_from(place).ok());
        if let Some(request) = place.and_then(|place| self.requests.get_mut(place)) {
            change(request);
        }
    }

    pub(super) fn done(&mut self, number: u64, call: Call) {
        match call {
            Call::Create => self.counters.creates_done += 1,
            Call::Update => self.counters.updates_done += 1,
            Call::List | Call::Advertisers => {}
        }
        self.amend(number, |request| request.done = true);
    }

    pub(super) fn over(&mut self) {
        self.counters.in_flight = self.counters.in_flight.saturating_sub(1);
    }

    /// Clears the entries; the counters stay.
    pub(super) fn clear(&mut self) {
        self.requests.clear();
    }

    pub(super) fn requests(&self) -> impl Iterator<Item = &LoggedRequest> {
        self.requests.iter()
    }

    pub(super) fn counters(&self) -> Counters {
        self.counters
    }
}

fn as_milliseconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
