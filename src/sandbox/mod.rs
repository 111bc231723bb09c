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
//! | `options`, `oddities`, `faults` | what can be asked for: set-up, differences without failure, failures |
//! | `offer`, `store`, `records` | an offer, all offers, their file |
//! | `members`, `rules`, `listing` | what requests may say |
//! | `rows`, `reply` | what replies look like |
//! | `world` | the state, and the three calls on it |
//! | `log`, `shared`, `control` | looking inside, from the process and over HTTP |
//! | `server`, `exchange`, `line` | connections, one request, one connection's end |

mod control;
mod exchange;
mod faults;
mod line;
mod listing;
mod log;
mod members;
mod oddities;
mod offer;
mod options;
mod records;
mod reply;
mod rows;
mod rules;
mod server;
mod shared;
mod store;
#[cfg(test)]
mod tests;
mod world;

pub use faults::{
    Call, Effect, Ending, FaultPlan, FaultRule, FaultSyntaxError, RetryAfter, Subject, Target, Turns, Work,
};
pub use log::{Counters, KeyPlace, Request};
pub use oddities::{Lag, Oddities, Shift, ShiftChange, StatusWords, TotalName, Wrapper};
pub use offer::{Moment, Money, NotAMoment, NotMoney, Offer};
pub use options::{Clock, Options, RestrictedKey};
pub use records::RecordsError;
pub use server::{Running, Sandbox, SandboxError};
pub use shared::Handle;
