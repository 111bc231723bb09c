//! The rows of a sheet as offers: the header, every cell, and what each row must have.

use super::cells::{RowReader, RowValues, shown};
use super::columns::Column;
use super::sheet::{Row, Sheet};
use crate::config::Names;
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::Field;

#[derive(Debug)]
pub(super) struct ReadRow<'a> {
    pub(super) row: &'a Row,
    pub(super) values: RowValues,
    pub(super) is_good: bool,
}

/// The columns of the header, `None` for those that are not read, and the rows below it.
#[derive(Debug)]
pub(super) struct Table<'a> {
    columns: Vec<Option<Column>>,
    pub(super) rows: Vec<ReadRow<'a>>,
}

impl<'a> Table<'a> {
    /// Reads every row; what is wrong is added to the problems.
    pub(super) fn read(sheet: &'a Sheet<'a>, names: &Names, problems: &mut Vec<Diagnostic>) -> Self {
        let Some((header, rows)) = sheet.rows.split_first() else {
            let message = "the file is empty";
            problems.push(Diagnostic::error(codes::import::SPREADSHEET, message).help(
                "the first row names the columns, such as `offer_name,advertiser_id,vertical_id,offer_url,payout`",
            ));
            return Self { columns: Vec::new(), rows: Vec::new() };
        };
        let columns = columns(sheet, header, problems);
        check_columns(sheet, header, &columns, problems);
        let mut table = Self { columns, rows: Vec::with_capacity(rows.len()) };
        for row in rows.iter().filter(|row| row.cells.iter().any(|cell| !is_blank(cell))) {
            let before = problems.len();
            table.check_width(sheet, row, problems);
            let values = RowReader { sheet, row, names, problems }.read(&table.columns);
            table.check_required(sheet, row, &values, problems);
            table.rows.push(ReadRow { row, values, is_good: problems.len() == before });
        }
        table
    }

    fn check_width(&self, sheet: &Sheet<'_>, row: &Row, problems: &mut Vec<Diagnostic>) {
        if row.cells.iter().skip(self.columns.len()).any(|cell| !is_blank(cell)) {
            let message =
                format!("row {} has {} cells, the header only {}", row.number, row.cells.len(), self.columns.len());
            let help = "put text that holds the delimiter into quotes, or give the column a name";
            problems.push(Diagnostic::error(codes::import::SPREADSHEET, message).label(sheet.label(row)).help(help));
        }
    }

    /// Reports required values that are missing; invalid ones are reported where they are read.
    fn check_required(&self, sheet: &Sheet<'_>, row: &Row, values: &RowValues, problems: &mut Vec<Diagnostic>) {
        for field in Field::ALL.into_iter().filter(|field| field.is_required()) {
            let own = |column: &Option<Column>| column.is_some_and(|column| column.field() == Some(field));
            let is_given = self.columns.iter().zip(&row.cells).any(|(column, cell)| own(column) && !is_blank(cell));
            if values.fields.get(field).is_some() || is_given || !self.columns.iter().any(own) {
                continue;
            }
            let message = format!("row {} has no `{field}`", row.number);
            let problem = Diagnostic::error(codes::import::CELL, message).label(sheet.label(row));
            problems.push(problem.help("CAKE creates no offer without it"));
        }
    }
}

fn columns(sheet: &Sheet<'_>, header: &Row, problems: &mut Vec<Diagnostic>) -> Vec<Option<Column>> {
    let mut columns: Vec<Option<Column>> = Vec::with_capacity(header.cells.len());
    for (at, cell) in header.cells.iter().enumerate() {
        let column = Column::find(cell);
        // Of two columns with one name only the first is read.
        let is_repeated = column.is_some() && columns.contains(&column);
        let problem = match column {
            Some(column) if is_repeated => {
                Some((format!("the column `{}` appears twice", column.name()), "remove one of them".to_owned()))
            }
            Some(_) => None,
            // Spreadsheets often end their rows with a column without name and content.
            None if is_blank(cell) && is_empty_column(sheet, at) => None,
            None => Some((format!("unknown column {}", shown(cell)), help_for_unknown(cell))),
        };
        if let Some((message, help)) = problem {
            let problem = Diagnostic::error(codes::import::SPREADSHEET, message).label(sheet.label(header));
            problems.push(problem.help(help));
        }
        columns.push(column.filter(|_| !is_repeated));
    }
    columns
}

fn help_for_unknown(name: &str) -> String {
    if let Some(near) = Column::suggest(name) {
        return format!("did you mean `{near}`? Name it so in the first row");
    }
    let all = Column::all().map(Column::name).collect::<Vec<_>>().join(", ");
    format!("if it says something of the offer, name it as one of these columns: {all}. If not, remove it")
}

/// Reports required fields that have no column.
fn check_columns(sheet: &Sheet<'_>, header: &Row, columns: &[Option<Column>], problems: &mut Vec<Diagnostic>) {
    for field in Field::ALL.into_iter().filter(|field| field.is_required()) {
        if columns.iter().flatten().any(|column| column.field() == Some(field)) {
            continue;
        }
        let name = field.by_name().map(|name| format!(" or `{name}`")).unwrap_or_default();
        let message = format!("required column `{field}`{name} is missing");
        let problem = Diagnostic::error(codes::import::SPREADSHEET, message).label(sheet.label(header));
        problems.push(problem.help("every offer needs it; the first row names the columns"));
    }
}

fn is_empty_column(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.rows.iter().skip(1).filter_map(|row| row.cells.get(at)).all(is_blank)
}

fn is_blank(cell: &str) -> bool {
    cell.trim().is_empty()
}
