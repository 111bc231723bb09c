//! Whether a reply to a write says, in whatever form, that CAKE did it or took it on.
//!
//! Owns the wording. Such a reply proves nothing by itself, but it is more than silence: that a list does not show the offer does not
//! overrule it, because CAKE may list an offer only once somebody has approved it. Invariant: what is only a failure claims nothing.

use crate::offer::Request;

use super::echo::Echo;
use super::gap::says_no;
use super::message::message;
use super::object::{MemberValue, Object};
use super::reply::{Reply, RequestStatus, request_status};

/// Whether the reply says by its status, its members or its text that the write was done or will be.
pub(super) fn claims_success(request: Request<'_>, reply: &Reply) -> bool {
    // 201 says that something was created, 202 that it was accepted. A page of a proxy comes with 200, too.
    if reply.is_success() && !matches!(reply.status, 200 | 203) {
        return true;
    }
    let Some(object) = reply.object() else {
        let text = reply.text();
        let brings_id = matches!(request, Request::Create(_)) && reply.names_offer();
        return brings_id || has_success(&text) || is_claim(&text);
    };
    may_be_done(request, &object)
        || object.text("request_status").is_some_and(|status| is_unfinished(&status))
        || message(&object).is_some_and(|message| says_taken_on(&object, &message))
}

/// Whether something in the reply says that the write was executed: Success, a success flag, or the id of a new offer.
pub(super) fn may_be_done(request: Request<'_>, object: &Object<'_>) -> bool {
    let brings_id = matches!(request, Request::Create(_)) && !matches!(Echo::of(object).id(), Ok(None));
    request_status(object) == RequestStatus::Success
        || brings_id
        || matches!(object.get("success"), MemberValue::One("true") | MemberValue::Repeated)
}

/// Whether a status says that CAKE is still at work, or waits for somebody.
pub(super) fn is_unfinished(status: &str) -> bool {
    const WORDS: [&str; 11] = [
        "pending",
        "queued",
        "processing",
        "accepted",
        "in progress",
        "partial",
        "submitted",
        "approval",
        "review",
        "scheduled",
        "received",
    ];
    let status = status.to_ascii_lowercase();
    WORDS.iter().any(|word| status.contains(word))
}

/// Whether a message says that CAKE took the request on, where nothing in the reply says that it failed.
pub(super) fn says_taken_on(object: &Object<'_>, message: &str) -> bool {
    let status = object.text("request_status").unwrap_or_default();
    let has_failed = ["error", "errors"].iter().any(|name| !matches!(object.get(name), MemberValue::Absent));
    !has_failed && !says_no(object) && !is_refusal(&status) && is_taken_on(message)
}

/// `Offer submitted for approval`, `The request is queued`.
fn is_taken_on(message: &str) -> bool {
    const WORDS: [&str; 9] = [
        "queued",
        "submitted",
        "for approval",
        "for review",
        "awaiting approval",
        "being processed",
        "accepted",
        "will be created",
        "success",
    ];
    let message = message.to_ascii_lowercase();
    WORDS.iter().any(|word| message.contains(word)) && !is_refusal(&message)
}

fn is_refusal(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "error",
        "fail",
        "invalid",
        "not ",
        "cannot",
        "can't",
        "unsuccess",
        "must",
        "require",
        "reject",
        "denied",
        "no ",
    ];
    let text = text.to_ascii_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

/// Whether a text that is no JSON object has `request_status` with Success: cut off, or wrapped by a proxy.
fn has_success(text: &str) -> bool {
    let is_success = |rest: &str| rest.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with("success");
    text.split("request_status").skip(1).any(is_success)
}

/// Whether a short text that is no page says so.
fn is_claim(text: &str) -> bool {
    const LONGEST: usize = 200;
    let text = text.trim();
    text.len() <= LONGEST && !text.starts_with('<') && is_taken_on(text)
}
