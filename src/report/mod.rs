//! Every view of a plan, of an apply and of problems: text, JSON, markdown, workflow commands, and the schemas of the JSON.
//!
//! Pure functions from finished values to text. Knows no file, no network, no clock (who wants dates judged says what day it is)
//! and makes no decision. Whatever stands in names and values can neither steer a terminal nor break markup nor become a command.

mod diff;
pub mod drift;
mod escape;
#[cfg(test)]
mod fixture;
pub mod github;
mod group;
pub(crate) mod import;
pub mod json;
pub mod markdown;
mod money;
mod paint;
mod phrase;
pub mod progress;
mod risk;
pub mod schema;
mod sides;
pub mod text;
