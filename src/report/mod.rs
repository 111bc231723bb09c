//! Every view of a plan, of an apply, of drift and of problems, and the schemas of the JSON.
//!
//! Pure functions from values to text: [`view`] computes the content, the other modules format it. Knows no
//! file, no network and no clock, and makes no decision. Content is escaped: it cannot control a terminal, break markup or
//! become a workflow command.

mod diff;
pub mod drift;
mod escape;
pub mod events;
#[cfg(test)]
mod fixture;
pub mod github;
pub mod gitlab;
pub mod html;
pub(crate) mod import;
pub mod json;
pub mod links;
pub mod log;
pub mod markdown;
pub mod metrics;
pub mod names;
pub mod notification;
#[cfg(test)]
mod outlier_defaults_tests;
#[cfg(test)]
mod outlier_tests;
pub mod progress;
pub(crate) mod recorded;
pub mod rewrites;
pub mod sarif;
pub(crate) mod schedule;
pub mod schema;
mod styles;
pub mod text;
mod view;

pub use view::{Environment, SourceLinks, ViewContext};
