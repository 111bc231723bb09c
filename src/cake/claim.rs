//! Whether a reply to a write says, in whatever form, that CAKE did it or took it on.
//!
//! Owns the reading of such replies. One proves nothing by itself, but it is more than silence: that a list does not show the offer does
//! not overrule it, because CAKE may list an offer only once a person has approved it. Invariant: a success status with a message that
//! is no clear refusal is never taken for one.

use crate::offer::Request;

use super::echo::Echo;
use super::gap::{has_error, says_no};
use super::message::{MessageMeaning, meaning, message};
use super::object::{MemberValue, Object, Scalar};
use super::reply::{Reply, RequestStatus, request_status};
use super::tone::{Tone, tone, waits};

/// Members that say in a word how it went.
const STATUS_NAMES: [&str; 5] = ["request_status", "status", "result", "state", "response"];

/// Whether the reply says by its status, its members or its text that the write was done or will be.
pub(super) fn claims_success(request: Request<'_>, reply: &Reply) -> bool {
    // 201 says that something was created, 202 that it was accepted. A page of a proxy comes with 200, too.
    if reply.is_success() && !matches!(reply.status, 200 | 203) {
        return true;
    }
    let brings_id = matches!(request, Request::Create(_)) && reply.names_offer();
    let Some(object) = reply.object() else {
        let text = reply.text();
        return brings_id || has_success(&text) || is_claim(&text);
    };
    let is_unclear = || is_unclear(&object) || (brings_id && message(&object).is_none());
    may_be_done(request, &object) || says_taken_on(&object) || (reply.is_success() && is_unclear())
}

/// Whether the reply to an update says that CAKE has taken it on, and neither Success nor a refusal. What was done can be sent again; what
/// waits would wait twice.
pub(super) fn is_deferred(request: Request<'_>, reply: &Reply) -> bool {
    if reply.is_success() && !matches!(reply.status, 200 | 203) {
        return true;
    }
    let is_success = match reply.object() {
        Some(object) if asks_again(&object) => return false,
        Some(object) if says_later(&object) => return true,
        Some(object) => request_status(&object) == RequestStatus::Success,
        None => has_success(&reply.text()),
    };
    !is_success && claims_success(request, reply)
}

/// Whether the message asks for the same request once more.
fn asks_again(object: &Object<'_>) -> bool {
    let asks = |text: &str| ["try again", "please retry"].iter().any(|words| text.contains(words));
    message(object).is_some_and(|text| asks(&text.to_lowercase()))
}

/// Whether the words of the reply say that CAKE will do the write later, whatever else it says.
pub(super) fn says_later(object: &Object<'_>) -> bool {
    let statuses = STATUS_NAMES.iter().filter_map(|name| object.text(name));
    // Beside the values of the offer, a status may be the offer's own.
    let messages = [message(object), object.object("offer").and_then(|offer| message(&offer))];
    statuses.into_iter().any(|status| waits(&status)) || messages.iter().flatten().any(|text| waits(text))
}

/// Whether an error status has a reply which says that CAKE took the write on.
pub(super) fn contradicts_status(reply: &Reply) -> bool {
    match reply.object() {
        Some(object) => says_taken_on(&object),
        None => is_claim(&reply.text()),
    }
}

/// Whether something in the reply says that the write was executed: Success, a success flag, or the id of a new offer.
pub(super) fn may_be_done(request: Request<'_>, object: &Object<'_>) -> bool {
    let brings_id = matches!(request, Request::Create(_)) && !matches!(Echo::of(object).id(), Ok(None));
    let flag = match object.get("success") {
        MemberValue::Absent => false,
        MemberValue::Repeated => true,
        MemberValue::One(value) => is_yes(value),
    };
    request_status(object) == RequestStatus::Success || brings_id || flag
}

/// Whether a status or the message says that CAKE took the request on, whatever else they say.
pub(super) fn says_taken_on(object: &Object<'_>) -> bool {
    let statuses = STATUS_NAMES.iter().filter_map(|name| object.text(name));
    let is_taken_on = |text: &str| tone(text) == Tone::TakenOn;
    statuses.into_iter().any(|status| is_taken_on(&status)) || message(object).is_some_and(|text| is_taken_on(&text))
}

/// Whether there is a message, and neither it nor anything else says that the write was refused.
pub(super) fn is_unclear(object: &Object<'_>) -> bool {
    let is_refused = |name: &&str| object.text(name).is_some_and(|status| tone(&status) == Tone::Refused);
    let has_failed = has_error(object) || says_no(object) || STATUS_NAMES.iter().any(is_refused);
    let is_plain = |text: String| meaning(&text) == MessageMeaning::Plain && tone(&text) == Tone::Unclear;
    !has_failed && message(object).is_some_and(is_plain)
}

/// `true`, `1`, `"yes"`.
fn is_yes(value: &str) -> bool {
    let text = Scalar::read(value).into_digits();
    let word = text.as_deref().unwrap_or(value).trim().to_ascii_lowercase();
    matches!(word.as_str(), "true" | "1" | "yes" | "y") || tone(&word) == Tone::TakenOn
}

/// Whether a text that is no JSON object has `request_status` with Success: cut off, or wrapped by a proxy.
fn has_success(text: &str) -> bool {
    let is_success = |rest: &str| rest.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with("success");
    text.split("request_status").skip(1).any(is_success)
}

/// Whether a short text, or XML, that is no page says so.
fn is_claim(text: &str) -> bool {
    const LONGEST: usize = 1000;
    if text.len() > LONGEST || ["<html", "<!doctype", "<body", "<title"].iter().any(|tag| text.contains(tag)) {
        return false;
    }
    // What stands between tags is a text of its own; the first piece has no tag before it.
    let texts = text.split('<').enumerate();
    let mut texts =
        texts.map(|(at, part)| if at == 0 { part } else { part.split_once('>').map_or("", |(_, text)| text) });
    texts.any(|text| {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '"');
        matches!(text, "true" | "1") || tone(text) == Tone::TakenOn
    })
}
