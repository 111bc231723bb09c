//! One CAKE account behind HTTPS: the client, the addresses, the pace, and the stage at which an exchange failed.
//!
//! Knows no meaning of a reply. Invariants: redirects are refused, so the key goes nowhere but to the configured address; the
//! HTTP layer repeats nothing by itself that may have been written; no error text holds an address or a key.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{RequestBuilder, Response, redirect, retry};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use super::key::Redactor;
use super::options::{ClientError, Options};
use super::rate_limiter::{PauseTooLong, RateLimiter};
use super::reader::Reader;
use super::reply::{Body, Reply, retry_after};
use super::wire;
use super::writer::Writer;

/// A connection is given up when it does not come about in this time; a whole exchange may take longer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Idle connections are dropped well before a server drops them (IIS: 120 s, many balancers: 60 s). A request written at the
/// very moment in which the server closes is a write in doubt for no reason but thrift.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// A connection to one CAKE account. Cheap to clone; clones share pace, limits and the stop signal.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    options: Options,
    redactor: Redactor,
    rate_limiter: RateLimiter,
    slots: Semaphore,
    stop: CancellationToken,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("options", &self.0.options).finish_non_exhaustive()
    }
}

/// Why a request did not get its turn. It was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AcquireError {
    Stopped,
    PauseTooLong(Duration),
}

impl std::fmt::Display for AcquireError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stopped => f.write_str("stopped before it was sent"),
            Self::PauseTooLong(pause) => {
                write!(f, "CAKE asked for a pause of {} more seconds", pause.as_secs().saturating_add(1))
            }
        }
    }
}

/// An exchange that brought no reply.
#[derive(Debug)]
pub(super) struct TransportError {
    /// Whether a byte of the request may have been written.
    pub(super) maybe_sent: bool,
    cause: String,
}

impl std::fmt::Display for TransportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", if self.maybe_sent { "no reply" } else { "no connection" }, self.cause)
    }
}

impl Client {
    /// A connection that is ready to be used; nothing is sent yet. The stop signal ends every wait, never a write under way.
    pub fn new(options: Options, stop: CancellationToken) -> Result<Self, ClientError> {
        options.check()?;
        let redactor = Redactor::new(&options.key);
        let http = http_client(&options)
            .build()
            .map_err(|error| ClientError::Client(redactor.redact(&chain(&error.without_url()))))?;
        let rate_limiter = RateLimiter::new(options.requests_per_second, options.retry.longest_wait);
        let slots = Semaphore::new(options.max_in_flight.clamp(1, Semaphore::MAX_PERMITS));
        Ok(Self(Arc::new(Inner { http, options, redactor, rate_limiter, slots, stop })))
    }

    /// The half that reads. It has no way to write.
    pub fn reader(&self) -> Reader {
        Reader::new(self.clone())
    }

    /// The half that writes.
    pub fn writer(&self) -> Writer {
        Writer::new(self.clone())
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

    /// The text without the key, fit to be shown.
    pub(super) fn redact(&self, text: &str) -> String {
        self.0.redactor.redact(text)
    }

    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        self.0.http.get(self.0.options.endpoint(path)).query(&[(wire::API_KEY, self.0.options.key.expose())])
    }

    pub(super) fn post(&self, path: &str) -> RequestBuilder {
        self.0.http.post(self.0.options.endpoint(path))
    }

    /// Waits for a free slot and then for the pace; the stop signal ends both waits.
    pub(super) async fn acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        let waiting = async {
            // Nobody closes the semaphore; were it closed, there would be no turn.
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

fn http_client(options: &Options) -> reqwest::ClientBuilder {
    // Chosen here and not left to a feature of some crate; an error says that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .user_agent(concat!("offersync/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        // The default repeats a request that HTTP/2 refused. Whether to repeat is decided in this room, by certainty.
        .retry(retry::never())
        .timeout(options.timeout)
        // Half of the whole at most, so that "no connection" is told from "no reply" for short time-outs too.
        .connect_timeout(CONNECT_TIMEOUT.min(options.timeout / 2))
        .pool_idle_timeout(IDLE_TIMEOUT)
        .referer(false);
    if !options.is_loopback() {
        return client.https_only(true);
    }
    // This machine is never reached through a proxy. Without TLS there is nothing to verify either, so a machine without CA
    // certificates can run the sandbox.
    let client = client.no_proxy();
    if options.base_url.scheme() == "http" { client.tls_certs_only([]) } else { client }
}

/// Sends a request and takes in at most `limit` bytes of the reply.
pub(super) async fn exchange(request: RequestBuilder, limit: usize) -> Result<Reply, TransportError> {
    let response = request.send().await.map_err(|error| {
        // A time-out of the whole exchange may fall before, while or after the request is written: only these two tell.
        let not_sent = error.is_connect() || error.is_builder() || was_canceled(&error);
        TransportError { maybe_sent: !not_sent, cause: chain(&error.without_url()) }
    })?;
    let (status, wait) = (response.status().as_u16(), retry_after(response.headers()));
    Ok(Reply { status, wait, body: read_body(response, limit).await })
}

async fn read_body(mut response: Response, limit: usize) -> Body {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > limit => return Body::TooLong,
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Body::Whole(bytes),
            Err(error) => return Body::Cut(chain(&error.without_url())),
        }
    }
}

/// Whether hyper gave the request back because its connection went away before a byte of it was written. hyper sends such a
/// request again by itself on another connection, which is safe; it fails only where the connection was a new one.
fn was_canceled(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled))
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The causes of an error in one line. The wrappers of reqwest and hyper say nothing that a person could use.
fn chain(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in causes(error) {
        let text = cause.to_string();
        let is_wrapper =
            cause.source().is_some() && (cause.is::<reqwest::Error>() || text.starts_with("client error ("));
        if !is_wrapper && parts.last().is_none_or(|last| !last.contains(&text)) {
            parts.push(text);
        }
    }
    parts.join(": ")
}
