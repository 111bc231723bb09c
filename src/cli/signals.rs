//! Ctrl-C and SIGTERM as two steps: the first stops new work, the second, or a long wait after the first, gives up waiting.

use std::time::Duration;

use crate::cake::{Stop, StopHandle};

/// How long replies are waited for after the first signal. GitHub Actions sends SIGINT, then SIGTERM 7.5 seconds later, and
/// kills 2.5 seconds after that; saving takes well under a second, so this is over before the second signal comes.
pub(super) const GRACE: Duration = Duration::from_secs(6);

/// The signals of this process.
#[derive(Debug)]
pub(super) struct Signals {
    handle: StopHandle,
    stop: Stop,
}

impl Signals {
    /// Nothing is listened to before [`Signals::run`].
    pub(super) fn new() -> Self {
        let (handle, stop) = StopHandle::new();
        Self { handle, stop }
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
            () = signal() => {}
        }
        self.handle.stop();
        on_first();
        tokio::select! {
            biased;
            result = &mut work => Some(result),
            () = signal() => None,
            () = tokio::time::sleep(GRACE) => None,
        }
    }
}

/// Comes back with the next signal that asks to stop.
#[cfg(unix)]
pub(super) async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return interrupt().await;
    };
    tokio::select! {
        () = interrupt() => {}
        _ = terminate.recv() => {}
    }
}

/// Comes back with the next signal that asks to stop.
#[cfg(not(unix))]
pub(super) async fn signal() {
    interrupt().await;
}

async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a handler the default still holds: the process ends, and the journal covers it.
        std::future::pending::<()>().await;
    }
}
