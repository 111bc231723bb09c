//! One message to a webhook. Invariants: one request, bounded in time; its address is a secret, and no message has more of it than the host.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::ForgeError;
use super::http::{client, is_private};
use crate::cake::causes_without_wrappers;

/// The command ends only then.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Posts a JSON document.
pub(crate) async fn post(address: &SecretString, document: String) -> Result<(), ForgeError> {
    let unusable = |why: &str| ForgeError::Client(format!("its value {why}"));
    let address = Url::parse(address.expose_secret().trim()).map_err(|_| unusable("is no address"))?;
    if !is_private(&address) {
        return Err(unusable("does not begin with https://"));
    }
    let host = address.host_str().unwrap_or_default().to_owned();
    let json = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let client = client(&address, HeaderMap::from_iter([json]), TIMEOUT)?;
    let no_reply = |error: reqwest::Error| ForgeError::NoReply {
        host: host.clone(),
        why: causes_without_wrappers(&error.without_url()),
    };
    // Boxed, because reqwest's future is large and would be part of every future above.
    let reply = Box::pin(client.post(address).body(document).send()).await.map_err(no_reply)?;
    let status = reply.status();
    if status.is_success() {
        return Ok(());
    }
    // What it says may repeat its address.
    let message = status.canonical_reason().unwrap_or("no reason").to_owned();
    Err(ForgeError::Refused { host, status: status.as_u16(), message, pause: None })
}
