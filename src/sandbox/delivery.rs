//! What a fault makes of a call: whether and when it is executed, and what the client receives.
//!
//! Knows nothing of connections. The invariant: a fault changes the reply, never what the call does.

use std::time::{Duration, Instant};

use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::fake_cake::{CallResult, FakeCake, ParsedRequest};
use super::faults::{Call, Disconnect, Effect, LateReply, Processing, RetryAfter};
use super::late::Swapped;
use super::reply::{HttpReply, Rejection};
use super::rows::{Member, Override};

/// What the client receives.
pub(super) enum Delivery {
    Reply(HttpReply),
    /// The reply to a call that is executed at that time.
    Late(Instant, oneshot::Receiver<Result<CallResult, Rejection>>),
    /// Another request's reply, or this one if none comes.
    Swapped(oneshot::Receiver<HttpReply>, HttpReply),
    /// The reply with half of its body.
    Cut(HttpReply),
    Drop(Disconnect),
    Never,
}

/// Executes the call unless the fault prevents it, and decides what the client receives.
pub(super) fn execute(cake: &mut FakeCake, number: u64, request: ParsedRequest, effect: Option<Effect>) -> Delivery {
    let is_write = !request.call.is_read();
    let effect = effect.unwrap_or(Effect::Delay(Duration::ZERO));
    if let (Effect::Late(delay, reply), true) = (&effect, is_write) {
        return execute_late(cake, number, request, *delay, *reply);
    }
    let answer = match (effect.work(), &effect) {
        (Processing::NotProcessed, Effect::Late(..)) | (Processing::Processed, _) => perform(cake, &request, &effect),
        (Processing::NotProcessed, _) => Err(Rejection::Broken),
    };
    if answer.is_ok() {
        cake.log.done(number, request.call);
    }
    let overridden = is_write.then(|| overridden(&effect, &answer)).flatten();
    let reply = cake.reply(&answer, overridden.as_ref());
    match effect {
        Effect::Drop(ending, _) => Delivery::Drop(ending),
        Effect::Hang(_) => Delivery::Never,
        Effect::CutBody => Delivery::Cut(reply),
        Effect::Swap if is_write => match cake.swap.swap(reply.clone()) {
            Swapped::Now(other) => Delivery::Reply(other),
            Swapped::Later(other) => Delivery::Swapped(other, reply),
        },
        Effect::Html { code, title: None, .. } => Delivery::Reply(HttpReply::html(code)),
        Effect::Html { code, title: Some(title), .. } => Delivery::Reply(HttpReply::page(code, &title)),
        Effect::Error(message) => Delivery::Reply(HttpReply::failed(&message)),
        Effect::Restricted => Delivery::Reply(HttpReply::failed("Restricted")),
        Effect::Status { code, retry_after, .. } => Delivery::Reply(status(code, retry_after)),
        Effect::Redirect(url) => Delivery::Reply(HttpReply::html(302).with("location", url)),
        Effect::SuccessUnder(status) => Delivery::Reply(HttpReply { status, ..reply }),
        Effect::ContentType(content_type) => Delivery::Reply(HttpReply { content_type, ..reply }),
        Effect::Delay(_)
        | Effect::Late(..)
        | Effect::NoId
        | Effect::OtherId(_)
        | Effect::IdOnly(_)
        | Effect::Echo(..)
        | Effect::Swap
        | Effect::TakeId(_) => Delivery::Reply(reply),
    }
}

fn execute_late(
    cake: &mut FakeCake,
    number: u64,
    request: ParsedRequest,
    delay: Duration,
    reply: LateReply,
) -> Delivery {
    let due = Instant::now() + delay;
    let result = cake.late.add(due, number, request);
    match reply {
        LateReply::Own => Delivery::Late(due, result),
        LateReply::Reset => Delivery::Drop(Disconnect::Reset),
        LateReply::Status(code) => Delivery::Reply(status(code, None)),
    }
}

fn perform(cake: &mut FakeCake, request: &ParsedRequest, effect: &Effect) -> Result<CallResult, Rejection> {
    match effect {
        Effect::TakeId(id) if request.call == Call::Create => {
            let newest = cake.store.offers().last().map(|offer| offer.offer_id);
            match id.or(newest) {
                Some(id) => cake.perform_with_id(request, id),
                None => cake.perform(request),
            }
        }
        _ => cake.perform(request),
    }
}

/// The member that the reply to a write shows otherwise.
fn overridden(effect: &Effect, answer: &Result<CallResult, Rejection>) -> Option<Override> {
    let json = |text: String| RawValue::from_string(text).ok();
    match effect {
        Effect::NoId => Some(Override::of(Member::OfferId, None)),
        Effect::OtherId(id) => {
            let id = id.unwrap_or_else(|| own_id(answer).saturating_add(1));
            Some(Override::of(Member::OfferId, json(id.to_string())))
        }
        Effect::IdOnly(id) => {
            let id = id.unwrap_or_else(|| own_id(answer));
            Some(Override { is_alone: true, ..Override::of(Member::OfferId, json(id.to_string())) })
        }
        Effect::Echo(member, value) => Some(Override::of(Member::named(member)?, value.clone().and_then(json))),
        _ => None,
    }
}

fn own_id(answer: &Result<CallResult, Rejection>) -> u64 {
    match answer {
        Ok(CallResult::Written(offer, _)) => offer.offer_id,
        _ => 0,
    }
}

fn status(code: u16, retry_after: Option<RetryAfter>) -> HttpReply {
    let reply = HttpReply::bare(code);
    match retry_after {
        None => reply,
        Some(RetryAfter::Seconds(seconds)) => reply.with("retry-after", seconds.to_string()),
        Some(RetryAfter::Date(seconds)) => {
            // Uses the system clock even if the sandbox's clock is fixed, because clients compare the date with theirs.
            let date = std::time::SystemTime::now() + Duration::from_secs(seconds.into());
            reply.with("retry-after", httpdate::fmt_http_date(date))
        }
    }
}
