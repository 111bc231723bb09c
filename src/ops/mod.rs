//! Operations: one file for each thing that a user can do. Each opens what it needs, calls the rooms in order and returns a
//! value.
//!
//! Knows no command-line arguments, prints nothing and knows no exit code. The invariant: an operation that fails returns an
//! [`Error`], and its diagnostics are the only wording of that failure, on a terminal and in JSON alike.

pub(crate) mod accept;
mod apply;
mod apply_log;
pub(crate) mod check_links;
pub(crate) mod ci;
mod clock;
pub(crate) mod completion;
mod condition;
mod connect;
mod diagnose;
pub(crate) mod drift;
pub(crate) mod edit;
mod environment;
mod error;
pub(crate) mod export;
pub(crate) mod fmt;
mod former_keys;
pub(crate) mod import;
pub(crate) mod init;
mod inputs;
mod judged;
mod key_host;
pub(crate) mod log;
pub(crate) mod merge;
mod moment;
pub(crate) mod moving;
pub(crate) mod names;
mod notify;
mod observe;
mod offer_files;
pub(crate) mod output;
mod overridden;
pub(crate) mod plan;
pub(crate) mod prune;
mod recorded;
mod removals;
mod repository;
pub(crate) mod rewrite;
mod sandbox_folder;
pub(crate) mod schedule;
mod selected;
mod session;
mod shared;
mod since;
pub(crate) mod state;
mod store;
mod tree;
mod unfinished_import;
mod unsettled;
pub(crate) mod validate;

pub(crate) use apply::{Apply, Requested};
pub use apply::{ApplyOptions, SavedPlanError};
pub(crate) use clock::check_clock;
pub(crate) use condition::recorded_where;
pub use connect::ConnectError;
pub(crate) use connect::Control;
pub(crate) use environment::chosen_environment;
pub use error::Error;
pub(crate) use key_host::{Answer, AskUser, NewHost};
pub use key_host::{KeyHostError, KeyHostReason};
pub(crate) use moving::state_path;
pub use plan::PlanOptions;
pub(crate) use recorded::read_recorded;
pub use repository::Repository;
pub(crate) use repository::environment_of;
pub(crate) use sandbox_folder::check_data as check_sandbox_data;
pub(crate) use selected::selection;
pub(crate) use session::publish_state;
pub use state::StateChangeError;

/// Looks up a variable of the process's environment.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
