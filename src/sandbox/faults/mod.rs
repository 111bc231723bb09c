//! Fault rules: which requests fail, and how.
//!
//! Data only: `parse` and `print` are their text form, `injector` counts requests against them. The invariant: each effect defines whether the
//! call is executed, so that a test knows what CAKE must contain.

mod injector;
mod parse;
mod print;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::Serialize;

pub(super) use injector::{Injector, SelectedFault};

/// The documented calls of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Call {
    /// `POST /api/2/offer.json`
    Create,
    /// `POST /api/2/update_offer.json`
    Update,
    /// `GET /api/2/offers.json`
    List,
    /// `GET /api/2/advertisers.json`
    Advertisers,
}

impl Call {
    /// Whether the call changes nothing.
    pub(super) fn is_read(self) -> bool {
        matches!(self, Self::List | Self::Advertisers)
    }
}

/// The requests that a rule applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Any of the calls: `any`.
    Any,
    /// One of the calls: `create`, `update`, `list`, `advertisers`.
    Call(Call),
    /// A connection, before a byte is read from it: `connect`. It can be closed, left open without a reply, or delayed.
    Connection,
}

/// Rules in order of precedence.
///
/// Each rule counts the requests that it matches, even if another rule is applied. If several rules are selected for a request, their
/// delays add up and the first other effect is applied. As text, one rule per line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultPlan {
    /// The rules.
    pub rules: Vec<FaultRule>,
}

/// One rule: an effect for some requests.
///
/// As text: `CALL[OFFER]:TURNS=EFFECT`, for example `create:3=reset-after`, `update[id=12345]=hang`,
/// `any:every-5=delay:200`, `create[name="Home Warranty"]:1-2=http-503:done`, `connect:1=reset-before`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultRule {
    /// The call or connection.
    pub target: Target,
    /// Limits the rule to one offer.
    pub subject: Option<RequestFilter>,
    /// Which of the matching requests it applies to.
    pub turns: Occurrences,
    /// What happens to the request.
    pub effect: Effect,
}

/// Selects requests about one offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestFilter {
    /// By name: the name in the request, or the present name of the updated offer.
    Name(String),
    /// By the id of the updated or listed offer.
    Id(u64),
    /// By a text that the request's body holds.
    Text(String),
}

/// Which matching requests a rule applies to, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrences {
    /// All of them.
    Always,
    /// One of them: `3`.
    Nth(u64),
    /// An inclusive range: `3-5`.
    Range(u64, u64),
    /// All from this one on: `3-`.
    From(u64),
    /// Every nth: `every-3`.
    Every(u64),
    /// A percentage, chosen by a random sequence with this seed: `25%7`.
    Chance {
        /// The percentage.
        percent: u8,
        /// The seed.
        seed: u64,
    },
}

/// Whether the call is executed despite the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processing {
    /// The call is executed: CAKE has the write.
    Processed,
    /// The call is not executed.
    NotProcessed,
}

/// How a connection ends without a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disconnect {
    /// A TCP reset.
    Reset,
    /// An orderly close.
    Close,
}

/// The value of a `Retry-After` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// Seconds.
    Seconds(u32),
    /// The date that is this many seconds in the future.
    Date(u32),
}

/// What the client receives for a request that is executed late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LateReply {
    /// The normal reply, after the execution.
    Own,
    /// A TCP reset, at once.
    Reset,
    /// This HTTP status, at once.
    Status(u16),
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// `reset-before`, `reset-after`, `close-before`, `close-after`: no reply. Without an offer filter, a disconnect without execution
    /// happens before the body is read.
    Drop(Disconnect, Processing),
    /// `hang`, `hang:done`: no reply until the client disconnects or the sandbox stops.
    Hang(Processing),
    /// `delay:MILLISECONDS`: executed, with a delayed reply.
    Delay(Duration),
    /// `cut-body`: executed; half of the reply's body, then an orderly close.
    CutBody,
    /// `html-200`, `html-500:done`, `html-403:title=Request blocked`: an HTML page instead of JSON.
    Html {
        /// The HTTP status.
        code: u16,
        /// Whether the call is executed.
        work: Processing,
        /// The page's title; without it, the status.
        title: Option<String>,
    },
    /// `error:MESSAGE`: not executed; HTTP 200 with a failure and this message.
    Error(String),
    /// `restricted`: not executed; HTTP 200 with the message "Restricted", which is how CAKE throttles.
    Restricted,
    /// `http-429`, `http-429:after=5`, `http-503:done:after-date=5`: an HTTP error.
    Status {
        /// The HTTP status.
        code: u16,
        /// Whether the call is executed.
        work: Processing,
        /// When the client may retry.
        retry_after: Option<RetryAfter>,
    },
    /// `success-429`: executed; the normal reply with this HTTP status.
    SuccessUnder(u16),
    /// `late:MILLISECONDS`, `late:2000:reset`, `late:2000:504`: executed so much later, even if the client has disconnected. No
    /// effect on the listing.
    Late(Duration, LateReply),
    /// `no-id`: executed; the reply is a Success without `offer_id`. No effect on the listing.
    NoId,
    /// `other-id`, `other-id:99`: executed; the reply has this id, or the next one. No effect on the listing.
    OtherId(Option<u64>),
    /// `id-only`, `id-only:99`: executed; the reply is a Success with this id, or the offer's own, and nothing else of the offer. No
    /// effect on the listing.
    IdOnly(Option<u64>),
    /// `echo:payout=240.00`, `echo:offer_name`: executed; the reply has this JSON value for the member, or lacks the member. No
    /// effect on the listing.
    Echo(String, Option<String>),
    /// `swap`: executed; two such requests get each other's reply, unless no second one arrives soon. No effect on the listing.
    Swap,
    /// `take-id`, `take-id:99`: a create is executed; the new offer gets this id, or the newest one, and replaces that offer, as after
    /// a restore from a backup. No effect on the other calls.
    TakeId(Option<u64>),
    /// `redirect:URL`: not executed; HTTP 302.
    Redirect(String),
    /// `content-type:TYPE`: executed; the normal body with this content type.
    ContentType(String),
}

impl Effect {
    /// Whether the call is executed when it arrives.
    #[must_use]
    pub fn work(&self) -> Processing {
        match self {
            Self::Drop(_, work) | Self::Hang(work) | Self::Html { work, .. } | Self::Status { work, .. } => *work,
            Self::Delay(_)
            | Self::CutBody
            | Self::SuccessUnder(_)
            | Self::NoId
            | Self::OtherId(_)
            | Self::IdOnly(_)
            | Self::Echo(..)
            | Self::Swap
            | Self::TakeId(_)
            | Self::ContentType(_) => Processing::Processed,
            Self::Error(_) | Self::Restricted | Self::Redirect(_) | Self::Late(..) => Processing::NotProcessed,
        }
    }
}

impl FaultRule {
    /// Why the effect is not possible for the target, if it is not.
    fn contradiction(&self) -> Option<&'static str> {
        let writes = matches!(
            self.effect,
            Effect::NoId
                | Effect::OtherId(_)
                | Effect::IdOnly(_)
                | Effect::Echo(..)
                | Effect::Swap
                | Effect::TakeId(_)
                | Effect::Late(..)
        );
        let connections = matches!(
            self.effect,
            Effect::Drop(_, Processing::NotProcessed) | Effect::Hang(Processing::NotProcessed) | Effect::Delay(_)
        );
        match self.target {
            Target::Call(call) if call.is_read() && writes => Some("the effect is for writes only"),
            Target::Connection if self.subject.is_some() => Some("a connection has no offer"),
            Target::Connection if !connections => {
                Some("a connection can only meet reset-before, close-before, hang and delay")
            }
            _ => None,
        }
    }
}

impl Occurrences {
    /// Whether the rule applies to the matching request with this number.
    #[must_use]
    pub fn include(self, number: u64) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(nth) => number == nth,
            Self::Range(first, last) => (first..=last).contains(&number),
            Self::From(first) => number >= first,
            Self::Every(step) => number.is_multiple_of(step),
            Self::Chance { percent, seed } => splitmix64(seed, number) % 100 < u64::from(percent),
        }
    }
}

/// One step of `SplitMix64`. Not from a crate, because its numbers could change with its version.
fn splitmix64(seed: u64, place: u64) -> u64 {
    let mut bits = seed.wrapping_add(place.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
