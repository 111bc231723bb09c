//! Amounts as people write them: with a currency's sign, a decimal comma, separators between the thousands.
//!
//! Owns which mark comes before the decimals. Invariant: an amount is read only where that mark is certain, from `--locale`, from the
//! cell itself or from the other amounts of the file: `1.234` is a thousand times as much in one country as in another.

use super::cells::shown;
use super::locale::Mark;

/// What the amounts of a file say together of the mark before the decimals.
#[derive(Debug, Clone, Copy)]
pub(super) struct AmountStyle {
    locale: Option<Mark>,
    /// The rows of the first amounts that can only be read with a point, and with a comma.
    point: Option<usize>,
    comma: Option<usize>,
}

/// What one amount says of the mark before its decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Evidence {
    /// It has none.
    Whole,
    Certain(Mark),
    /// `1.234`: one mark and three digits.
    Either(Mark),
}

/// Why an amount is not read, and what to do.
pub(super) struct AmountProblem {
    pub(super) message: String,
    pub(super) help: String,
}

impl AmountStyle {
    /// The style of a file with these amounts, each with the number of its row.
    pub(super) fn of<'a>(locale: Option<Mark>, amounts: impl Iterator<Item = (usize, &'a str)>) -> Self {
        let mut style = Self { locale, point: None, comma: None };
        for (row, cell) in amounts {
            match evidence(split(cell.trim()).digits) {
                Some(Evidence::Certain(Mark::Point)) => drop(style.point.get_or_insert(row)),
                Some(Evidence::Certain(Mark::Comma)) => drop(style.comma.get_or_insert(row)),
                _ => {}
            }
        }
        style
    }

    /// The amount in plain digits. What is no amount at all stays as it is, for the field's own message.
    pub(super) fn plain(&self, digits: &str) -> Result<String, AmountProblem> {
        let Some(evidence) = evidence(digits) else { return Ok(digits.to_owned()) };
        if let Some(mark) = self.locale {
            let refused = || AmountProblem {
                message: format!("{} is no amount with a decimal {}, as `--locale` says", shown(digits), mark.word()),
                help: "write it as the other amounts, or give another `--locale`".to_owned(),
            };
            return with_mark(digits, mark).ok_or_else(refused);
        }
        let mark = match (evidence, self.point, self.comma) {
            (Evidence::Whole | Evidence::Certain(Mark::Point), ..) | (Evidence::Either(_), Some(_), None) => {
                Mark::Point
            }
            (Evidence::Certain(Mark::Comma), None, _) | (Evidence::Either(_), None, Some(_)) => Mark::Comma,
            (Evidence::Certain(Mark::Comma), Some(row), _) => {
                let plain = with_mark(digits, Mark::Comma).unwrap_or_default();
                return Err(AmountProblem {
                    message: format!("{} has a decimal comma, and row {row} has a decimal point", shown(digits)),
                    help: format!("write `{plain}`, if that is what it means"),
                });
            }
            (Evidence::Either(mark), ..) => return Err(self.ambiguous(digits, mark)),
        };
        Ok(with_mark(digits, mark).unwrap_or_else(|| digits.to_owned()))
    }

    fn ambiguous(&self, digits: &str, mark: Mark) -> AmountProblem {
        let decimals = with_mark(digits, mark).unwrap_or_default();
        let thousands = digits.replace(mark.character(), "");
        let why = match (self.point, self.comma) {
            (Some(point), Some(comma)) => {
                format!("row {point} has a decimal point and row {comma} a decimal comma")
            }
            _ => "no other amount of the file shows which".to_owned(),
        };
        AmountProblem {
            message: format!("{} is {thousands} or {decimals}: {why}", shown(digits)),
            help: format!(
                "write `{thousands}` or `{decimals}0`, or say how the file writes numbers, such as with `--locale en` or `--locale de`"
            ),
        }
    }
}

/// The digits of an amount, and the sign of the currency before or behind them.
pub(super) struct Amount<'a> {
    pub(super) digits: &'a str,
    pub(super) sign: Option<&'a str>,
}

/// Takes an amount apart.
pub(super) fn split(cell: &str) -> Amount<'_> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | '(');
    let whole = Amount { digits: cell, sign: None };
    let (Some(start), Some(last)) = (cell.find(is_part), cell.rfind(|c: char| c.is_ascii_digit())) else {
        return whole;
    };
    let Some(digits) = cell.get(start..=last) else { return whole };
    match (cell[..start].trim(), cell[last + 1..].trim()) {
        (sign, "") | ("", sign) if !sign.is_empty() && super::currency::is_sign(sign) => {
            Amount { digits, sign: Some(sign) }
        }
        _ => whole,
    }
}

/// What can stand between thousands in any country, besides points and commas.
fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’')
}

fn evidence(digits: &str) -> Option<Evidence> {
    let is_amount = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',') || is_gap(c);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || !digits.chars().all(is_amount) {
        return None;
    }
    let count = |mark: Mark| digits.matches(mark.character()).count();
    let evidence = match (count(Mark::Point), count(Mark::Comma)) {
        (0, 0) => Evidence::Whole,
        (1, 0) => single(digits, Mark::Point),
        (0, 1) => single(digits, Mark::Comma),
        (_, 0) => Evidence::Certain(Mark::Comma),
        (0, _) => Evidence::Certain(Mark::Point),
        _ if digits.rfind('.') > digits.rfind(',') => Evidence::Certain(Mark::Point),
        _ => Evidence::Certain(Mark::Comma),
    };
    // What cannot be read with the mark that it calls for is no amount.
    match evidence {
        Evidence::Certain(mark) => with_mark(digits, mark).map(|_| evidence),
        Evidence::Whole | Evidence::Either(_) => with_mark(digits, Mark::Point).map(|_| evidence),
    }
}

fn single(digits: &str, mark: Mark) -> Evidence {
    let (whole, rest) = digits.split_once(mark.character()).unwrap_or((digits, ""));
    let could_be_thousands = rest.len() == 3 && whole.len() <= 3 && !whole.starts_with('0');
    if could_be_thousands { Evidence::Either(mark) } else { Evidence::Certain(mark) }
}

/// The amount in plain digits, where it can be read with this mark before the decimals and groups of three digits before it.
fn with_mark(digits: &str, mark: Mark) -> Option<String> {
    let (whole, decimals) = match digits.split_once(mark.character()) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (digits, None),
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_separator = |c: char| c == mark.other().character() || is_gap(c);
    let mut separators = whole.chars().filter(|c| is_separator(*c));
    let first = separators.next();
    let groups: Vec<&str> = whole.split(is_separator).collect();
    let are_groups = first.is_none()
        || (separators.all(|c| Some(c) == first)
            && groups.first().is_some_and(|group| group.len() <= 3)
            && groups.iter().skip(1).all(|group| group.len() == 3));
    let is_amount = are_groups && groups.iter().all(|group| is_digits(group)) && decimals.is_none_or(is_digits);
    is_amount.then(|| groups.concat() + &decimals.map(|decimals| format!(".{decimals}")).unwrap_or_default())
}

/// Whether the plain amount could be read as thousands by a reader who does not know the file.
pub(super) fn is_ambiguous(plain: &str) -> bool {
    matches!(evidence(plain), Some(Evidence::Either(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first amount, read among the others.
    fn read(locale: Option<Mark>, cells: &[&str]) -> Result<String, String> {
        let style = AmountStyle::of(locale, cells.iter().copied().enumerate());
        style.plain(split(cells[0]).digits).map_err(|problem| problem.message)
    }

    #[test]
    fn amounts_are_read_where_the_mark_is_certain() {
        for (cells, plain) in [
            (&["24.00"][..], "24.00"),
            (&["$24.00"], "24.00"),
            (&["24,00 €"], "24.00"),
            (&["USD 1,234.50"], "1234.50"),
            (&["1.234,50"], "1234.50"),
            (&["1 234,5"], "1234.5"),
            (&["1'234.50"], "1234.50"),
            (&["1.234.567"], "1234567"),
            (&["1234"], "1234"),
            (&["0.125"], "0.125"),
            (&["1.234", "0.5"], "1.234"),
            (&["1.234", "0,5"], "1234"),
            (&["1,234", "7.25", "1,000.00"], "1234"),
            (&["1,234", "2,50"], "1.234"),
        ] {
            assert_eq!(read(None, cells).as_deref(), Ok(plain), "{cells:?}");
        }
        for (mark, cell, plain) in
            [(Mark::Comma, "1.234", "1234"), (Mark::Point, "1.234", "1.234"), (Mark::Point, "1,234", "1234")]
        {
            assert_eq!(read(Some(mark), &[cell]).as_deref(), Ok(plain), "{cell}");
        }
    }

    #[test]
    fn amounts_that_could_be_two_are_refused() {
        for cells in [&["1.234"][..], &["1,234"], &["1.234", "24"], &["1.234", "0.5", "0,5"], &["24,50", "24.50"]] {
            assert!(read(None, cells).is_err(), "{cells:?}");
        }
        for (mark, cell) in [(Mark::Comma, "24.50"), (Mark::Point, "24,50"), (Mark::Point, "1.234,50")] {
            assert!(read(Some(mark), &[cell]).is_err(), "{cell}");
        }
    }

    #[test]
    fn what_is_no_amount_stays_for_the_fields_own_message() {
        for text in ["1e3", "-5", "1,00,000", "12 34", "24.", ".5", "75%", "cpa 5", "1.2.3", "1 234'567", ""] {
            assert_eq!(read(None, &[text]).as_deref(), Ok(text), "{text}");
        }
    }
}
