//! Whether a page of the listing says of itself that it failed, or that there is more.
//!
//! CAKE documents no such member. Those are looked for that are usual for it, because a list that says so proves no absence.

use super::message::{MessageMeaning, meaning, message};
use super::object::{MemberValue, Object, Scalar};

const ERRORS: [&str; 4] = ["error", "errors", "error_message", "errorMessage"];
const MORE: [&str; 9] =
    ["has_more", "hasMore", "more", "next", "next_page", "nextPage", "next_page_token", "truncated", "partial"];
const WORDS: [&str; 8] = ["truncat", "partial", "incomplete", "exceed", "too many", "maximum", "limited", "error"];

/// What the page says against itself.
pub(super) fn admitted_gap(object: &Object<'_>) -> Option<String> {
    let is_there = |name: &&&str| match object.get(name) {
        MemberValue::Absent => false,
        MemberValue::Repeated => true,
        MemberValue::One(value) => !is_nothing(value),
    };
    if object_says_no(object) {
        return Some("the reply says that it was no success".to_owned());
    }
    let text = message(object);
    if let Some(name) = ERRORS.iter().find(is_there) {
        return Some(text.unwrap_or_else(|| format!("the reply has `{name}`")));
    }
    if let Some(name) = MORE.iter().find(is_there) {
        return Some(format!("the reply says that there is more (`{name}`)"));
    }
    text.filter(|text| {
        let words = text.to_ascii_lowercase();
        meaning(text) == MessageMeaning::TimedOut || WORDS.iter().any(|word| words.contains(word))
    })
}

/// `success` is there, and is not true.
fn object_says_no(object: &Object<'_>) -> bool {
    match object.get("success") {
        MemberValue::Absent => false,
        MemberValue::Repeated => true,
        MemberValue::One(value) => match Scalar::read(value) {
            Scalar::Text(text) => !["true", "success", "1"].contains(&text.trim().to_ascii_lowercase().as_str()),
            _ => !["true", "1"].contains(&value.trim()),
        },
    }
}

/// `false`, 0, or an empty text, list or object.
fn is_nothing(value: &str) -> bool {
    let bare: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    ["false", "0", "\"\"", "[]", "{}", "\"false\""].contains(&bare.as_str())
}
