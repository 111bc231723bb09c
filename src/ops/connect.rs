//! Builds the CAKE client from the settings and the API key, or starts the in-process sandbox.

use std::path::Path;

use tokio_util::sync::CancellationToken;

use crate::apply::Observer;
use crate::cake::{ApiKey, ApiKeyError, Cancellation, Client, ClientError, Options};
use crate::config::{ApiKeyIn, Settings};
use crate::fault_point;
use crate::sandbox::{self, RunningSandbox, Sandbox};

use super::error::Error;
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
    /// The client cannot be built.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The sandbox cannot be started.
    #[error("the sandbox cannot be started")]
    Sandbox(#[from] sandbox::SandboxError),
}

/// Who watches an operation, and what cancels it.
#[derive(Clone, Copy)]
pub(crate) struct Control<'a> {
    pub(crate) observer: &'a dyn Observer,
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
        let cake = Cake::connect(repository, &self.cancellation.stop).await?;
        let result = self.cancellation.abandon.run_until_cancelled(work(&cake)).await;
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
    /// Builds the client; nothing is sent yet.
    pub(crate) async fn connect(repository: &Repository, stop: &CancellationToken) -> Result<Self, Error> {
        let settings = &repository.settings;
        let (key, sandbox) = match &repository.sandbox {
            Some(data) => (sandbox_key()?, Some(start(data).await?)),
            None => (key(settings)?, None),
        };
        let address = sandbox.as_ref().map_or_else(|| repository.cake.clone(), RunningSandbox::url);
        let base_url = url::Url::parse(&address).map_err(|error| Error::Internal(error.to_string()))?;
        let options = options(settings, base_url, key, sandbox.is_some());
        let client = Client::new(options, stop.clone()).map_err(ConnectError::Client)?;
        Ok(Self { client, sandbox })
    }

    /// A client for a CAKE that a test runs.
    #[cfg(test)]
    pub(super) fn for_test(url: &str, stop: &CancellationToken) -> Self {
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
