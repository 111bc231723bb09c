//! When the next request may start: a token bucket for the rate, and a pause of all requests.
//!
//! Own code, because a quota of the libraries at hand is fixed once made, and one throttled reply has to pause all requests.
//! Knows no request. Invariant: two requests never begin closer than the rate allows, but for a timer's granularity.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What a late timer may make up for. Timers tick in milliseconds; without this a high rate would never be reached.
const CATCH_UP: Duration = Duration::from_millis(5);

/// The maximum pause, so that the arithmetic of instants cannot overflow.
const LONGEST_PAUSE: Duration = Duration::from_hours(366 * 24);

/// The rate of one client of one server, shared by all its clones.
#[derive(Debug)]
pub struct RateLimiter {
    interval: Duration,
    /// A longer pause is an error instead of a wait.
    longest_wait: Duration,
    times: Mutex<Times>,
}

#[derive(Debug)]
struct Times {
    /// When the bucket has its next token.
    next: Instant,
    /// When CAKE's pause is over.
    paused_until: Instant,
}

/// CAKE asked for a pause longer than the longest wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PauseTooLong(pub(super) Duration);

impl RateLimiter {
    pub fn new(requests_per_second: u32, longest_wait: Duration) -> Self {
        let interval = Duration::from_secs(1).checked_div(requests_per_second).unwrap_or(Duration::ZERO);
        let now = Instant::now();
        Self { interval, longest_wait, times: Mutex::new(Times { next: now, paused_until: now }) }
    }

    /// Waits for a token. There is no queue, so a pause that begins meanwhile applies to all waiting requests.
    pub async fn acquire(&self) -> Result<(), PauseTooLong> {
        while let Some(until) = self.try_acquire()? {
            tokio::time::sleep_until(until).await;
        }
        Ok(())
    }

    /// Takes a token if there is one, else returns when to try again.
    fn try_acquire(&self) -> Result<Option<Instant>, PauseTooLong> {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let pause = times.paused_until.saturating_duration_since(now);
        if pause > self.longest_wait {
            return Err(PauseTooLong(pause));
        }
        let start = times.next.max(times.paused_until);
        if start > now {
            return Ok(Some(start));
        }
        let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
        times.next = times.next.max(earliest) + self.interval;
        Ok(None)
    }

    /// Pauses all requests from now on; a pause never shortens another.
    pub fn pause(&self, pause: Duration) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Instant::now() + pause.min(LONGEST_PAUSE);
        times.paused_until = times.paused_until.max(until);
    }
}
