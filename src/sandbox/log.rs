//! What was asked of the sandbox, in the order in which it arrived, and what became of it.
//!
//! Knows nothing of what a call means. The invariant: a key is never in it, only the place where one was found, and the
//! counters go on when old entries are dropped.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::faults::Call;

/// One request of the API, without its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoggedRequest {
    /// Its place in the order of arrival, from 1.
    pub number: u64,
    /// How long after the sandbox's start it arrived.
    #[serde(serialize_with = "as_milliseconds", rename = "arrived_after_milliseconds")]
    pub arrived_after: Duration,
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The documented call that it was, if it was one.
    pub call: Option<Call>,
    /// The query as sent, with `***` for the key.
    pub query: String,
    /// The header of that name.
    pub content_type: Option<String>,
    /// The header of that name.
    pub user_agent: Option<String>,
    /// The body as sent, with `***` for the key; empty where it was not read.
    pub body: String,
    /// Where the key was.
    pub key: Option<KeyPlace>,
    /// The fault that it met, in the words of a fault rule's effect.
    pub fault: Option<String>,
    /// Whether it was carried out: for a write, that CAKE holds it now.
    pub done: bool,
    /// The status that was answered; nothing where no whole reply was sent (or not yet).
    pub status: Option<u16>,
}

/// Where a key can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPlace {
    /// A member of the body.
    Body,
    /// A parameter of the query.
    ListingQuery,
}

/// Sums over all requests since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// All of them.
    pub requests: u64,
    /// The creates among them.
    pub creates: u64,
    /// The updates among them.
    pub updates: u64,
    /// The listing calls among them.
    pub listings: u64,
    /// The creates that were carried out.
    pub creates_done: u64,
    /// The updates that were carried out.
    pub updates_done: u64,
    /// The requests that are being answered right now.
    pub in_flight: u64,
    /// The most requests that were being answered at one time.
    pub most_in_flight: u64,
}

/// The log itself.
#[derive(Debug)]
pub(super) struct Log {
    started: Instant,
    limit: usize,
    requests: VecDeque<LoggedRequest>,
    counters: Counters,
}

impl Log {
    /// An empty log that keeps so many requests.
    pub(super) fn new(limit: usize) -> Self {
        Self { started: Instant::now(), limit, requests: VecDeque::new(), counters: Counters::default() }
    }

    /// Enters a request that has just arrived, and gives its number.
    pub(super) fn arrived(&mut self, method: &str, path: &str, query: &str, call: Option<Call>) -> u64 {
        let counters = &mut self.counters;
        counters.requests += 1;
        counters.in_flight += 1;
        counters.most_in_flight = counters.most_in_flight.max(counters.in_flight);
        match call {
            Some(Call::Create) => counters.creates += 1,
            Some(Call::Update) => counters.updates += 1,
            Some(Call::List) => counters.listings += 1,
            None => {}
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

    /// Adds what became known of a request; nothing happens where the log has dropped it.
    pub(super) fn amend(&mut self, number: u64, change: impl FnOnce(&mut LoggedRequest)) {
        let first = self.requests.front().map_or(u64::MAX, |request| request.number);
        let place = number.checked_sub(first).and_then(|place| usize::try_from(place).ok());
        if let Some(request) = place.and_then(|place| self.requests.get_mut(place)) {
            change(request);
        }
    }

    /// Counts a call that was carried out.
    pub(super) fn done(&mut self, number: u64, call: Call) {
        match call {
            Call::Create => self.counters.creates_done += 1,
            Call::Update => self.counters.updates_done += 1,
            Call::List => {}
        }
        self.amend(number, |request| request.done = true);
    }

    /// Counts a request that is over, however it ended.
    pub(super) fn over(&mut self) {
        self.counters.in_flight = self.counters.in_flight.saturating_sub(1);
    }

    /// Forgets the requests; the counters stay.
    pub(super) fn clear(&mut self) {
        self.requests.clear();
    }

    /// The requests that are kept, oldest first.
    pub(super) fn requests(&self) -> impl Iterator<Item = &LoggedRequest> {
        self.requests.iter()
    }

    /// The sums.
    pub(super) fn counters(&self) -> Counters {
        self.counters
    }
}

fn as_milliseconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
