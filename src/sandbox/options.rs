//! What a sandbox is told when it starts: address, data, keys, clock.
//!
//! Knows nothing of how any of it is carried out. The invariant: the default is a well-behaved CAKE in memory that takes
//! any key; everything that misbehaves was asked for.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::faults::FaultPlan;
use super::offer::CakeDateTime;
use super::quirks::Quirks;

/// How a sandbox is set up.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// The port on the loopback address; 0 lets the system choose.
    pub port: u16,
    /// Where the data is kept; nowhere means that it is gone with the process.
    pub data_dir: Option<PathBuf>,
    /// The one key that is right; without it, any key that is not empty is.
    pub api_key: Option<String>,
    /// Keys of users who see only some advertisers.
    pub restricted_keys: Vec<RestrictedKey>,
    /// The advertisers that exist; without it, every one does.
    pub advertisers: Option<BTreeSet<u64>>,
    /// The verticals that exist; without it, every one does.
    pub verticals: Option<BTreeSet<u64>>,
    /// How long after its work is done each reply is sent.
    pub latency: Duration,
    /// What time it is.
    pub clock: Clock,
    /// The zone that the instance's dates are in.
    pub time_zone: TimeZone,
    /// The id of the first offer in an empty store.
    pub first_offer_id: u64,
    /// How many requests the log keeps; the oldest go first.
    pub log_limit: usize,
    /// Where this CAKE differs from the documented one, without failing.
    pub quirks: Quirks,
    /// Which requests fail, and how.
    pub faults: FaultPlan,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            port: 0,
            data_dir: None,
            api_key: None,
            restricted_keys: Vec::new(),
            advertisers: None,
            verticals: None,
            latency: Duration::ZERO,
            clock: Clock::System,
            time_zone: TimeZone::UTC,
            first_offer_id: 12_345,
            log_limit: 10_000,
            quirks: Quirks::default(),
            faults: FaultPlan::default(),
        }
    }
}

/// A key that inherits the limits of its user.
#[derive(Debug, Clone)]
pub struct RestrictedKey {
    /// The key itself.
    pub key: String,
    /// The advertisers whose offers it sees and may write.
    pub advertisers: BTreeSet<u64>,
}

/// Where the sandbox's time comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock, shown in the instance's zone.
    #[default]
    System,
    /// It is always this moment, in the instance's zone.
    Fixed(DateTime),
}

impl Clock {
    /// The present moment as the instance would write it.
    #[must_use]
    pub fn now(self, zone: &TimeZone) -> CakeDateTime {
        match self {
            Self::Fixed(moment) => CakeDateTime(moment),
            Self::System => {
                let now = Zoned::now().with_time_zone(zone.clone()).datetime();
                // Whole seconds: CAKE writes no fraction, so none may decide a comparison.
                CakeDateTime(now.with().subsec_nanosecond(0).build().unwrap_or(now))
            }
        }
    }
}
