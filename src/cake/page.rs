//! One page of a listing, of offers or of advertisers: its rows and CAKE's total.
//!
//! Knows no paging. Accepts the wrappers in which CAKE's pages are known to show rows. Invariant: a reply without a list of
//! offers is never an empty page.

use std::time::Duration;

use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::value::RawValue;

use super::count::Counted;
use super::gap::admitted_gap;
use super::listed::ListedRow;
use super::message::{MessageMeaning, meaning, message};
use super::object::{MemberValue, Object, Scalar};
use super::reply::{Body, Reply, RequestStatus, request_status};

/// The result of one request for a page.
#[derive(Debug)]
pub(super) struct Page<R> {
    pub(super) rows: Vec<R>,
    /// All rows that the filters allow, as CAKE counts them.
    pub(super) total: Option<u64>,
    /// What else it counts.
    pub(super) counted: Counted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PageFailure {
    /// A retry may succeed.
    Transient {
        message: String,
        retry_after: Option<Duration>,
    },
    Throttled {
        message: String,
        retry_after: Option<Duration>,
    },
    KeyRefused {
        message: String,
    },
    NoListing {
        message: String,
    },
    /// CAKE has a message in place of rows, such as "No offers found".
    NoRows {
        message: String,
    },
    /// A retry would fail too.
    Final {
        message: String,
    },
    Stopped,
}

impl<R: ListedRow> Page<R> {
    /// The id of each row.
    pub(super) fn ids(&self) -> impl Iterator<Item = R::Id> {
        self.rows.iter().map(ListedRow::id)
    }
}

impl PageFailure {
    /// What went wrong. May hold the key.
    pub(super) fn message(&self) -> &str {
        match self {
            Self::Transient { message, .. }
            | Self::Throttled { message, .. }
            | Self::KeyRefused { message }
            | Self::NoListing { message }
            | Self::NoRows { message }
            | Self::Final { message } => message,
            Self::Stopped => "stopped",
        }
    }
}

/// Classifies a reply to a request for a page. Once the key has worked, a 403 is about this request and not about the key.
pub(super) fn read_page<R: ListedRow>(reply: &Reply, zone: &TimeZone, key_works: bool) -> Result<Page<R>, PageFailure> {
    // A proxy that changed a reply on its way says 203.
    if matches!(reply.status, 200 | 203) {
        return read_success(reply, zone);
    }
    let meant = reply.message().map_or(MessageMeaning::Plain, |message| meaning(&message));
    let message = || reply.describe();
    match (reply.status, meant) {
        (429, _) => Err(PageFailure::Throttled { message: message(), retry_after: reply.retry_after }),
        (401, _) | (400..=499, MessageMeaning::KeyRefused) => Err(PageFailure::KeyRefused { message: message() }),
        (403, _) if !key_works => Err(PageFailure::KeyRefused { message: message() }),
        (404 | 405, _) | (400..=499, MessageMeaning::NoSuchCall) => Err(PageFailure::NoListing { message: message() }),
        // The server gave up waiting for the request, or is not ready for it yet.
        (408 | 425 | 499, _) | (400..=499, MessageMeaning::TimedOut) => Err(transient(reply, message())),
        (400..=499, _) => Err(PageFailure::Final { message: message() }),
        (300..=399, _) => {
            let message = format!("HTTP {}: a redirect, which is never followed", reply.status);
            Err(PageFailure::Final { message })
        }
        (200..=299, _) => Err(transient(reply, format!("{}: it is not said to be the whole list", message()))),
        _ => Err(transient(reply, message())),
    }
}

fn transient(reply: &Reply, message: String) -> PageFailure {
    PageFailure::Transient { message, retry_after: reply.retry_after }
}

fn read_success<R: ListedRow>(reply: &Reply, zone: &TimeZone) -> Result<Page<R>, PageFailure> {
    let bytes = match &reply.body {
        Body::Whole(bytes) => bytes,
        Body::Cut { why, .. } => return Err(transient(reply, format!("the reply was cut off: {why}"))),
        Body::TooLong => {
            return Err(PageFailure::Final { message: "a page of the listing is too long to be read".to_owned() });
        }
    };
    let Some(object) = Object::from_bytes(bytes) else {
        // An HTML page in place of the listing usually means a temporary failure of the server.
        return Err(match reply.bare_text() {
            Some(text) => refusal(text, reply),
            None => transient(reply, format!("{}, which is not a JSON object", reply.describe())),
        });
    };
    if request_status(&object) == RequestStatus::Other {
        let status = object.text("request_status").map(std::borrow::Cow::into_owned);
        let message = message(&object).or(status).unwrap_or_else(|| "the reply does not say Success".to_owned());
        return Err(refusal(message, reply));
    }
    let inner = object.object("response");
    let parts = || [Some(&object), inner.as_ref()].into_iter().flatten();
    if let Some(why) = parts().find_map(admitted_gap) {
        return Err(transient(reply, why));
    }
    let list = |object| list(object, R::LIST);
    if inner.as_ref().and_then(list).is_some() && list(&object).is_some() {
        return Err(PageFailure::Final { message: format!("the reply holds two lists of {}", R::LIST) });
    }
    let Some(rows) = list(&object).or_else(|| list(inner.as_ref()?)) else {
        let message = message(&object).or_else(|| message(inner.as_ref()?));
        let says_success = request_status(&object) == RequestStatus::Success;
        return Err(match message {
            Some(message) if says_success && meaning(&message) == MessageMeaning::Plain => {
                PageFailure::NoRows { message }
            }
            Some(message) => refusal(message, reply),
            None => PageFailure::Final { message: no_list(&object, R::LIST) },
        });
    };
    let rows =
        rows.iter().map(|row| Object::read(row.get()).and_then(|row| R::read(&row, zone))).collect::<Option<Vec<_>>>();
    let Some(rows) = rows else {
        // If it were skipped, an offer would look absent and be created again.
        return Err(PageFailure::Final { message: format!("a row of the listing has no readable {}", R::ID) });
    };
    let total = parts().flat_map(counts).collect::<Result<Vec<_>, _>>()?.into_iter().max();
    if total.is_none() && request_status(&object) == RequestStatus::Absent {
        let message = "the reply says neither Success nor how many rows there are".to_owned();
        return Err(PageFailure::Final { message });
    }
    let counted = parts().map(Counted::of).fold(Counted::default(), Counted::max).beside(total);
    Ok(Page { rows, total, counted })
}

fn refusal(message: String, reply: &Reply) -> PageFailure {
    match meaning(&message) {
        MessageMeaning::Throttled => PageFailure::Throttled { message, retry_after: reply.retry_after },
        MessageMeaning::KeyRefused => PageFailure::KeyRefused { message },
        MessageMeaning::NoSuchCall => PageFailure::NoListing { message },
        MessageMeaning::TimedOut => transient(reply, message),
        MessageMeaning::NoRows => PageFailure::NoRows { message },
        MessageMeaning::Plain => PageFailure::Final { message },
    }
}

fn no_list(object: &Object<'_>, list: &str) -> String {
    format!("the reply holds no list of {list}; it has: {}", object.names())
}

fn list<'a>(object: &Object<'a>, list: &str) -> Option<Vec<&'a RawValue>> {
    match object.get(list) {
        MemberValue::One(value) => serde_json::from_str(value).ok(),
        MemberValue::Absent | MemberValue::Repeated => None,
    }
}

/// `total_rows`, and `total_records` as a sibling page has it. One that cannot be read may contradict the rows.
fn counts<'o>(object: &'o Object<'_>) -> impl Iterator<Item = Result<u64, PageFailure>> + 'o {
    let count = |name: &'static str| match object.get(name) {
        MemberValue::One("\"\"") | MemberValue::Absent => None,
        MemberValue::One(value) => {
            Some(whole(Scalar::read(value).into_digits().as_deref()).ok_or_else(|| not_a_count(name)))
        }
        MemberValue::Repeated => Some(Err(not_a_count(name))),
    };
    ["total_rows", "total_records"].into_iter().filter_map(count)
}

fn not_a_count(name: &str) -> PageFailure {
    PageFailure::Final { message: format!("`{name}` of the listing cannot be read as a number of rows") }
}

/// `7`, and `7.0` as some writers of JSON have it.
fn whole(digits: Option<&str>) -> Option<u64> {
    let number: Decimal = digits?.trim().parse().ok()?;
    number.is_integer().then(|| number.to_u64()).flatten()
}
