//! Numbers of a workbook as exact decimals.
//!
//! A workbook stores a number as a float, and the program that wrote it calculates with 15 significant digits: `24.1` may stand in the file as
//! `24.100000000000001`. Invariant: a number is the decimal of those 15 digits, which is what its cell shows, or a [`Problem`].

use super::format::Format;

/// The digits that a spreadsheet program keeps of a number.
const DIGITS: usize = 15;

/// A number that was rounded to fit has more digits than this: `33.3333333333333` is a third of a hundred.
const MOST_EXACT_DIGITS: usize = 12;

/// A number of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// Plain digits with a point, with the decimals that the cell shows: `24.10`.
    pub(crate) shown: String,
    /// What stands beside them in the cell, such as `€`.
    pub(crate) sign: Option<String>,
}

/// Why a number is not certain, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// The plain digits of a number without trailing zeros, and as its cell shows it.
pub(super) fn read(value: f64, format: &Format) -> Result<(String, Number), Problem> {
    let decimal = Decimal::of(value).ok_or_else(|| Problem {
        message: format!("the cell holds {value}, which is no exact decimal"),
        help: "round it in the spreadsheet, or write the amount that is meant",
    })?;
    let plain = decimal.plain(0);
    let refused = |shows: &str, help| {
        let message = format!("the cell holds {plain} and shows {shows}");
        Err(Problem { message, help })
    };
    if format.is_percent {
        return refused(
            "it as a percentage",
            "give the cell a number format without a percent sign, and write the value that is meant",
        );
    }
    if format.is_scaled {
        return refused("it in thousands", "give the cell a number format that shows all digits");
    }
    let least = match format.decimals {
        None => 0,
        Some((_, most)) if decimal.decimals() > most => {
            let help = "write the value that is meant, or show all of its decimals";
            return refused(&format!("only {most} of its decimals"), help);
        }
        Some((least, _)) => least,
    };
    let shown = decimal.plain(least);
    Ok((plain, Number { shown, sign: format.sign.clone() }))
}

/// Digits without zeros at their end, and the power of ten of the first one.
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i32,
}

impl Decimal {
    /// `None` if the number has no end within the digits, or is too large or too small to be an amount.
    fn of(value: f64) -> Option<Self> {
        let rounded = format!("{value:.*e}", DIGITS - 1);
        let (mantissa, exponent) = rounded.split_once('e')?;
        let all = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let digits = all(mantissa).trim_end_matches('0').to_owned();
        let exponent: i32 = exponent.parse().ok()?;
        let shortest = format!("{value:e}");
        let is_longer = all(shortest.split('e').next()?).len() > DIGITS;
        let is_exact = !is_longer || digits.len() <= MOST_EXACT_DIGITS;
        let is_amount = is_exact && (-12..=DIGITS.try_into().unwrap_or(15)).contains(&exponent);
        is_amount.then_some(Self { is_negative: value < 0.0, digits, exponent })
    }

    fn decimals(&self) -> usize {
        let digits = i32::try_from(self.digits.len()).unwrap_or(i32::MAX);
        usize::try_from(digits - 1 - self.exponent).unwrap_or(0)
    }

    /// All digits, with at least so many decimals.
    fn plain(&self, least: usize) -> String {
        let decimals = self.decimals().max(least);
        let before = usize::try_from(self.exponent + 1).unwrap_or(0);
        let zeros = usize::try_from(-self.exponent - 1).unwrap_or(0);
        let all = "0".repeat(zeros) + &self.digits;
        let all = format!("{all:0<width$}", width = before + decimals);
        let (whole, rest) = all.split_at(before);
        let sign = if self.is_negative { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(value: f64, code: &str) -> Result<String, String> {
        read(value, &Format::of(None, code)).map(|(_, number)| number.shown).map_err(|problem| problem.message)
    }

    #[test]
    fn a_number_is_what_its_cell_shows() {
        for (value, code, expected) in [
            (24.1, "General", "24.1"),
            (8.1 + 16.0, "0.00", "24.10"),
            (0.1 + 0.2, "General", "0.3"),
            (24.1 * 1.1, "General", "26.51"),
            (0.0015, "General", "0.0015"),
            (0.0, "0.00", "0.00"),
            (1_234_567.5, "#,##0.00", "1234567.50"),
            (24.105, "0.00#", "24.105"),
            (101.0, "General", "101"),
            (100.0, "#,##0.00 [$€-407]", "100.00"),
            (-5.0, "0.00", "-5.00"),
            (123_456_789_012_345.0, "0", "123456789012345"),
        ] {
            assert_eq!(number(value, code).as_deref(), Ok(expected), "{value} {code}");
        }
    }

    #[test]
    fn a_number_that_shows_otherwise_than_it_is_or_has_no_end_is_refused() {
        for (value, code, part) in [
            (24.105, "0.00", "holds 24.105 and shows only 2 of its decimals"),
            (0.8, "0%", "holds 0.8 and shows it as a percentage"),
            (24_000.0, "0.0,", "in thousands"),
            (100.0 / 3.0, "0.00", "no exact decimal"),
            (100.0 / 3.0, "General", "no exact decimal"),
            (f64::NAN, "General", "no exact decimal"),
            (f64::INFINITY, "General", "no exact decimal"),
            (12_345_678_901_234_567_890.0, "General", "no exact decimal"),
            (1e-300, "General", "no exact decimal"),
        ] {
            let message = number(value, code).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn formats_are_read() {
        let sign = |id, code| Format::of(id, code).sign;
        assert_eq!(sign(None, "#,##0.00\\ [$€-407]").as_deref(), Some("€"));
        assert_eq!(sign(None, "_(\"$\"* #,##0.00_);_(\"$\"* (#,##0.00)").as_deref(), Some("$"));
        assert_eq!(sign(None, "0.00\" EUR\"").as_deref(), Some("EUR"));
        assert_eq!(sign(None, "£0.00").as_deref(), Some("£"));
        assert_eq!(sign(Some(44), "_($* #,##0.00_)"), None);
        assert_eq!(sign(None, "General"), None);
        assert_eq!(Format::of(None, "# ?/?").decimals, None);
        assert_eq!(Format::of(None, "0.00E+00").decimals, None);
        assert_eq!(Format::of(None, "[>100]0;0.00").decimals, None);
        assert!(Format::of(None, "dd.mm.yyyy hh:mm").has_time);
        assert!(!Format::of(None, "dd.mm.yyyy").has_time && !Format::of(None, "[$-409]d\\-mmm\\-yy").has_time);
    }

    proptest! {
        /// Amounts with up to four decimals are what was typed, whatever the float is.
        #[test]
        fn every_amount_is_read_as_it_was_typed(units in 0_u64..10_000_000_000, decimals in 0_u32..=4) {
            let power = 10_u64.pow(decimals);
            let typed = match decimals {
                0 => units.to_string(),
                _ => format!("{}.{:0width$}", units / power, units % power, width = decimals as usize),
            };
            let code = if decimals == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(decimals as usize)) };
            prop_assert_eq!(number(typed.parse().unwrap(), &code), Ok(typed));
        }
    }
}
