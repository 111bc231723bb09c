//! Offers on their way into the tree, from CAKE's listing or from a spreadsheet, and out of it into a spreadsheet.
//!
//! Owns where an offer's file goes and what key it gets, what its YAML says, which existing YAML it belongs to, and what is
//! recorded of it. Pure: texts and values in, texts and values out; knows no disk, no network and no journal. Invariants:
//!
//! - what is recorded of an offer is what its YAML, read back with everything that its folder gives it, manages; and all of
//!   that was observed. So a plan right after an import is empty by construction.
//! - nothing that is there is ever changed: a key, a path or a name that is taken belongs to whoever has it.
//! - the same contents of CAKE, tree and state give the same import, so one that was interrupted goes on where it was.
//!
//! The walk: [`imported_offer`] (what CAKE shows as what may be written) → [`keys`] (a key that is free, or YAML that says the same
//! already) → [`matching`] (YAML that waits for its offer) → [`hoist`] (values that a new folder's offers share) → [`folder_defaults`]
//! (what each folder gives) → [`batch`] with [`writing`] (the texts, read back).

mod batch;
mod folder_defaults;
mod hoist;
mod imported_offer;
mod keys;
mod layout;
mod matching;
mod outcome;
mod planner;
mod slug;
pub mod spreadsheet;
mod tree;
mod writing;

#[cfg(test)]
mod tests;

pub use outcome::{Adoption, Import, LeftOut, NewFile, Origin, Reason, Unmanaged};
pub use planner::{ImportOptions, Inputs, import};
pub use tree::{Tree, is_defaults};
