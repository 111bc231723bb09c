//! A CAKE of our own behind real HTTP: for trying offersync without an account, and for every test that writes.
//!
//! It imports nothing else of this crate. It is a second, independent reading of what CAKE documents, so that a mistake in
//! the client cannot agree with itself. Where the documentation is silent it is strict: what nobody promised is refused.
//!
//! The invariant: a write that was answered with Success is in the store, and in the data file where there is one, before
//! the first byte of the reply leaves.
//!
//! | file | owns |
//! |---|---|
//! | `options`, `quirks`, `faults` | what can be asked for: set-up, differences without failure, failures |
//! | `offer`, `store`, `records` | an offer, all offers, their file |
//! | `members`, `rules`, `listing` | what requests may say |
//! | `rows`, `reply` | what replies look like |
//! | `cake` | the state, and the three calls on it |
//! | `log`, `shared`, `control` | looking inside, from the process and over HTTP |
//! | `server`, `exchange`, `line` | connections, one request, one connection's end |

mod connection;
mod control;
mod data_file;
mod exchange;
mod fake_cake;
mod faults;
mod listing;
mod log;
mod members;
mod offer;
mod options;
mod quirks;
mod reply;
mod rows;
mod rules;
mod server;
mod shared;
mod store;
#[cfg(test)]
mod tests;

pub use data_file::DataError;
pub use faults::{
    Call, Disconnect, Effect, FaultPlan, FaultRule, FaultSyntaxError, Occurrences, OfferFilter, Processing, RetryAfter,
    Target,
};
pub use log::{Counters, KeyPlace, LoggedRequest};
pub use offer::{Amount, CakeDateTime, InvalidAmount, InvalidDateTime, Offer};
pub use options::{Clock, RestrictedKey, SandboxOptions};
pub use quirks::{Lag, ListingChange, Quirks, ScheduledChange, StatusSpelling, TotalField, Wrapper};
pub use server::{RunningSandbox, Sandbox, SandboxError};
pub use shared::SandboxHandle;
