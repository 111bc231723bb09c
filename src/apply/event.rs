//! Progress events emitted during an apply.

use std::time::Duration;

use crate::offer::Key;
use crate::plan::Verb;

use super::outcome::ActionResult;

/// A progress event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The number of actions is known.
    Started {
        /// The number of actions.
        actions: usize,
    },
    /// Rows of the listing were read.
    Listing {
        /// The rows read so far.
        rows: usize,
        /// The total, if CAKE reports it.
        total: Option<usize>,
    },
    /// Links of offers were followed.
    FollowingLinks {
        /// The links followed so far.
        done: usize,
        /// All of them, each different one once.
        total: usize,
    },
    /// The apply waits until CAKE can no longer be working on requests whose replies were lost.
    Settling {
        /// How long it waits, unless a signal ends it.
        wait: Duration,
        /// What it waits for.
        reason: String,
    },
    /// The intent of a write is on disk; its request is sent now.
    Sending {
        /// The offer.
        key: Key,
        /// What is done with it.
        verb: Verb,
    },
    /// A request will be sent again.
    Retrying {
        /// The offer.
        key: Key,
        /// The failed attempt, from 1.
        attempt: u32,
        /// The wait before the next attempt.
        pause: Duration,
        /// The reason of the failure.
        reason: String,
    },
    /// An action has ended.
    Finished(ActionResult),
}

/// Receives the progress events of an apply.
pub trait Observer: Send + Sync {
    /// Receives an event. Must not block.
    fn notice(&self, event: &Event);
}

/// Ignores every event.
impl Observer for () {
    fn notice(&self, _: &Event) {}
}
