//! The client of one CAKE account: its options, its limits, and the requests' addresses.
//!
//! Knows no reply. The invariant: the API key is sent only to the configured address.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::RequestBuilder;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use super::key::Redactor;
use super::options::{ClientError, Options};
use super::rate_limiter::{PauseTooLong, RateLimiter};
use super::reply::Reply;
use super::transport::{self, TransportError};
use super::wire;

/// A client of one CAKE account. Cheap to clone; clones share rate, limits and cancellation.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    options: Options,
    redactor: Redactor,
    rate_limiter: RateLimiter,
    slots: Semaphore,
    stop: CancellationToken,
    proved: Proved,
}

/// What CAKE's replies have proved so far.
#[derive(Debug, Default)]
struct Proved {
    key_works: AtomicBool,
    has_listing: AtomicBool,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("options", &self.0.options).finish_non_exhaustive()
    }
}

/// A pause that cannot be read counts as longer.
const LONGEST_NAMED_PAUSE: Duration = Duration::from_hours(365 * 24);

/// Why a request could not be started. It was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AcquireError {
    Stopped,
    PauseTooLong(Duration),
}

impl std::fmt::Display for AcquireError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stopped => f.write_str("stopped before it was sent"),
            Self::PauseTooLong(pause) if *pause > LONGEST_NAMED_PAUSE => {
                f.write_str("CAKE asked for a pause that cannot be read, or of more than a year (`Retry-After`)")
            }
            Self::PauseTooLong(pause) => {
                write!(f, "CAKE asked for a pause of {} more seconds", pause.as_secs().saturating_add(1))
            }
        }
    }
}

impl Client {
    /// Builds a client; nothing is sent yet. Cancelling `stop` ends every wait, but never a write in flight.
    pub fn new(options: Options, stop: CancellationToken) -> Result<Self, ClientError> {
        options.check()?;
        let redactor = Redactor::new(&options.key);
        let http = transport::http_client(&options).map_err(|error| ClientError::Setup(redactor.redact(&error)))?;
        let rate_limiter = RateLimiter::new(options.requests_per_second, options.longest_wait);
        let slots = Semaphore::new(options.max_in_flight.clamp(1, Semaphore::MAX_PERMITS));
        Ok(Self(Arc::new(Inner { http, options, redactor, rate_limiter, slots, stop, proved: Proved::default() })))
    }

    pub(super) fn options(&self) -> &Options {
        &self.0.options
    }

    pub(super) fn rate_limiter(&self) -> &RateLimiter {
        &self.0.rate_limiter
    }

    pub(super) fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    /// CAKE executed or answered a request with this key: a 403 is from now on about one request.
    pub(super) fn key_worked(&self) {
        self.0.proved.key_works.store(true, Ordering::Relaxed);
    }

    pub(super) fn key_works(&self) -> bool {
        self.0.proved.key_works.load(Ordering::Relaxed)
    }

    /// CAKE answered with a page of its listing: a 404 is from now on a failure.
    pub(super) fn listing_worked(&self) {
        self.key_worked();
        self.0.proved.has_listing.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_listing(&self) -> bool {
        self.0.proved.has_listing.load(Ordering::Relaxed)
    }

    /// Sends a request and reads at most `limit` bytes of the reply. Path and attempt are for the log.
    pub(super) async fn exchange(
        &self,
        request: RequestBuilder,
        path: &str,
        limit: usize,
        attempt: u32,
    ) -> Result<Reply, TransportError> {
        // Boxed, because reqwest's future is large and would be part of every future above.
        let result = Box::pin(transport::exchange(request, &self.0.options.address(), limit)).await;
        let described = || match &result {
            Ok(reply) => self.redact(&reply.describe()),
            Err(error) => self.redact(&error.to_string()),
        };
        // The description is only made where the log is on.
        tracing::debug!(path, attempt, "{}", described());
        result
    }

    /// Removes the key from a text and makes it fit for one line of output.
    pub(super) fn redact(&self, text: &str) -> String {
        self.0.redactor.redact(text)
    }

    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        self.0.http.get(self.0.options.endpoint(path)).query(&[(wire::API_KEY, self.0.options.key.expose())])
    }

    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        self.0.http.post(self.0.options.endpoint(path))
    }

    /// Waits for a free slot and then for the rate limiter; cancellation ends both waits.
    pub(super) async fn acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        let waiting = async {
            // The semaphore is never closed.
            let slot = self.0.slots.acquire().await.map_err(|_| AcquireError::Stopped)?;
            self.0.rate_limiter.acquire().await.map_err(|PauseTooLong(pause)| AcquireError::PauseTooLong(pause))?;
            Ok(slot)
        };
        tokio::select! {
            biased;
            () = self.0.stop.cancelled() => Err(AcquireError::Stopped),
            slot = waiting => slot,
        }
    }
}
