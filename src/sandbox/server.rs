//! The server: a loopback port, a task for each connection, a graceful end.
//!
//! Knows nothing of the calls. The invariant: when `shutdown` returns or `RunningSandbox` is dropped, nothing of the sandbox
//! answers any more and its data file is free.
//!
//! The accept loop is our own and not axum's, because a fault must be able to end its connection, and because connections
//! must end with the server even where their clients keep them open.

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

/// How long a graceful end waits for requests that are being answered.
const GRACE: Duration = Duration::from_secs(2);

/// How long to wait after a connection could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port is taken or may not be used.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The data cannot be used.
    #[error(transparent)]
    DataFile(#[from] DataError),
}

/// A CAKE of one's own.
#[derive(Debug)]
pub struct Sandbox;

impl Sandbox {
    /// Starts a sandbox on the present tokio runtime, of either flavour. It answers from the moment this returns.
    ///
    /// # Errors
    ///
    /// When the port or the data cannot be used.
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

    /// Runs a sandbox in the foreground: starts it, shows it to `started`, and stops it gracefully once `stop` resolves.
    ///
    /// # Errors
    ///
    /// When the port or the data cannot be used.
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

/// A sandbox that answers. Dropping it stops it at once.
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

    /// The address that it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// A look inside and the switches.
    #[must_use]
    pub fn handle(&self) -> SandboxHandle {
        self.handle.clone()
    }

    /// Accepts no more connections, lets the replies that are under way go out (those that would never be sent are given
    /// up) and ends.
    pub async fn shutdown(mut self) {
        let _ended = self.stop.send(true);
        // The task can only end by itself or with the runtime; either way there is nothing left to wait for.
        let _finished = (&mut self.task).await;
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        // Ending the accept loop drops its connections with it.
        self.task.abort();
        self.handle.0.cake().store.close();
    }
}

fn router(shared: Shared) -> Router {
    Router::new()
        .route("/api/2/offer.json", post(exchange::create).fallback(exchange::wrong_method))
        .route("/api/2/update_offer.json", post(exchange::update).fallback(exchange::wrong_method))
        .route("/api/2/offers.json", get(exchange::list).fallback(exchange::wrong_method))
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
            // Finished tasks are taken out as they end, or they would pile up.
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, router.clone(), shared.clone()));
                } else {
                    // Out of file handles, most likely: without a pause this loop would leave no time to free any.
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
    // Without this, the second small write of a reply may wait 40 ms for an acknowledgement.
    let _slower = stream.set_nodelay(true);
    let (delay, effect) = shared.cake().faults.select_for_connection().verdict();
    if delay > Duration::ZERO {
        tokio::time::sleep(delay).await;
    }
    match effect {
        None => converse(stream, router, shared).await,
        Some(Effect::Hang(_)) => shared.stopped().await,
        // What is left are the drops; nothing else can be asked for a connection.
        Some(effect) => {
            if matches!(effect, Effect::Drop(Disconnect::Reset, _)) {
                let _orderly_instead = stream.set_zero_linger();
            }
        }
    }
}

/// Serves the requests of a connection until one side ends it.
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
    // A client that goes away, and an ending that a fault ordered, both arrive here as errors.
    let _quietly: Result<(), hyper::Error> = ended;
}
