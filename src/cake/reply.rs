//! A reply of CAKE, and what creates, updates and the listing all read from it.
//!
//! Knows no request. CAKE documents no error body, so messages are looked for under every name that is usual on its platform;
//! what a message means is decided only where its wording is unambiguous.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use super::object::{Member, Object, Scalar, text_of};

/// A reply whose status and headers arrived.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// How long CAKE asks to wait.
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    /// All of it.
    Whole(Vec<u8>),
    /// The connection broke or timed out first; the reason.
    Cut(String),
    /// More than a reply may have.
    TooLong,
}

impl Reply {
    /// CAKE's message, if the body is JSON that has one.
    pub(super) fn message(&self) -> Option<String> {
        match &self.body {
            Body::Whole(bytes) => Object::from_bytes(bytes).and_then(|object| message(&object)),
            Body::Cut(_) | Body::TooLong => None,
        }
    }

    /// The reply in a few words, for a message: the status, and CAKE's own words if there are any.
    pub(super) fn describe(&self) -> String {
        match self.message() {
            Some(message) => format!("HTTP {}: {message}", self.status),
            None => format!("HTTP {}", self.status),
        }
    }

    /// The JSON string that is the whole body, if it is one; ASP.NET answers so too.
    pub(super) fn bare_text(&self) -> Option<String> {
        match &self.body {
            Body::Whole(bytes) => text_of(bytes).and_then(|text| serde_json::from_str::<String>(text).ok()),
            Body::Cut(_) | Body::TooLong => None,
        }
    }
}

/// How long the headers ask to wait: `Retry-After` in seconds or as a date. A date is measured against the server's own clock
/// where it shows it, because two clocks seldom agree.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let server_now = headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    Some(until.duration_since(server_now.unwrap_or_else(SystemTime::now)).unwrap_or_default())
}

/// Names under which a message is looked for, the most specific first.
const MESSAGE_NAMES: [&str; 10] = [
    "message",
    "error_message",
    "errorMessage",
    "error",
    "errors",
    "error_description",
    "reason",
    "detail",
    "ExceptionMessage",
    "title",
];

/// The message in an object, at any of the known places.
pub(super) fn message(object: &Object<'_>) -> Option<String> {
    MESSAGE_NAMES.into_iter().find_map(|name| match object.get(name) {
        Member::One(value) => message_in(value, true),
        Member::Absent | Member::Repeated => None,
    })
}

/// A message is a text, a list of messages, or one level of object around them.
fn message_in(value: &str, deeper: bool) -> Option<String> {
    if let Some(text) = Scalar::read(value).into_text() {
        let text = text.trim();
        return (!text.is_empty()).then(|| text.to_owned());
    }
    if !deeper {
        return None;
    }
    if let Ok(list) = serde_json::from_str::<Vec<&serde_json::value::RawValue>>(value) {
        let messages: Vec<_> = list
            .into_iter()
            .filter_map(|entry| message_in(entry.get(), false).or_else(|| message(&Object::read(entry.get())?)))
            .collect();
        return (!messages.is_empty()).then(|| messages.join("; "));
    }
    let object = Object::read(value)?;
    MESSAGE_NAMES.into_iter().find_map(|name| match object.get(name) {
        Member::One(inner) => message_in(inner, false),
        Member::Absent | Member::Repeated => None,
    })
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum RequestStatus {
    /// `Success`, in any case.
    Success,
    /// Nothing.
    Absent,
    /// Something else, or two things at once.
    Other,
}

pub(super) fn request_status(object: &Object<'_>) -> RequestStatus {
    match object.get("request_status") {
        Member::Absent => RequestStatus::Absent,
        Member::Repeated => RequestStatus::Other,
        Member::One(value) => match Scalar::read(value) {
            Scalar::Text(word) if word.trim().eq_ignore_ascii_case("success") => RequestStatus::Success,
            _ => RequestStatus::Other,
        },
    }
}

/// What a message of CAKE means, where its wording is unambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// CAKE's throttle: the whole message is `Restricted`.
    Throttled,
    /// The key is not one that CAKE takes.
    KeyRefused,
    /// There is no such call on this CAKE.
    NoSuchCall,
    /// Anything else.
    Plain,
}

pub(super) fn meaning(message: &str) -> Meaning {
    let text = message.trim().trim_end_matches('.').to_ascii_lowercase();
    let speaks_of = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if text == "restricted" {
        Meaning::Throttled
    } else if speaks_of(&["api key", "api_key", "apikey", "api-key"]) && speaks_of(&KEY_TROUBLE) {
        Meaning::KeyRefused
    } else if speaks_of(&NO_SUCH_CALL) {
        Meaning::NoSuchCall
    } else {
        Meaning::Plain
    }
}

const KEY_TROUBLE: [&str; 13] = [
    "invalid",
    "not valid",
    "incorrect",
    "wrong",
    "missing",
    "required",
    "unknown",
    "expired",
    "denied",
    "disabled",
    "revoked",
    "unauthorized",
    "not authorized",
];

const NO_SUCH_CALL: [&str; 7] = [
    "no such method",
    "method not found",
    "unknown method",
    "invalid method",
    "method does not exist",
    "no http resource was found",
    "not implemented",
];
