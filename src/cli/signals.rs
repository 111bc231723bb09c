//! Ctrl-C and SIGTERM as two steps: the first stops new work, the second, or a long wait after the first, gives up waiting.
//!
//! Listens from the beginning of a command to its end, so that no signal is lost between two steps of it.

use std::time::Duration;

use tokio::sync::Mutex;

use crate::cake::{Stop, StopHandle};

/// How long replies are waited for after the first signal. GitHub Actions sends SIGINT, then SIGTERM 7.5 seconds later, and
/// kills 2.5 seconds after that; saving takes well under a second, so this is over before the second signal comes.
pub(super) const GRACE: Duration = Duration::from_secs(6);

/// The signals of this process.
#[derive(Debug)]
pub(super) struct Signals {
    handle: StopHandle,
    stop: Stop,
    source: Mutex<Source>,
}

impl Signals {
    /// Listens from now on.
    pub(super) fn new() -> Self {
        let (handle, stop) = StopHandle::new();
        Self { handle, stop, source: Mutex::new(Source::new()) }
    }

    /// The signal that everything with a wait in it keeps.
    pub(super) fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Runs some work and gives its result; `None` when waiting for it was given up.
    pub(super) async fn run<T>(&self, work: impl Future<Output = T>, on_first: impl Fn()) -> Option<T> {
        let mut work = std::pin::pin!(work);
        tokio::select! {
            biased;
            result = &mut work => return Some(result),
            () = self.next() => {}
        }
        self.handle.stop();
        on_first();
        tokio::select! {
            biased;
            result = &mut work => Some(result),
            () = self.next() => None,
            () = tokio::time::sleep(GRACE) => None,
        }
    }

    /// Waits for something that may be given up at once: a lock, an answer. `None` at the first signal.
    pub(super) async fn wait<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.next() => {
                self.handle.stop();
                None
            }
            result = work => Some(result),
        }
    }

    async fn next(&self) {
        self.source.lock().await.next().await;
    }
}

/// Comes back with the next signal that asks to stop.
pub(super) async fn signal() {
    Source::new().next().await;
}

/// Where signals come from. Where listening is impossible the default still holds: the process ends, and the journal covers
/// it.
#[cfg(unix)]
#[derive(Debug)]
struct Source {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Source {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self { interrupt: signal(SignalKind::interrupt()).ok(), terminate: signal(SignalKind::terminate()).ok() }
    }

    async fn next(&mut self) {
        tokio::select! {
            () = received(&mut self.interrupt) => {}
            () = received(&mut self.terminate) => {}
        }
    }
}

#[cfg(unix)]
async fn received(signal: &mut Option<tokio::signal::unix::Signal>) {
    let received = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if received.is_none() {
        std::future::pending::<()>().await;
    }
}

/// Where signals come from.
#[cfg(not(unix))]
#[derive(Debug)]
struct Source;

#[cfg(not(unix))]
impl Source {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
