//! The first row: which column means what.
//!
//! Invariant: a column is read, named in `--ignore-column`, or a problem. None is passed over.

use super::cells::shown;
use super::columns::{Column, all_names, is_amount, is_status, plain};
use super::currency;
use super::options::SheetOptions;
use super::rows::is_blank;
use super::sheet::{Row, Sheet};
use crate::diagnostic::{Diagnostic, closest, codes};
use crate::offer::{Field, OfferId, Recorded};
use crate::words::{count, first_and_more, plural, shell_word};

/// The columns; `None` for those that are not read.
#[derive(Debug)]
pub(super) struct Header<'a> {
    sheet: &'a Sheet<'a>,
    row: &'a Row,
    pub(super) columns: Vec<Option<Column>>,
    /// The currencies in the names of columns of amounts: `Payout USD`.
    pub(super) currencies: Vec<Option<&'static str>>,
    /// A column with the status of the offers that `--ignore-column` names.
    ignored_status: Option<&'a str>,
    /// The columns of whole numbers that `--ignore-column` names.
    ignored_numbers: Vec<usize>,
}

impl<'a> Header<'a> {
    /// Reads the first row; what is wrong is added to the problems.
    pub(super) fn read(
        sheet: &'a Sheet<'a>,
        row: &'a Row,
        options: &SheetOptions,
        problems: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut header = Self {
            sheet,
            row,
            columns: Vec::with_capacity(row.cells.len()),
            currencies: Vec::with_capacity(row.cells.len()),
            ignored_status: None,
            ignored_numbers: Vec::new(),
        };
        header.check_options(options, problems);
        let mut unknown = Vec::new();
        for (at, cell) in row.cells.iter().enumerate() {
            let column = header.column(at, cell, options, &mut unknown);
            // Of two columns with one name only the first is read.
            let repeated = column.filter(|column| header.columns.contains(&Some(*column)));
            if let Some(column) = repeated {
                let message = format!("the column `{}` appears twice", column.name());
                problems.push(header.problem(message, "remove one of them, or name it in `--ignore-column`"));
            }
            header.columns.push(column.filter(|_| repeated.is_none()));
            header.currencies.push(currency::in_name(cell).filter(|_| is_amount(column)));
        }
        problems.extend(header.unknown(&unknown));
        header
    }

    fn column(
        &mut self,
        at: usize,
        cell: &'a str,
        options: &SheetOptions,
        unknown: &mut Vec<&'a str>,
    ) -> Option<Column> {
        let is_it = |name: &str| plain(name) == plain(cell);
        if let Some((_, means)) = options.map.iter().find(|(name, _)| is_it(name)) {
            return Column::find(means);
        }
        if options.ignore.iter().any(|name| is_it(name)) {
            if is_status(cell) && has_status_words(self.sheet, at) || is_all(self.sheet, at, is_status_word) {
                self.ignored_status = Some(cell);
            }
            if is_all(self.sheet, at, |cell| cell.trim().parse::<u64>().is_ok()) {
                self.ignored_numbers.push(at);
            }
            return None;
        }
        let column = Column::find(cell);
        // Spreadsheets often end their rows with a column without name and content.
        if column.is_none() && !(is_blank(cell) && is_empty_column(self.sheet, at)) {
            unknown.push(cell);
        }
        column
    }

    /// The problem that a row which would be a new offer has the id of a recorded one, in a column that is not read.
    pub(super) fn ignored_id(&self, row: &Row, recorded: &Recorded) -> Option<Diagnostic> {
        let owned = |at: &usize| {
            let id = OfferId::new(row.cells.get(*at)?.trim().parse().ok()?)?;
            Some((*at, id, recorded.owner_of(id)?))
        };
        let (at, id, key) = self.ignored_numbers.iter().find_map(owned)?;
        let name = self.row.cells.get(at)?;
        let message = format!(
            "row {} would be a new offer, and the column {}, which is ignored, has {id}: the id of `{key}`",
            row.number,
            shown(name)
        );
        let map = format!("{}=offer_id", name.trim());
        let map = shell_word(&map);
        let help = format!("if these are CAKE's ids, read them: --map {map}. If not, take the column out of the file");
        Some(Diagnostic::error(codes::import::CELL, message).label(self.sheet.label(row)).help(help))
    }

    pub(super) fn problem(&self, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        Diagnostic::error(codes::import::SPREADSHEET, message).label(self.sheet.label(self.row)).help(help)
    }

    /// Names in `--map` and `--ignore-column` that are in no file, and meanings that are no column.
    fn check_options(&self, options: &SheetOptions, problems: &mut Vec<Diagnostic>) {
        let named = options.map.iter().map(|(name, _)| name).chain(&options.ignore);
        for name in named.filter(|name| !self.row.cells.iter().any(|cell| plain(cell) == plain(name))) {
            let help = match closest(name, self.row.cells.iter()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write it as in the first row of the file".to_owned(),
            };
            problems.push(self.problem(format!("the file has no column {}", shown(name)), help));
        }
        for (name, means) in options.map.iter().filter(|(_, means)| Column::find(means).is_none()) {
            let help = match Column::suggest(means) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the columns are: {}", all_names()),
            };
            problems
                .push(self.problem(format!("{} cannot be {}, which is no column", shown(name), shown(means)), help));
        }
    }

    /// One problem for all columns that are not known, with the options to copy.
    fn unknown(&self, names: &[&str]) -> Option<Diagnostic> {
        let list = names.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ");
        let message = match names {
            [] => return None,
            names => format!("unknown {} {list}", plural(names.len(), "column")),
        };
        let (known, other): (Vec<_>, Vec<_>) =
            names.iter().map(|name| (*name, Column::suggest(name))).partition(|(_, meant)| meant.is_some());
        let known: Vec<String> = known
            .into_iter()
            .filter_map(|(name, meant)| Some(format!("--map {}", shell_word(&format!("{}={}", name.trim(), meant?)))))
            .collect();
        let other: Vec<String> =
            other.into_iter().map(|(name, _)| format!("--ignore-column {}", shell_word(name.trim()))).collect();
        let mut help = Vec::new();
        if !known.is_empty() {
            help.push(format!("if that is what they mean, add: {}", known.join(" ")));
        }
        if !other.is_empty() {
            help.push(format!(
                "if a column says something of the offer, say what: `--map NAME=COLUMN`; if not, add: {}. The columns are: {}",
                other.join(" "),
                all_names()
            ));
        }
        Some(self.problem(message, help.join("; ")))
    }

    /// Reports what new offers need and the file does not have. `new`: the numbers of the rows that are no existing offer.
    pub(super) fn check_for_new(&self, new: &[usize], is_empty: bool, problems: &mut Vec<Diagnostic>) {
        if new.is_empty() && !is_empty {
            return;
        }
        let rows = first_and_more(new, 5);
        let why = match new.len() {
            0 => "every offer needs it; the first row names the columns".to_owned(),
            1 => format!("a new offer needs it, and row {rows} is no offer that exists"),
            many => format!("a new offer needs it, and {} are no offers that exist: {rows}", count(many, "row")),
        };
        for field in Field::ALL.into_iter().filter(|field| field.is_required()) {
            if self.columns.iter().flatten().any(|column| column.field() == Some(field)) {
                continue;
            }
            let name = field.by_name().map(|name| format!(" or `{name}`")).unwrap_or_default();
            problems.push(self.problem(format!("required column `{field}`{name} is missing"), &*why));
        }
        let has_status = self.columns.contains(&Some(Column::Field(Field::OfferStatus)));
        if let Some(name) = self.ignored_status.filter(|_| !has_status) {
            let message = format!(
                "the column {} is the status of the offers, and without it new ones would be active",
                shown(name)
            );
            let help = format!("read it: --map {}", shell_word(&format!("{}=offer_status", name.trim())));
            problems.push(self.problem(message, help));
        }
    }
}

/// Whether a column says of some offer whether it runs, and is not, say, a column of states of the USA.
fn has_status_words(sheet: &Sheet<'_>, at: usize) -> bool {
    const WORDS: [&str; 7] = ["approved", "on", "off", "yes", "no", "true", "false"];
    let is_word = |cell: &str| WORDS.iter().any(|word| cell.trim().eq_ignore_ascii_case(word));
    cells(sheet, at).any(|cell| is_word(cell) || is_status_word(cell))
}

/// Whether a cell can mean nothing but whether the offer runs.
fn is_status_word(cell: &str) -> bool {
    const WORDS: [&str; 14] = [
        "active", "inactive", "pending", "paused", "live", "enabled", "disabled", "expired", "closed", "deleted",
        "archived", "stopped", "running", "off",
    ];
    WORDS.iter().any(|word| cell.trim().eq_ignore_ascii_case(word))
}

/// Whether a column has cells and each of them is like that, blank ones aside.
fn is_all(sheet: &Sheet<'_>, at: usize, test: impl Fn(&str) -> bool) -> bool {
    let mut filled = cells(sheet, at).filter(|cell| !is_blank(cell)).peekable();
    filled.peek().is_some() && filled.all(test)
}

fn cells<'s>(sheet: &'s Sheet<'_>, at: usize) -> impl Iterator<Item = &'s str> {
    sheet.rows.iter().skip(1).filter_map(move |row| row.cells.get(at))
}

fn is_empty_column(sheet: &Sheet<'_>, at: usize) -> bool {
    cells(sheet, at).all(is_blank)
}
