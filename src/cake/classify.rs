//! What is certain after a reply to a write: done, rejected, not done because of a throttle, or in doubt.
//!
//! Owns the classification of replies; knows no socket and no retry. Invariant: [`classify_response`] says *done* only on 2xx
//! with a JSON object whose `request_status` is Success and which holds one id (on an update: the id asked for) and no other
//! offer's name, and says *rejected* or *throttled* only where CAKE certainly did nothing. All else is in doubt. The table is in
//! the room's own documentation.

use jiff::tz::TimeZone;

use crate::offer::{Contradiction, OfferId, Request};

use super::attempt::AttemptFailure;
use super::claim::{
    claims_success, contradicts_status, is_deferred, is_unclear, may_be_done, says_later, says_taken_on,
};
use super::echo::{Echo, ShownIdentity};
use super::gap::admitted_refusal;
use super::message::{MessageMeaning, meaning, message};
use super::object::Object;
use super::reply::{Body, Reply, RequestStatus, request_status};

/// What the interpretation of a reply depends on besides the reply.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestContext<'a> {
    /// The zone of CAKE's dates.
    pub(super) zone: &'a TimeZone,
    /// Whether CAKE has taken the key before: then a 403 is about this one request.
    pub(super) key_works: bool,
}

/// CAKE confirmed the write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Confirmed {
    pub(super) offer_id: OfferId,
    /// The sent values that the reply shows otherwise.
    pub(super) contradictions: Vec<Contradiction>,
    /// What tells the offer in the reply from others.
    pub(super) identity: ShownIdentity,
    /// What the reply says of waiting.
    pub(super) waits: Option<String>,
}

pub(super) fn classify_response(
    request: Request<'_>,
    reply: &Reply,
    context: RequestContext<'_>,
) -> Result<Confirmed, AttemptFailure> {
    let result = classify(request, reply, context);
    // Whatever else is wrong with such a reply, that nothing shows the effect does not overrule it.
    let is_accepted = || match request {
        Request::Create(_) => claims_success(request, reply),
        Request::Update { .. } => is_deferred(request, reply),
    };
    result.map_err(|failure| if is_accepted() { failure.accepted() } else { failure })
}

fn classify(request: Request<'_>, reply: &Reply, context: RequestContext<'_>) -> Result<Confirmed, AttemptFailure> {
    if reply.is_success() {
        return classify_success(request, reply, context.zone);
    }
    if let Some(object) = reply.object().filter(|object| may_be_done(request, object)) {
        let contradiction =
            format!("an error status with a reply that says Success or has an offer id ({})", reply.describe());
        return Err(Echo::of(&object)
            .mismatch(request)
            .map_or_else(|| in_doubt(reply, contradiction), AttemptFailure::mismatch));
    }
    if matches!(request, Request::Create(_)) && reply.object().is_none() && reply.names_offer() {
        return Err(in_doubt(
            reply,
            format!("an error status with a reply that has an offer id ({})", reply.describe()),
        ));
    }
    Err(match reply.status {
        429 => AttemptFailure::throttled(&reply.describe(), reply.retry_after),
        401 => AttemptFailure::key_refused(&reply.describe()),
        400..=499 if contradicts_status(reply) => {
            in_doubt(reply, format!("an error status, and the reply says that CAKE took it on ({})", reply.describe()))
        }
        403 if !context.key_works => AttemptFailure::key_refused(&reply.describe()),
        // The server gave up waiting, or is at work on an earlier request.
        408 | 409 | 425 | 499 => in_doubt(reply, reply.describe()),
        400..=499 => classify_refusal(&reply.message().unwrap_or_default(), reply),
        300..=399 => in_doubt(reply, format!("HTTP {}: a redirect, which is never followed", reply.status)),
        _ => in_doubt(reply, reply.describe()),
    })
}

fn classify_success(request: Request<'_>, reply: &Reply, zone: &TimeZone) -> Result<Confirmed, AttemptFailure> {
    match &reply.body {
        Body::Whole(_) => {}
        Body::Cut { why, .. } => return Err(in_doubt(reply, format!("the reply was cut off: {why}"))),
        Body::TooLong => return Err(in_doubt(reply, "the reply is longer than any reply to a write".to_owned())),
    }
    let Some(object) = reply.object() else {
        return Err(classify_text(reply));
    };
    if request_status(&object) != RequestStatus::Success {
        return Err(classify_error(request, &object, reply));
    }
    let echo = Echo::of(&object);
    if let Some(mismatch) = echo.mismatch(request) {
        return Err(AttemptFailure::mismatch(mismatch));
    }
    // 202 says that nothing is done yet; a proxy that changed a reply on its way says 203.
    if !matches!(reply.status, 200 | 201 | 203) {
        return Err(in_doubt(reply, format!("{}: it is not said to be done", reply.describe())));
    }
    if let Some(failure) = admitted_refusal(&object) {
        return Err(in_doubt(reply, format!("the reply contradicts itself: it says Success, and: {failure}")));
    }
    // The offer of a create is there, with its id. The values of an update may be shown as they are wanted, and not as they are.
    let waits = says_later(&object).then(|| {
        let said = message(&object).or_else(|| message(&object.object("offer")?)).unwrap_or_else(|| reply.describe());
        format!("the reply says Success, and that CAKE does it later: {said}")
    });
    if let (Request::Update { .. }, Some(said)) = (request, &waits) {
        return Err(in_doubt(reply, said.clone()));
    }
    let Ok(Some(offer_id)) = echo.id() else {
        return Err(in_doubt(reply, "the reply says Success without a usable offer id".to_owned()));
    };
    Ok(Confirmed { offer_id, contradictions: echo.contradictions(request, zone), identity: echo.identity(), waits })
}

/// A JSON object that does not say Success.
fn classify_error(request: Request<'_>, object: &Object<'_>, reply: &Reply) -> AttemptFailure {
    let Some(message) = message(object).or_else(|| status_message(object)) else {
        let names = object.names();
        return in_doubt(reply, format!("the reply says neither Success nor what went wrong; it has: {names}"));
    };
    if may_be_done(request, object) {
        return in_doubt(reply, format!("the reply contradicts itself: {message}"));
    }
    if says_taken_on(object) {
        return in_doubt(reply, format!("the reply does not say Success, but{}: {message}", of_status(object)));
    }
    if is_unclear(object) {
        return in_doubt(
            reply,
            format!("the reply says neither Success nor that CAKE refused it{}: {message}", of_status(object)),
        );
    }
    classify_refusal(&message, reply)
}

/// What the reply has for a status, for a message.
fn of_status(object: &Object<'_>) -> String {
    object.text("request_status").map(|status| format!(" (`{status}`)")).unwrap_or_default()
}

/// A success status without a JSON object: only unambiguous messages are believed.
fn classify_text(reply: &Reply) -> AttemptFailure {
    match reply.bare_text() {
        Some(text) if matches!(meaning(&text), MessageMeaning::Throttled | MessageMeaning::KeyRefused) => {
            classify_refusal(&text, reply)
        }
        _ => in_doubt(reply, format!("a reply that is not JSON as CAKE writes it ({})", reply.describe())),
    }
}

/// CAKE did nothing, unless it gave up waiting. Under a success status only its message says so; else the status does, too.
fn classify_refusal(message: &str, reply: &Reply) -> AttemptFailure {
    let described = if reply.is_success() { message.to_owned() } else { reply.describe() };
    match meaning(message) {
        MessageMeaning::Throttled => AttemptFailure::throttled(&described, reply.retry_after),
        MessageMeaning::KeyRefused => AttemptFailure::key_refused(&described),
        MessageMeaning::TimedOut => in_doubt(reply, described),
        MessageMeaning::NoSuchCall | MessageMeaning::NoRows | MessageMeaning::Plain => {
            AttemptFailure::rejected(described)
        }
    }
}

fn in_doubt(reply: &Reply, message: String) -> AttemptFailure {
    AttemptFailure::in_doubt(message, reply.retry_after)
}

/// `request_status` itself, where it names a throttle or a refused key. Any other value (`Pending`, `Partial Success`) could
/// mean that something was done.
fn status_message(object: &Object<'_>) -> Option<String> {
    let status = object.text("request_status")?;
    matches!(meaning(&status), MessageMeaning::Throttled | MessageMeaning::KeyRefused).then(|| status.into_owned())
}
