//! What an apply tells while it runs: one stream of events, for whoever watches.

use std::time::Duration;

use crate::offer::Key;

use super::outcome::ActionResult;

/// Something that happened.
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
        /// Why.
        reason: String,
    },
    /// An action has ended.
    Finished(ActionResult),
    /// No new request is begun.
    Stopping {
        /// Requests whose replies are waited for.
        in_flight: usize,
    },
}

/// Whoever watches an apply.
pub trait Observer: Send + Sync {
    /// Takes note of an event. Must not block.
    fn notice(&self, event: &Event);
}
