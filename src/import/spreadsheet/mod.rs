//! Offers as a spreadsheet: one row an offer, one column a field, by CAKE's own names. CSV both ways, a workbook in only.
//!
//! Owns the columns ([`columns`], [`header`]), reading a file ([`encoding`], [`sheet`], [`excel`]), its rows as offers or problems ([`rows`], [`cells`]),
//! amounts and dates as people write them ([`amounts`], [`dates`]), the existing offers that rows are ([`targets`], [`updates`]), their ids
//! ([`ids`]), their keys and files ([`reading`]), and writing offers out ([`writing`]). Invariant: what is written out reads back to the same offers, except
//! that an empty description becomes none.

mod amounts;
mod cells;
mod columns;
mod currency;
mod damage;
mod dates;
mod encoding;
mod excel;
mod formula;
mod header;
mod hidden;
mod ids;
mod locale;
mod options;
mod reading;
mod rows;
mod sheet;
mod targets;
mod updates;
mod writing;

pub(crate) use dates::DateFormat;
pub(crate) use locale::Mark;
pub(crate) use options::SheetOptions;
pub use reading::{SheetInputs, read};
pub(crate) use writing::{Columns, OffersDocument, csv};
pub use writing::{ExportedOffer, Source, json};
