//! Ctrl-C and SIGTERM in two steps: the first signal stops new work; the second, or a timeout after the first, stops waiting.
//!
//! Listens during the whole command, so that no signal is lost.

use std::time::Duration;

use tokio::sync::Mutex;

use crate::cake::Cancellation;

/// The time to wait for replies after the first signal. GitHub Actions sends SIGINT, then SIGTERM 7.5 seconds later, and
/// kills 2.5 seconds after that; saving takes well under a second, so this is over before the second signal comes.
pub(super) const GRACE: Duration = Duration::from_secs(6);

/// Turns the signals of this process into cancellation.
#[derive(Debug)]
pub(super) struct Signals {
    pub(super) cancellation: Cancellation,
    source: Mutex<SignalSource>,
}

impl Signals {
    pub(super) fn new() -> Self {
        Self { cancellation: Cancellation::default(), source: Mutex::new(SignalSource::new()) }
    }

    /// Runs some work to its end. Signals cancel the tokens, and the work reacts to that.
    pub(super) async fn drive<T>(&self, work: impl Future<Output = T>, on_first: impl FnOnce()) -> T {
        let mut work = std::pin::pin!(work);
        tokio::select! {
            biased;
            result = &mut work => result,
            () = cancel_on_signals(&self.cancellation, async || self.next().await, on_first) => work.await,
        }
    }

    async fn next(&self) {
        self.source.lock().await.next().await;
    }
}

/// The first signal stops new work; the second, or [`GRACE`] after the first, abandons the wait.
async fn cancel_on_signals(cancellation: &Cancellation, next: impl AsyncFn(), on_first: impl FnOnce()) {
    if !cancellation.stop.is_cancelled() {
        next().await;
        cancellation.stop.cancel();
        on_first();
    }
    tokio::select! {
        () = next() => {}
        () = tokio::time::sleep(GRACE) => {}
    }
    cancellation.abandon.cancel();
}

/// Waits for the next signal.
pub(super) async fn signal() {
    SignalSource::new().next().await;
}

/// The source of signals. If listening fails, a signal ends the process immediately, which the journal allows for.
#[cfg(unix)]
#[derive(Debug)]
struct SignalSource {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl SignalSource {
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
struct SignalSource;

#[cfg(not(unix))]
impl SignalSource {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// When `stop` and `abandon` are cancelled, and how often the callback runs, if signals come at these times.
    async fn cancelled_at(signals: &[u64]) -> (Duration, Duration, u32) {
        let start = tokio::time::Instant::now();
        let cancellation = Cancellation::default();
        let (position, calls) = (Cell::new(0), Cell::new(0));
        let next = async || match signals.get(position.replace(position.get() + 1)) {
            Some(seconds) => tokio::time::sleep_until(start + Duration::from_secs(*seconds)).await,
            None => std::future::pending().await,
        };
        let stopped = async {
            cancellation.stop.cancelled().await;
            assert!(!cancellation.abandon.is_cancelled(), "both at once");
            start.elapsed()
        };
        let ((), stopped) =
            tokio::join!(cancel_on_signals(&cancellation, next, || calls.set(calls.get() + 1)), stopped);
        assert!(cancellation.abandon.is_cancelled());
        (stopped, start.elapsed(), calls.get())
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_signal_stops_and_the_second_or_the_grace_period_abandons() {
        let seconds = Duration::from_secs;
        assert_eq!(cancelled_at(&[3]).await, (seconds(3), seconds(3) + GRACE, 1));
        assert_eq!(cancelled_at(&[3, 5]).await, (seconds(3), seconds(5), 1));
    }

    #[tokio::test]
    async fn abandoning_stops() {
        let cancellation = Cancellation::default();
        cancellation.abandon.cancel();
        assert!(cancellation.stop.is_cancelled());
    }
}
