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
use crate::state::{DurableIntent, Request};

use super::backoff::{heed, next_wait, sleeper, waits};
use super::certainty::{Failure, WriteFailure, judge};
use super::connection::{Connection, exchange};
use super::options::KeyIn;
use super::wire;

/// No reply to a write is longer: it is one offer.
const LONGEST_REPLY: usize = 1 << 20;

/// Creates and updates offers. Cheap to clone; clones share pace and limits.
#[derive(Debug, Clone)]
pub struct Writer {
    connection: Connection,
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
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection }
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
            .retry(waits(&self.connection))
            .sleep(sleeper(self.connection.stop()))
            .when(|failure| {
                if let Failure::InDoubt { message, .. } = failure {
                    *doubt.lock().unwrap_or_else(PoisonError::into_inner) = Some(message.clone());
                }
                may_repeat(request, failure)
            })
            .adjust(|failure, ours| {
                let throttled = matches!(failure, Failure::Throttled { .. });
                next_wait(&self.connection, failure.asked_wait(), ours, throttled)
            })
            .notify(|failure, wait| {
                let reason = self.connection.clean(WriteFailure::from(failure.clone()).message());
                notice(Retrying { attempt: attempts.load(Ordering::Relaxed), wait, reason });
            })
            .await;
        let doubt = doubt.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.report(result, doubt, attempts.into_inner())
    }

    fn body(&self, request: Request<'_>) -> Result<Vec<u8>, String> {
        let options = self.connection.options();
        let key = (options.key_in == KeyIn::Body).then_some(&options.key);
        wire::body(request, key).map_err(|error| format!("the request cannot be written: {error}"))
    }

    /// One request, from its turn to the judgement on its reply.
    async fn attempt(&self, request: Request<'_>, body: &[u8], attempts: &AtomicU32) -> Result<OfferId, Failure> {
        let _slot =
            self.connection.turn().await.map_err(|no_turn| Failure::GivenUp { message: no_turn.to_string() })?;
        attempts.fetch_add(1, Ordering::Relaxed);
        let mut post = self
            .connection
            .post(wire::path(request))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .body(body.to_vec());
        let options = self.connection.options();
        if options.key_in == KeyIn::Query {
            post = post.query(&[(wire::API_KEY, options.key.expose())]);
        }
        reach("request.before-send").map_err(|message| Failure::NotSent { message })?;
        // Never the body or the address: they may hold the key.
        tracing::debug!(path = wire::path(request), attempt = attempts.load(Ordering::Relaxed), "POST");
        let exchanged = exchange(post, LONGEST_REPLY).await;
        reach("request.after-reply").map_err(|message| Failure::InDoubt { message, wait: None })?;
        match exchanged {
            Ok(reply) => judge(request, &reply).inspect_err(|failure| heed(&self.connection, failure.asked_wait())),
            Err(broken) if broken.maybe_sent => Err(Failure::InDoubt { message: broken.to_string(), wait: None }),
            Err(broken) => Err(Failure::NotSent { message: broken.to_string() }),
        }
    }

    fn report(&self, result: Result<OfferId, Failure>, doubt: Option<String>, attempts: u32) -> SendReport {
        let key_refused = matches!(result, Err(Failure::KeyRefused { .. }));
        let result = result.map_err(|last| {
            let last = clean(WriteFailure::from(last), |text| self.connection.clean(text));
            match doubt {
                // An earlier attempt may have landed; that a later one did not says nothing about it.
                Some(first) if last.is_surely_not_done() => WriteFailure::InDoubt {
                    message: format!("{}; then: {}", self.connection.clean(&first), last.message()),
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

fn clean(failure: WriteFailure, clean: impl Fn(&str) -> String) -> WriteFailure {
    match failure {
        WriteFailure::Rejected { message, status } => WriteFailure::Rejected { message: clean(&message), status },
        WriteFailure::NotSent { message } => WriteFailure::NotSent { message: clean(&message) },
        WriteFailure::InDoubt { message } => WriteFailure::InDoubt { message: clean(&message) },
        WriteFailure::KeyRefused { message } => WriteFailure::KeyRefused { message: clean(&message) },
    }
}
