//! The options of a sandbox: address, data, API keys, clock.
//!
//! Data only. The invariant: the default behaves as documented, keeps its data in memory and accepts any API key.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::faults::FaultPlan;
use super::offer::CakeDateTime;
use super::quirks::Quirks;

/// The options of a sandbox.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// The port on 127.0.0.1; 0 chooses a free one.
    pub port: u16,
    /// The directory of the data file; without it, the data is only in memory.
    pub data_dir: Option<PathBuf>,
    /// The only valid API key; without it, every non-empty key is valid.
    pub api_key: Option<String>,
    /// API keys with access to only some advertisers.
    pub restricted_keys: Vec<RestrictedKey>,
    /// The advertiser ids that exist; without it, every id exists.
    pub advertisers: Option<BTreeSet<u64>>,
    /// The vertical ids that exist; without it, every id exists.
    pub verticals: Option<BTreeSet<u64>>,
    /// Delay between executing a call and replying.
    pub latency: Duration,
    /// The source of the current time.
    pub clock: Clock,
    /// The time zone of the instance's dates.
    pub time_zone: TimeZone,
    /// The id of the first offer in an empty store.
    pub first_offer_id: u64,
    /// The number of requests that the log keeps; the oldest are dropped first.
    pub log_limit: usize,
    /// Deviations from the documentation that are not failures.
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

/// An API key that is limited to some advertisers.
#[derive(Debug, Clone)]
pub struct RestrictedKey {
    /// The API key.
    pub key: String,
    /// The advertisers whose offers it can read and write.
    pub advertisers: BTreeSet<u64>,
}

/// The source of the sandbox's time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Clock {
    /// The system clock.
    #[default]
    System,
    /// Always this time, in the instance's time zone.
    Fixed(DateTime),
}

impl Clock {
    /// The current time in the given time zone.
    #[must_use]
    pub fn now(self, zone: &TimeZone) -> CakeDateTime {
        match self {
            Self::Fixed(moment) => CakeDateTime(moment),
            Self::System => {
                let now = Zoned::now().with_time_zone(zone.clone()).datetime();
                // CAKE has no fractions of a second, so they must not affect comparisons.
                CakeDateTime(now.with().subsec_nanosecond(0).build().unwrap_or(now))
            }
        }
    }
}
