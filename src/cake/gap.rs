//! Whether a reply says of itself that it failed, or a page of the listing that there is more.
//!
//! CAKE documents no such member. Those are looked for that are usual for it, because a list that says so proves no absence, and a
//! write that says so is not known to be done.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::member_name::words;
use super::message::{MessageMeaning, meaning, message, message_in};
use super::object::{MemberValue, Object, Scalar};
use super::tone::has_refusal;

/// Words in the name of a member that says what went wrong: `error_code`, `validationErrors`, `failed_fields`.
const ERRORS: [&str; 13] = [
    "error",
    "errors",
    "exception",
    "exceptions",
    "warning",
    "warnings",
    "failed",
    "failure",
    "failures",
    "fault",
    "violation",
    "violations",
    "modelstate",
];
/// Members that say whether there is more, in one word.
const MORE: [&str; 12] = [
    "hasmore",
    "more",
    "next",
    "nextpage",
    "nextpagetoken",
    "truncated",
    "istruncated",
    "partial",
    "ispartial",
    "incomplete",
    "limitreached",
    "maxrowsreached",
];
/// Members that say whether there is no more.
const LAST: [&str; 7] = ["islast", "last", "lastpage", "islastpage", "complete", "iscomplete", "finished"];
const WORDS: [&str; 8] =
    ["truncat", "partial", "incomplete", "exceed", "too many", "only the first", "only first", "more offers"];
/// Members that say whether a write was done, or how much of it.
const DONE: [&str; 13] = [
    "success",
    "updated",
    "changed",
    "saved",
    "applied",
    "executed",
    "succeeded",
    "issuccess",
    "ok",
    "rowsaffected",
    "affectedrows",
    "rowsupdated",
    "updatedrows",
];
/// Texts that a write may be answered with, one of which is enough to make it doubtful.
const TEXTS: [&str; 6] = ["message", "detail", "details", "reason", "description", "info"];
/// What a member may have that says nothing, or no.
const NOTHING: [&str; 8] = ["", "0", "false", "no", "none", "null", "n", "ok"];

/// What a reply that says Success says against itself.
pub(super) fn admitted_failure(object: &Object<'_>) -> Option<String> {
    if says_no(object) {
        return Some("the reply says that it was no success".to_owned());
    }
    let text = message(object);
    if let Some((name, value)) = error_member(object) {
        let said = || message_in(value).filter(|_| value.starts_with(['"', '[', '{'])).map(|said| format!(": {said}"));
        return Some(text.unwrap_or_else(|| format!("the reply has `{name}`{}", said().unwrap_or_default())));
    }
    text.filter(|text| meaning(text) == MessageMeaning::TimedOut || says_not_done(text))
}

/// Whether the reply has an error that says something.
pub(super) fn has_error(object: &Object<'_>) -> bool {
    error_member(object).is_some()
}

/// A member whose name says that it is an error and that says something. An address is content of an offer.
fn error_member<'o>(object: &'o Object<'_>) -> Option<(&'o str, &'o str)> {
    let is_error = |name: &str| {
        let words = words(name);
        words.iter().any(|word| ERRORS.contains(&word.as_str())) || ERRORS.contains(&words.concat().as_str())
    };
    object.members().find(|(name, value)| is_error(name) && says_something(value) && !value.contains("://"))
}

/// What a reply to a write that says Success says against that, also beside the values of the offer.
pub(super) fn admitted_refusal(object: &Object<'_>) -> Option<String> {
    if let Some(why) = admitted_failure(object) {
        return Some(why);
    }
    let inner = object.object("offer");
    let name = inner.as_ref().unwrap_or(object).text("offer_name").unwrap_or_default().into_owned();
    if let Some((name, value)) = inner.as_ref().and_then(error_member) {
        let said = message_in(value).unwrap_or_else(|| value.to_owned());
        return Some(format!("the reply has `{name}`: {said}"));
    }
    let parts = || [Some(object), inner.as_ref()].into_iter().flatten();
    let says_no = parts().flat_map(Object::members).find(|(name, value)| is_named(name, &DONE) && is_no(value));
    if let Some((name, value)) =
        says_no.or_else(|| parts().flat_map(Object::members).find(|member| is_failed_status(*member)))
    {
        return Some(format!("the reply has `{name}`: {}", bare(value)));
    }
    let texts = parts().flat_map(|part| TEXTS.iter().filter_map(|name| part.text(name)));
    // What an offer is called says nothing.
    texts
        .map(Cow::into_owned)
        .find(|text| has_refusal(&if name.is_empty() { text.clone() } else { text.replace(&name, "") }))
}

/// `"status": "error"`, and the like.
fn is_failed_status((name, value): (&str, &str)) -> bool {
    is_named(name, &["status", "result", "state", "response", "success"])
        && ["error", "fail", "reject", "denied", "refused", "invalid", "not "]
            .iter()
            .any(|word| bare(value).starts_with(word))
}

fn is_named(name: &str, names: &[&str]) -> bool {
    names.contains(&words(name).concat().as_str())
}

fn is_no(value: &str) -> bool {
    ["false", "0", "no", "n"].contains(&bare(value).as_str())
}

/// What a page says against itself.
pub(super) fn admitted_gap(object: &Object<'_>) -> Option<String> {
    if let Some(why) = admitted_failure(object) {
        return Some(why);
    }
    let is_more = |(name, value): &(&str, &str)| {
        (is_named(name, &MORE) && says_something(value)) || (is_named(name, &LAST) && is_no(value))
    };
    if let Some((name, _)) = object.members().find(is_more) {
        return Some(format!("the reply says that there is more (`{name}`)"));
    }
    message(object).filter(|text| {
        let words = text.to_ascii_lowercase();
        WORDS.iter().any(|word| words.contains(word))
    })
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
