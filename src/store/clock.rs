//! Time that has passed on this machine, also while it was suspended.
//!
//! Two clocks, because either alone can stand still: one that goes on in suspend, and the wall clock, which also knows of a virtual machine
//! that was frozen and set right. Whatever has passed by the one that says more has passed.

use std::time::{Duration, SystemTime};

/// A moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    running: Duration,
    wall: SystemTime,
}

impl Clock {
    pub(crate) fn now() -> Self {
        Self { running: running(), wall: SystemTime::now() }
    }

    /// How long ago that was, by the clock that cannot be set.
    pub(crate) fn elapsed_running(self) -> Duration {
        running().saturating_sub(self.running)
    }

    /// How long ago that was at most.
    pub(crate) fn elapsed_at_most(self) -> Duration {
        self.elapsed_running().max(self.wall.elapsed().unwrap_or_default())
    }

    /// How long before a later moment this was, by the clock that cannot be set.
    pub(crate) fn until(self, later: Self) -> Duration {
        later.running.saturating_sub(self.running)
    }
}

#[cfg(unix)]
fn running() -> Duration {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const RUNNING: rustix::time::ClockId = rustix::time::ClockId::Boottime;
    // Elsewhere this one goes on in suspend.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const RUNNING: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    let now = rustix::time::clock_gettime(RUNNING);
    Duration::new(now.tv_sec.try_into().unwrap_or(0), now.tv_nsec.try_into().unwrap_or(0))
}

#[cfg(not(unix))]
fn running() -> Duration {
    use std::sync::OnceLock;
    use std::time::Instant;
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}
