//! Carrying out a plan: each intent written down before it is sent, each outcome after, nothing decided on the way.

mod duplicates;
mod event;
mod executor;
mod matching;
mod outcome;
mod purpose;
mod recovery;
mod verdict;

pub use duplicates::find_duplicates;
pub use event::{Event, Observer};
pub use executor::{Execution, Executor};
pub use matching::Twin;
pub use outcome::{ActionOutcome, ActionResult, Report, RunOutcome};
pub use recovery::{Recovered, Recovery};
pub use verdict::Verdict;
