//! Dates in the form that `--date-format` names.
//!
//! Invariant: no part of a date is guessed. A format without a time of day needs one, because an offer that ends a day too early is as
//! wrong as one that ends a day too late; and a format that leaves out half a day, or has a zone that would be dropped, is refused.

use std::str::FromStr;

use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime;

/// An earlier year is a year of two digits, or a typing error.
const FIRST_YEAR: i16 = 1970;

/// How the file writes dates, as of `strftime`: `%d.%m.%Y %H:%M`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateFormat(String);

/// The date without a time of day, as offersync writes it.
const WITHOUT_TIME: &str = "%Y-%m-%d";

impl Default for DateFormat {
    fn default() -> Self {
        Self(WITHOUT_TIME.to_owned())
    }
}

impl FromStr for DateFormat {
    type Err = String;

    fn from_str(format: &str) -> Result<Self, String> {
        let letters = directives(format);
        if let Some(zone) = letters.iter().find(|letter| matches!(letter, 'z' | 'Z' | 'Q' | 's')) {
            return Err(format!(
                "`%{zone}` is a time zone, and dates mean the time zone in `cake.time_zone`; write the dates in that one, \
                 without a zone"
            ));
        }
        let has = |wanted: &[char]| letters.iter().any(|letter| wanted.contains(letter));
        if has(&['I', 'l']) && !has(&['p', 'P']) {
            return Err("`%I` is an hour from 1 to 12, and without `%p` it may be in the morning or in the evening; \
                        write `%H`, or add `%p`"
                .to_owned());
        }
        Ok(Self(format.to_owned()))
    }
}

/// The letters behind the percent signs, without flags and widths.
fn directives(format: &str) -> Vec<char> {
    let mut letters = Vec::new();
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        if character == '%' {
            letters.extend(characters.find(|c| c.is_ascii_alphabetic() || *c == '%'));
        }
    }
    letters
}

impl DateFormat {
    /// The date and time as offersync writes them, or what is wrong. `time_of_day` is that of dates without one.
    pub(super) fn read(&self, text: &str, time_of_day: Option<Time>) -> Result<String, String> {
        let Self(format) = self;
        let parsed = strtime::parse(format, text)
            .map_err(|_| format!("it is not written as `{format}`, which `--date-format` says"))?;
        let date = parsed.to_date().map_err(|_| format!("`{format}` leaves the day, the month or the year open"))?;
        if date.year() < FIRST_YEAR {
            return Err(format!(
                "the year is {}; write it with four digits, or read two digits with `%y`, as 1969 to 2068",
                date.year()
            ));
        }
        let time = match (parsed.hour(), time_of_day) {
            (Some(_), _) => parsed.to_time().map_err(|error| error.to_string())?,
            (None, Some(time)) => time,
            (None, None) => return Err("it has no time of day; add one, such as `--time-of-day 23:59:59`".to_owned()),
        };
        Ok(DateTime::from_parts(date, time).strftime("%Y-%m-%d %H:%M:%S").to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, time_of_day: Option<Time>, text: &str) -> Result<String, String> {
        format.parse::<DateFormat>()?.read(text, time_of_day)
    }

    #[test]
    fn dates_are_read_in_their_format_and_nothing_is_guessed() {
        let end = Some(Time::constant(23, 59, 59, 0));
        assert_eq!(read("%d/%m/%Y", end, "03/04/2030").as_deref(), Ok("2030-04-03 23:59:59"));
        assert_eq!(read("%m/%d/%Y %I:%M %p", end, "03/04/2030 1:30 PM").as_deref(), Ok("2030-03-04 13:30:00"));
        assert_eq!(read("%y-%m-%d", end, "30-06-01").as_deref(), Ok("2030-06-01 23:59:59"));
        for (format, text) in [("%d/%m/%Y", "13/14/2030"), ("%d/%m/%Y", "03/04/2030 12:00"), ("%d/%m", "03/04")] {
            assert!(read(format, end, text).is_err(), "{format} {text}");
        }
        assert!(read("%d/%m/%Y", None, "03/04/2030").unwrap_err().contains("--time-of-day"));
    }

    #[test]
    fn a_zone_half_a_day_and_a_short_year_are_refused() {
        let end = Some(Time::constant(23, 59, 59, 0));
        for (format, text, part) in [
            ("%Y-%m-%d %H:%M %z", "2030-06-01 12:00 +0200", "`%z` is a time zone"),
            ("%Y-%m-%dT%H:%M:%S%:z", "2030-06-01T12:00:00+02:00", "`%z` is a time zone"),
            ("%Y-%m-%d %H:%M %Q", "2030-06-01 12:00 Europe/Berlin", "`%Q` is a time zone"),
            ("%s", "1900000000", "`%s` is a time zone"),
            ("%m/%d/%Y %I:%M", "03/04/2030 1:30", "without `%p`"),
            ("%m/%d/%Y %-l:%M", "03/04/2030 1:30", "without `%p`"),
            ("%Y-%m-%d", "30-06-01", "the year is 30"),
        ] {
            let message = read(format, end, text).unwrap_err();
            assert!(message.contains(part), "{format}: {message}");
        }
        assert!("%H %% z".parse::<DateFormat>().is_ok());
    }
}
