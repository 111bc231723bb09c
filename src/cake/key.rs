//! The API key: a secret that only the request builder may see, and the redactor that keeps it out of every message.
//!
//! Knows no request and no reply. Invariant: neither `Debug` nor `Display` of anything here shows a byte of the key.

use std::fmt;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD as STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

use crate::characters::{code_point, is_invisible};
use crate::words::shorten;

/// Placeholder for a redacted key.
const REDACTED: &str = "[redacted]";

/// The account's API key. `Debug` and `Display` show `[redacted]`; it is wiped from memory when dropped.
#[derive(Clone)]
pub struct ApiKey(SecretString);

/// Why a text is not an API key. Does not contain the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyError {
    /// The text is empty or only white space.
    #[error("the API key is empty")]
    Empty,
    /// A line break or another control character in the middle.
    #[error("the API key holds a line break or another control character")]
    ControlCharacter,
    /// A character that cannot be seen, such as a byte order mark.
    #[error("the API key holds a character that cannot be seen ({})", code_point(*.0))]
    Invisible(char),
}

impl ApiKey {
    /// Takes the key as the environment has it; white space around it (a file's last line break) is not part of it.
    pub fn new(text: &str) -> Result<Self, ApiKeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ApiKeyError::Empty);
        }
        if text.chars().any(char::is_control) {
            return Err(ApiKeyError::ControlCharacter);
        }
        if let Some(character) = text.chars().find(|c| is_invisible(*c)) {
            return Err(ApiKeyError::Invisible(character));
        }
        Ok(Self(SecretString::from(text)))
    }

    /// The key itself, for building a request and for nothing else.
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({REDACTED})")
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(REDACTED)
    }
}

/// Redacts the API key, in every encoding it may appear in, from text received from the server.
#[derive(Clone)]
pub(super) struct Redactor {
    /// Every encoding of the key in a text, longest first.
    forms: Vec<SecretString>,
}

impl Redactor {
    /// Long enough for a message of CAKE's, too short for a page of HTML.
    const LONGEST: usize = 400;

    pub(super) fn new(key: &ApiKey) -> Self {
        let key = key.expose();
        let form_encoded: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
        let encode = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        };
        let fully_encoded: String = key.bytes().map(encode).collect();
        let escaped = key.escape_debug().to_string();
        let mut forms = vec![key.to_owned(), form_encoded.replace('+', "%20"), form_encoded, fully_encoded, escaped];
        forms.push(html_escape::encode_safe(key).into_owned());
        forms.extend(in_other_alphabets(key));
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self { forms: forms.into_iter().map(SecretString::from).collect() }
    }

    /// The text without the key in any form, on one line, without control characters (they could drive a terminal), and not
    /// longer than a message should be. Redacted before it is cut: half a key is a leak too.
    pub(super) fn redact(&self, text: &str) -> String {
        let redacted = self.forms.iter().fold(text.to_owned(), |text, form| replace(&text, form.expose_secret()));
        let line: String = redacted.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        shorten(&words, Self::LONGEST).into_owned()
    }
}

/// In hexadecimal and base64, whatever is around the key there: as in `Authorization: Basic`, or a whole request that comes back encoded. Of a
/// short key these forms would be those of other texts as well.
fn in_other_alphabets(key: &str) -> Vec<String> {
    const SHORTEST: usize = 6;
    if key.len() < SHORTEST {
        return Vec::new();
    }
    let digits = key.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut forms = vec![digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()];
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        // Each character has six bits, so that what comes before decides the first one or two, and what comes after the last one.
        for (before, first) in [(0, 0), (1, 2), (2, 3)] {
            let encoded = engine.encode([&vec![0; before][..], key.as_bytes()].concat());
            let last = encoded.len() - usize::from(!(before + key.len()).is_multiple_of(3));
            forms.push(encoded[first..last].to_owned());
        }
    }
    forms
}

/// Replaces without regard to case: a server may answer `%2f` for `%2F`, or a key in capitals.
fn replace(text: &str, form: &str) -> String {
    let (haystack, needle) = (text.to_ascii_lowercase(), form.to_ascii_lowercase());
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    while let Some(at) = haystack[from..].find(&needle) {
        result.push_str(&text[from..from + at]);
        result.push_str(REDACTED);
        from += at + needle.len();
    }
    result.push_str(&text[from..]);
    result
}
