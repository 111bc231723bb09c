//! An HTTP server that imitates CAKE's API: to try offersync without an account, and for every test that writes.
//!
//! It imports nothing else of this crate. It is a second, independent implementation of CAKE's documentation, so a mistake in the
//! client cannot be hidden by the same mistake here. It rejects everything that the documentation does not allow.
//!
//! The invariant: before the first byte of a successful reply is sent, the write is in the store and in the data file (if there is
//! one).
//!
//! | file | owns |
//! |---|---|
//! | `options`, `quirks`, `faults` | configuration: set-up, deviations that are not failures, failures |
//! | `offer`, `store`, `data_file` | an offer, all offers, their file |
//! | `api_keys`, `members`, `rules`, `listing`, `advertisers` | access, parsing and validation of requests |
//! | `rows`, `reply` | the form of replies |
//! | `fake_cake`, `late` | the state, the four calls on it, the calls that wait |
//! | `log`, `shared`, `control` | inspection and control, in the process and over HTTP |
//! | `server`, `exchange`, `delivery`, `connection` | accepting connections, handling a request, what its fault does, ending a connection early |

mod advertisers;
mod api_keys;
mod connection;
mod control;
mod data_file;
mod delivery;
mod exchange;
mod fake_cake;
mod faults;
mod late;
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
pub use faults::{FaultPlan, FaultRule};
pub use log::Counters;
pub use offer::{Amount, Offer};
pub use options::{RestrictedKey, SandboxOptions};
pub use quirks::{
    EmptyListing, Lag, ListingChange, NameForm, Quirks, ScheduledChange, StatusSpelling, TotalField, Wrapper,
};
pub use server::{RunningSandbox, Sandbox, SandboxError};
pub use shared::SandboxHandle;

#[cfg(test)]
use {faults::Call, log::KeyPlace, offer::InvalidAmount, options::Clock};
