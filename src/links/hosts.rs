//! How hosts are treated: a few requests at once, and the pauses that they ask for.
//!
//! Knows no redirect. Invariants: no request begins before a pause that its host has asked for is over; no request waits for long because of a
//! host that does not answer, or that asks for pauses again and again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::LOCATION;
use reqwest::{Client, StatusCode};
use tokio::sync::Semaphore;
use url::Url;

use crate::cake::{RateLimiter, UNREADABLE_PAUSE, causes_without_wrappers, retry_after};
use crate::error_chain::causes;
use crate::fault_point::shortened;

use super::address::NotPublic;
use super::problem::LinkProblem;

/// Requests at once, to all hosts.
const AT_ONCE: usize = 8;

/// Requests at once to one host.
const AT_ONCE_TO_A_HOST: usize = 2;

/// Requests for one address at most; the host has asked for a pause before each further one.
const ATTEMPTS: u32 = 3;

/// After so many requests in a row that a host did not answer, it is asked no more.
const UNANSWERED: usize = 3;

/// The pause where a host asks for one and does not say how long.
const UNCLEAR_PAUSE: Duration = Duration::from_secs(5);

/// A shorter pause is none.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// A longer pause is not waited for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The head of a reply.
pub(super) struct Reply {
    pub(super) status: u16,
    /// The value of `Location`, as text.
    pub(super) location: Option<String>,
}

pub(super) struct Hosts {
    slots: Semaphore,
    by_name: Mutex<HashMap<String, Arc<Host>>>,
}

struct Host {
    slots: Semaphore,
    limiter: RateLimiter,
    /// Requests in a row without an answer.
    unanswered: AtomicUsize,
    /// The status with which it asked for pauses, where it did so until no request was sent to it any more.
    throttles: AtomicU16,
}

impl Host {
    /// Counts a request that failed.
    fn failed(&self, error: &reqwest::Error) -> LinkProblem {
        if error.is_timeout() {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
        }
        failure(error)
    }

    /// Why the host is asked no more.
    fn is_given_up(&self) -> Option<LinkProblem> {
        match (self.throttles.load(Ordering::Relaxed), self.unanswered.load(Ordering::Relaxed)) {
            (0, UNANSWERED..) => Some(LinkProblem::SilentHost),
            (0, _) => None,
            (status, _) => Some(LinkProblem::Throttled(status)),
        }
    }
}

impl Hosts {
    pub(super) fn new() -> Self {
        Self { slots: Semaphore::new(AT_ONCE), by_name: Mutex::default() }
    }

    /// Requests an address, again after a pause that its host asks for, and reads the head of the reply.
    pub(super) async fn request(&self, client: &Client, url: &Url) -> Result<Reply, LinkProblem> {
        let host = self.host(url.host_str().unwrap_or_default());
        // The semaphores are never closed.
        let _host_slot = host.slots.acquire().await;
        let mut status = 0;
        for _ in 0..ATTEMPTS {
            if let Some(problem) = host.is_given_up() {
                return Err(problem);
            }
            host.limiter.acquire().await.map_err(|_| LinkProblem::Paused)?;
            // Only for the request: others need not wait while this host has its pause.
            let slot = self.slots.acquire().await;
            let reply = client.get(url.clone()).send().await;
            drop(slot);
            let reply = reply.map_err(|error| host.failed(&error))?;
            host.unanswered.store(0, Ordering::Relaxed);
            status = reply.status().as_u16();
            tracing::debug!(%url, status, "followed");
            let Some(pause) = pause_of(&reply) else {
                let location = reply.headers().get(LOCATION);
                let location = location.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
                return Ok(Reply { status, location });
            };
            host.limiter.pause(shortened(pause));
        }
        host.throttles.store(status, Ordering::Relaxed);
        Err(LinkProblem::Throttled(status))
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let limiter = RateLimiter::new(0, shortened(LONGEST_PAUSE));
            let slots = Semaphore::new(AT_ONCE_TO_A_HOST);
            Arc::new(Host { slots, limiter, unanswered: AtomicUsize::new(0), throttles: AtomicU16::new(0) })
        };
        Arc::clone(hosts.entry(name.to_owned()).or_insert_with(new))
    }
}

/// The pause that a reply asks for, if it does.
fn pause_of(reply: &reqwest::Response) -> Option<Duration> {
    match (reply.status(), retry_after(reply.headers())) {
        (StatusCode::TOO_MANY_REQUESTS, None)
        | (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, Some(UNREADABLE_PAUSE)) => {
            Some(UNCLEAR_PAUSE)
        }
        // A date that is over asks for a pause all the same.
        (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, Some(pause)) => {
            Some(pause.max(SHORTEST_PAUSE))
        }
        _ => None,
    }
}

fn failure(error: &reqwest::Error) -> LinkProblem {
    if causes(error).any(<dyn std::error::Error>::is::<NotPublic>) {
        return LinkProblem::NotPublic;
    }
    match causes(error).find_map(tls_error) {
        Some(tls) => LinkProblem::Tls(tls.to_string()),
        None if error.is_timeout() => LinkProblem::Unreachable("no reply in time".to_owned()),
        None => LinkProblem::Unreachable(causes_without_wrappers(error)),
    }
}

/// An error of TLS is within one or two of the socket, which do not count it among their causes.
fn tls_error<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let within = || tls_error(cause.downcast_ref::<std::io::Error>()?.get_ref()?);
    cause.downcast_ref().or_else(within)
}
