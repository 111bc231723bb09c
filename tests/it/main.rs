//! The real binary against a sandbox CAKE over HTTP: what users see, what CAKE holds afterwards, what the state records.
//!
//! One module for each area of the program; `harness` holds what they share. `OFFERSYNC_LONG_TESTS=1` runs many more kills
//! and random histories.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod advice;
mod apply;
mod apply_log;
mod architecture;
mod cases;
mod check_links;
mod ci;
mod comment;
mod compatibility;
mod completion;
mod drift;
mod edit;
mod editor;
mod environments;
mod exchanges;
mod exit_codes;
mod explain;
mod fmt;
mod git;
mod git_store;
mod guardrails;
mod harness;
mod html;
mod import;
mod init;
mod key_host;
mod lints;
mod names;
mod notify;
mod object_store;
mod plan;
mod readme;
mod recipe_flow;
mod recipes;
mod red_team;
mod release;
mod sandbox_folder;
mod schedule;
mod schedule_edits;
mod small_things;
#[cfg(unix)]
mod special_files;
mod state;
mod validate;
