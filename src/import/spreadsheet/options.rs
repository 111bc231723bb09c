//! What the command line says of a spreadsheet's form.

use jiff::civil::Time;

use super::dates::DateFormat;
use super::locale::Mark;

/// How to read a spreadsheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct SheetOptions {
    /// The sheet of a workbook.
    pub(crate) sheet: Option<String>,
    /// Names of columns in the file, each with the name that it means.
    pub(crate) map: Vec<(String, String)>,
    /// Columns that say nothing of the offers.
    pub(crate) ignore: Vec<String>,
    /// The mark before the decimals.
    pub(crate) locale: Option<Mark>,
    pub(crate) dates: Option<DateFormat>,
    /// The time of dates that have none.
    pub(crate) time_of_day: Option<Time>,
}
