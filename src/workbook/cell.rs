//! One cell: its text, and what kind of value it is.

use calamine::{DataRef, ExcelDateTime, Style};

use super::format::Format;
use super::number::{self, Number, Problem};

/// A cell. An empty one has an empty text.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) kind: Kind,
}

/// What the value of a cell is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Text,
    Number(Number),
    /// A date, with its time of day where the cell shows one.
    Date,
    /// The value is not certain: why, and what to do.
    Refused {
        message: String,
        help: &'static str,
    },
}

/// The cell with a value; `None` if it is empty.
pub(super) fn read(value: &DataRef<'_>, style: Option<&Style>, is_without_value: bool) -> Option<Cell> {
    let format = || {
        let format = style.and_then(|style| style.number_format.as_ref());
        format.map(|format| Format::of(format.format_id, &format.format_code)).unwrap_or_default()
    };
    let text = |text: &str| Some(Cell { text: text.to_owned(), kind: Kind::Text });
    match value {
        DataRef::Empty if is_without_value => Some(refused(
            "a formula without its result",
            "the cell has a formula, and its result is not in the file".to_owned(),
            "open the file in a spreadsheet program, save it there, and import it again",
        )),
        DataRef::Empty => None,
        DataRef::String(value) => text(value).filter(|cell| !cell.text.is_empty()),
        DataRef::SharedString(value) => text(value).filter(|cell| !cell.text.is_empty()),
        DataRef::Bool(value) => text(if *value { "true" } else { "false" }),
        DataRef::Int(value) => text(&value.to_string()),
        DataRef::Float(value) => Some(match number::read(*value, &format()) {
            Ok((text, number)) => Cell { text, kind: Kind::Number(number) },
            Err(Problem { message, help }) => refused(&value.to_string(), message, help),
        }),
        DataRef::DateTime(value) => Some(date(value, &format())),
        DataRef::DateTimeIso(value) => Some(Cell { text: value.replacen('T', " ", 1), kind: Kind::Date }),
        DataRef::DurationIso(value) => Some(duration(value)),
        DataRef::Error(error) => Some(refused(
            &error.to_string(),
            format!("the cell shows the error {error}"),
            "correct the formula, or write the value that is meant",
        )),
    }
}

fn refused(text: &str, message: String, help: &'static str) -> Cell {
    Cell { text: text.to_owned(), kind: Kind::Refused { message, help } }
}

fn duration(text: &str) -> Cell {
    refused(text, "the cell holds a duration or a time without a day".to_owned(), "write a date with its time")
}

/// A date and time. The time of day of a date that shows none is not known.
fn date(value: &ExcelDateTime, format: &Format) -> Cell {
    let serial = value.as_f64();
    if value.is_duration() || serial < 1.0 {
        return duration(&serial.to_string());
    }
    let Some((year, month, day, hour, minute, second)) = whole_second(value) else {
        let message = "the time in the cell has a fraction of a second".to_owned();
        return refused(&serial.to_string(), message, "write the time that is meant");
    };
    let has_time = format.has_time || (hour, minute, second) != (0, 0, 0);
    let time = if has_time { format!(" {hour:02}:{minute:02}:{second:02}") } else { String::new() };
    Cell { text: format!("{year:04}-{month:02}-{day:02}{time}"), kind: Kind::Date }
}

/// The date and time, if it is that of a second. A float is not exactly that second, but within a few milliseconds.
fn whole_second(value: &ExcelDateTime) -> Option<(u16, u8, u8, u8, u8, u8)> {
    const NEAR: u16 = 5;
    let (year, month, day, hour, minute, second, millis) = value.to_ymd_hms_milli();
    if millis <= NEAR {
        return Some((year, month, day, hour, minute, second));
    }
    if millis < 1_000 - NEAR || (hour, minute, second) == (23, 59, 59) {
        // The last second of a day is not rounded to the next day.
        return None;
    }
    let seconds = u32::from(hour) * 3_600 + u32::from(minute) * 60 + u32::from(second) + 1;
    let part = |number: u32| u8::try_from(number).ok();
    Some((year, month, day, part(seconds / 3_600)?, part(seconds / 60 % 60)?, part(seconds % 60)?))
}
