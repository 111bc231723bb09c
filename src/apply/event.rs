//! Progress events emitted during an apply.

use std::time::Duration;

use crate::offer::Key;

use super::outcome::ActionResult;

/// A progress event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The number of actions is known.
    Started {
        /// How many.
        actions: usize,
    },
    /// Rows of the listing were read.
    Listing {
        /// So far.
        rows: usize,
        /// Of how many, where CAKE says so.
        total: Option<usize>,
    },
    /// A request will be sent again.
    Retrying {
        /// The offer.
        key: Key,
        /// Which attempt failed, from 1.
        attempt: u32,
        /// How long until the next.
        pause: Duration,
        /// Why it failed.
        reason: String,
    },
    /// An action has ended.
    Finished(ActionResult),
}

/// Receives the progress events of an apply.
pub trait Observer: Send + Sync {
    /// Takes an event. Must not block.
    fn notice(&self, event: &Event);
}

/// Ignores every event.
impl Observer for () {
    fn notice(&self, _: &Event) {}
}
