//! Whether a claim still holds, by the clocks of this machine.
//!
//! Shared by the journal's thread, which renews the claim, and the requests, which ask right before they are sent. Invariant: the age is
//! counted from before the write began which renewed the claim, so that no other process can have seen that write for longer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::state::{ClaimError, Validity};

use super::clock::Clock;

/// The standing of a claim.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    store: String,
    /// The age at which nothing more is sent.
    limit: Duration,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    renewed: Clock,
    lost: Option<ClaimError>,
}

impl Standing {
    pub(super) fn new(store: &str, limit: Duration, renewed: Clock) -> Self {
        Self { store: store.to_owned(), limit, state: Arc::new(Mutex::new(State { renewed, lost: None })) }
    }

    pub(super) fn renew(&self, began: Clock) {
        self.lock().renewed = began;
    }

    pub(super) fn lose(&self, error: &ClaimError) {
        self.lock().lost.get_or_insert(error.clone());
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lock().lost.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Validity for Standing {
    fn check(&self) -> Result<(), ClaimError> {
        let state = self.lock();
        if let Some(lost) = &state.lost {
            return Err(lost.clone());
        }
        let age = state.renewed.elapsed_at_most();
        if age <= self.limit { Ok(()) } else { Err(ClaimError::Expired { store: self.store.clone(), age }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_holds_until_its_limit_and_not_after_it_is_lost() {
        let standing = Standing::new("git:origin", Duration::MAX, Clock::now());
        standing.check().unwrap();
        let lost = ClaimError::TakenOver { store: "git:origin".to_owned(), holder: None };
        standing.lose(&lost);
        // A renewal that comes in after that changes nothing.
        standing.renew(Clock::now());
        assert!(matches!(standing.check(), Err(ClaimError::TakenOver { .. })));
        let old = Standing::new("git:origin", Duration::ZERO, Clock::now());
        assert!(
            matches!(old.check(), Err(ClaimError::Expired { .. })) || old.lock().renewed.elapsed_at_most().is_zero()
        );
    }
}
