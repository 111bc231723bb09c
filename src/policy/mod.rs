//! What is judged of offers that are valid: the lints, built-in checks of what usually costs money, and the guardrails, limits that a plan
//! has to keep; and of a plan, what a reviewer should see first.
//!
//! Knows the macros of links, and fills them with test values, with which links can be followed.
//!
//! Pure: the offers, the settings, what is recorded and the time are values. Knows no file. Each finding is on the place of the field that it
//! is about.
//!
//! A finding about what CAKE has already is milder by default: nothing in the repository has caused it, and most of it cannot be
//! changed by CAKE's API. A level in `offersync.toml` is for new and recorded offers alike.

mod across;
mod dates;
mod expiry;
mod finding;
mod guardrails;
mod lint;
mod lints;
mod macros;
mod money;
mod names;
mod query;
mod review;
mod scanned_url;
mod schedules;
mod subject;
mod test_url;
mod urls;

#[cfg(test)]
mod tests;

pub use guardrails::{
    GuardrailInputs, RuleInputs, broken_rules, judge_with_steps, unknown_waivers, unreadable_conditions,
};
pub use lint::{LintInputs, Occasion, lint, lint_with_steps};
pub use lints::levels;
pub use review::{Limits, ReviewInputs, review};
pub(crate) use scanned_url::{Parameter, ScannedUrl, macros_missing_in};
pub use schedules::{frozen_entries, held_back, last_held_back, resolve, shared_names, unclear_freezes, unclear_times};
pub use test_url::with_test_values;
