//! The client of CAKE's HTTP API: requests, replies and what is certain after a write.
//!
//! A [`Client`] has two halves of different types: a [`Reader`], which can only read, and a [`Writer`]. Planning gets a
//! reader, so it cannot write. Knows no YAML, no plan and no state file.
//!
//! # What is certain after a write
//!
//! | what happened | certainty |
//! |---|---|
//! | no connection: refused, no such host, TLS failed, connecting timed out | not sent |
//! | the connection went away and hyper gave the request back unwritten | not sent |
//! | reset, closed or timed out after that; reply cut off or longer than 1 MiB | in doubt |
//! | 200, 201 or 203, a JSON object, `request_status` Success, one offer id (update: the id asked for) | **done** |
//! | … and a value in it is not the one that was sent | done, with a contradiction |
//! | … and it has another offer's name, (create) another advertiser, or (update) another id | in doubt: mismatch |
//! | the same with no id, two ids that differ, or an id that is no id | in doubt |
//! | … or with `error` or `errors`, `"success": false`, or a message of an error, of a timeout or of a queue | in doubt |
//! | another 2xx, such as 202, that says Success | in doubt |
//! | 2xx, a JSON object that does not say Success, with a message | rejected |
//! | … and the message is `Restricted` and nothing else | throttled: certainly not done |
//! | … and the message says that the API key is invalid, missing, expired, … | key refused |
//! | … and the message speaks of a timeout or a deadlock | in doubt |
//! | … and (create) the reply brings an offer id, or says `"success": true` | in doubt |
//! | 2xx, a JSON object that says neither Success nor what went wrong | in doubt |
//! | 2xx, anything but a JSON object (HTML, nothing, a list) | in doubt |
//! | 3xx: redirects are never followed | in doubt |
//! | 401, or another 4xx that says so of the API key | key refused |
//! | 403 before anything has worked with this key | key refused |
//! | 429, or another 4xx with the message `Restricted` | throttled: certainly not done |
//! | 408, 425 or 499, or another 4xx with a message of a timeout: the server or a proxy gave up waiting | in doubt |
//! | other 4xx | rejected |
//! | 2xx, no Success, and a message that the request is queued or submitted for approval | in doubt |
//! | any error status with a reply that says Success, or (create) brings an offer id | in doubt |
//! | 5xx and everything else | in doubt |
//!
//! A reply that leaves a write in doubt and says all the same that it was done, or that CAKE took it on (Success, an id, a queue, an
//! approval, a status such as 201 or 202), is marked as *accepted*: then a list without the offer does not prove that there is none. Of an
//! update only what CAKE will do later is: one that was done can be sent again.
//!
//! A JSON object may be wrapped in `{"d": …}`, as ASP.NET's script services do. A member that a reply does not have says
//! nothing.
//!
//! *Not sent* and *throttled* are tried again, as are updates in doubt that are not accepted; a create in doubt never is, and nothing is after a
//! mismatch. Between attempts waits grow exponentially, with jitter. A throttle or a `Retry-After` pauses every request of the
//! client, and is never shortened. A write that one attempt left in doubt stays in doubt, however later attempts fail, until
//! one of them is done; a write that was throttled to the end was sent, so it is *rejected* and never *not sent*.
//!
//! # Who repeats a request
//!
//! Only this room. reqwest's own repetition (for HTTP/2 refusals) is switched off. hyper's cannot be, and need not be: it
//! repeats a request only when a pooled connection turned out to be closed and the request came back without a byte written.

mod advertiser;
mod attempt;
mod backoff;
mod cancellation;
mod claim;
mod classify;
mod client;
mod count;
mod echo;
mod gap;
mod html;
mod key;
mod listed;
mod member_name;
mod message;
mod number;
mod object;
mod observed;
mod options;
mod page;
mod paginator;
mod rate_limiter;
mod read_failure;
mod reader;
mod reply;
mod send_report;
mod tone;
mod transport;
mod wire;
mod writer;

#[cfg(test)]
mod tests;

pub use advertiser::Advertiser;
pub use cancellation::Cancellation;
pub use client::Client;
#[cfg(test)]
pub(crate) use echo::ShownIdentity;
pub use key::{ApiKey, ApiKeyError};
pub use observed::{ObservedOffer, Unreadable};
pub use options::{ClientError, Options};
pub use rate_limiter::RateLimiter;
pub use read_failure::ReadFailure;
pub use reader::{Filter, ListingProgress, Reader};
pub use reply::{UNREADABLE_PAUSE, retry_after};
pub use send_report::SendReport;
pub use transport::causes_without_wrappers;
pub use writer::{Retrying, Writer};

impl Client {
    /// The half that reads. It has no way to write.
    pub fn reader(&self) -> Reader {
        Reader::new(self.clone())
    }

    /// The half that writes.
    pub fn writer(&self) -> Writer {
        Writer::new(self.clone())
    }
}
