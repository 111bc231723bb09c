//! YAML edits that keep comments, order and style: text in, text out.
//!
//! Owns the smallest edit that sets a field of an offer's YAML, the canonical form behind `offersync fmt`, and the text of a new
//! offer. Knows no files, no plan and no settings: the caller passes the configured name of an id.
//!
//! The invariant: an edit is checked by reading its result. Every YAML event except the intended changes is
//! the same as before, and the changed one reads to the wanted text; an edit for which this does not hold is a
//! [`Refused`] with the line and what a person should write.

mod block;
mod block_text;
mod candidates;
mod check;
mod document;
mod emit;
mod entry;
mod format;
mod insert;
mod lines;
mod refused;
mod scalar;
pub mod schedule;
mod set;
mod spelling;
mod stream;

#[cfg(test)]
mod tests;

pub use document::DocumentSelector;
pub use emit::emit;
pub use format::format;
pub use refused::Refused;
pub use set::set;
