//! The rows of an Excel workbook, and why one is not read.

use super::cells::shown;
use super::sheet::{Row, Sheet};
use crate::diagnostic::{Diagnostic, SourceText, closest, codes};
use crate::source::{Place, SourcePath, Span};
use crate::words::{first_and_more, plural, shell_word};
use crate::workbook::{self, Error, Kind, Rows};

/// The maximum number of sheets, ranges, rows or columns that a message names.
const MOST_NAMED: usize = 10;

/// Reads the sheet of that name, or the only one that has cells. What is hidden in it is a warning, because a person may not know that it
/// is read.
pub(super) fn read<'a>(
    file: &SourcePath,
    bytes: &[u8],
    name: Option<&str>,
) -> Result<(Sheet<'a>, Option<Diagnostic>), Vec<Diagnostic>> {
    let Rows { rows, hidden } = workbook::read(bytes, name).map_err(|error| vec![refused(file, name, error)])?;
    let numbers = hidden.rows.iter().map(ToString::to_string);
    let letters = hidden.columns.iter().map(|column| workbook::column_letters(*column));
    let parts = [(numbers.collect::<Vec<_>>(), "row"), (letters.collect(), "column")];
    let parts = parts
        .into_iter()
        .filter(|(names, _)| !names.is_empty())
        .map(|(names, noun)| format!("{} {}", plural(names.len(), noun), first_and_more(&names, MOST_NAMED)));
    let parts: Vec<String> = parts.collect();
    let warning = (!parts.is_empty()).then(|| {
        let message = format!("hidden in the sheet, and read as all others: {}", parts.join("; "));
        let problem = Diagnostic::warning(codes::import::SPREADSHEET, message).label(place(file));
        problem.help("show them in the spreadsheet program, and remove what is not to be imported")
    });
    let rows = rows.into_iter().map(row).collect();
    Ok((Sheet { source: SourceText::new(file.clone(), ""), rows }, warning))
}

fn row(workbook::Row { number, cells }: workbook::Row) -> Row {
    let texts = cells.iter().map(|cell| cell.text.as_str()).collect();
    let kinds = cells.into_iter().map(|cell| cell.kind).enumerate().filter(|(_, kind)| *kind != Kind::Text);
    Row { number: number as usize, cells: texts, kinds: kinds.collect(), line: None }
}

fn place(file: &SourcePath) -> Place {
    Place::new(file.clone(), Span { line: 1, column: 1, length: 1 })
}

fn refused(file: &SourcePath, wanted: Option<&str>, error: Error) -> Diagnostic {
    let listed = |names: &[String]| first_and_more(names.iter().map(|name| shown(name)), MOST_NAMED);
    let (message, help) = match error {
        Error::Damaged(reason) => (
            format!("the workbook cannot be read: {reason}"),
            "open it in a spreadsheet program and save it again as .xlsx, or as “CSV UTF-8”".to_owned(),
        ),
        Error::Empty => ("no sheet of the workbook has a cell".to_owned(), "save the offers into it".to_owned()),
        Error::Several(names) => {
            let first = names.first().map_or("", String::as_str);
            (
                format!("several sheets of the workbook have cells: {}", listed(&names)),
                format!("say which one has the offers, such as with `--sheet {}`", shell_word(first)),
            )
        }
        Error::NoSheet(names) => {
            let wanted = wanted.unwrap_or_default();
            let help = match closest(wanted, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the sheets are: {}", listed(&names)),
            };
            (format!("the workbook has no sheet {}", shown(wanted)), help)
        }
        Error::Merged(ranges) => (
            format!("merged cells have one value in place of several: {}", first_and_more(&ranges, MOST_NAMED)),
            "split them in the spreadsheet program, and fill in every cell".to_owned(),
        ),
        Error::Wide(address) => {
            (format!("the cell {address} is far outside of a table of offers"), "remove it".to_owned())
        }
    };
    Diagnostic::error(codes::import::SPREADSHEET, message).label(place(file)).help(help)
}
