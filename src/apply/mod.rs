//! Applies a plan: each intent is recorded before it is sent, each outcome afterwards. Makes no decisions; the planner has made them.

mod duplicates;
mod event;
mod executor;
mod matching;
mod outcome;
mod recovery;
mod tracker;

pub use duplicates::find_duplicates;
pub use event::{Event, Observer};
pub use executor::{Executor, Task};
pub use matching::Duplicate;
pub use outcome::{ActionOutcome, ActionResult, HaltReason, Report, RunOutcome};
pub use recovery::{Recovery, RecoverySummary};
pub use tracker::ActionTracker;
