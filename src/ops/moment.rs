//! The moment that a plan is made for: that of the clock, or one that a person names.

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::config::ExpiredAction;
use crate::offer::{Field, TimeRules, Value, shown_time};

use super::error::Error;
use super::repository::Repository;

impl Repository {
    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.fixed_time.unwrap_or_else(Timestamp::now)
    }

    /// Takes this time in place of the clock's, for what depends on schedules. Waits and timeouts go by the clock.
    #[doc(hidden)]
    pub fn set_time(&mut self, time: Timestamp) {
        self.fixed_time = Some(time);
    }

    /// What offers' values depend on besides the YAML.
    pub(crate) fn time_rules(&self) -> TimeRules {
        let retires_expired = self.settings.expired == ExpiredAction::Retire;
        TimeRules { zone: self.settings.cake.time_zone.clone(), retires_expired }
    }

    /// The moment that a text means: a date and a time in `cake.time_zone`, or one with its offset from UTC.
    pub(crate) fn moment(&self, text: &str) -> Result<Timestamp, Error> {
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(moment);
        }
        let Ok(Value::Date(date)) = Field::ExpirationDate.parse(text) else {
            return Err(Error::usage(format!(
                "`{text}` is no time: write `\"2026-12-01 00:00:00\"`, which is in `cake.time_zone`, or \
                 `2026-12-01T00:00:00Z`"
            )));
        };
        let zone = &self.settings.cake.time_zone;
        let ambiguous = zone.to_ambiguous_timestamp(date.civil());
        match unclear(zone, date.civil()) {
            Some(why) => Err(Error::usage(format!("`{text}` {why}"))),
            None => ambiguous.compatible().map_err(|_| Error::usage(format!("`{text}` is out of range"))),
        }
    }
}

/// Why a time does not mean one moment, with the times beside it that do.
pub(super) fn unclear(zone: &TimeZone, time: jiff::civil::DateTime) -> Option<String> {
    let name = zone.iana_name().map_or_else(String::new, |name| format!(" in {name}"));
    let ambiguous = zone.to_ambiguous_timestamp(time);
    let sides = (ambiguous.earlier().ok()?, ambiguous.later().ok()?);
    let clock = |moment: Timestamp| moment.to_zoned(zone.clone()).datetime();
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => None,
        // The earlier reading of a time in a gap is after it on the clock, or before it: both are times that a clock shows.
        AmbiguousOffset::Gap { .. } => {
            let mut beside = [clock(sides.0), clock(sides.1)];
            beside.sort_unstable();
            let [before, after] = beside.map(shown_time);
            Some(format!("does not exist{name}, because clocks are set forward then: write {before} or {after}"))
        }
        AmbiguousOffset::Fold { before, after } => {
            let hour = before.seconds().abs_diff(after.seconds());
            let span = jiff::Span::new().seconds(i64::from(hour));
            let earlier = time.checked_sub(span).map(shown_time).unwrap_or_default();
            let later = time.checked_add(span).map(shown_time).unwrap_or_default();
            Some(format!("comes twice{name}, because clocks are set back then: write {earlier} or {later}"))
        }
    }
}
