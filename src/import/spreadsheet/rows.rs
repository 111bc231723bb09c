//! The rows of a sheet as offers: the header, every cell, and what each row must have.

use super::cells::{RowReader, RowValues, shown};
use super::columns::Column;
use super::sheet::{Cell, Row, Sheet};
use crate::config::Names;
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::Field;

/// A row that was read, good or not.
#[derive(Debug)]
pub(super) struct ReadRow<'a> {
    pub(super) row: &'a Row,
    pub(super) values: RowValues,
    pub(super) is_good: bool,
}

/// The columns of a header, and the rows below it; what is wrong is added to the problems.
#[derive(Debug)]
pub(super) struct Table<'a> {
    columns: Vec<Option<Column>>,
    pub(super) rows: Vec<ReadRow<'a>>,
}

impl<'a> Table<'a> {
    pub(super) fn read(sheet: &'a Sheet<'a>, names: &Names, problems: &mut Vec<Diagnostic>) -> Self {
        let Some((header, rows)) = sheet.rows.split_first() else {
            let message = "the file is empty";
            problems.push(Diagnostic::error(codes::import::SPREADSHEET, message).help(
                "the first row names the columns, such as `offer_name,advertiser_id,vertical_id,offer_url,payout`",
            ));
            return Self { columns: Vec::new(), rows: Vec::new() };
        };
        let columns = columns(sheet, header, problems);
        let mut table = Self { columns, rows: Vec::with_capacity(rows.len()) };
        for row in rows.iter().filter(|row| row.cells.iter().any(|cell| !cell.text.trim().is_empty())) {
            let before = problems.len();
            table.check_width(sheet, row, problems);
            let values = RowReader { sheet, row, names, problems }.read(&table.columns);
            table.check_required(sheet, row, &values, problems);
            table.rows.push(ReadRow { row, values, is_good: problems.len() == before });
        }
        table
    }

    /// The cell of a column.
    pub(super) fn cell(&self, row: &'a Row, column: Column) -> Option<&'a Cell> {
        let at = self.columns.iter().position(|known| *known == Some(column))?;
        row.cells.get(at)
    }

    /// The cell that speaks of a field, else the first of the row.
    pub(super) fn place(&self, row: &'a Row, column: Column) -> Option<&'a Cell> {
        self.cell(row, column).or_else(|| row.cells.first())
    }

    fn check_width(&self, sheet: &Sheet<'_>, row: &Row, problems: &mut Vec<Diagnostic>) {
        let extra = row.cells.iter().skip(self.columns.len()).find(|cell| !cell.text.trim().is_empty());
        if let Some(cell) = extra {
            let message =
                format!("row {} has {} cells, the header only {}", row.number, row.cells.len(), self.columns.len());
            let help = "put text that holds the delimiter into quotes, or give the column a name";
            problems.push(Diagnostic::error(codes::import::SPREADSHEET, message).label(sheet.label(cell)).help(help));
        }
    }

    /// A value that is there and wrong was told; one that is not there is told here.
    fn check_required(&self, sheet: &Sheet<'_>, row: &'a Row, values: &RowValues, problems: &mut Vec<Diagnostic>) {
        for field in Field::ALL.into_iter().filter(|field| field.is_required()) {
            let columns = [Column::Field(field), Column::Named(field)];
            let mut cells = columns.into_iter().filter_map(|column| self.cell(row, column));
            let is_given = cells.any(|cell| !cell.text.trim().is_empty());
            let has_column = columns.iter().any(|column| self.columns.contains(&Some(*column)));
            if values.fields.get(field).is_some() || is_given || !has_column {
                continue;
            }
            let message = format!("row {} has no `{field}`", row.number);
            let place = self.place(row, columns[0]).or_else(|| self.place(row, columns[1]));
            let problem = Diagnostic::error(codes::import::CELL, message);
            let problem = match place {
                Some(cell) => problem.label(sheet.label(cell)),
                None => problem,
            };
            problems.push(problem.help("CAKE creates no offer without it"));
        }
    }
}

fn columns(sheet: &Sheet<'_>, header: &Row, problems: &mut Vec<Diagnostic>) -> Vec<Option<Column>> {
    let mut columns: Vec<Option<Column>> = Vec::with_capacity(header.cells.len());
    for (at, cell) in header.cells.iter().enumerate() {
        let column = Column::find(&cell.text);
        let mut problem = |message: String, help: String| {
            let problem = Diagnostic::error(codes::import::SPREADSHEET, message);
            problems.push(problem.label(sheet.label(cell)).help(help));
        };
        match column {
            Some(column) if columns.contains(&Some(column)) => {
                problem(format!("the column `{}` appears twice", column.name()), "remove one of them".to_owned());
            }
            Some(_) => {}
            // A column without a head and without content is how spreadsheets end their rows.
            None if cell.text.trim().is_empty() && is_empty_column(sheet, at) => {}
            None => {
                let help = Column::suggest(&cell.text).map_or_else(
                    || {
                        let all = Column::all().map(Column::name).collect::<Vec<_>>().join(", ");
                        format!("remove it; the columns are: {all}")
                    },
                    |near| format!("did you mean `{near}`?"),
                );
                problem(format!("unknown column {}", shown(&cell.text)), help);
            }
        }
        // Of two columns with one head, only the first is read: what the second says was told as a whole.
        let is_new = column.is_some_and(|column| !columns.contains(&Some(column)));
        columns.push(column.filter(|_| is_new));
    }
    for field in Field::ALL.into_iter().filter(|field| field.is_required()) {
        let is_there = [Column::Field(field), Column::Named(field)].iter().any(|c| columns.contains(&Some(*c)));
        if !is_there {
            let name = field.by_name().map(|name| format!(" or `{name}`")).unwrap_or_default();
            let problem =
                Diagnostic::error(codes::import::SPREADSHEET, format!("required column `{field}`{name} is missing"));
            let problem = match header.cells.first() {
                Some(cell) => problem.label(sheet.label(cell)),
                None => problem,
            };
            problems.push(problem.help("every offer needs it; the first row names the columns"));
        }
    }
    columns
}

fn is_empty_column(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.rows.iter().skip(1).filter_map(|row| row.cells.get(at)).all(|cell| cell.text.trim().is_empty())
}
