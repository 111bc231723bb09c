//! Which requests fail, and how: faults as values.
//!
//! Knows nothing of sockets; `text` writes and reads these values, `injector` counts requests against them. The
//! invariant: each effect says by itself whether the write is done, so that a test can know what CAKE must hold.

mod injector;
#[cfg(test)]
mod tests;
mod text;

use std::time::Duration;

use serde::Serialize;

pub(super) use injector::{Injector, SelectedFault};
pub use text::FaultSyntaxError;

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
}

/// What a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Any of the calls: `any`.
    Any,
    /// One of the calls: `create`, `update`, `list`.
    Call(Call),
    /// A connection, before a byte is read from it: `connect`. It can be dropped, left hanging or delayed, nothing else.
    Connection,
}

/// Rules in order of precedence.
///
/// Each rule counts the requests that it matches, whether or not another rule decides their fate. Of the rules whose turn a
/// request is, the delays add up and the first one that is not a delay decides. As text, a plan is a rule to a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultPlan {
    /// The rules.
    pub rules: Vec<FaultRule>,
}

/// One rule: these requests meet this effect.
///
/// As text: `TARGET[SUBJECT]:TURNS=EFFECT`, for example `create:3=reset-after`, `update[id=12345]=hang`,
/// `any:every-5=delay:200`, `create[name="Home Warranty"]:1-2=http-503:done`, `connect:1=reset-before`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultRule {
    /// The call, or the connection.
    pub target: Target,
    /// The offer that the request speaks of, or any.
    pub subject: Option<OfferFilter>,
    /// Which of the matching requests.
    pub turns: Occurrences,
    /// What happens to them.
    pub effect: Effect,
}

/// The offer that a request speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferFilter {
    /// By name: the one that is sent, or the present one of the offer that is updated.
    Name(String),
    /// By id: the one that is updated or listed.
    Id(u64),
}

/// Which of the requests that a rule matches are its turn, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrences {
    /// Every one.
    Always,
    /// This one: `3`.
    Nth(u64),
    /// From the first to the last of these: `3-5`.
    Range(u64, u64),
    /// From this one on: `3-`.
    From(u64),
    /// Every so many: `every-3`.
    Every(u64),
    /// So many in a hundred, by chance that depends on nothing but the seed: `25%7`.
    Chance {
        /// How many in a hundred.
        percent: u8,
        /// The seed.
        seed: u64,
    },
}

/// Whether the call is carried out in spite of its fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processing {
    /// The sandbox holds the write.
    Processed,
    /// The write was not carried out.
    NotProcessed,
}

/// How a connection ends without a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disconnect {
    /// By a TCP reset.
    Reset,
    /// By an orderly close.
    Close,
}

/// What a `Retry-After` header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So many seconds.
    Seconds(u32),
    /// The date that is so many seconds ahead.
    Date(u32),
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// `reset-before`, `reset-after`, `close-before`, `close-after`: no reply. Where no subject must be known for it, a drop
    /// without work happens before the body is read.
    Drop(Disconnect, Processing),
    /// `hang`, `hang:done`: neither a reply nor an end until the client gives up or the sandbox stops.
    Hang(Processing),
    /// `delay:MILLISECONDS`: done, and answered so much later.
    Delay(Duration),
    /// `cut-body`: done; half of the reply's body, then an orderly close.
    CutBody,
    /// `html-200`, `html-500:done`: a page instead of JSON.
    Html(u16, Processing),
    /// `error:MESSAGE`: not done; HTTP 200 with a failure and this message.
    Error(String),
    /// `restricted`: not done; CAKE's own way to throttle, HTTP 200 with the message "Restricted".
    Restricted,
    /// `http-429`, `http-429:after=5`, `http-503:done:after-date=5`: an HTTP error.
    Status {
        /// The status.
        code: u16,
        /// Whether the call is carried out.
        work: Processing,
        /// When the client may come back.
        retry_after: Option<RetryAfter>,
    },
    /// `no-id`: done; the reply says Success and has no `offer_id`. Nothing to a listing.
    NoId,
    /// `other-id`, `other-id:99`: done; the reply has this id, or the next one. Nothing to a listing.
    OtherId(Option<u64>),
    /// `redirect:URL`: not done; HTTP 302.
    Redirect(String),
    /// `content-type:TYPE`: done; the right body under this content type.
    ContentType(String),
}

impl Effect {
    /// Whether the call is carried out.
    #[must_use]
    pub fn work(&self) -> Processing {
        match self {
            Self::Drop(_, work) | Self::Hang(work) | Self::Html(_, work) | Self::Status { work, .. } => *work,
            Self::Delay(_) | Self::CutBody | Self::NoId | Self::OtherId(_) | Self::ContentType(_) => {
                Processing::Processed
            }
            Self::Error(_) | Self::Restricted | Self::Redirect(_) => Processing::NotProcessed,
        }
    }
}

impl FaultRule {
    /// Whether the effect can happen to what the rule is for; why not, if it cannot.
    fn contradiction(&self) -> Option<&'static str> {
        let writes = matches!(self.effect, Effect::NoId | Effect::OtherId(_));
        let connections = matches!(
            self.effect,
            Effect::Drop(_, Processing::NotProcessed) | Effect::Hang(Processing::NotProcessed) | Effect::Delay(_)
        );
        match self.target {
            Target::Call(Call::List) if writes => Some("a listing has no id of its own"),
            Target::Connection if self.subject.is_some() => Some("a connection is not about an offer"),
            Target::Connection if !connections => {
                Some("a connection can only meet reset-before, close-before, hang and delay")
            }
            _ => None,
        }
    }
}

impl Occurrences {
    /// Whether the matching request of this number is the rule's turn.
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

/// A number that looks random and is the same for the same seed and place: one round of `SplitMix64`. A crate for random
/// numbers would keep a state, and its numbers would change with its version.
fn splitmix64(seed: u64, place: u64) -> u64 {
    let mut bits = seed.wrapping_add(place.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
