//! The state of a sandbox, shared between its connections, the control endpoints and the tests.
//!
//! The invariant: the lock is never held across an await.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use super::fake_cake::FakeCake;
use super::faults::FaultPlan;
use super::log::{Counters, LoggedRequest};
use super::offer::Offer;
use super::options::Clock;
use super::quirks::Quirks;

/// The state and the stop signal.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    cake: Arc<Mutex<FakeCake>>,
    progress: Arc<Notify>,
    stop: watch::Receiver<bool>,
}

impl Shared {
    pub(super) fn new(cake: FakeCake, stop: watch::Receiver<bool>) -> Self {
        Self { cake: Arc::new(Mutex::new(cake)), progress: Arc::default(), stop }
    }

    /// Locks the state and executes the late calls that are due. Ignores poisoning, so that a failed test can still read the state
    /// for its report.
    pub(super) fn cake(&self) -> MutexGuard<'_, FakeCake> {
        let mut cake = self.cake.lock().unwrap_or_else(PoisonError::into_inner);
        cake.catch_up();
        cake
    }

    /// Wakes all tasks that wait for a change of the counters.
    pub(super) fn notify_progress(&self) {
        self.progress.notify_waiters();
    }

    /// Waits until the server stops or is dropped.
    pub(super) async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // An error means that the sender was dropped, which also stops the server.
        let _gone = stop.wait_for(|stop| *stop).await;
    }
}

/// Inspects and changes a sandbox: its offers, as a user of CAKE's user interface could, and its faults and quirks. Usable after the
/// sandbox has stopped.
#[derive(Debug, Clone)]
pub struct SandboxHandle(pub(super) Shared);

impl SandboxHandle {
    /// All offers by id, including those that the listing does not show. Offers expire only with the next call.
    #[must_use]
    pub fn offers(&self) -> Vec<Offer> {
        self.0.cake().store.offers().cloned().collect()
    }

    /// The offer with this id.
    #[must_use]
    pub fn offer(&self, offer_id: u64) -> Option<Offer> {
        self.0.cake().store.get(offer_id).cloned()
    }

    /// Adds or replaces an offer without validation.
    ///
    /// # Errors
    ///
    /// If the data file cannot be written.
    pub fn put(&self, offer: Offer) -> io::Result<()> {
        self.0.cake().store.put(offer)
    }

    /// Changes an offer, as a user would in CAKE's user interface. Returns whether the offer exists.
    ///
    /// # Errors
    ///
    /// If the data file cannot be written.
    pub fn change(&self, offer_id: u64, change: impl FnOnce(&mut Offer)) -> io::Result<bool> {
        let mut cake = self.0.cake();
        let Some(mut offer) = cake.store.get(offer_id).cloned() else {
            return Ok(false);
        };
        change(&mut offer);
        cake.store.put(offer).map(|()| true)
    }

    /// Removes an offer, which the API cannot do.
    ///
    /// # Errors
    ///
    /// If the data file cannot be written.
    pub fn remove(&self, offer_id: u64) -> io::Result<()> {
        self.0.cake().store.remove(offer_id)
    }

    /// Restores these offers from a backup: all others are gone, and ids that were given since then are given again.
    ///
    /// # Errors
    ///
    /// If the data file cannot be written.
    pub fn restore(&self, offers: Vec<Offer>) -> io::Result<()> {
        let mut cake = self.0.cake();
        for id in cake.store.offers().map(|offer| offer.offer_id).collect::<Vec<_>>() {
            cake.store.remove(id)?;
        }
        let next = offers.iter().map(|offer| offer.offer_id.saturating_add(1)).max();
        for offer in offers {
            cake.store.put(offer)?;
        }
        if let Some(next) = next {
            cake.store.set_next_id(next);
        }
        Ok(())
    }

    /// The logged requests, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.0.cake().log.requests().cloned().collect()
    }

    /// Clears the logged requests; the counters stay.
    pub fn clear_requests(&self) {
        self.0.cake().log.clear();
    }

    /// Totals over all requests.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.0.cake().log.counters()
    }

    /// Waits until the counters satisfy the condition.
    pub async fn until(&self, wanted: impl Fn(Counters) -> bool) {
        loop {
            let progress = self.0.progress.notified();
            let mut progress = std::pin::pin!(progress);
            // Registered before the check, so that no change between the check and the wait is missed.
            progress.as_mut().enable();
            if wanted(self.counters()) {
                return;
            }
            progress.await;
        }
    }

    /// Replaces the fault rules; the new ones count from zero.
    pub fn set_faults(&self, plan: FaultPlan) {
        self.0.cake().faults = super::faults::Injector::new(plan);
    }

    /// Adds fault rules after the present ones.
    pub fn add_faults(&self, plan: FaultPlan) {
        self.0.cake().faults.add(plan);
    }

    /// For each fault rule, how many requests it was selected for.
    #[must_use]
    pub fn fault_counts(&self) -> Vec<u64> {
        self.0.cake().faults.counts().map(|(_, _, fired)| fired).collect()
    }

    /// The present quirks.
    #[must_use]
    pub fn quirks(&self) -> Quirks {
        self.0.cake().quirks().clone()
    }

    /// Changes the quirks.
    pub fn change_quirks(&self, change: impl FnOnce(&mut Quirks)) {
        let mut cake = self.0.cake();
        let mut quirks = cake.quirks().clone();
        change(&mut quirks);
        cake.set_quirks(quirks);
    }

    /// Sets the source of the current time.
    pub fn set_clock(&self, clock: Clock) {
        self.0.cake().clock = clock;
    }

    /// Sets the only valid API key; `None` makes every key valid.
    pub fn set_api_key(&self, key: Option<String>) {
        self.0.cake().keys.api_key = key;
    }
}
