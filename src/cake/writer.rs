//! The half of a connection that writes.
//!
//! Knows no journal beyond the proof that an intent is on disk. Invariants: a create in doubt is never sent again; a doubt
//! about an earlier attempt is never forgotten because a later one did not get through; a request under way is never dropped.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backon::Retryable;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};

use crate::fault_point;
use crate::offer::OfferId;
use crate::offer::Request;
use crate::state::DurableIntent;

use super::backoff::{apply_retry_after, next_wait, sleeper, waits};
use super::classify::{Failure, WriteFailure, classify_response};
use super::client::{Client, exchange};
use super::options::KeyIn;
use super::wire;

/// No reply to a write is longer: it is one offer.
const LONGEST_REPLY: usize = 1 << 20;

/// Creates and updates offers. Cheap to clone; clones share pace and limits.
#[derive(Debug, Clone)]
pub struct Writer {
    client: Client,
}

/// What became of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendReport {
    /// The id that CAKE confirmed, or what is certain instead.
    pub result: Result<OfferId, WriteFailure>,
    /// Requests begun for it; 0 where the stop signal came first.
    pub attempts: u32,
    /// Whether CAKE refused the key, also where an earlier attempt left a doubt: nothing else should be sent.
    pub key_refused: bool,
}

/// A request will be sent again; for whoever watches.
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

    /// Sends the request of an intent that is on disk, again where that is safe; `notice` hears of each repetition.
    pub async fn send(&self, intent: &DurableIntent, notice: impl Fn(Retrying) + Send + Sync) -> SendReport {
        self.send_request(intent.request(), notice).await
    }

    /// Only for [`Writer::send`], which alone has the proof that the intent is on disk, and for the tests of this room.
    pub(in crate::cake) async fn send_request(
        &self,
        request: Request<'_>,
        notice: impl Fn(Retrying) + Send + Sync,
    ) -> SendReport {
        let body = match self.body(request) {
            Ok(body) => body,
            Err(message) => {
                return SendReport { result: Err(WriteFailure::NotSent { message }), attempts: 0, key_refused: false };
            }
        };
        let attempts = AtomicU32::new(0);
        let doubt = Mutex::new(None::<String>);
        let result = (|| self.attempt(request, &body, &attempts))
            .retry(waits(&self.client))
            .sleep(sleeper(self.client.stop()))
            .when(|failure| {
                if let Failure::InDoubt { message, .. } = failure {
                    *doubt.lock().unwrap_or_else(PoisonError::into_inner) = Some(message.clone());
                }
                may_repeat(request, failure)
            })
            .adjust(|failure, ours| {
                let throttled = matches!(failure, Failure::Throttled { .. });
                next_wait(&self.client, failure.asked_wait(), ours, throttled)
            })
            .notify(|failure, wait| {
                let reason = self.client.redact(WriteFailure::from(failure.clone()).message());
                notice(Retrying { attempt: attempts.load(Ordering::Relaxed), wait, reason });
            })
            .await;
        let doubt = doubt.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.report(result, doubt, attempts.into_inner())
    }

    fn body(&self, request: Request<'_>) -> Result<Vec<u8>, String> {
        let options = self.client.options();
        let key = (options.key_in == KeyIn::Body).then_some(&options.key);
        wire::body(request, key).map_err(|error| format!("the request cannot be written: {error}"))
    }

    /// One request, from its turn to the judgement on its reply.
    async fn attempt(&self, request: Request<'_>, body: &[u8], attempts: &AtomicU32) -> Result<OfferId, Failure> {
        let _slot = self.client.acquire().await.map_err(|error| Failure::GivenUp { message: error.to_string() })?;
        attempts.fetch_add(1, Ordering::Relaxed);
        let mut post = self
            .client
            .post(wire::path(request))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .body(body.to_vec());
        let options = self.client.options();
        if options.key_in == KeyIn::Query {
            post = post.query(&[(wire::API_KEY, options.key.expose())]);
        }
        reach("request.before-send").map_err(|message| Failure::NotSent { message })?;
        // Never the body or the address: they may hold the key.
        tracing::debug!(path = wire::path(request), attempt = attempts.load(Ordering::Relaxed), "POST");
        let exchanged = exchange(post, LONGEST_REPLY).await;
        reach("request.after-reply").map_err(|message| Failure::InDoubt { message, wait: None })?;
        match exchanged {
            Ok(reply) => classify_response(request, &reply)
                .inspect_err(|failure| apply_retry_after(&self.client, failure.asked_wait())),
            Err(error) if error.maybe_sent => Err(Failure::InDoubt { message: error.to_string(), wait: None }),
            Err(error) => Err(Failure::NotSent { message: error.to_string() }),
        }
    }

    fn report(&self, result: Result<OfferId, Failure>, doubt: Option<String>, attempts: u32) -> SendReport {
        let key_refused = matches!(result, Err(Failure::KeyRefused { .. }));
        let result = result.map_err(|last| {
            let last = redacted(WriteFailure::from(last), |text| self.client.redact(text));
            match doubt {
                // An earlier attempt may have landed; that a later one did not says nothing about it.
                Some(first) if last.is_surely_not_done() => WriteFailure::InDoubt {
                    message: format!("{}; then: {}", self.client.redact(&first), last.message()),
                },
                _ => last,
            }
        });
        SendReport { result, attempts, key_refused }
    }
}

fn reach(place: &'static str) -> Result<(), String> {
    fault_point::reach(place).map_err(|error| error.to_string())
}

/// Whether the write may be sent again after such a failure.
fn may_repeat(request: Request<'_>, failure: &Failure) -> bool {
    match failure {
        Failure::NotSent { .. } | Failure::Throttled { .. } => true,
        // Doing an update twice does it once. A create done twice is two offers.
        Failure::InDoubt { .. } => matches!(request, Request::Update(_)),
        Failure::Rejected { .. } | Failure::KeyRefused { .. } | Failure::GivenUp { .. } => false,
    }
}

fn redacted(failure: WriteFailure, redact: impl Fn(&str) -> String) -> WriteFailure {
    match failure {
        WriteFailure::Rejected { message, status } => WriteFailure::Rejected { message: redact(&message), status },
        WriteFailure::NotSent { message } => WriteFailure::NotSent { message: redact(&message) },
        WriteFailure::InDoubt { message } => WriteFailure::InDoubt { message: redact(&message) },
        WriteFailure::KeyRefused { message } => WriteFailure::KeyRefused { message: redact(&message) },
    }
}
