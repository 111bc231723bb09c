//! The `offersync.toml` of a test.

/// What tests vary; everything else is the same in all of them.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) duplicate_check: &'static str,
    pub(crate) timeout_seconds: u32,
    pub(crate) attempts: u32,
    pub(crate) max_in_flight: u32,
    /// Pauses are a hundred times shorter than this, see `Workspace::command`.
    pub(crate) settle_seconds: u32,
    pub(crate) listing_lag_seconds: u32,
    pub(crate) time_zone: &'static str,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            duplicate_check: "require",
            timeout_seconds: 20,
            attempts: 3,
            max_in_flight: 8,
            settle_seconds: 20,
            listing_lag_seconds: 1,
            time_zone: "UTC",
        }
    }
}

impl Settings {
    /// The file's text, for a CAKE at this address.
    pub(crate) fn toml(&self, url: &str) -> String {
        let Self { duplicate_check, timeout_seconds, attempts, max_in_flight, time_zone, .. } = self;
        let Self { settle_seconds, listing_lag_seconds, .. } = self;
        format!(
            "[cake]\nurl = \"{url}\"\ntime_zone = \"{time_zone}\"\nrequests_per_second = 0\nmax_in_flight = {max_in_flight}\n\
             timeout_seconds = {timeout_seconds}\nsettle_seconds = {settle_seconds}\n\
             listing_lag_seconds = {listing_lag_seconds}\n\
             duplicate_check = \"{duplicate_check}\"\n[cake.retry]\nattempts = {attempts}\nlongest_wait_seconds = 2\n\
             [names.advertisers]\nacme-home = 101\nbright = 204\n[names.verticals]\nhome-services = 7\n\
             [names.currencies]\nUSD = 1\n"
        )
    }
}
