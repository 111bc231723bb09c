//! Applies a plan: each intent is recorded before it is sent, each outcome afterwards. Makes no decisions; the planner has made them.

mod confirmation;
mod event;
mod executor;
mod identification;
mod listing;
mod lost_updates;
mod matching;
mod outcome;
mod preflight;
mod recovery;
mod replaced;
mod report;
mod results;
mod seen;
mod settling;
mod task;
mod tracker;
mod waiting;

pub use confirmation::{Confirmation, Unconfirmed, confirmation};
pub use event::{Event, Observer};
pub use executor::Executor;
pub use identification::Identification;
pub use listing::{CompleteListing, DOCUMENTED_STATUSES, HIDDEN_STATUSES, Purpose, Scope, is_not_active};
pub use lost_updates::{UpdateFinding, UpdateInDoubt};
pub use matching::{
    Candidate, CreateEvidence, Duplicate, FoundOffer, RecordedFor, ShownAs, Undecided, unlisted_status,
};
pub use outcome::{ActionOutcome, ActionResult, HaltReason, RunOutcome};
pub use preflight::{
    CreateCheck, Difference, DifferenceKind, check_creates, differences, drift_of, gone_and_touched, is_another_offer,
    not_seen_counts, touched_offers, unexplained, unseen_changes,
};
pub use recovery::{Found, Recovery, RecoverySummary};
pub use replaced::{Identity, ToRetire, replaced_to_retire};
pub use report::{Report, Run};
pub use results::recorded_result;
pub use seen::Seen;
pub use settling::{Settling, wait};
pub use task::Task;
pub use tracker::ActionTracker;
pub use waiting::{DoneUpdate, ended};
