//! Whether a reply says of itself that it failed, or a page of the listing that there is more.
//!
//! CAKE documents no such member. Those are looked for that are usual for it, because a list that says so proves no absence, and a
//! write that says so is not known to be done.

use serde_json::value::RawValue;

use super::message::{MessageMeaning, meaning, message};
use super::object::{MemberValue, Object, Scalar};

const ERRORS: [&str; 4] = ["error", "errors", "error_message", "errorMessage"];
const MORE: [&str; 9] =
    ["has_more", "hasMore", "more", "next", "next_page", "nextPage", "next_page_token", "truncated", "partial"];
const WORDS: [&str; 5] = ["truncat", "partial", "incomplete", "exceed", "too many"];
/// What a member may have that says nothing, or no.
const NOTHING: [&str; 8] = ["", "0", "false", "no", "none", "null", "n", "ok"];

/// What a reply that says Success says against itself.
pub(super) fn admitted_failure(object: &Object<'_>) -> Option<String> {
    if says_no(object) {
        return Some("the reply says that it was no success".to_owned());
    }
    let text = message(object);
    if let Some(name) = ERRORS.iter().find(|name| is_there(object, name)) {
        return Some(text.unwrap_or_else(|| format!("the reply has `{name}`")));
    }
    text.filter(|text| meaning(text) == MessageMeaning::TimedOut || says_not_done(text))
}

/// Whether the reply has an error that says something.
pub(super) fn has_error(object: &Object<'_>) -> bool {
    ERRORS.iter().any(|name| is_there(object, name))
}

/// What a page says against itself.
pub(super) fn admitted_gap(object: &Object<'_>) -> Option<String> {
    if let Some(why) = admitted_failure(object) {
        return Some(why);
    }
    if let Some(name) = MORE.iter().find(|name| is_there(object, name)) {
        return Some(format!("the reply says that there is more (`{name}`)"));
    }
    message(object).filter(|text| {
        let words = text.to_ascii_lowercase();
        WORDS.iter().any(|word| words.contains(word))
    })
}

/// Whether the object has the member, and that is more than a way to write nothing.
fn is_there(object: &Object<'_>, name: &str) -> bool {
    match object.get(name) {
        MemberValue::Absent => false,
        MemberValue::Repeated => true,
        MemberValue::One(value) => says_something(value),
    }
}

/// `Error: …`, `Failed to …`, `The request is queued`.
fn says_not_done(text: &str) -> bool {
    let text = text.trim_start().to_ascii_lowercase();
    ["error", "fail"].iter().any(|word| text.starts_with(word)) || text.contains("queued")
}

/// Whether `success` is there and says no.
pub(super) fn says_no(object: &Object<'_>) -> bool {
    match object.get("success") {
        MemberValue::Absent => false,
        MemberValue::Repeated => true,
        MemberValue::One(value) => {
            let word = bare(value);
            ["false", "0", "no", "n"].contains(&word.as_str()) || word.contains("fail") || word.contains("error")
        }
    }
}

/// Whether a value, or one in a list or an object, is more than a way to write nothing.
fn says_something(value: &str) -> bool {
    if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(value) {
        return list.iter().any(|entry| says_something(entry.get()));
    }
    match Object::read(value) {
        Some(object) => object.values().any(says_something),
        None => !NOTHING.contains(&bare(value).as_str()),
    }
}

/// A value without its quotes, in small letters.
fn bare(value: &str) -> String {
    let text = Scalar::read(value).into_digits();
    text.as_deref().unwrap_or(value).trim().to_ascii_lowercase()
}
