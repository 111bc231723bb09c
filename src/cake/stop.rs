//! The signal that ends waiting. It never ends a write that is under way.
//!
//! Owns the pair of a handle that a signal handler keeps and a [`Stop`] that everything with a wait in it keeps. Knows no
//! signal and no request.

use tokio::sync::watch;

/// Keeps the right to stop. Dropping it does not stop anything.
#[derive(Debug)]
pub struct StopHandle(watch::Sender<bool>);

/// Tells whether to stop. Cheap to clone; every clone hears the same signal.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl StopHandle {
    /// A new signal, not given yet.
    pub fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stop(receiver))
    }

    /// Gives the signal: every wait for a turn, for a pause or before a retry ends at once.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// A signal that nobody can give.
    pub fn never() -> Self {
        StopHandle::new().1
    }

    /// Whether the signal was given.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Comes back when the signal is given; never, if nobody can give it any more.
    pub async fn stopped(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|stopped| *stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
