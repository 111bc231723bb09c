//! Carrying out a plan: each intent written down before it is sent, each outcome after, nothing decided on the way.

mod duplicates;
mod event;
mod executor;
mod ledger;
mod matching;
mod outcome;
mod recovery;
mod verdict;

pub use duplicates::find_duplicates;
pub use event::{Event, Observer};
pub use executor::{Executor, Task};
pub use ledger::Ledger;
pub use matching::Duplicate;
pub use outcome::{ActionOutcome, ActionResult, Execution, Report, RunOutcome};
pub use recovery::{Recovered, Recovery};
pub use verdict::Verdict;
