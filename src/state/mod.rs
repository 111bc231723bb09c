//! The state: what offersync knows of its offers in CAKE, kept across crashes, full disks and concurrent runs.
//!
//! Owns the state's document, the journal beside it and its replay, the lock, and the order in which all of them reach the
//! disk. Knows offers, and neither YAML, plans nor CAKE.
//!
//! | file | what | who writes it |
//! |---|---|---|
//! | `<state>` | the document | [`Session::publish`], whole, by renaming |
//! | `<state>.journal` | intents, outcomes and state changes since then; empty between two applies | [`Journal`], line by line, synced |
//! | `<state>.journal.import` | which offers an import is about to record; removed once they are recorded | [`Store::note_import`] |
//! | `<state>.lock` | the lock and its holder; never deleted | [`Store::lock`] |
//! | `<state>.previous` | the generation before the present one | [`Session::publish`] |
//! | `<place>.journal`, `.previous`, `.lock`, `.last` | where a store is [kept at another place](Store::kept_at): these instead of those beside it, a second lock, and a copy of the state | the same |
//! | `<state>.*.tmp` | a file that is being written; removed by the next session | [`disk`](crate::disk) |
//!
//! Writing: [`Store::lock`] → [`Session::open`] (what an interrupted run left is replayed and published) →
//! [`Journal::intend`] (synced; returns the [`DurableIntent`] that sending requires) → the request → [`Journal::outcome`]
//! (synced) → [`Session::publish`]. Reading: [`Store::read`], which takes no lock and writes nothing.
//!
//! Where the state lives is behind one trait, [`Claim`]: for a file, these files are the state and the claim is the lock; for a shared
//! store, they are a private copy, and the claim brings each change to the store before anybody relies on it.

pub mod address;
mod advice;
mod backup;
mod canonical;
mod claim;
mod damaged;
mod digest;
mod document;
mod error;
mod files;
mod interrupted;
pub mod journal;
mod journals;
mod left_over;
mod lineage;
mod lock;
pub mod merge;
mod parse_error;
mod places;
mod put_back;
mod reading;
mod replacement;
mod session;
mod store;
mod unfinished_import;

#[cfg(test)]
pub(crate) mod tests;

pub use backup::Backup;
pub use claim::{Claim, ClaimError, Rhythm, Validity};
pub use document::StateDocument;
pub use error::{Committed, StateError, Version};
pub use journal::{DurableIntent, Journal, JournalError};
pub use lineage::Lineage;
pub use lock::LockError;
pub use parse_error::{ParseError, ParseErrorKind};
pub use session::Session;
pub use store::{LoadedState, LockedStore, Store};
pub use unfinished_import::UnfinishedImport;

pub(crate) use lock::Holder;
