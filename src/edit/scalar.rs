//! A text as a plain or quoted scalar on one line, such that every reader of YAML 1.1 and 1.2 takes it for the same text.
//!
//! `serde_yaml` quotes what its own reader needs quoted, but writes `yes`, `12:30` and dates plainly, which readers of YAML 1.1
//! take for something else, and an edit has to keep the author's style, which it does not let one choose. So it is asked
//! first, and the rest is decided here.

use std::fmt::Write as _;

use crate::offer::Value;

/// The intended type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScalarType {
    /// A whole number: never quoted, since it would be text then.
    Number,
    /// An amount, a date or one of our words: written plainly, as the contract shows it.
    Plain,
    /// Text, even if it looks like another type.
    Text,
}

impl ScalarType {
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Text(_) | Value::Url(_) => Self::Text,
            Value::Advertiser(_) | Value::Vertical(_) | Value::Currency(_) | Value::Hours(_) => Self::Number,
            Value::Status(_) | Value::Money(_) | Value::PriceType(_) | Value::Date(_) => Self::Plain,
        }
    }
}

/// The text without quotes, where that is safe.
pub(super) fn plain(text: &str, meaning: ScalarType, in_flow: bool) -> Option<String> {
    (meaning != ScalarType::Text || is_plainly_text(text, in_flow)).then(|| text.to_owned())
}

fn is_plainly_text(text: &str, in_flow: bool) -> bool {
    const NOT_IN_FLOW: [char; 9] = [',', '[', ']', '{', '}', ':', '?', '\'', '"'];
    if text.is_empty() || text.chars().any(needs_escape) || reads_as_something_else(text) {
        return false;
    }
    if in_flow && text.contains(NOT_IN_FLOW) {
        return false;
    }
    serde_yaml::to_string(text).is_ok_and(|written| written.strip_suffix('\n') == Some(text))
}

/// The text in single quotes, where nothing in it needs an escape.
pub(super) fn single(text: &str) -> Option<String> {
    (!text.chars().any(needs_escape)).then(|| format!("'{}'", text.replace('\'', "''")))
}

/// The text in double quotes; there is nothing that could not be written so.
pub(super) fn double(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if needs_escape(c) => {
                // Writing into a String cannot fail.
                let _ = match u32::from(c) {
                    code @ 0..=0xff => write!(quoted, "\\x{code:02X}"),
                    code @ 0x100..=0xffff => write!(quoted, "\\u{code:04X}"),
                    code => write!(quoted, "\\U{code:08X}"),
                };
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The plainest form on one line that holds the text.
pub(super) fn inline(text: &str, meaning: ScalarType) -> String {
    plain(text, meaning, false).or_else(|| single(text)).unwrap_or_else(|| double(text))
}

/// Whether a character must be escaped in YAML, or is a line break to some readers.
pub(super) fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a reader of YAML 1.1 or 1.2 takes the plain text for a null, a truth value, a number or a date.
fn reads_as_something_else(text: &str) -> bool {
    const WORDS: [&str; 13] = ["~", "null", "y", "n", "yes", "no", "on", "off", "true", "false", "=", "<<", "nan"];
    let lower = text.to_ascii_lowercase();
    let unsigned = lower.strip_prefix(['+', '-']).unwrap_or(&lower);
    let numeric = unsigned.strip_prefix('.').unwrap_or(unsigned).starts_with(|c: char| c.is_ascii_digit());
    WORDS.contains(&lower.as_str())
        || matches!(unsigned, ".inf" | ".nan" | "inf" | "infinity" | ".")
        // Integers in every base, floats, sexagesimal numbers and timestamps are made of these, and little else is.
        || numeric && unsigned.chars().all(|c| c.is_ascii_hexdigit() || "xo_.:,+-tz ".contains(c))
}
