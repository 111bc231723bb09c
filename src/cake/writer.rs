//! The half of the client that writes.
//!
//! Knows no journal beyond the proof that an intent is on disk. Invariants: a create in doubt is never sent again; a request in
//! flight is never dropped.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backon::Retryable;
use jiff::Timestamp;
use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};

use crate::fault_point;
use crate::offer::Request;
use crate::state::DurableIntent;

use super::attempt::AttemptFailure;
use super::backoff::{apply_retry_after, next_wait, sleeper, waits, with_pause};
use super::classify::{Confirmed, RequestContext, classify_response};
use super::client::Client;
use super::reply::Reply;
use super::send_report::SendReport;
use super::wire;

/// No reply to a write is longer: it is one offer.
const LONGEST_REPLY: usize = 1 << 20;

/// Creates and updates offers. Cheap to clone; clones share rate and limits.
#[derive(Debug, Clone)]
pub struct Writer {
    client: Client,
}

/// Whether a request may be sent at this moment, or why not.
type MaySend<'a> = &'a (dyn Fn() -> Result<(), String> + Sync);

/// A request will be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrying {
    /// Which attempt failed, from 1.
    pub attempt: u32,
    /// How long until the next, at least.
    pub wait: Duration,
    /// What went wrong; never holds the key.
    pub reason: String,
}

impl Writer {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Sends the request of an intent that is on disk, again where that is safe; `notice` is called before each repetition.
    pub async fn send(&self, intent: &DurableIntent, notice: impl Fn(Retrying) + Send + Sync) -> SendReport {
        self.send_checked(intent.request(), &|| intent.check().map_err(|error| error.to_string()), notice).await
    }

    /// For the tests of this room, which have no journal.
    #[cfg(test)]
    pub(in crate::cake) async fn send_request(
        &self,
        request: Request<'_>,
        notice: impl Fn(Retrying) + Send + Sync,
    ) -> SendReport {
        self.send_checked(request, &|| Ok(()), notice).await
    }

    /// Only for [`Writer::send`], which has the proof that the intent is on disk. `check` says right before each attempt whether it may
    /// still be sent.
    async fn send_checked(
        &self,
        request: Request<'_>,
        check: MaySend<'_>,
        notice: impl Fn(Retrying) + Send + Sync,
    ) -> SendReport {
        let body = match self.body(request) {
            Ok(body) => body,
            Err(message) => return SendReport::unsent(message),
        };
        let (options, limiter) = (self.client.options(), self.client.rate_limiter());
        let attempts = AtomicU32::new(0);
        let failures = Mutex::new(Vec::new());
        let result = (|| self.attempt(request, &body, &attempts, check))
            .retry(waits(options))
            .sleep(sleeper(self.client.stop()))
            .when(|failure| {
                failures.lock().unwrap_or_else(PoisonError::into_inner).push(self.redact_failure(failure));
                failure.may_repeat(request)
            })
            .adjust(|failure, ours| {
                let wait = next_wait(options, failure.retry_after(), ours)?;
                if failure.is_throttled() {
                    limiter.pause(wait);
                }
                Some(wait)
            })
            .notify(|failure, wait| {
                let reason = self.client.redact(failure.message());
                notice(Retrying { attempt: attempts.load(Ordering::Relaxed), wait, reason });
            })
            .await;
        let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        let result = result.map_err(|failure| self.redact_failure(&failure)).map(|confirmed| self.redacted(confirmed));
        SendReport::of(result, &failures, attempts.into_inner())
    }

    /// The failure with a message that can be shown.
    fn redact_failure(&self, failure: &AttemptFailure) -> AttemptFailure {
        let pause = failure.retry_after();
        failure.clone().map_message(|message| with_pause(self.client.options(), &self.client.redact(message), pause))
    }

    fn redacted(&self, mut confirmed: Confirmed) -> Confirmed {
        confirmed.waits = confirmed.waits.map(|said| self.client.redact(&said));
        for contradiction in &mut confirmed.contradictions {
            contradiction.shown = self.client.redact(&contradiction.shown);
        }
        confirmed
    }

    fn body(&self, request: Request<'_>) -> Result<Vec<u8>, String> {
        let options = self.client.options();
        let key = (!options.key_in_query).then_some(&options.key);
        wire::body(request, key).map_err(|error| format!("the request cannot be written: {error}"))
    }

    /// One request, from the wait for a slot to the classification of its reply.
    async fn attempt(
        &self,
        request: Request<'_>,
        body: &[u8],
        attempts: &AtomicU32,
        check: MaySend<'_>,
    ) -> Result<Confirmed, AttemptFailure> {
        let _slot = self.client.acquire().await.map_err(|error| AttemptFailure::given_up(error.to_string()))?;
        check().map_err(AttemptFailure::given_up)?;
        let attempt = attempts.fetch_add(1, Ordering::Relaxed) + 1;
        let post = self.post(request, body);
        reach("request.before-send").map_err(AttemptFailure::not_sent)?;
        // Neither the body nor the address is logged: they may hold the key.
        tracing::debug!(path = wire::path(request), attempt, "POST");
        let sent_at = Timestamp::now();
        let exchanged = self.client.exchange(post, wire::path(request), LONGEST_REPLY, attempt).await;
        reach("request.after-reply").map_err(|message| AttemptFailure::in_doubt(message, None).sent_at(sent_at))?;
        let result = match exchanged {
            Ok(reply) => self.classify(request, &reply),
            Err(error) if error.maybe_sent => Err(AttemptFailure::in_doubt(error.to_string(), None)),
            Err(error) => Err(AttemptFailure::not_sent(error.to_string())),
        };
        result.map_err(|failure| failure.sent_at(sent_at))
    }

    fn post(&self, request: Request<'_>, body: &[u8]) -> RequestBuilder {
        let post = self
            .client
            .post(wire::path(request))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .body(body.to_vec());
        let options = self.client.options();
        if options.key_in_query { post.query(&[(wire::API_KEY, options.key.expose())]) } else { post }
    }

    /// Classifies a reply, and draws the conclusions that concern other requests.
    fn classify(&self, request: Request<'_>, reply: &Reply) -> Result<Confirmed, AttemptFailure> {
        let context = RequestContext { zone: &self.client.options().time_zone, key_works: self.client.key_works() };
        let result = classify_response(request, reply, context);
        let is_answer = match &result {
            Ok(_) => true,
            Err(failure) => reply.is_success() && reply.object().is_some() && failure.is_content_refused(),
        };
        if is_answer {
            self.client.key_worked();
        }
        result.inspect_err(|failure| apply_retry_after(self.client.rate_limiter(), failure.retry_after()))
    }
}

fn reach(place: &'static str) -> Result<(), String> {
    fault_point::reach(place).map_err(|error| error.to_string())
}
