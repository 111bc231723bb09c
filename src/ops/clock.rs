//! The clock of the machine, checked before anything is done by it.
//!
//! Invariant: after the check, no time that the program takes is outside of what its date library, its identifiers and TLS can
//! hold. They panic at such a time, and a record that was dated by it would be wrong for good.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::error::Error;

/// An error where the clock is set to a time before 1970, or so late that a wait could end after the year 9999.
pub(crate) fn check_clock(now: SystemTime) -> Result<(), Error> {
    let year = Timestamp::try_from(now).ok().map(|now| now.to_zoned(TimeZone::UTC).year());
    if year.is_some_and(|year| (1970..9999).contains(&year)) { Ok(()) } else { Err(Error::Clock) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_that_no_date_can_hold_is_an_error_and_no_panic() {
        let epoch = SystemTime::UNIX_EPOCH;
        let years = |years: u64| Duration::from_secs(years * 31_556_952);
        for good in [epoch, epoch + years(56), epoch + years(8_000)] {
            assert!(check_clock(good).is_ok(), "{good:?}");
        }
        for bad in [epoch - Duration::from_secs(1), epoch - years(20_000), epoch + years(8_030), epoch + years(60_000)]
        {
            assert!(matches!(check_clock(bad), Err(Error::Clock)), "{bad:?}");
        }
    }
}
