//! What the number format of a cell shows of its value: how many decimals, a percent sign, a currency, a time of day.

/// The first section of a format such as `#,##0.00 "EUR"`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Format {
    /// The least and the most decimals; `None` where the format does not fix them, as `General` does not.
    pub(super) decimals: Option<(usize, usize)>,
    pub(super) is_percent: bool,
    /// A comma behind the digits: the cell shows thousands.
    pub(super) is_scaled: bool,
    pub(super) has_time: bool,
    /// Texts and signs beside the digits, such as `€`.
    pub(super) sign: Option<String>,
}

impl Format {
    /// The format with this number and code.
    pub(super) fn of(id: Option<u32>, code: &str) -> Self {
        let mut parser = Parser::default();
        parser.read(code);
        let mut format = parser.finish();
        // The built-in formats of money show the currency of the country in which the file is opened.
        if id.is_some_and(|id| matches!(id, 5..=8 | 37..=44)) {
            format.sign = None;
        }
        format
    }
}

#[derive(Debug, Default)]
struct Parser {
    literal: String,
    has_digits: bool,
    in_decimals: bool,
    /// The `0` and the `0`, `#` or `?` behind the point.
    decimals: (usize, usize),
    /// Exponents, fractions and conditions: the digits are not fixed decimals.
    is_free: bool,
    format: Format,
}

impl Parser {
    fn read(&mut self, code: &str) {
        let mut characters = code.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                ';' => break,
                '"' => self.literal.extend(characters.by_ref().take_while(|c| *c != '"')),
                '\\' => self.literal.extend(characters.next()),
                // The width of a character, or one that fills the cell.
                '_' | '*' => drop(characters.next()),
                '[' => {
                    let part: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    match part.strip_prefix('$') {
                        Some(currency) => self.literal.push_str(currency.split('-').next().unwrap_or_default()),
                        None if part.starts_with(['<', '>', '=']) => self.is_free = true,
                        None if part.eq_ignore_ascii_case("h") || part.eq_ignore_ascii_case("hh") => {
                            self.format.has_time = true;
                        }
                        None => {}
                    }
                }
                '0' | '#' | '?' => {
                    (self.has_digits, self.format.is_scaled) = (true, false);
                    if self.in_decimals {
                        self.decimals.0 += usize::from(character == '0');
                        self.decimals.1 += 1;
                    }
                }
                '.' => self.in_decimals = true,
                ',' => self.format.is_scaled = self.has_digits,
                '%' => self.format.is_percent = true,
                'E' if matches!(characters.peek(), Some('+' | '-')) => self.is_free = true,
                '/' => self.is_free = true,
                'h' | 'H' => self.format.has_time = true,
                // The rest of `General` and of dates.
                character if character.is_ascii_alphabetic() || character == '@' => {}
                character => self.literal.push(character),
            }
        }
    }

    fn finish(self) -> Format {
        let Self { literal, has_digits, in_decimals: _, decimals, is_free, format } = self;
        let is_beside = |c: char| c.is_whitespace() || matches!(c, '-' | '+' | '(' | ')');
        let sign = literal.trim_matches(is_beside);
        Format {
            decimals: (has_digits && !is_free).then_some(decimals),
            sign: (!sign.is_empty()).then(|| sign.to_owned()),
            ..format
        }
    }
}
