//! Carrying out a plan: each intent written down before it is sent, each outcome after, nothing decided on the way.

mod event;
mod outcome;

pub use event::{Event, Observer};
pub use outcome::{ActionOutcome, ActionResult, Report, RunOutcome};
