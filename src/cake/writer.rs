//! The half of the client that writes.
//!
//! Knows no journal beyond the proof that an intent is on disk. Invariants: a create in doubt is never sent again; an earlier
//! attempt in doubt stays so unless a later one is done; a request in flight is never dropped.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backon::Retryable;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};

use crate::fault_point;
use crate::offer::{OfferId, Request, WriteOutcome};
use crate::state::DurableIntent;

use super::attempt::AttemptFailure;
use super::backoff::{apply_retry_after, next_wait, sleeper, waits};
use super::classify::classify_response;
use super::client::Client;
use super::transport::exchange;
use super::wire;

/// No reply to a write is longer: it is one offer.
const LONGEST_REPLY: usize = 1 << 20;

/// Creates and updates offers. Cheap to clone; clones share rate and limits.
#[derive(Debug, Clone)]
pub struct Writer {
    client: Client,
}

/// The result of a write and of all its attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendReport {
    /// What is certain after all attempts.
    pub outcome: WriteOutcome,
    /// Requests started for it; 0 where it was cancelled before.
    pub attempts: u32,
    /// Whether CAKE refused the key: nothing else should be sent. Also set where an earlier attempt is in doubt.
    pub key_refused: bool,
}

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
        self.send_request(intent.request(), notice).await
    }

    /// Only for [`Writer::send`], which has the proof that the intent is on disk, and for the tests of this room.
    pub(in crate::cake) async fn send_request(
        &self,
        request: Request<'_>,
        notice: impl Fn(Retrying) + Send + Sync,
    ) -> SendReport {
        let body = match self.body(request) {
            Ok(body) => body,
            Err(message) => {
                return SendReport { outcome: WriteOutcome::NotSent { message }, attempts: 0, key_refused: false };
            }
        };
        let (options, limiter) = (self.client.options(), self.client.rate_limiter());
        let attempts = AtomicU32::new(0);
        let in_doubt = Mutex::new(None::<String>);
        let result = (|| self.attempt(request, &body, &attempts))
            .retry(waits(options))
            .sleep(sleeper(self.client.stop()))
            .when(|failure| {
                if failure.is_in_doubt() {
                    *in_doubt.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure.message().to_owned());
                }
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
        let in_doubt = in_doubt.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.report(result, in_doubt, attempts.into_inner())
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
    ) -> Result<OfferId, AttemptFailure> {
        let _slot = self.client.acquire().await.map_err(|error| AttemptFailure::given_up(error.to_string()))?;
        attempts.fetch_add(1, Ordering::Relaxed);
        let mut post = self
            .client
            .post(wire::path(request))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .body(body.to_vec());
        let options = self.client.options();
        if options.key_in_query {
            post = post.query(&[(wire::API_KEY, options.key.expose())]);
        }
        reach("request.before-send").map_err(AttemptFailure::not_sent)?;
        // Neither the body nor the address is logged: they may hold the key.
        tracing::debug!(path = wire::path(request), attempt = attempts.load(Ordering::Relaxed), "POST");
        let exchanged = exchange(post, LONGEST_REPLY).await;
        reach("request.after-reply").map_err(|message| AttemptFailure::in_doubt(message, None))?;
        match exchanged {
            Ok(reply) => classify_response(request, &reply)
                .inspect_err(|failure| apply_retry_after(self.client.rate_limiter(), failure.retry_after())),
            Err(error) if error.maybe_sent => Err(AttemptFailure::in_doubt(error.to_string(), None)),
            Err(error) => Err(AttemptFailure::not_sent(error.to_string())),
        }
    }

    fn report(&self, result: Result<OfferId, AttemptFailure>, in_doubt: Option<String>, attempts: u32) -> SendReport {
        let key_refused = result.as_ref().is_err_and(AttemptFailure::is_key_refused);
        let outcome = match (result, in_doubt) {
            (Ok(offer_id), _) => WriteOutcome::done(offer_id),
            // An earlier attempt may have been done; that a later one was not proves nothing about it.
            (Err(last), Some(first)) if !last.is_in_doubt() => {
                let (first, last) = (self.client.redact(&first), self.client.redact(last.message()));
                WriteOutcome::in_doubt(format!("{first}; then: {last}"))
            }
            (Err(last), _) => last.into_outcome().map_message(|message| self.client.redact(message)),
        };
        SendReport { outcome, attempts, key_refused }
    }
}

fn reach(place: &'static str) -> Result<(), String> {
    fault_point::reach(place).map_err(|error| error.to_string())
}
