//! One request to the service, and why it failed. Invariants: no redirect is followed; what is sent is encrypted, except to this machine; no
//! message has the token.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response, Url, redirect, retry};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{ForgeKind, ForgeSettings};
use crate::cake::causes_without_wrappers;
use crate::words::shorten;

/// A whole exchange, and the beginning of it.
const TIMEOUT: Duration = Duration::from_mins(1);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A page of a hundred comments of the largest size has less.
const MOST_BYTES: usize = 32 << 20;
/// The maximum length of what the service says.
const MESSAGE: usize = 300;

/// Why the service was not asked, or did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    /// The address of the API cannot be used, or no client can be set up.
    #[error("{0}")]
    Client(String),
    /// No reply.
    #[error("no reply from {host}: {why}")]
    NoReply {
        /// The host of the API.
        host: String,
        /// The cause.
        why: String,
    },
    /// A reply that is no success.
    #[error("{host} answers with {status}: {message}")]
    Refused {
        /// The host of the API.
        host: String,
        /// The HTTP status.
        status: u16,
        /// What it says.
        message: String,
        /// How long it asks to wait.
        pause: Option<Duration>,
    },
    /// A success that cannot be understood.
    #[error("the reply cannot be read: {0}")]
    Unreadable(String),
}

impl ForgeError {
    /// Whether the same may succeed later.
    pub(super) fn is_temporary(&self) -> bool {
        match self {
            Self::NoReply { .. } => true,
            Self::Refused { status, pause, .. } => {
                *status == 429 || *status >= 500 || (*status == 403 && pause.is_some())
            }
            Self::Client(_) | Self::Unreadable(_) => false,
        }
    }

    /// How long the service asks to wait.
    pub(super) fn pause(&self) -> Option<Duration> {
        if let Self::Refused { pause, .. } = self { *pause } else { None }
    }
}

#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    api: Url,
    host: String,
    token: secrecy::SecretString,
}

impl Http {
    pub(super) fn new(settings: &ForgeSettings) -> Result<Self, ForgeError> {
        // The address has to end in a slash, so that a path goes below it.
        let api = Url::parse(&format!("{}/", settings.api.trim_end_matches('/')));
        let api = api.map_err(|error| ForgeError::Client(format!("`{}` is no address: {error}", settings.api)))?;
        if !is_private(&api) {
            return Err(ForgeError::Client(format!(
                "`{api}` does not begin with https://, and the token is not sent there"
            )));
        }
        let host = api.host_str().unwrap_or_default().to_owned();
        let client = client(&api, headers(settings)?, TIMEOUT)?;
        Ok(Self { client, api, host, token: settings.token.clone() })
    }

    /// Sends a request and reads what it answers.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Json>,
    ) -> Result<T, ForgeError> {
        let address = self.api.join(path).map_err(|error| ForgeError::Client(error.to_string()))?;
        let request = self.client.request(method, address);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        // Boxed, because reqwest's future is large and would be part of every future above.
        let reply = Box::pin(request.send()).await.map_err(|error| self.no_reply(error))?;
        let (status, pause) = (reply.status(), pause(&reply));
        let bytes = self.read(reply).await?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(|error| ForgeError::Unreadable(error.to_string()));
        }
        let message = message(&bytes).replace(self.token.expose_secret(), "[redacted]");
        let message = shorten(&message, MESSAGE).into_owned();
        Err(ForgeError::Refused { host: self.host.clone(), status: status.as_u16(), message, pause })
    }

    async fn read(&self, mut reply: Response) -> Result<Vec<u8>, ForgeError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = reply.chunk().await.map_err(|error| self.no_reply(error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MOST_BYTES {
                return Err(ForgeError::Unreadable(format!("it has more than {} MiB", MOST_BYTES >> 20)));
            }
        }
        Ok(bytes)
    }

    fn no_reply(&self, error: reqwest::Error) -> ForgeError {
        ForgeError::NoReply { host: self.host.clone(), why: causes_without_wrappers(&error.without_url()) }
    }
}

fn is_local(address: &Url) -> bool {
    ["127.0.0.1", "[::1]"].contains(&address.host_str().unwrap_or_default())
}

/// Whether nothing on the way can read what is sent there.
pub(super) fn is_private(address: &Url) -> bool {
    address.scheme() == "https" || (address.scheme() == "http" && is_local(address))
}

/// A client for an address. `timeout` is that of a whole exchange.
pub(super) fn client(address: &Url, headers: HeaderMap, timeout: Duration) -> Result<Client, ForgeError> {
    // An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .user_agent(concat!("offersync/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .timeout(timeout)
        .connect_timeout(CONNECT_TIMEOUT)
        .referer(false);
    let client = if is_local(address) { client.no_proxy() } else { client.https_only(true) };
    // Without TLS there is nothing to verify, so that a machine without CA certificates can run the tests.
    let client = if address.scheme() == "http" { client.tls_certs_only([]) } else { client };
    client.build().map_err(|error| ForgeError::Client(causes_without_wrappers(&error)))
}

fn headers(settings: &ForgeSettings) -> Result<HeaderMap, ForgeError> {
    let token = settings.token.expose_secret();
    let (name, value, accept) = match settings.kind {
        ForgeKind::GitHub => (AUTHORIZATION, format!("Bearer {token}"), "application/vnd.github+json"),
        ForgeKind::GitLab => (HeaderName::from_static("private-token"), token.to_owned(), "application/json"),
    };
    let unusable = |_| ForgeError::Client("the token has a character that no HTTP header can have".to_owned());
    let mut value = HeaderValue::from_str(&value).map_err(unusable)?;
    value.set_sensitive(true);
    let accept = (ACCEPT, HeaderValue::from_static(accept));
    Ok([(name, value), accept].into_iter().collect())
}

/// GitHub asks for a pause in seconds.
fn pause(reply: &Response) -> Option<Duration> {
    let seconds = reply.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// What the service says of a failure.
fn message(bytes: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Failure {
        #[serde(alias = "error", alias = "error_description")]
        message: Option<Json>,
    }
    let failure = serde_json::from_slice::<Failure>(bytes).ok().and_then(|failure| failure.message);
    match failure {
        Some(Json::String(text)) => text,
        Some(other) => other.to_string(),
        None => "it gives no reason".to_owned(),
    }
}
