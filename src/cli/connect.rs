//! The way to CAKE: the key from the environment and a connection, or the sandbox inside this process.

use std::path::Path;

use crate::cake::{ApiKey, Connection, KeyIn, Options, RetryOptions, Stop};
use crate::config::{ApiKeyIn, Settings};
use crate::diagnostic::codes;
use crate::fault_point;
use crate::sandbox::{self, Running, Sandbox};

use super::context::{Context, Repository, other};
use super::exit::Exit;
use super::failure::{Failure, with_causes};

/// A connection, and the sandbox that it leads to where it does.
#[derive(Debug)]
pub(super) struct Cake {
    pub(super) connection: Connection,
    sandbox: Option<Running>,
}

impl Cake {
    /// Connects; nothing is sent yet.
    pub(super) async fn connect(repository: &Repository, stop: &Stop) -> Result<Self, Failure> {
        let settings = &repository.settings;
        let (key, sandbox) = match &repository.sandbox {
            Some(data) => (sandbox_key()?, Some(start(data).await?)),
            None => (key(settings)?, None),
        };
        let address = sandbox.as_ref().map_or_else(|| repository.cake.clone(), Running::url);
        let base_url = url::Url::parse(&address).map_err(|error| other(&error))?;
        let options = Options { base_url, key, ..options(settings, sandbox.is_some())? };
        let connection = Connection::new(options, stop.clone())
            .map_err(|error| Failure::new(Exit::Error, codes::world::UNREACHABLE, with_causes(&error)))?;
        Ok(Self { connection, sandbox })
    }

    /// Ends the sandbox, its data safe on disk.
    pub(super) async fn close(self) {
        if let Some(running) = self.sandbox {
            running.shutdown().await;
        }
    }
}

/// The key that the sandbox takes as well as any other.
fn sandbox_key() -> Result<ApiKey, Failure> {
    ApiKey::new("sandbox").map_err(|error| other(&error))
}

async fn start(data: &Path) -> Result<Running, Failure> {
    let options = sandbox::Options { data_dir: Some(data.to_owned()), ..sandbox::Options::default() };
    Sandbox::start(options).await.map_err(|error| other(&error))
}

/// The key, from the environment and nowhere else.
fn key(settings: &Settings) -> Result<ApiKey, Failure> {
    let name = &settings.cake.api_key_env;
    let help = format!("set {name} to your CAKE API key, or try without an account: `offersync apply --sandbox`");
    let missing = |message: String| Failure::new(Exit::Error, codes::world::KEY_MISSING, message).help(&help);
    let text = Context::variable(name).filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| missing(format!("the environment variable {name} holds no API key")))?;
    ApiKey::new(&text).map_err(|error| missing(format!("the API key in {name} cannot be used: {error}")))
}

fn options(settings: &Settings, is_sandbox: bool) -> Result<Options, Failure> {
    let cake = &settings.cake;
    let any_url = url::Url::parse("http://localhost").map_err(|error| other(&error))?;
    let mut options = Options::new(any_url, sandbox_key()?);
    options.key_in = match cake.api_key_in {
        ApiKeyIn::Body => KeyIn::Body,
        ApiKeyIn::Query => KeyIn::Query,
    };
    options.timeout = cake.timeout;
    options.max_in_flight = cake.max_in_flight;
    // Nobody has to be spared on the other side of the sandbox.
    options.requests_per_second = if is_sandbox { 0 } else { cake.requests_per_second };
    options.retry = RetryOptions {
        attempts: cake.retry.attempts,
        first_wait: fault_point::shortened(RetryOptions::default().first_wait),
        longest_wait: cake.retry.longest_wait,
    };
    options.time_zone = cake.time_zone.clone();
    Ok(options)
}
