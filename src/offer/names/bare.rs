//! The letters and digits of a name, which are left whatever a system does to quotes, tags, punctuation and encodings.
//!
//! Owns the one form for changes of these kinds: a rule for each of them would never be complete. The invariant: names that differ in a
//! letter, a digit, or a sign that says something (`10%`, `Lead+`, `<`) have different forms.

use std::borrow::Cow;

/// Signs that make another name: `Lead+`, `R&D`, `Age >65`, `10%`, `Debt $10k`.
const TELLING: [char; 10] = ['&', '+', '%', '$', '#', '<', '>', '=', '*', '@'];

/// With fewer letters there is no word that a system left as it is.
const FEWEST_LETTERS: usize = 4;

/// The characters of Windows-1252 between 0x80 and 0x9f; those that it does not have are as in Latin-1.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Letters, digits and telling signs of a name whose HTML entities are decoded; empty where that is too little to tell names apart.
pub(super) fn bare(decoded: &str) -> String {
    bare_of(&latin(decoded), |_, _, _| false)
}

/// The same without the signs that a system may lose: none of `Solar & US`, `#1` and `1,000` becomes a usual name of its own then. Only
/// what is sent loses some, so this is compared with what is left of the other name with its signs.
pub(super) fn unsigned(decoded: &str) -> Option<String> {
    decoded.contains(['&', '+', '#', ',']).then(|| bare_of(&latin(decoded), is_decoration))
}

fn latin(decoded: &str) -> String {
    let text = without_tags(&without_percents(&as_utf8(decoded))).to_lowercase();
    deunicode::deunicode(&super::fold(&text)).to_lowercase()
}

fn bare_of(latin: &str, is_lost: impl Fn(&[char], char, &[char]) -> bool) -> String {
    let (mut bare, mut letters, mut is_apart) = (String::new(), 0, false);
    let chars: Vec<char> = latin.chars().collect();
    for (at, c) in chars.iter().copied().enumerate() {
        let (before, after) = (&chars[..at], &chars[at + 1..]);
        let is_sign = TELLING.contains(&c) && !is_lost(before, c, after);
        let is_minus = c == '-' && is_apart && after.first().is_some_and(char::is_ascii_digit);
        if c.is_alphanumeric() || is_sign || is_minus {
            // `1.5` is not `15`.
            if is_apart && c.is_ascii_digit() && bare.ends_with(|c: char| c.is_ascii_digit()) {
                bare.push('_');
            }
            bare.push(c);
            letters += usize::from(c.is_alphabetic());
        }
        let is_kept = c.is_alphanumeric() || (c == ',' && is_lost(before, c, after));
        is_apart = !is_kept;
    }
    if letters < FEWEST_LETTERS { String::new() } else { bare }
}

/// Whether a sign that otherwise makes another name makes none here: `Solar & US`, `#1`, `1,000`.
fn is_decoration(before: &[char], c: char, after: &[char]) -> bool {
    match c {
        '&' | '+' => before.last() == Some(&' ') && after.first() == Some(&' '),
        '#' => after.first().is_some_and(char::is_ascii_digit),
        ',' => {
            let digits = after.iter().take_while(|c| c.is_ascii_digit()).count();
            digits == 3 && before.last().is_some_and(char::is_ascii_digit)
        }
        _ => false,
    }
}

/// Undoes a reading of UTF-8 as Latin-1 or Windows-1252; a character that is cut in two at the end is dropped.
fn as_utf8(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let byte = |c: char| match WINDOWS.iter().position(|windows| *windows == c) {
        Some(place) => u8::try_from(0x80 + place).ok(),
        None => u8::try_from(u32::from(c)).ok(),
    };
    let Some(bytes) = text.chars().map(byte).collect::<Option<Vec<u8>>>() else { return Cow::Borrowed(text) };
    match std::str::from_utf8(&bytes) {
        Ok(utf8) => Cow::Owned(utf8.to_owned()),
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            Cow::Owned(String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned())
        }
        Err(_) => Cow::Borrowed(text),
    }
}

/// Decodes ASCII characters that are percent-encoded.
fn without_percents(text: &str) -> Cow<'_, str> {
    let Some((start, rest)) = text.split_once('%') else { return Cow::Borrowed(text) };
    let mut decoded = start.to_owned();
    for piece in rest.split('%') {
        let byte = piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(u8::is_ascii_graphic);
        let (first, left) = byte.map_or(('%', piece), |byte| (char::from(byte), &piece[2..]));
        decoded.push(first);
        decoded.push_str(left);
    }
    Cow::Owned(decoded)
}

fn without_tags(text: &str) -> Cow<'_, str> {
    let (mut left, mut rest) = (String::new(), text);
    while let Some((before, tag)) = rest.split_once('<') {
        let is_tag = tag.trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic());
        let after = tag.split_once('>').filter(|_| is_tag).map(|(_, after)| after);
        // Without its `<`, if that begins a tag.
        let end = before.len() + usize::from(after.is_none());
        left.push_str(&rest[..end]);
        rest = after.unwrap_or(tag);
    }
    if left.is_empty() && rest == text { Cow::Borrowed(text) } else { Cow::Owned(left + rest) }
}
