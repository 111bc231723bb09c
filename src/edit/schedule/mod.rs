//! Edits of `sync.schedule`: the value of an entry, entries that are taken out, the order of fields in an entry.
//!
//! The rules are those of every edit: the smallest change, read back before it counts, refused where the text is not understood.

mod find;
mod order;
mod remove;
mod set;

pub use remove::remove;
pub use set::set;

pub(super) use order::in_order;
