//! The one state of a sandbox, shared between its connections, its control path and the tests.
//!
//! The invariant: the lock is never held across an await, so a reader waits no longer than one call takes.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use super::fake_cake::FakeCake;
use super::faults::FaultPlan;
use super::log::{Counters, LoggedRequest};
use super::offer::Offer;
use super::options::Clock;
use super::quirks::Quirks;

/// The state and the order to stop.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    cake: Arc<Mutex<FakeCake>>,
    progress: Arc<Notify>,
    stop: watch::Receiver<bool>,
}

impl Shared {
    /// Shares a state until the order comes.
    pub(super) fn new(cake: FakeCake, stop: watch::Receiver<bool>) -> Self {
        Self { cake: Arc::new(Mutex::new(cake)), progress: Arc::default(), stop }
    }

    /// The state, locked. A test that panicked with the lock in its hands does not make the sandbox unusable for its report.
    pub(super) fn cake(&self) -> MutexGuard<'_, FakeCake> {
        self.cake.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everybody who waits that the counters have changed.
    pub(super) fn notify_progress(&self) {
        self.progress.notify_waiters();
    }

    /// Waits for the order to stop, which the end of the server is too.
    pub(super) async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // An error means that nobody is left who could give the order.
        let _gone = stop.wait_for(|stop| *stop).await;
    }
}

/// A look into a sandbox, and a hand on it: what a person with CAKE's own screens could see and change, and the switches
/// of its misbehaviour. It stays usable after the sandbox has stopped.
#[derive(Debug, Clone)]
pub struct SandboxHandle(pub(super) Shared);

impl SandboxHandle {
    /// Every offer, by id, whatever the listing shows. A date that has passed takes effect with the next call.
    #[must_use]
    pub fn offers(&self) -> Vec<Offer> {
        self.0.cake().store.offers().cloned().collect()
    }

    /// One offer.
    #[must_use]
    pub fn offer(&self, offer_id: u64) -> Option<Offer> {
        self.0.cake().store.get(offer_id).cloned()
    }

    /// Adds an offer, or puts it in the place of the one with its id, without any rule.
    ///
    /// # Errors
    ///
    /// When the record cannot be written.
    pub fn put(&self, offer: Offer) -> io::Result<()> {
        self.0.cake().store.put(offer)
    }

    /// Changes an offer as a person would in CAKE's own screens; tells whether there is such an offer.
    ///
    /// # Errors
    ///
    /// When the record cannot be written.
    pub fn change(&self, offer_id: u64, change: impl FnOnce(&mut Offer)) -> io::Result<bool> {
        let mut cake = self.0.cake();
        let Some(mut offer) = cake.store.get(offer_id).cloned() else {
            return Ok(false);
        };
        change(&mut offer);
        cake.store.put(offer).map(|()| true)
    }

    /// Takes an offer out, which no call of the API can.
    ///
    /// # Errors
    ///
    /// When the record cannot be written.
    pub fn remove(&self, offer_id: u64) -> io::Result<()> {
        self.0.cake().store.remove(offer_id)
    }

    /// The requests that the log keeps, in the order in which they arrived.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.0.cake().log.requests().cloned().collect()
    }

    /// Forgets the requests; the counters go on.
    pub fn clear_requests(&self) {
        self.0.cake().log.clear();
    }

    /// The sums over all requests.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.0.cake().log.counters()
    }

    /// Waits until the counters are as wanted, which they may be already.
    pub async fn until(&self, wanted: impl Fn(Counters) -> bool) {
        loop {
            let progress = self.0.progress.notified();
            let mut progress = std::pin::pin!(progress);
            // In line before looking, so that no change between the look and the wait is missed.
            progress.as_mut().enable();
            if wanted(self.counters()) {
                return;
            }
            progress.await;
        }
    }

    /// Replaces the faults; the new rules count from now.
    pub fn set_faults(&self, plan: FaultPlan) {
        self.0.cake().faults = super::faults::Injector::new(plan);
    }

    /// Adds faults behind those that are there.
    pub fn add_faults(&self, plan: FaultPlan) {
        self.0.cake().faults.add(plan);
    }

    /// For each fault rule, how many requests were its turn.
    #[must_use]
    pub fn fault_counts(&self) -> Vec<u64> {
        self.0.cake().faults.counts().map(|(_, _, fired)| fired).collect()
    }

    /// How this CAKE differs from the documented one at present.
    #[must_use]
    pub fn quirks(&self) -> Quirks {
        self.0.cake().quirks().clone()
    }

    /// Changes how this CAKE differs from the documented one.
    pub fn change_quirks(&self, change: impl FnOnce(&mut Quirks)) {
        let mut cake = self.0.cake();
        let mut quirks = cake.quirks().clone();
        change(&mut quirks);
        cake.set_quirks(quirks);
    }

    /// Sets what time it is.
    pub fn set_clock(&self, clock: Clock) {
        self.0.cake().clock = clock;
    }

    /// Sets the one right key; nothing lets any key be right.
    pub fn set_api_key(&self, key: Option<String>) {
        self.0.cake().api_key = key;
    }
}
