//! The server: a loopback port, a task per connection, graceful shutdown.
//!
//! Knows nothing of the calls. The invariant: after `shutdown` returns or `RunningSandbox` is dropped, the sandbox answers no request
//! and its data file is closed.
//!
//! It has its own accept loop instead of axum's, because faults end connections and because connections that clients keep open must
//! end with the server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::routing::{get, post};
use axum::{Extension, Router};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::connection::{ConnectionControl, ControlledStream};
use super::control;
use super::data_file::DataError;
use super::exchange;
use super::fake_cake::FakeCake;
use super::faults::{Disconnect, Effect};
use super::options::SandboxOptions;
use super::shared::{SandboxHandle, Shared};

/// The maximum time that a shutdown waits for requests in progress.
const GRACE: Duration = Duration::from_secs(2);

/// Pause after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Errors from starting a sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port is in use or not permitted.
    #[error("cannot listen on {address}")]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The cause.
        source: io::Error,
    },
    /// The data file cannot be used.
    #[error(transparent)]
    DataFile(#[from] DataError),
}

/// An in-process HTTP server that imitates CAKE's API.
#[derive(Debug)]
pub struct Sandbox;

impl Sandbox {
    /// Starts a sandbox on the current tokio runtime. It is ready when this returns.
    ///
    /// # Errors
    ///
    /// If the port or the data file cannot be used.
    pub async fn start(options: SandboxOptions) -> Result<RunningSandbox, SandboxError> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let refused = |source| SandboxError::Listen { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let (stop, stopped) = watch::channel(false);
        let shared = Shared::new(FakeCake::open(options)?, stopped);
        let task = tokio::spawn(accept(listener, shared.clone()));
        Ok(RunningSandbox { address, stop, task, handle: SandboxHandle(shared) })
    }

    /// Runs a sandbox until `stop` resolves; calls `started` once it is ready.
    ///
    /// # Errors
    ///
    /// If the port or the data file cannot be used.
    pub async fn run(
        options: SandboxOptions,
        started: impl FnOnce(&RunningSandbox),
        stop: impl Future<Output = ()>,
    ) -> Result<(), SandboxError> {
        let running = Self::start(options).await?;
        started(&running);
        stop.await;
        running.shutdown().await;
        Ok(())
    }
}

/// A running sandbox. Dropping it stops it immediately.
#[derive(Debug)]
pub struct RunningSandbox {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    handle: SandboxHandle,
}

impl RunningSandbox {
    /// The base URL, for `cake.url`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of the listener.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Access to its state and settings.
    #[must_use]
    pub fn handle(&self) -> SandboxHandle {
        self.handle.clone()
    }

    /// Stops accepting connections and waits for requests in progress, except those that a fault keeps open.
    pub async fn shutdown(mut self) {
        let _ended = self.stop.send(true);
        // A join error means that the runtime is gone, so there is nothing to wait for.
        let _finished = (&mut self.task).await;
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        // Aborting the accept loop also drops its connections.
        self.task.abort();
        self.handle.0.cake().store.close();
    }
}

fn router(shared: Shared) -> Router {
    Router::new()
        .route("/api/2/offer.json", post(exchange::create).fallback(exchange::wrong_method))
        .route("/api/2/update_offer.json", post(exchange::update).fallback(exchange::wrong_method))
        .route("/api/2/offers.json", get(exchange::list).fallback(exchange::wrong_method))
        .route("/api/2/advertisers.json", get(exchange::advertisers).fallback(exchange::wrong_method))
        .merge(control::routes())
        .fallback(exchange::not_found)
        .with_state(shared)
}

async fn accept(listener: TcpListener, shared: Shared) {
    let router = router(shared.clone());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = shared.stopped() => break,
            // Finished tasks are removed as they end, so that the set does not grow.
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, router.clone(), shared.clone()));
                } else {
                    // Usually out of file descriptors: pause, so that connections can end and free some.
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    let _late = tokio::time::timeout(GRACE, all).await;
}

async fn serve(stream: TcpStream, router: Router, shared: Shared) {
    // With Nagle's algorithm, the second write of a reply could wait 40 ms for an acknowledgement.
    let _slower = stream.set_nodelay(true);
    let (delay, effect) = shared.cake().faults.select_for_connection().verdict();
    if delay > Duration::ZERO {
        tokio::time::sleep(delay).await;
    }
    match effect {
        None => converse(stream, router, shared).await,
        Some(Effect::Hang(_)) => shared.stopped().await,
        // Only disconnects are left: the parser allows no other effect for a connection.
        Some(effect) => {
            if matches!(effect, Effect::Drop(Disconnect::Reset, _)) {
                let _orderly_instead = stream.set_zero_linger();
            }
        }
    }
}

async fn converse(stream: TcpStream, router: Router, shared: Shared) {
    let line = ConnectionControl::default();
    let service = TowerToHyperService::new(router.layer(Extension(line.clone())));
    let wire = TokioIo::new(ControlledStream::new(stream, line));
    let connection = hyper::server::conn::http1::Builder::new().serve_connection(wire, service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shared.stopped() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // Clients that disconnect and connections that a fault ended are errors here, and expected.
    let _quietly: Result<(), hyper::Error> = ended;
}
