//! Dates in the form that `--date-format` names.
//!
//! Invariant: no part of a date is guessed. A format without a time of day needs one, because an offer that ends a day too early is as
//! wrong as one that ends a day too late.

use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime;

/// How the file writes dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateFormat {
    /// As of `strftime`: `%d.%m.%Y %H:%M`.
    pub(crate) format: String,
    /// The time of dates that have none.
    pub(crate) time_of_day: Option<Time>,
}

impl DateFormat {
    /// The date and time as offersync writes them, or what is wrong.
    pub(super) fn read(&self, text: &str) -> Result<String, String> {
        let format = &self.format;
        let parsed = strtime::parse(format, text)
            .map_err(|_| format!("it is not written as `{format}`, which `--date-format` says"))?;
        let date = parsed.to_date().map_err(|_| format!("`{format}` leaves the day, the month or the year open"))?;
        let time = match (parsed.hour(), self.time_of_day) {
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
        DateFormat { format: format.to_owned(), time_of_day }.read(text)
    }

    #[test]
    fn dates_are_read_in_their_format_and_nothing_is_guessed() {
        let end = Some(Time::constant(23, 59, 59, 0));
        assert_eq!(read("%d/%m/%Y", end, "03/04/2030").as_deref(), Ok("2030-04-03 23:59:59"));
        assert_eq!(read("%m/%d/%Y %I:%M %p", end, "03/04/2030 1:30 PM").as_deref(), Ok("2030-03-04 13:30:00"));
        for (format, text) in [("%d/%m/%Y", "13/14/2030"), ("%d/%m/%Y", "03/04/2030 12:00"), ("%d/%m", "03/04")] {
            assert!(read(format, end, text).is_err(), "{format} {text}");
        }
        assert!(read("%d/%m/%Y", None, "03/04/2030").unwrap_err().contains("--time-of-day"));
    }
}
