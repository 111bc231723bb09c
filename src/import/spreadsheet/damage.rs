//! Rows and cells that may not be whole: a file that was cut off, and cells that look filled and are not.

use super::columns::{Column, is_amount};
use super::rows::is_blank;
use super::sheet::{Row, Sheet};
use crate::diagnostic::{Diagnostic, codes};
use crate::words::{count, first_and_more};

/// Rows that end before the last column that is read: a value that is not there would be taken for an empty one.
pub(super) fn cut_rows(sheet: &Sheet<'_>, columns: &[Option<Column>], rows: &[&Row]) -> Option<Diagnostic> {
    let (last, column) = columns.iter().enumerate().rev().find_map(|(at, column)| Some((at, (*column)?)))?;
    let cut: Vec<&&Row> = rows.iter().filter(|row| row.cells.len() <= last).collect();
    let first = cut.first()?;
    let number = first.number;
    let message = match cut.len() {
        1 => format!(
            "row {number} ends before the column `{}`: it has {} of {}",
            column.name(),
            first.cells.len(),
            count(columns.len(), "cell")
        ),
        many => {
            let rows = first_and_more(cut.iter().map(|row| row.number), 5);
            format!("{} end before the column `{}`: {rows}", count(many, "row"), column.name())
        }
    };
    let problem = Diagnostic::error(codes::import::SPREADSHEET, message).label(sheet.label(first));
    Some(problem.help("the file may be cut off: export it again. If the cells are empty, write their delimiters"))
}

/// An amount at the end of a file that ends inside a line, with fewer decimals than every other one of its column: `24.5` may be what is
/// left of `24.50`, and `2` of `24.50`.
pub(super) fn cut_amount(sheet: &Sheet<'_>, columns: &[Option<Column>], rows: &[&Row]) -> Option<Diagnostic> {
    let (last, others) = rows.split_last()?;
    let at = last.cells.len().checked_sub(1)?;
    let column = columns.get(at).copied().flatten().filter(|column| is_amount(Some(*column)))?;
    if !sheet.ends_in_a_cell() {
        return None;
    }
    let decimals = |cell: &str| cell.trim().rsplit_once(['.', ',']).map_or(0, |(_, decimals)| decimals.len());
    let others = others.iter().filter_map(|row| row.cells.get(at)).filter(|cell| !is_blank(cell)).map(decimals);
    let cell = last.cells.get(at)?;
    let usual = others.min().filter(|usual| decimals(cell) < *usual)?;
    let message = format!(
        "row {}, `{}`: the file ends with `{}` and without a line end, and all other amounts of the column have {}",
        last.number,
        column.name(),
        cell.trim(),
        count(usual, "decimal")
    );
    let problem = Diagnostic::error(codes::import::SPREADSHEET, message).label(sheet.label(last));
    Some(problem.help("the file may be cut off: export it again. If the amount is whole, end its line"))
}

/// Cells of nothing but blanks: they count as empty, which changes nothing, and a person may have meant to remove a value.
pub(super) fn blank_cells(sheet: &Sheet<'_>, columns: &[Option<Column>], rows: &[&Row]) -> Option<Diagnostic> {
    let blank = rows.iter().flat_map(|row| {
        let cells = row.cells.iter().zip(columns);
        let blank = cells.filter(|(cell, _)| !cell.is_empty() && is_blank(cell));
        blank.filter_map(|(_, column)| Some((*row, (*column)?)))
    });
    let blank: Vec<(&Row, Column)> = blank.collect();
    let (first, _) = blank.first()?;
    let places = first_and_more(blank.iter().map(|(row, column)| format!("row {} `{}`", row.number, column.name())), 5);
    let message = format!(
        "{} only blanks and count as empty: {places}",
        match blank.len() {
            1 => "1 cell has".to_owned(),
            many => format!("{} have", count(many, "cell")),
        }
    );
    let problem = Diagnostic::warning(codes::import::CELL, message).label(sheet.label(first));
    Some(problem.help("an empty cell changes nothing; to remove a value, edit the YAML"))
}
