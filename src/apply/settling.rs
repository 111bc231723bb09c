//! Until when CAKE may still be working on a request whose reply was lost, and the wait for that moment.
//!
//! The invariant: a wait is counted from when the request was sent, or from now where that is unknown, and is never longer than
//! the settings say, however the clock of this machine was moved.

use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::event::{Event, Observer};
use crate::offer::Unsettled;

/// The times after which a listing proves something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settling {
    /// The longest time that CAKE may be working on a request, from when it was sent.
    pub settle: Duration,
    /// The time until a new offer or value appears in the listing.
    pub listing_lag: Duration,
}

impl Settling {
    /// How long CAKE may still be working on a request; zero if it cannot be.
    pub fn remaining(&self, sent_at: Option<Timestamp>) -> Duration {
        left(self.settle, sent_at)
    }

    /// How long until none of these lost updates can change anything any more.
    pub fn of_all<'u>(&self, unsettled: impl IntoIterator<Item = &'u Unsettled>) -> Duration {
        unsettled.into_iter().map(|one| self.remaining(Some(one.sent_at))).max().unwrap_or_default()
    }

    /// How long until a listing shows an offer that was made at that time.
    pub fn until_listed(&self, made_at: Option<Timestamp>) -> Duration {
        left(self.listing_lag, made_at)
    }

    /// How long until a listing proves that the request was not executed.
    pub fn until_proof(&self, sent_at: Option<Timestamp>) -> Duration {
        left(self.settle.saturating_add(self.listing_lag), sent_at)
    }
}

fn left(whole: Duration, since: Option<Timestamp>) -> Duration {
    let elapsed = since.and_then(|since| Duration::try_from(Timestamp::now().duration_since(since)).ok());
    whole.saturating_sub(elapsed.unwrap_or_default())
}

/// Waits, and says why. Returns whether the whole time has passed; cancellation ends the wait.
pub async fn wait(wait: Duration, reason: String, stop: &CancellationToken, observer: &dyn Observer) -> bool {
    if wait.is_zero() {
        return !stop.is_cancelled();
    }
    observer.notice(&Event::Settling { wait, reason });
    stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLING: Settling = Settling { settle: Duration::from_secs(100), listing_lag: Duration::from_secs(5) };

    #[test]
    fn the_wait_is_counted_from_the_moment_of_sending() {
        let ago = |seconds| Some(Timestamp::now() - jiff::SignedDuration::from_secs(seconds));
        let is_about =
            |wait: Duration, seconds: u64| wait <= Duration::from_secs(seconds) && wait.as_secs() + 2 > seconds;
        assert!(is_about(SETTLING.remaining(ago(30)), 70));
        assert_eq!(SETTLING.remaining(ago(100)), Duration::ZERO);
        assert!(is_about(SETTLING.until_proof(ago(30)), 75));
        assert_eq!(SETTLING.until_proof(ago(1000)), Duration::ZERO);
    }

    #[test]
    fn an_unknown_time_or_one_in_the_future_is_waited_for_in_full() {
        let future = Some(Timestamp::now() + jiff::SignedDuration::from_hours(24));
        assert_eq!([None, future].map(|at| SETTLING.remaining(at)), [SETTLING.settle; 2]);
    }
}
