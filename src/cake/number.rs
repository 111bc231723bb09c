//! Decimals as CAKE may write them, spelled out in plain digits without ever being a float.
//!
//! Own code: every ready-made way from `4.5E1` to a decimal goes through a float or rounds. Knows no field.

/// No amount of money has an exponent beyond this; it keeps a hostile `1e999999999` from filling the memory.
const LARGEST_EXPONENT: i32 = 60;

/// The number in plain digits: `4.5E1` is `45`, `-0` is `0`, `2.50e-1` is `0.250`. `None` where it is no number in any form of
/// JSON, or too large to be money.
///
/// Zeros that end a fraction are dropped where there are more than `most_digits` digits: a server may write
/// `45.000000000000000000000000000000`.
pub(super) fn plain_digits(text: &str, most_digits: usize) -> Option<String> {
    let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if whole.is_empty() || leading_zero || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    if exponent.abs() > LARGEST_EXPONENT {
        return None;
    }
    let (whole, fraction) = shift(whole, fraction, exponent);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let mut fraction = fraction.as_str();
    while whole.len() + fraction.len() > most_digits && fraction.ends_with('0') {
        fraction = &fraction[..fraction.len() - 1];
    }
    let is_zero = whole == "0" && fraction.bytes().all(|b| b == b'0');
    let sign = if negative && !is_zero { "-" } else { "" };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

fn shift(whole: &str, fraction: &str, exponent: i32) -> (String, String) {
    let places = usize::try_from(exponent.unsigned_abs()).unwrap_or(usize::MAX);
    if exponent >= 0 {
        let moved = places.min(fraction.len());
        let zeros = "0".repeat(places - moved);
        (format!("{whole}{}{zeros}", &fraction[..moved]), fraction[moved..].to_owned())
    } else {
        let padded = format!("{}{whole}", "0".repeat(places.saturating_sub(whole.len())));
        let point = padded.len() - places;
        (padded[..point].to_owned(), format!("{}{fraction}", &padded[point..]))
    }
}
