//! Follows one link from redirect to redirect. Invariant: every address is judged before it is requested.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, redirect, retry};
use url::Url;

use crate::cake::causes_without_wrappers;

use super::address::{self, NotPublic, PublicAddresses};
use super::checked::Hop;
use super::hosts::Hosts;
use super::problem::LinkProblem;

/// As many as `fetch` of browsers follows is 20; a link with more than half of that loses visitors.
pub(super) const MOST_REDIRECTS: usize = 10;

/// Connecting is given up after this time; a reply may take longer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The HTTP client cannot be set up; on Linux mostly a machine without CA certificates.
#[derive(Debug, thiserror::Error)]
#[error("links cannot be followed, because the HTTP client cannot be set up: {0}")]
pub struct LinkClientError(String);

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Followed {
    /// The addresses that answered, in order.
    pub(super) hops: Vec<Hop>,
    /// Why the last one is not a page.
    pub(super) stop: Option<Stop>,
}

/// Where the walk ended before a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) at: Url,
    pub(super) problem: LinkProblem,
}

pub(super) struct Follower {
    client: Client,
    hosts: Hosts,
}

impl Follower {
    pub(super) fn new(timeout: Duration) -> Result<Self, LinkClientError> {
        Self::of(builder(timeout))
    }

    /// A client that a test has prepared.
    pub(super) fn of(builder: ClientBuilder) -> Result<Self, LinkClientError> {
        let client = builder.build().map_err(|error| LinkClientError(causes_without_wrappers(&error)))?;
        Ok(Self { client, hosts: Hosts::new() })
    }

    pub(super) async fn follow(&self, link: &Url) -> Followed {
        let mut hops: Vec<Hop> = Vec::new();
        let mut url = bare(link.clone());
        loop {
            match self.step(&url, &mut hops).await {
                Ok(Some(next)) => url = next,
                Ok(None) => return Followed { hops, stop: None },
                Err(stop) => return Followed { hops, stop: Some(stop) },
            }
        }
    }

    /// Requests one address. Returns the next one, or `None` at a page.
    async fn step(&self, url: &Url, hops: &mut Vec<Hop>) -> Result<Option<Url>, Stop> {
        let stop = |problem| Stop { at: url.clone(), problem };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(stop(LinkProblem::OtherScheme));
        }
        // A link that names this machine may go on within it, and not come back to it.
        let may_be_loopback = hops.iter().all(|hop| address::is_loopback(&hop.url));
        address::check(url, may_be_loopback).map_err(|NotPublic| stop(LinkProblem::NotPublic))?;
        if hops.iter().any(|hop| hop.url == *url) {
            return Err(stop(LinkProblem::Loop));
        }
        if hops.len() > MOST_REDIRECTS {
            return Err(stop(LinkProblem::TooManyRedirects));
        }
        let reply = self.hosts.request(&self.client, url).await.map_err(stop)?;
        hops.push(Hop { url: url.clone(), status: reply.status });
        match (reply.status, reply.location) {
            (200..=299, _) => Ok(None),
            (301 | 302 | 303 | 307 | 308, Some(location)) => match url.join(&location) {
                Ok(next) => Ok(Some(bare(next))),
                Err(_) => Err(stop(LinkProblem::BadLocation)),
            },
            (301 | 302 | 303 | 307 | 308, None) => Err(stop(LinkProblem::NoLocation(reply.status))),
            (status, _) => Err(stop(LinkProblem::Status(status))),
        }
    }
}

/// Without what is not sent (a fragment) and what would be sent as credentials.
fn bare(mut url: Url) -> Url {
    url.set_fragment(None);
    // Only a URL that cannot have them refuses.
    _ = url.set_username("");
    _ = url.set_password(None);
    url
}

/// The client without anything of the user's: no proxy, cookies, credentials or referrer.
pub(super) fn builder(timeout: Duration) -> ClientBuilder {
    // Chosen here rather than by a crate feature; an error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // What a browser asks for; some servers refuse a request without it.
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8"))]);
    Client::builder()
        .user_agent(concat!("offersync/", env!("CARGO_PKG_VERSION"), " (check-links)"))
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        // Some servers close a kept connection without a word, and the link that is requested next would seem to be broken.
        .pool_max_idle_per_host(0)
        // A proxy would resolve the names, and the addresses would not be checked.
        .no_proxy()
        .dns_resolver(Arc::new(PublicAddresses))
        .timeout(timeout)
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
}
