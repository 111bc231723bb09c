//! The rows of a sheet as offers: every cell, the existing offer that a row is, and what a new one must have.

use std::collections::HashMap;

use super::amounts::AmountStyle;
use super::cells::{RowReader, RowValues};
use super::columns::{Column, is_amount};
use super::damage::{blank_cells, cut_amount, cut_rows};
use super::header::Header;
use super::reading::SheetInputs;
use super::sheet::{Row, Sheet};
use super::targets::{NoTarget, Targets};
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{DesiredOffer, Field, Fields, Key};
use crate::workbook::Kind;

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
    /// The warning of cells that look filled and are not.
    pub(super) blank: Option<Diagnostic>,
}

impl<'a> Table<'a> {
    /// Reads every row; what is wrong is added to the problems.
    pub(super) fn read(sheet: &'a Sheet<'a>, inputs: SheetInputs<'a>, problems: &mut Vec<Diagnostic>) -> Self {
        let mut table = Self { rows: Vec::new(), blank: None };
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
        problems.extend(cut_amount(sheet, columns, &rows));
        table.blank = blank_cells(sheet, columns, &rows);
        for row in rows {
            let before = problems.len();
            check_width(sheet, columns, row, problems);
            let reader =
                RowReader { sheet, row, names: inputs.tree.names, style: &style, options: inputs.options, problems };
            let values = reader.read(&header);
            let target = targets.find(&values).unwrap_or_else(|NoTarget { message, help }| {
                let message = format!("row {}: {message}", row.number);
                let problem = Diagnostic::error(codes::import::CELL, message).label(sheet.label(row));
                problems.push(problem.help(help));
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
    rows.iter().flat_map(move |row| {
        let cells = row.cells.iter().zip(columns).enumerate().filter(move |(_, (_, column))| is_amount(**column));
        // A number of a workbook has no mark.
        cells.filter(|(at, _)| *row.kind(*at) == Kind::Text).map(|(_, (cell, _))| (row.number, cell))
    })
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
