//! What is certain after a reply to a write: done, rejected, not done because of a throttle, or in doubt.
//!
//! Owns the classification of replies; knows no socket and no retry. Invariant: [`classify_response`] says *done* only on 2xx
//! with a JSON object whose `request_status` is Success and which holds one id (on an update: the id asked for), and says
//! *rejected* or *throttled* only where CAKE certainly did nothing. All else is in doubt. The table is in the room's own
//! documentation.

use crate::offer::OfferId;
use crate::offer::Request;

use super::attempt::AttemptFailure;
use super::object::{Member, Object, Scalar};
use super::reply::{Body, Meaning, Reply, RequestStatus, meaning, message, request_status};

pub(super) fn classify_response(request: Request<'_>, reply: &Reply) -> Result<OfferId, AttemptFailure> {
    match reply.status {
        200..=299 => classify_success(request, reply),
        429 => Err(AttemptFailure::throttled(&reply.describe(), reply.retry_after)),
        // An error that brings an id contradicts itself: an offer may exist.
        400..=499 if claims_success(reply) => Err(in_doubt(reply, "an error status with a reply that says Success")),
        401 | 403 => Err(AttemptFailure::key_refused(reply.describe())),
        400..=499 => Err(classify_refusal(reply.message().unwrap_or_else(|| reply.describe()), reply)),
        300..=399 => Err(in_doubt(reply, &format!("HTTP {}: a redirect, which is never followed", reply.status))),
        _ => Err(in_doubt(reply, &reply.describe())),
    }
}

fn classify_success(request: Request<'_>, reply: &Reply) -> Result<OfferId, AttemptFailure> {
    let bytes = match &reply.body {
        Body::Whole(bytes) => bytes,
        Body::Cut(why) => return Err(in_doubt(reply, &format!("the reply was cut off: {why}"))),
        Body::TooLong => return Err(in_doubt(reply, "the reply is longer than any reply to a write")),
    };
    let Some(object) = Object::from_bytes(bytes) else {
        return Err(classify_text(reply));
    };
    match (request_status(&object), request) {
        (RequestStatus::Success, Request::Create(_)) => id_in(&object)
            .ok()
            .flatten()
            .ok_or_else(|| in_doubt(reply, "the reply says Success without a usable offer id")),
        (RequestStatus::Success, Request::Update { update, .. }) => match id_in(&object) {
            Ok(Some(id)) if id == update.offer_id() => Ok(id),
            Ok(Some(id)) => Err(in_doubt(reply, &format!("the reply says Success for another offer, {id}"))),
            Ok(None) | Err(InvalidId) => Err(in_doubt(reply, "the reply says Success without a usable offer id")),
        },
        (RequestStatus::Absent | RequestStatus::Other, _) => Err(classify_error(request, &object, reply)),
    }
}

/// A JSON object that does not say Success.
fn classify_error(request: Request<'_>, object: &Object<'_>, reply: &Reply) -> AttemptFailure {
    let Some(message) = message(object).or_else(|| status_message(object)) else {
        return in_doubt(reply, "the reply says neither Success nor what went wrong");
    };
    // An id, or a success flag beside the message: an offer may exist.
    let brings_id = matches!(request, Request::Create(_)) && !matches!(id_in(object), Ok(None));
    if brings_id || matches!(object.get("success"), Member::One("true") | Member::Repeated) {
        return in_doubt(reply, &format!("the reply contradicts itself: {message}"));
    }
    classify_refusal(message, reply)
}

/// A success status without a JSON object: only unambiguous messages are believed.
fn classify_text(reply: &Reply) -> AttemptFailure {
    match reply.bare_text() {
        Some(text) if matches!(meaning(&text), Meaning::Throttled | Meaning::KeyRefused) => {
            classify_refusal(text, reply)
        }
        _ => in_doubt(reply, &format!("HTTP {} with a reply that is not JSON as CAKE writes it", reply.status)),
    }
}

fn classify_refusal(message: String, reply: &Reply) -> AttemptFailure {
    match meaning(&message) {
        Meaning::Throttled => AttemptFailure::throttled(&message, reply.retry_after),
        Meaning::KeyRefused => AttemptFailure::key_refused(message),
        Meaning::NoSuchCall | Meaning::Plain => AttemptFailure::rejected(message),
    }
}

fn in_doubt(reply: &Reply, message: &str) -> AttemptFailure {
    AttemptFailure::in_doubt(message.to_owned(), reply.retry_after)
}

/// `request_status` itself, where it names a throttle or a refused key. Any other value (`Pending`, `Partial Success`) could
/// mean that something was done.
fn status_message(object: &Object<'_>) -> Option<String> {
    let status = object.text("request_status")?;
    matches!(meaning(&status), Meaning::Throttled | Meaning::KeyRefused).then(|| status.into_owned())
}

fn claims_success(reply: &Reply) -> bool {
    match &reply.body {
        Body::Whole(bytes) => Object::from_bytes(bytes).is_some_and(|object| {
            request_status(&object) == RequestStatus::Success && !matches!(id_in(&object), Ok(None))
        }),
        Body::Cut(_) | Body::TooLong => false,
    }
}

/// The reply has an id member that is not exactly one id.
struct InvalidId;

/// The offer id: in `offer.offer_id` or at the top, as an integer or as a string of digits; two that differ are none.
fn id_in(object: &Object<'_>) -> Result<Option<OfferId>, InvalidId> {
    let inner = match object.get("offer") {
        Member::One(offer) => Object::read(offer).map_or(Ok(None), |offer| id_of(&offer))?,
        Member::Absent => None,
        Member::Repeated => return Err(InvalidId),
    };
    match (inner, id_of(object)?) {
        (Some(one), Some(other)) if one != other => Err(InvalidId),
        (one, other) => Ok(one.or(other)),
    }
}

fn id_of(object: &Object<'_>) -> Result<Option<OfferId>, InvalidId> {
    match object.get("offer_id") {
        // 0 means "no id" on a platform without null.
        Member::Absent | Member::One("0") => Ok(None),
        Member::Repeated => Err(InvalidId),
        Member::One(value) => {
            let digits = Scalar::read(value).into_digits().ok_or(InvalidId)?;
            OfferId::parse(digits.trim()).map(Some).ok_or(InvalidId)
        }
    }
}
