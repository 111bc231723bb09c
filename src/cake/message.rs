//! CAKE's messages: where a reply has one, and what it means.
//!
//! Knows no status and no request. CAKE documents no error body, so messages are looked for under every name that is usual on
//! its platform; what a message means is decided only where its wording is unambiguous.

use super::object::{MemberValue, Object, Scalar};

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
        MemberValue::One(value) => text_in(value, true),
        MemberValue::Absent | MemberValue::Repeated => None,
    })
}

/// The message in a value.
pub(super) fn message_in(value: &str) -> Option<String> {
    text_in(value, true)
}

/// A message is a text, a list of messages, or one level of object around them.
fn text_in(value: &str, deeper: bool) -> Option<String> {
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
            .filter_map(|entry| text_in(entry.get(), false).or_else(|| message(&Object::read(entry.get())?)))
            .collect();
        return (!messages.is_empty()).then(|| messages.join("; "));
    }
    let object = Object::read(value)?;
    MESSAGE_NAMES.into_iter().find_map(|name| match object.get(name) {
        MemberValue::One(inner) => text_in(inner, false),
        MemberValue::Absent | MemberValue::Repeated => None,
    })
}

/// What a message of CAKE means, where its wording is unambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MessageMeaning {
    /// CAKE's throttle: the whole message is `Restricted`.
    Throttled,
    /// The key is not one that CAKE takes.
    KeyRefused,
    /// There is no such call on this CAKE.
    NoSuchCall,
    /// A part of CAKE gave up waiting: what it waited for may have been done all the same.
    TimedOut,
    /// There are no rows to list.
    NoRows,
    /// Anything else.
    Plain,
}

pub(super) fn meaning(message: &str) -> MessageMeaning {
    // An address may hold `api_key`; it is content of an offer.
    let words = message.split_whitespace().filter(|word| !word.contains("://"));
    let text = words.collect::<Vec<_>>().join(" ").trim_end_matches('.').to_ascii_lowercase();
    let speaks_of = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if text == "restricted" {
        MessageMeaning::Throttled
    } else if speaks_of(&TIMEOUT) {
        MessageMeaning::TimedOut
    } else if speaks_of(&["api key", "api_key", "apikey", "api-key"]) && speaks_of(&KEY_TROUBLE) && !speaks_of(&CONTENT)
    {
        MessageMeaning::KeyRefused
    } else if speaks_of(&NO_SUCH_CALL) {
        MessageMeaning::NoSuchCall
    } else if speaks_of(&NO_ROWS) {
        MessageMeaning::NoRows
    } else {
        MessageMeaning::Plain
    }
}

/// A message that speaks of these too refuses what was sent, not the key.
const CONTENT: [&str; 10] =
    ["offer", "advertiser", "vertical", "currency", "payout", "revenue", "price", "url", "link", "expiration"];

const KEY_TROUBLE: [&str; 14] = [
    "bad",
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

const TIMEOUT: [&str; 4] = ["timeout", "time-out", "timed out", "deadlock"];

const NO_ROWS: [&str; 4] = ["no offers", "no records", "no results", "no rows"];

const NO_SUCH_CALL: [&str; 7] = [
    "no such method",
    "method not found",
    "unknown method",
    "invalid method",
    "method does not exist",
    "no http resource was found",
    "not implemented",
];
