//! Offers as a spreadsheet: one row an offer, one column a field, by CAKE's own names.
//!
//! Owns the columns ([`columns`]), reading a file with the place of every cell ([`sheet`]), rows as offers with all that is
//! wrong with them ([`rows`], [`cells`]), where they go ([`reading`]), and writing offers out ([`writing`]). Invariant: what
//! is written out reads back to the same offers, but for an empty description, which a cell cannot tell from none.

mod cells;
mod columns;
mod reading;
mod rows;
mod sheet;
mod writing;

pub use reading::{SheetInputs, read};
pub use writing::{ExportedOffer, Source, csv, json};
