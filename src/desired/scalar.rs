//! The type of an unquoted scalar in YAML 1.2's core schema, where `no`, `on` and `12:30:45` are text.

use super::node::Style;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Null,
    Bool,
    Integer,
    Float,
    Text,
}

impl Meaning {
    /// Its type, for "`true` is …" in a message.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Null => "no value",
            Self::Bool => "a boolean",
            Self::Integer | Self::Float => "a number",
            Self::Text => "text",
        }
    }
}

/// The type and value of the scalar.
pub(super) fn meaning(text: &str, style: Style) -> Meaning {
    if style != Style::Plain {
        return Meaning::Text;
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Meaning::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Meaning::Bool,
        // Numbers begin only with these, so the first byte decides for most texts.
        _ if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => Meaning::Text,
        _ if is_integer(text) => Meaning::Integer,
        _ if is_float(text) => Meaning::Float,
        _ => Meaning::Text,
    }
}

fn all(text: &str, digit: impl Fn(&u8) -> bool) -> bool {
    !text.is_empty() && text.as_bytes().iter().all(digit)
}

fn is_integer(text: &str) -> bool {
    if let Some(octal) = text.strip_prefix("0o") {
        return all(octal, |b| matches!(b, b'0'..=b'7'));
    }
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return all(hexadecimal, u8::is_ascii_hexdigit);
    }
    all(text.strip_prefix(['-', '+']).unwrap_or(text), u8::is_ascii_digit)
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (unsigned, None),
    };
    let has_exponent_digits =
        exponent.is_none_or(|exponent| all(exponent.strip_prefix(['-', '+']).unwrap_or(exponent), u8::is_ascii_digit));
    let has_digits = match number.split_once('.') {
        Some(("", fraction)) => all(fraction, u8::is_ascii_digit),
        Some((whole, fraction)) => all(whole, u8::is_ascii_digit) && fraction.bytes().all(|b| b.is_ascii_digit()),
        None => all(number, u8::is_ascii_digit),
    };
    has_digits && has_exponent_digits
}
