//! Builds the CAKE client from the settings and the API key, or starts the in-process sandbox.

use std::path::Path;

use crate::apply::Observer;
use crate::cake::{ApiKey, ApiKeyError, Cancellation, Client, ClientError, Options};
use crate::config::{ApiKeyIn, Settings};
use crate::fault_point;
use crate::sandbox::{self, RunningSandbox, Sandbox};

use super::error::Error;
use super::key_host::{self, AskUser, KeyHostError};
use super::observe::wait_for_listing;
use super::repository::Repository;
use super::variable;

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the text of each error says what its members are")]
pub enum ConnectError {
    /// The environment holds no key.
    #[error("the environment variable {variable} holds no API key")]
    KeyMissing { variable: String },
    /// What the environment holds cannot be a key.
    #[error("the API key in {variable} cannot be used: {source}")]
    KeyUnusable { variable: String, source: ApiKeyError },
    /// The key may not be sent to this host.
    #[error(transparent)]
    KeyHost(Box<KeyHostError>),
    /// The client cannot be built.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The sandbox cannot be started.
    #[error("the sandbox cannot be started")]
    Sandbox(#[from] sandbox::SandboxError),
}

/// Who watches an operation, who answers its questions, and what cancels it.
#[derive(Clone, Copy)]
pub(crate) struct Control<'a> {
    pub(crate) observer: &'a dyn Observer,
    pub(crate) user: &'a dyn AskUser,
    pub(crate) cancellation: &'a Cancellation,
}

impl Control<'_> {
    /// Connects, runs work that reads from CAKE, and disconnects.
    pub(super) async fn with_cake<T>(
        self,
        repository: &Repository,
        work: impl AsyncFnOnce(&Cake) -> Result<T, Error>,
    ) -> Result<T, Error> {
        repository.prepare_sandbox()?;
        let cake = Cake::connect(repository, self).await?;
        let looking = async {
            wait_for_listing(repository, self).await?;
            work(&cake).await
        };
        let result = self.cancellation.abandon.run_until_cancelled(looking).await;
        cake.close().await;
        result.unwrap_or(Err(Error::Interrupted("while the offers were listed")))
    }
}

/// A client, and the sandbox that it talks to where it does.
#[derive(Debug)]
pub(crate) struct Cake {
    pub(crate) client: Client,
    sandbox: Option<RunningSandbox>,
}

impl Cake {
    /// Builds the client; nothing is sent yet. The user may be asked whether the key may be sent to a new host.
    pub(crate) async fn connect(repository: &Repository, control: Control<'_>) -> Result<Self, Error> {
        let settings = &repository.settings;
        let stop = &control.cancellation.stop;
        let (key, url, sandbox) = if let Some(data) = &repository.sandbox {
            let sandbox = start(data).await?;
            (sandbox_key()?, sandbox.url(), Some(sandbox))
        } else {
            let key = key(settings)?;
            let allowing = key_host::allow(settings, variable, control.user);
            let allowed = stop.run_until_cancelled(allowing).await;
            let allowed = allowed.unwrap_or(Err(Error::Interrupted("before anything was sent")))?;
            (key, allowed.as_str().to_owned(), None)
        };
        let base_url = url::Url::parse(&url).map_err(|error| Error::Internal(error.to_string()))?;
        let options = options(settings, base_url, key, sandbox.is_some());
        let client = Client::new(options, stop.clone()).map_err(ConnectError::Client)?;
        Ok(Self { client, sandbox })
    }

    /// A client for a CAKE that a test runs.
    #[cfg(test)]
    pub(super) fn for_test(url: &str, stop: &tokio_util::sync::CancellationToken) -> Self {
        let options = Options {
            requests_per_second: 0,
            attempts: 1,
            ..Options::new(url.parse().unwrap(), ApiKey::new("test").unwrap())
        };
        Self { client: Client::new(options, stop.clone()).unwrap(), sandbox: None }
    }

    /// Whether it is the sandbox that ends with this process.
    pub(crate) fn is_in_process(&self) -> bool {
        self.sandbox.is_some()
    }

    /// Stops the sandbox after its data are on disk.
    pub(crate) async fn close(self) {
        if let Some(running) = self.sandbox {
            running.shutdown().await;
        }
    }
}

/// The sandbox accepts any key.
fn sandbox_key() -> Result<ApiKey, Error> {
    ApiKey::new("sandbox").map_err(|error| Error::Internal(error.to_string()))
}

async fn start(data: &Path) -> Result<RunningSandbox, ConnectError> {
    let options = sandbox::SandboxOptions { data_dir: Some(data.to_owned()), ..sandbox::SandboxOptions::default() };
    Ok(Sandbox::start(options).await?)
}

fn key(settings: &Settings) -> Result<ApiKey, ConnectError> {
    let name = || settings.cake.api_key_env.clone();
    let text = variable(&name()).filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| ConnectError::KeyMissing { variable: name() })?;
    ApiKey::new(&text).map_err(|source| ConnectError::KeyUnusable { variable: name(), source })
}

fn options(settings: &Settings, base_url: url::Url, key: ApiKey, is_sandbox: bool) -> Options {
    let cake = &settings.cake;
    let defaults = Options::new(base_url, key);
    Options {
        key_in_query: cake.api_key_in == ApiKeyIn::Query,
        timeout: cake.timeout,
        max_in_flight: cake.max_in_flight,
        // No rate limit for the in-process sandbox.
        requests_per_second: if is_sandbox { 0 } else { cake.requests_per_second },
        attempts: cake.retry.attempts,
        first_wait: fault_point::shortened(defaults.first_wait),
        longest_wait: cake.retry.longest_wait,
        time_zone: cake.time_zone.clone(),
        ..defaults
    }
}
