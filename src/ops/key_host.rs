//! Which host may receive the API key.
//!
//! `cake.url` is in the repository, where a pull request can change it. What decides is kept elsewhere: in `OFFERSYNC_KEY_HOST`,
//! or else in a file in the user's configuration folder. Knows no key and no network. Invariant: the address of an
//! [`AllowedUrl`] is a loopback address, or its host is one that the variable names or that the user confirmed.

mod confirmed_hosts;
mod error;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;

use crate::config::{CakeUrl, Settings};
use crate::diagnostic::Label;

use super::connect::ConnectError;
use super::error::Error;
use super::init::repository_root;

use confirmed_hosts::ConfirmedHosts;
pub use error::{KeyHostError, KeyHostReason};

/// Names the hosts that may receive the key.
const VARIABLE: &str = "OFFERSYNC_KEY_HOST";

/// An address that the key may be sent to.
#[derive(Debug)]
pub(super) struct AllowedUrl(CakeUrl);

impl AllowedUrl {
    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A host that the key was not sent to before.
#[derive(Debug)]
pub(crate) struct NewHost {
    pub(crate) host: String,
    /// What names the host: the setting with its place, or the variable.
    pub(crate) named_by: String,
    /// The file that keeps the answer.
    pub(crate) recorded_in: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    /// There is no terminal.
    CannotAsk,
}

/// Asks the user on behalf of an operation.
pub(crate) trait AskUser: Send + Sync {
    /// Whether the key may be sent to a new host.
    fn may_receive_key(&self, new: NewHost) -> BoxFuture<'_, Result<Answer, Error>>;
}

/// A program that uses the library confirms hosts by the variable.
impl AskUser for () {
    fn may_receive_key(&self, _: NewHost) -> BoxFuture<'_, Result<Answer, Error>> {
        Box::pin(std::future::ready(Ok(Answer::CannotAsk)))
    }
}

/// Allows the address of CAKE, or says why the key is not sent there. Asks the user about a new host, and records the answer.
pub(super) async fn allow(
    settings: &Settings,
    environment: impl Fn(&str) -> Option<String>,
    user: &dyn AskUser,
) -> Result<AllowedUrl, Error> {
    let url = settings.cake_url().map_err(|problem| Error::Invalid(vec![*problem]))?;
    let refused = |reason| {
        let (host, url_label) = (url.host().to_owned(), settings.cake.url_label.clone());
        Error::Connect(ConnectError::KeyHost(Box::new(KeyHostError { host, url_label, reason })))
    };
    let repository = repository_root(&settings.root).unwrap_or_else(|| settings.root.clone());
    if let Decision::Ask(confirmed) = decide(url, environment, &repository).map_err(refused)? {
        let new = NewHost {
            host: url.host().to_owned(),
            named_by: named_by(settings.cake.url_label.as_ref()),
            recorded_in: confirmed.path().to_owned(),
        };
        match user.may_receive_key(new).await? {
            Answer::Yes => confirmed.add(url.host()).map_err(refused)?,
            Answer::No => return Err(refused(KeyHostReason::Declined)),
            Answer::CannotAsk => return Err(refused(KeyHostReason::New)),
        }
    }
    Ok(AllowedUrl(url.clone()))
}

fn named_by(url_label: Option<&Label>) -> String {
    match url_label {
        Some(Label { place, .. }) => format!("`cake.url`, {}:{}:{}", place.file, place.line, place.column),
        None => "CAKE_URL".to_owned(),
    }
}

#[derive(Debug)]
enum Decision {
    Allowed,
    Ask(ConfirmedHosts),
}

/// What can be decided without the user. Nothing in the repository has a say.
fn decide(
    url: &CakeUrl,
    environment: impl Fn(&str) -> Option<String>,
    repository: &Path,
) -> Result<Decision, KeyHostReason> {
    if url.is_loopback() {
        return Ok(Decision::Allowed);
    }
    // CI systems pass unset variables as empty ones.
    let set = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
    if let Some(value) = set(VARIABLE) {
        let allowed = hosts_in(&value)?;
        if allowed.iter().any(|host| host == url.host()) {
            return Ok(Decision::Allowed);
        }
        return Err(KeyHostReason::Other { allowed });
    }
    let confirmed = ConfirmedHosts::find(&set, repository)?;
    if confirmed.contains(url.host())? {
        return Ok(Decision::Allowed);
    }
    // Some CI systems run their jobs on a pseudo-terminal, where a question would wait without end.
    if set("CI").is_some_and(|value| value != "false") {
        return Err(KeyHostReason::New);
    }
    Ok(Decision::Ask(confirmed))
}

/// The hosts in the value of the variable, separated by commas or white space.
fn hosts_in(value: &str) -> Result<Vec<String>, KeyHostReason> {
    let entries = value.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
    entries.map(|entry| host_of(entry).ok_or(KeyHostReason::Unusable)).collect()
}

/// A host as addresses have it: in lower case, with the port where it is not the usual one. Takes a whole address as well.
fn host_of(entry: &str) -> Option<String> {
    let url = if entry.contains("://") { entry.parse() } else { format!("https://{entry}").parse() };
    url.ok().map(|url: CakeUrl| url.host().to_owned())
}
