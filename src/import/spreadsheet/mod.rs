//! Offers as CSV: one row an offer, one column a field, by CAKE's own names.
//!
//! Owns the columns ([`columns`]), reading a file ([`sheet`]), its rows as offers or problems ([`rows`], [`cells`]), their ids
//! ([`ids`]), their keys and files ([`reading`]), and writing offers out ([`writing`]). Invariant: what is written out reads back to the same offers, except
//! that an empty description becomes none.

mod cells;
mod columns;
mod formula;
mod hidden;
mod ids;
mod reading;
mod rows;
mod sheet;
mod writing;

pub use reading::{SheetInputs, read};
pub use writing::{ExportedOffer, Source, csv, json};
