//! The expiration date: an existing date and time without a time zone, in CAKE's format.

use std::fmt;

use jiff::civil::DateTime;

/// `expiration_date`: a local date and time in the time zone `cake.time_zone`; never converted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExpirationDate(DateTime);

/// Why a text is not an expiration date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum DateError {
    #[error("write the date and time as `YYYY-MM-DD HH:MM:SS`")]
    Shape,
    #[error("this date or time does not exist")]
    NotReal,
}

impl ExpirationDate {
    /// Parses `YYYY-MM-DD HH:MM:SS`; dates and times that do not exist, such as 2026-02-30, are rejected.
    pub(super) fn parse(text: &str) -> Result<Self, DateError> {
        let bytes = text.as_bytes();
        let shape = b"dddd-dd-dd dd:dd:dd";
        let fits = bytes.len() == shape.len()
            && bytes.iter().zip(shape).all(|(b, s)| if *s == b'd' { b.is_ascii_digit() } else { b == s });
        if !fits {
            return Err(DateError::Shape);
        }
        let number = |from: usize, to: usize| text[from..to].parse::<i16>().map_err(|_| DateError::Shape);
        let small = |from: usize, to: usize| text[from..to].parse::<i8>().map_err(|_| DateError::Shape);
        let year = number(0, 4)?;
        // No calendar has a year 0.
        if year == 0 {
            return Err(DateError::NotReal);
        }
        DateTime::new(year, small(5, 7)?, small(8, 10)?, small(11, 13)?, small(14, 16)?, small(17, 19)?, 0)
            .map(Self)
            .map_err(|_| DateError::NotReal)
    }

    /// The wall-clock date and time.
    pub fn civil(self) -> DateTime {
        self.0
    }

    /// Drops fractions of a second, because CAKE has none.
    pub fn from_civil(date: DateTime) -> Self {
        Self(date.with().subsec_nanosecond(0).build().unwrap_or(date))
    }
}

impl fmt::Display for ExpirationDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown_time(self.0))
    }
}

impl fmt::Debug for ExpirationDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExpirationDate({self})")
    }
}
/// A day as `YYYY-MM-DD`; `None` for anything else, and for a day that does not exist.
pub fn day(text: &str) -> Option<jiff::civil::Date> {
    let is_written = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| is_written)
}

/// A date and a time as YAML has them: `YYYY-MM-DD HH:MM:SS`.
pub fn shown_time(time: DateTime) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
