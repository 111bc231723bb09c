//! What CAKE holds against git, through the real binary over real HTTP: drift, refreshed plans, and edits of the user's YAML.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests say what went wrong by panicking, and write into folders of their own"
)]

mod accept;
mod edit;
mod fmt;
mod harness;
mod refresh;
mod three_ways;
