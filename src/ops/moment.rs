//! The moment that a plan is made for: that of the clock, or one that a person names.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::config::{ExpiredAction, Settings};
use crate::offer::{Field, TimeRules, Value, shown_time};

use super::error::Error;
use super::repository::Repository;

/// What offers' values depend on besides the YAML.
pub(super) fn time_rules_of(settings: &Settings) -> TimeRules {
    let retires_expired = settings.expired == ExpiredAction::Retire;
    TimeRules { zone: settings.cake.time_zone.clone(), retires_expired }
}

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

    /// The same of this repository.
    pub(crate) fn time_rules(&self) -> TimeRules {
        time_rules_of(&self.settings)
    }

    /// The moment that a text means: a date and a time in `cake.time_zone`, or one with its offset from UTC.
    pub(crate) fn moment(&self, text: &str) -> Result<Timestamp, Error> {
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(moment);
        }
        let also = ", or `2026-12-01T00:00:00Z`";
        self.civil_time(text, also).map(|(_, moment)| moment)
    }

    /// A time as an entry of a schedule has it, and the moment at which a clock shows it: once, in `cake.time_zone`.
    pub(super) fn scheduled_time(&self, text: &str) -> Result<(DateTime, Timestamp), Error> {
        self.civil_time(text, "")
    }

    fn civil_time(&self, text: &str, also: &str) -> Result<(DateTime, Timestamp), Error> {
        let Ok(Value::Date(date)) = Field::ExpirationDate.parse(text) else {
            return Err(Error::usage(format!(
                "`{text}` is no time: write `\"2026-12-01 00:00:00\"`, which is in `cake.time_zone`{also}"
            )));
        };
        let (zone, time) = (&self.settings.cake.time_zone, date.civil());
        if let Some(why) = unclear(zone, time) {
            return Err(Error::usage(format!("`{text}` {why}")));
        }
        let moment = zone.to_ambiguous_timestamp(time).compatible();
        moment.map(|moment| (time, moment)).map_err(|_| Error::usage(format!("`{text}` is out of range")))
    }
}

/// Why a time does not mean one moment, with the times beside it that do.
pub(super) fn unclear(zone: &TimeZone, time: DateTime) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use jiff::ToSpan;
    use jiff::civil::{DateTime, date};

    use super::*;

    /// Zones with whole and half hours, with changes at midnight, to the west and to the east, and without any.
    const ZONES: [&str; 20] = [
        "UTC",
        "America/New_York",
        "America/Los_Angeles",
        "America/St_Johns",
        "America/Sao_Paulo",
        "America/Santiago",
        "America/Havana",
        "Atlantic/Azores",
        "Europe/London",
        "Europe/Berlin",
        "Europe/Dublin",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Asia/Beirut",
        "Asia/Jerusalem",
        "Asia/Kolkata",
        "Asia/Tokyo",
        "Australia/Lord_Howe",
        "Australia/Sydney",
        "Pacific/Chatham",
    ];

    #[test]
    fn at_each_change_of_clocks_in_ten_years_a_time_means_one_moment_or_is_refused_with_two_that_do() {
        let (mut gaps, mut folds) = (0, 0);
        for name in ZONES {
            let zone = TimeZone::get(name).unwrap();
            let begin = date(2025, 1, 1).at(0, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
            let end = date(2035, 1, 1).at(0, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
            for transition in zone.following(begin).take_while(|transition| transition.timestamp() < end) {
                let around = transition.timestamp().to_zoned(zone.clone()).datetime();
                let shown = shown_around(&zone, transition.timestamp());
                for minutes in -150..150 {
                    let time = around.checked_add(minutes.minutes()).unwrap();
                    let moments = shown.get(&time).copied().unwrap_or_default();
                    let Some(why) = unclear(&zone, time) else {
                        assert_eq!(moments, 1, "{name} {time}");
                        continue;
                    };
                    gaps += usize::from(moments == 0);
                    folds += usize::from(moments == 2);
                    assert_ne!(moments, 1, "{name} {time}: {why}");
                    let (_, offered) = why.split_once("write ").unwrap();
                    for text in offered.split(" or ") {
                        let Ok(Value::Date(offered)) = Field::ExpirationDate.parse(text) else { panic!("{why}") };
                        assert_eq!(unclear(&zone, offered.civil()), None, "{name} {time}: {why}");
                    }
                }
            }
        }
        assert!(gaps > 1_000 && folds > 1_000, "{gaps} {folds}");
    }

    /// How often a clock shows each time within some hours of a change, by asking every minute what it shows.
    fn shown_around(zone: &TimeZone, change: Timestamp) -> HashMap<DateTime, usize> {
        let mut shown = HashMap::new();
        for minutes in -300..300 {
            let moment = change + jiff::SignedDuration::from_mins(minutes);
            *shown.entry(moment.to_zoned(zone.clone()).datetime()).or_default() += 1;
        }
        shown
    }
}
