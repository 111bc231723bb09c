//! The plan: desired and recorded offers, joined by key, become a list of actions that a person can review.
//!
//! Pure and synchronous: no file, no network, no clock, no environment. The same inputs give the same plan, byte for byte.
//! Every decision of an apply is made here; the executor makes none.

mod action;
mod before_after;
mod check;
mod cluster;
mod compare;
mod document;
mod drift;
mod drift_compare;
mod drift_notes;
mod drift_unrecorded;
mod flag;
mod newer_duplicates;
mod planner;
mod refresh;
mod saved;
mod selection;
mod summary;
mod unit;
mod upcoming;

#[cfg(test)]
mod drift_tests;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod schedule_laws;
#[cfg(test)]
mod tests;

pub use action::{Action, ActionKind, FieldChange, Plan, StateBinding, Verb, YamlLocation};
pub use before_after::{BeforeAfter, type_of};
pub use check::{check, check_selection, is_replaced};
pub use cluster::{Cluster, Rule};
pub use compare::changes_to;
pub(crate) use compare::update_of;
pub use document::{ActionDocument, PlanDocument, UpcomingDocument};
pub use drift::{ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer, NotCompared};
pub use drift_compare::drift;
pub use drift_unrecorded::{DuplicateOf, Unrecorded, unrecorded};
pub use flag::{Flag, FlagKind};
pub use newer_duplicates::newer_duplicates;
pub use planner::{PlanInputs, plan};
pub use refresh::{overwritten_keys, plan_refreshed};
pub use saved::SavedDocument;
pub use selection::{Selection, SelectionError};
pub use summary::Summary;
pub use unit::{Unit, percentage};
pub use upcoming::{HeldBack, Step, Upcoming, UpcomingKind, held_step, steps_after, steps_since};
