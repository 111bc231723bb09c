//! HTTP: how the client is set up, one exchange, and the stage at which an exchange failed.
//!
//! Knows no meaning of a reply. Invariants: redirects are refused; the HTTP layer repeats nothing by itself that may have been
//! written; an error text names the configured address, but no path and no query.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::{ClientBuilder, RequestBuilder, Response, redirect, retry};
use url::Host;

use crate::error_chain::{causes, join};

use super::options::Options;
use super::reply::{Body, Reply, caveat, retry_after};

/// Connecting is given up after this time; a whole exchange may take longer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Idle connections are dropped well before a server drops them (IIS: 120 s, many balancers: 60 s). A request written while
/// the server closes an idle connection ends in doubt; closing first avoids that.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// What `localhost` and its subdomains mean. Port 0 stands for the one of the URL.
const LOOPBACK: [SocketAddr; 2] =
    [SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0), SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0)];

/// An exchange that brought no reply.
#[derive(Debug)]
pub(super) struct TransportError {
    /// Whether a byte of the request may have been written.
    pub(super) maybe_sent: bool,
    address: String,
    cause: String,
}

impl std::fmt::Display for TransportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let failed = if self.maybe_sent { "no reply from" } else { "no connection to" };
        write!(f, "{failed} {}: {}", self.address, self.cause)
    }
}

/// The HTTP client, or why there is none.
pub(super) fn http_client(options: &Options) -> Result<reqwest::Client, String> {
    // Chosen here rather than by a crate feature; an error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .user_agent(concat!("offersync/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        // The default repeats a request that HTTP/2 refused. This room decides alone whether a request is repeated.
        .retry(retry::never())
        .timeout(options.timeout)
        // Half of the whole at most, so that "no connection" and "no reply" differ with short timeouts too.
        .connect_timeout(CONNECT_TIMEOUT.min(options.timeout / 2))
        .pool_idle_timeout(IDLE_TIMEOUT)
        .referer(false);
    if !options.is_loopback() {
        return build(client.https_only(true));
    }
    // This machine is never reached through a proxy. Without TLS there is nothing to verify either, so a machine without CA
    // certificates can run the sandbox.
    let client = client.no_proxy();
    let client = match options.base_url.host() {
        // A resolver may answer with any address, and the key would go there.
        Some(Host::Domain(name)) => client.resolve_to_addrs(name, &LOOPBACK),
        _ => client,
    };
    build(if options.base_url.scheme() == "http" { client.tls_certs_only([]) } else { client })
}

fn build(client: ClientBuilder) -> Result<reqwest::Client, String> {
    client.build().map_err(|error| causes_without_wrappers(&error.without_url()))
}

/// Sends a request to the address and reads at most `limit` bytes of the reply.
pub(super) async fn exchange(request: RequestBuilder, address: &str, limit: usize) -> Result<Reply, TransportError> {
    let response = request.send().await.map_err(|error| {
        // A timeout may occur before, while or after the request is written; only these errors prove that it was not.
        let not_sent = error.is_connect() || error.is_builder() || was_canceled(&error);
        let cause = causes_without_wrappers(&error.without_url());
        TransportError { maybe_sent: !not_sent, address: address.to_owned(), cause }
    })?;
    let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
    let caveat = caveat(response.headers());
    Ok(Reply { status, retry_after, caveat, body: read_body(response, limit).await })
}

async fn read_body(mut response: Response, limit: usize) -> Body {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > limit => return Body::TooLong,
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Body::whole(bytes),
            Err(error) => {
                let why = causes_without_wrappers(&error.without_url());
                return Body::Cut { why, start: bytes };
            }
        }
    }
}

/// Whether hyper gave the request back because its connection went away before a byte of it was written. hyper sends such a
/// request again by itself on another connection, which is safe; it fails only where the connection was a new one.
fn was_canceled(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled))
}

/// The causes of an error in one line, without the wrappers of reqwest and hyper, which add no information.
pub fn causes_without_wrappers(error: &reqwest::Error) -> String {
    let is_wrapper = |cause: &(dyn Error + 'static)| {
        cause.source().is_some() && (cause.is::<reqwest::Error>() || cause.to_string().starts_with("client error ("))
    };
    join(causes(error).filter(|cause| !is_wrapper(*cause)))
}
