//! An Excel workbook (`.xlsx`) as rows of texts.
//!
//! Owns which sheet is read ([`read`]), the cells as a person sees them ([`cell`], [`number`], [`mod@format`]) and which rows and columns are hidden
//! ([`package`]). Knows no offer and no column. Invariant: a cell whose value is not certain is [`Kind::Refused`], and nothing of the
//! sheet is left out: hidden rows are read, and merged cells are an error.

mod cell;
mod format;
mod number;
mod package;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, HashSet};
use std::io::Cursor;

use calamine::{DataRef, Dimensions, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

pub(crate) use cell::{Cell, Kind};
pub(crate) use number::Number;
use package::Hidden;

/// A sheet of offers has a few dozen columns. A cell far to the right would make every row as wide.
const MOST_COLUMNS: u32 = 1_000;

/// A row with cells, numbered as the spreadsheet program numbers it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) number: u32,
    /// Up to the last column that any row has a cell in.
    pub(crate) cells: Vec<Cell>,
}

/// The rows that have cells, and what is hidden among them.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Row>,
    pub(crate) hidden: Hidden,
}

/// Why a workbook is not read.
#[derive(Debug)]
pub(crate) enum Error {
    /// It is damaged, or not as Excel writes it.
    Damaged(String),
    /// No sheet has a cell.
    Empty,
    /// Several sheets have cells, and none was named.
    Several(Vec<String>),
    /// The sheets that there are, in place of the named one.
    NoSheet(Vec<String>),
    /// Ranges such as `A1:C1`.
    Merged(Vec<String>),
    /// A cell too far to the right, such as `XFD1`.
    Wide(String),
}

impl From<XlsxError> for Error {
    fn from(error: XlsxError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// Whether the bytes are a workbook, by its first file names.
pub(crate) fn is_workbook(bytes: &[u8]) -> bool {
    let has = |name: &[u8]| bytes.windows(name.len()).take(64 * 1024).any(|window| window == name);
    bytes.starts_with(b"PK\x03\x04") && (has(b"[Content_Types].xml") || has(b"xl/"))
}

/// The rows of the sheet of that name, or of the only one that has cells.
pub(crate) fn read(bytes: &[u8], sheet: Option<&str>) -> Result<Rows, Error> {
    package::check_size(bytes)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes))?;
    let name = choose(&mut workbook, sheet)?;
    let merged = workbook.merge_cells_by_sheet_name(&name)?;
    if !merged.is_empty() {
        return Err(Error::Merged(merged.iter().map(range).collect()));
    }
    let without_value = formulas_without_value(&mut workbook, &name)?;
    let mut reader = workbook.worksheet_cells_reader(&name)?;
    let styles = reader.styles().to_vec();
    let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    while let Some((cell, style)) = reader.next_cell_with_style_id()? {
        let (row, column) = cell.get_position();
        let is_without_value = without_value.contains(&(row, column));
        let Some(cell) = cell::read(cell.get_value(), styles.get(style), is_without_value) else { continue };
        if column >= MOST_COLUMNS {
            return Err(Error::Wide(address((row, column))));
        }
        let cells = rows.entry(row).or_default();
        let at = column as usize;
        cells.resize_with(cells.len().max(at + 1), Cell::default);
        cells[at] = cell;
    }
    let width = rows.values().map(Vec::len).max().unwrap_or(0);
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|(row, mut cells)| {
            cells.resize_with(width, Cell::default);
            Row { number: row + 1, cells }
        })
        .collect();
    let mut hidden = package::hidden(bytes, &name)?;
    hidden.rows.retain(|number| rows.iter().any(|row| row.number == *number));
    hidden.columns.retain(|column| (*column as usize) < width);
    Ok(Rows { rows, hidden })
}

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

/// The name of the sheet to read.
fn choose(workbook: &mut Workbook<'_>, sheet: Option<&str>) -> Result<String, Error> {
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let sheets: Vec<(String, bool)> =
        sheets.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect();
    if let Some(wanted) = sheet {
        return match sheets.iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted.trim())) {
            Some((name, _)) => Ok(name.clone()),
            None => Err(Error::NoSheet(sheets.into_iter().map(|(name, _)| name).collect())),
        };
    }
    let mut filled = Vec::new();
    for (name, _) in sheets {
        let mut reader = workbook.worksheet_cells_reader(&name)?;
        while let Some(cell) = reader.next_cell()? {
            if !matches!(cell.get_value(), DataRef::Empty) {
                filled.push(name);
                break;
            }
        }
    }
    match filled.len() {
        0 => Err(Error::Empty),
        1 => Ok(filled.remove(0)),
        _ => Err(Error::Several(filled)),
    }
}

/// The formulas whose results are not in the file: programs that do not calculate write them so.
fn formulas_without_value(workbook: &mut Workbook<'_>, name: &str) -> Result<HashSet<(u32, u32)>, Error> {
    let mut reader = workbook.worksheet_cells_reader(name)?;
    let mut found = HashSet::new();
    while let Some(cell) = reader.next_cell_with_formula_metadata()? {
        if cell.formula.is_some() && matches!(cell.value, DataRef::Empty) {
            found.insert(cell.pos);
        }
    }
    Ok(found)
}

/// `B7` for row 6 and column 1, both counted from zero.
fn address((row, column): (u32, u32)) -> String {
    format!("{}{}", column_letters(column), row + 1)
}

/// `AB` for the column 27, counted from zero.
pub(crate) fn column_letters(column: u32) -> String {
    let (mut rest, mut letters) = (column + 1, Vec::new());
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

fn range(dimensions: &Dimensions) -> String {
    format!("{}:{}", address(dimensions.start), address(dimensions.end))
}
