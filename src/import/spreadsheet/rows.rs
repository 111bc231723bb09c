//! The rows of a sheet as offers: every cell, the existing offer that a row is, and what a new one must have.

use std::collections::HashMap;

use super::amounts::AmountStyle;
use super::cells::{RowReader, RowValues};
use super::columns::Column;
use super::header::Header;
use super::reading::SheetInputs;
use super::sheet::{Row, Sheet};
use super::targets::Targets;
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{DesiredOffer, Field, FieldKind, Fields, Key};
use crate::words::{count, first_and_more};

#[derive(Debug)]
pub(super) struct ReadRow<'a> {
    pub(super) row: &'a Row,
    pub(super) values: RowValues,
    /// The existing offer that the row is.
    pub(super) target: Option<&'a DesiredOffer>,
    pub(super) is_good: bool,
}

impl ReadRow<'_> {
    /// The values of the offer once the row is imported.
    pub(super) fn fields(&self) -> Fields {
        let mut fields = self.target.map(|offer| offer.fields.clone()).unwrap_or_default();
        for (field, value) in self.values.fields.iter() {
            fields.set(field, value.clone());
        }
        fields
    }
}

/// The rows below the header.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) rows: Vec<ReadRow<'a>>,
}

impl<'a> Table<'a> {
    /// Reads every row; what is wrong is added to the problems.
    pub(super) fn read(sheet: &'a Sheet<'a>, inputs: SheetInputs<'a>, problems: &mut Vec<Diagnostic>) -> Self {
        let mut table = Self { rows: Vec::new() };
        let Some((first, rows)) = sheet.rows.split_first() else {
            let message = "the file is empty";
            problems.push(Diagnostic::error(codes::import::SPREADSHEET, message).help(
                "the first row names the columns, such as `offer_name,advertiser_id,vertical_id,offer_url,payout`",
            ));
            return table;
        };
        let header = Header::read(sheet, first, inputs.options, problems);
        let columns = &header.columns;
        let rows: Vec<&Row> = rows.iter().filter(|row| row.cells.iter().any(|cell| !is_blank(cell))).collect();
        let style = AmountStyle::of(inputs.options.locale, amounts(columns, &rows));
        let targets = Targets::new(inputs);
        let mut seen: HashMap<&Key, usize> = HashMap::new();
        problems.extend(cut_rows(sheet, columns, &rows));
        for row in rows {
            let before = problems.len();
            check_width(sheet, columns, row, problems);
            let reader = RowReader {
                sheet,
                row,
                names: inputs.tree.names,
                style: &style,
                dates: inputs.options.dates.as_ref(),
                problems,
            };
            let values = reader.read(columns);
            let target = targets.find(&values).unwrap_or_else(|message| {
                let message = format!("row {}: {message}", row.number);
                let problem = Diagnostic::error(codes::import::CELL, message).label(sheet.label(row));
                problems.push(problem.help("give the row the `key` of the one that it is"));
                None
            });
            if let Some(first) = target.and_then(|offer| seen.insert(&offer.key, row.number)) {
                let message = format!("row {} is the offer of row {first}", row.number);
                let problem = Diagnostic::error(codes::import::CELL, message).label(sheet.label(row));
                problems.push(problem.help("keep one of the two rows"));
            }
            if target.is_none() {
                problems.extend(header.ignored_id(row, inputs.recorded));
                check_required(sheet, columns, row, &values, problems);
            }
            table.rows.push(ReadRow { row, values, target, is_good: problems.len() == before });
        }
        let new = table.rows.iter().filter(|read| read.target.is_none()).map(|read| read.row.number);
        header.check_for_new(&new.collect::<Vec<_>>(), table.rows.is_empty(), problems);
        table
    }
}

/// Every amount with the number of its row.
fn amounts<'a>(columns: &'a [Option<Column>], rows: &'a [&Row]) -> impl Iterator<Item = (usize, &'a str)> {
    let is_amount =
        |column: &Option<Column>| column.and_then(Column::field).is_some_and(|field| field.kind() == FieldKind::Money);
    rows.iter().flat_map(move |row| {
        let cells = row.cells.iter().zip(columns).filter(move |(_, column)| is_amount(column));
        cells.map(|(cell, _)| (row.number, cell))
    })
}

/// Rows that end before the last column that is read: a value that is not there would be taken for an empty one.
fn cut_rows(sheet: &Sheet<'_>, columns: &[Option<Column>], rows: &[&Row]) -> Option<Diagnostic> {
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

fn check_width(sheet: &Sheet<'_>, columns: &[Option<Column>], row: &Row, problems: &mut Vec<Diagnostic>) {
    if row.cells.iter().skip(columns.len()).any(|cell| !is_blank(cell)) {
        let message = format!("row {} has {} cells, the header only {}", row.number, row.cells.len(), columns.len());
        let help = "put text that holds the delimiter into quotes, or give the column a name";
        problems.push(Diagnostic::error(codes::import::SPREADSHEET, message).label(sheet.label(row)).help(help));
    }
}

/// Reports values that a new offer needs and that are missing; invalid ones are reported where they are read.
fn check_required(
    sheet: &Sheet<'_>,
    columns: &[Option<Column>],
    row: &Row,
    values: &RowValues,
    problems: &mut Vec<Diagnostic>,
) {
    let needs = |field: &Field| {
        field.is_required() || *field == Field::OfferStatus && !values.sync.ignore_changes.contains(Field::OfferStatus)
    };
    for field in Field::ALL.into_iter().filter(needs) {
        let own = |column: &Option<Column>| column.is_some_and(|column| column.field() == Some(field));
        // A cell that is cut off is no empty one; that is told of all such rows.
        let cell = |at: usize| row.cells.get(at).is_none_or(|cell| !is_blank(cell));
        let is_given = columns.iter().enumerate().any(|(at, column)| own(column) && cell(at));
        if values.fields.get(field).is_some() || is_given || !columns.iter().any(own) {
            continue;
        }
        let message = format!("row {} has no `{field}`", row.number);
        let problem = Diagnostic::error(codes::import::CELL, message).label(sheet.label(row));
        problems.push(problem.help(match field {
            Field::OfferStatus => "write it: a new offer without a status would be active",
            _ => "CAKE creates no offer without it",
        }));
    }
}

pub(super) fn is_blank(cell: &str) -> bool {
    cell.trim().is_empty()
}
