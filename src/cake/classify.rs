//! What is certain after a write: it landed, it was rejected, it was not sent, or nobody knows.
//!
//! Owns the judgement on a reply; knows no socket and no retry. Invariant: [`classify_response`] says *landed* only on 2xx with a JSON
//! object whose `request_status` is Success and which holds one id (on an update: the id asked for), and says *rejected* or
//! *throttled* only where CAKE surely did nothing. All else is in doubt. The table is in the room's own documentation.

use std::time::Duration;

use crate::offer::OfferId;
use crate::offer::Request;

use super::object::{Member, Object, Scalar};
use super::reply::{Body, Meaning, Reply, RequestStatus, meaning, message, request_status};

/// Why a write did not land for certain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteFailure {
    /// CAKE got the write and did not do it.
    #[error("CAKE rejected it: {message}")]
    Rejected {
        /// CAKE's own words, or the status where it has none.
        message: String,
        /// The HTTP status.
        status: u16,
    },
    /// CAKE surely did nothing: the request never left, or was throttled until patience ended.
    #[error("not sent: {message}")]
    NotSent {
        /// What stood in the way.
        message: String,
    },
    /// The request may have left and no reply says what became of it.
    #[error("in doubt: {message}")]
    InDoubt {
        /// What is known.
        message: String,
    },
    /// CAKE refused the key: nothing was done, and nothing else will be.
    #[error("CAKE refused the API key: {message}")]
    KeyRefused {
        /// CAKE's own words, or the status where it has none.
        message: String,
    },
}

impl WriteFailure {
    /// What went wrong, for people; never holds the key.
    pub fn message(&self) -> &str {
        match self {
            Self::Rejected { message, .. }
            | Self::NotSent { message }
            | Self::InDoubt { message }
            | Self::KeyRefused { message } => message,
        }
    }

    /// Whether CAKE surely did not do it, so that it may be sent again.
    pub fn is_surely_not_done(&self) -> bool {
        !matches!(self, Self::InDoubt { .. })
    }
}

/// How one attempt failed. More than the outside needs to know: it also says whether and when to try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    Rejected {
        message: String,
        status: u16,
    },
    NotSent {
        message: String,
    },
    InDoubt {
        message: String,
        wait: Option<Duration>,
    },
    KeyRefused {
        message: String,
    },
    Throttled {
        message: String,
        wait: Option<Duration>,
    },
    /// The stop signal, or a pause beyond patience: not sent, and not to be tried again.
    GivenUp {
        message: String,
    },
}

impl Failure {
    /// How long CAKE asked to wait.
    pub(super) fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::InDoubt { wait, .. } | Self::Throttled { wait, .. } => *wait,
            Self::Rejected { .. } | Self::NotSent { .. } | Self::KeyRefused { .. } | Self::GivenUp { .. } => None,
        }
    }
}

impl From<Failure> for WriteFailure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Rejected { message, status } => Self::Rejected { message, status },
            Failure::NotSent { message } | Failure::GivenUp { message } => Self::NotSent { message },
            Failure::Throttled { message, .. } => Self::NotSent { message: format!("CAKE throttles ({message})") },
            Failure::InDoubt { message, .. } => Self::InDoubt { message },
            Failure::KeyRefused { message } => Self::KeyRefused { message },
        }
    }
}

/// Judges a reply to a write.
pub(super) fn classify_response(request: Request<'_>, reply: &Reply) -> Result<OfferId, Failure> {
    match reply.status {
        200..=299 => classify_success(request, reply),
        429 => Err(Failure::Throttled { message: reply.describe(), wait: reply.wait }),
        // An error that brings an id contradicts itself: something may have been made.
        400..=499 if claims_success(reply) => Err(doubt(reply, "an error status with a reply that says Success")),
        401 | 403 => Err(Failure::KeyRefused { message: reply.describe() }),
        400..=499 => Err(refusal(reply.message().unwrap_or_else(|| reply.describe()), reply)),
        300..=399 => Err(doubt(reply, &format!("HTTP {}: a redirect, which is never followed", reply.status))),
        _ => Err(doubt(reply, &reply.describe())),
    }
}

fn classify_success(request: Request<'_>, reply: &Reply) -> Result<OfferId, Failure> {
    let bytes = match &reply.body {
        Body::Whole(bytes) => bytes,
        Body::Cut(why) => return Err(doubt(reply, &format!("the reply was cut off: {why}"))),
        Body::TooLong => return Err(doubt(reply, "the reply is longer than any reply to a write")),
    };
    let Some(object) = Object::from_bytes(bytes) else {
        return Err(classify_text(reply));
    };
    match (request_status(&object), request) {
        (RequestStatus::Success, Request::Create(_)) => id_in(&object)
            .ok()
            .flatten()
            .ok_or_else(|| doubt(reply, "the reply says Success without a usable offer id")),
        (RequestStatus::Success, Request::Update(update)) => match id_in(&object) {
            Ok(Some(id)) if id == update.offer_id() => Ok(id),
            Ok(Some(id)) => Err(doubt(reply, &format!("the reply says Success for another offer, {id}"))),
            Ok(None) | Err(Unreadable) => Err(doubt(reply, "the reply says Success without a usable offer id")),
        },
        (RequestStatus::Absent | RequestStatus::Other, _) => Err(classify_error(request, &object, reply)),
    }
}

/// A JSON object that does not say Success.
fn classify_error(request: Request<'_>, object: &Object<'_>, reply: &Reply) -> Failure {
    let Some(message) = message(object).or_else(|| status_message(object)) else {
        return doubt(reply, "the reply says neither Success nor what went wrong");
    };
    // An id, or a word of success beside the message: something may have been made.
    let brings_id = matches!(request, Request::Create(_)) && !matches!(id_in(object), Ok(None));
    if brings_id || matches!(object.get("success"), Member::One("true") | Member::Repeated) {
        return doubt(reply, &format!("the reply contradicts itself: {message}"));
    }
    refusal(message, reply)
}

/// A success status without a JSON object: only words that cannot mean anything else are believed.
fn classify_text(reply: &Reply) -> Failure {
    match reply.bare_text() {
        Some(text) if matches!(meaning(&text), Meaning::Throttled | Meaning::KeyRefused) => refusal(text, reply),
        _ => doubt(reply, &format!("HTTP {} with a reply that is not JSON as CAKE writes it", reply.status)),
    }
}

fn refusal(message: String, reply: &Reply) -> Failure {
    match meaning(&message) {
        Meaning::Throttled => Failure::Throttled { message, wait: reply.wait },
        Meaning::KeyRefused => Failure::KeyRefused { message },
        Meaning::NoSuchCall | Meaning::Plain => Failure::Rejected { message, status: reply.status },
    }
}

fn doubt(reply: &Reply, message: &str) -> Failure {
    Failure::InDoubt { message: message.to_owned(), wait: reply.wait }
}

/// `request_status` itself, where it names a throttle or a refused key. Any other word (`Pending`, `Partial Success`) could as
/// well mean that something was done.
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

/// There is something in the id's place that is not one id.
struct Unreadable;

/// The offer id: in `offer.offer_id` or at the top, as an integer or as a string of digits; two that differ are none.
fn id_in(object: &Object<'_>) -> Result<Option<OfferId>, Unreadable> {
    let inner = match object.get("offer") {
        Member::One(offer) => Object::read(offer).map_or(Ok(None), |offer| id_of(&offer))?,
        Member::Absent => None,
        Member::Repeated => return Err(Unreadable),
    };
    match (inner, id_of(object)?) {
        (Some(one), Some(other)) if one != other => Err(Unreadable),
        (one, other) => Ok(one.or(other)),
    }
}

/// The `offer_id` member of an object.
fn id_of(object: &Object<'_>) -> Result<Option<OfferId>, Unreadable> {
    match object.get("offer_id") {
        // 0 is how a platform without null says that there is no id.
        Member::Absent | Member::One("0") => Ok(None),
        Member::Repeated => Err(Unreadable),
        Member::One(value) => {
            let digits = Scalar::read(value).into_digits().ok_or(Unreadable)?;
            OfferId::parse(digits.trim()).map(Some).ok_or(Unreadable)
        }
    }
}
