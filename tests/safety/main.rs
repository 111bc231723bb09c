//! Nothing lost, nothing doubled: the real binary under every fault, against a sandbox CAKE that outlives it.
//!
//! Each test ends with the same three invariants: CAKE holds each desired offer once, with the desired values; the state
//! knows each id; the next plan is empty. `OFFERSYNC_LONG_TESTS=1` runs many more kills and random histories.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests say what went wrong by panicking")]

mod disk;
mod harness;
mod kill;
mod matrix;
mod model;
mod promises;
mod race;
mod signals;
mod state;
