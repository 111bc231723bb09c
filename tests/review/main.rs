//! The flow around a pull request, through the real program, the real `git` and CAKE's stand-in: `init`, plans since a commit,
//! saved plans, states that race, and exit codes that agree with what is printed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests say what went wrong by panicking")]

mod editor;
mod exit_codes;
mod explain;
mod init;
mod recipes;
mod saved_plans;
mod since;
mod state_race;
mod workspace;
