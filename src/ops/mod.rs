//! Operations: one file for each thing that a user can do. Each opens what it needs, calls the rooms in order and returns a
//! value.
//!
//! Knows no command-line arguments, prints nothing and knows no exit code. The invariant: an operation that fails returns an
//! [`Error`], and its diagnostics are the only wording of that failure, on a terminal and in JSON alike.

mod connect;
mod diagnose;
pub(crate) mod drift;
mod error;
mod inputs;
pub(crate) mod merge;
mod observe;
pub(crate) mod plan;
mod recorded;
mod repository;
mod session;
mod since;
pub(crate) mod state;
pub(crate) mod validate;

pub(crate) use connect::Cake;
pub use connect::ConnectError;
pub use error::Error;
pub(crate) use inputs::{Desired, check_selection, make_plan, make_refreshed_plan, read, read_desired, selection};
pub(crate) use observe::observe;
pub use plan::PlanOptions;
pub(crate) use recorded::read_recorded;
pub use repository::Repository;
pub(crate) use session::open_session;
pub use since::GitError;
pub use state::StateChangeError;

/// Looks up a variable of the process's environment.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
