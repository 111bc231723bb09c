//! Offers into YAML, from CAKE's listing or from a CSV file, and out of it into a CSV file.
//!
//! Owns where an offer's file goes and what key it gets, what its YAML says, which existing YAML it belongs to, and what is
//! recorded of it. Pure: texts and values in, texts and values out; knows no disk, no network and no
//! journal. Invariants:
//!
//! - what is recorded of an offer is what its YAML, read back with everything that its folder gives it, manages; and all of
//!   that was observed. So a plan right after an import is empty by construction.
//! - a name and advertiser that are recorded for another offer get no second key: the offer may be that key's own.
//! - an offer that YAML without a record may be gets no second key: the next apply would create one for the first key.
//! - existing YAML is never changed; a key, a path or a name in use is not used again.
//! - the same contents of CAKE, tree and state give the same import, so an interrupted one can be run again.
//!
//! The steps: [`imported_offer`] (the values that YAML may hold) → [`keys`] (a free key, or equal YAML that exists
//! already) → [`matching`] (YAML without a record) → [`hoist`] (values that a new folder's offers share) → [`folder_defaults`]
//! (what each folder's offers inherit) → [`batch`] with [`writing`] (the texts, read back).

mod advertisers;
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
mod unnamed_ids;
mod writing;

#[cfg(test)]
mod tests;

pub use advertisers::{AdvertiserNames, ConfiguredName, InactiveAdvertiser, Renamed, Unnamed, UnnamedReason};
pub use outcome::{Adoption, Import, LeftOut, NewFile, Origin, Reason, Update};
pub use planner::{ImportOptions, Inputs, import};
pub use tree::{Tree, is_defaults};
