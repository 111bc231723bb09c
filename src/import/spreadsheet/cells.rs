//! The cells of one row as values, or everything that is wrong with them.

use std::borrow::Cow;
use std::collections::HashMap;

use super::amounts::{self, Amount, AmountProblem, AmountStyle};
use super::columns::{Column, SETTINGS};
use super::currency::{is_sign, means};
use super::dates::DateFormat;
use super::header::Header;
use super::options::SheetOptions;
use super::sheet::{Row, Sheet};
use super::{formula, hidden};
use crate::config::{NameLookup, Names};
use crate::desired::advice_for;
use crate::diagnostic::{Diagnostic, closest, codes};
use crate::offer::{Field, FieldKind, FieldSet, Fields, Key, OfferId, OnCreateOnlyChange, SyncSettings, Value};
use crate::workbook::{Kind, Number};

#[derive(Debug, Clone, Default)]
pub(super) struct RowValues {
    pub(super) key: Option<Key>,
    pub(super) offer_id: Option<OfferId>,
    pub(super) fields: Fields,
    pub(super) sync: SyncSettings,
    /// The columns of settings that have a value.
    pub(super) settings: Vec<Column>,
    /// The signs of currencies beside amounts.
    pub(super) signs: Vec<(Field, Box<str>)>,
}

pub(super) struct RowReader<'a> {
    pub(super) sheet: &'a Sheet<'a>,
    pub(super) row: &'a Row,
    pub(super) names: &'a Names,
    pub(super) style: &'a AmountStyle,
    pub(super) options: &'a SheetOptions,
    pub(super) problems: &'a mut Vec<Diagnostic>,
}

/// The cell of a field.
#[derive(Debug, Clone, Copy)]
struct Source<'a> {
    text: &'a str,
    kind: &'a Kind,
    /// The currency in the name of the column.
    currency: Option<&'static str>,
}

impl RowReader<'_> {
    /// Reads every cell; what is wrong is added to the problems.
    pub(super) fn read(mut self, header: &Header<'_>) -> RowValues {
        let mut values = RowValues::default();
        let mut by_field: HashMap<Field, (Value, Column)> = HashMap::new();
        let row = self.row;
        for (at, (cell, column)) in row.cells.iter().zip(&header.columns).enumerate() {
            let (cell, Some(column)) = (hidden::unescaped(cell), *column) else { continue };
            let cell = &*formula::unescaped(cell);
            // Spreadsheets pad cells with spaces; an empty cell has no value.
            if cell.trim().is_empty() || !self.is_certain(column, row.kind(at)) {
                continue;
            }
            let text = cell.trim();
            if SETTINGS.contains(&column) {
                values.settings.push(column);
            }
            match column {
                Column::Key => values.key = self.parsed(text, column, Key::new(text)),
                Column::OfferId => {
                    let id = OfferId::parse(text).ok_or("expected a positive whole number");
                    values.offer_id = self.parsed(text, column, id);
                }
                Column::Field(field) => {
                    let currency = header.currencies.get(at).copied().flatten();
                    let cell = Source { text: cell, kind: row.kind(at), currency };
                    if let Some(value) = self.value(cell, field, &mut values.signs) {
                        self.put(&mut by_field, field, value, column);
                    }
                }
                Column::Named(field) => {
                    if let Some(value) = self.named(field, text) {
                        self.put(&mut by_field, field, value, column);
                    }
                }
                Column::Protect => values.sync.protect = self.boolean(column, text),
                Column::OnCreateOnlyChange => values.sync.on_create_only_change = self.change(column, text),
                Column::IgnoreChanges => values.sync.ignore_changes = self.ignored(column, text),
                Column::RenamedFrom => values.sync.renamed_from = self.parsed(text, column, Key::new(text)),
            }
        }
        values.fields = by_field.into_iter().map(|(field, (value, _))| (field, value)).collect();
        values
    }

    fn problem(&mut self, message: impl Into<String>, help: impl Into<String>) {
        let problem = Diagnostic::error(codes::import::CELL, message).label(self.sheet.label(self.row));
        self.problems.push(problem.help(help));
    }

    /// The place of a cell as messages show it: "row 7, `payout`".
    fn place(&self, column: Column) -> String {
        format!("row {}, `{}`", self.row.number, column.name())
    }

    fn parsed<T, E: std::fmt::Display>(&mut self, text: &str, column: Column, read: Result<T, E>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                let message = format!("{}: {} cannot be used: {error}", self.place(column), shown(text));
                let help = match column {
                    Column::Key => "leave the cell empty to make a key of the name",
                    Column::OfferId => "leave the cell empty for an offer that CAKE does not have yet",
                    _ => "for example `home-warranty-premium`",
                };
                self.problem(message, help);
                None
            }
        }
    }

    /// Whether the cell of a workbook has a value that can be in this column.
    fn is_certain(&mut self, column: Column, kind: &Kind) -> bool {
        let (message, help) = match kind {
            Kind::Refused { message, help } => (message.as_str(), *help),
            Kind::Date if column.field().is_none_or(|field| field.kind() != FieldKind::Date) => {
                ("the cell holds a date", "give the cell the format “Text”, and write the value that is meant")
            }
            Kind::Text | Kind::Number(_) | Kind::Date => return true,
        };
        self.problem(format!("{}: {message}", self.place(column)), help);
        false
    }

    fn value(&mut self, cell: Source<'_>, field: Field, signs: &mut Vec<(Field, Box<str>)>) -> Option<Value> {
        let text = match field.kind() {
            FieldKind::Name | FieldKind::Text => Cow::Borrowed(cell.text),
            FieldKind::Money => Cow::Owned(self.amount(cell, field, signs)?),
            FieldKind::Date => Cow::Owned(self.date(cell, field)?),
            _ => Cow::Borrowed(cell.text.trim()),
        };
        let text = &*text;
        match field.parse(text) {
            Ok(value) => Some(value),
            Err(error) => {
                let place = self.place(Column::Field(field));
                let message = format!("{place}: {} cannot be used: {error}", shown(text));
                let help = match closest(text, error.words.iter().copied()) {
                    Some(word) => format!("did you mean `{word}`?"),
                    None => advice(field, text),
                };
                self.problem(message, help);
                None
            }
        }
    }

    /// The amount in plain digits.
    fn amount(&mut self, cell: Source<'_>, field: Field, signs: &mut Vec<(Field, Box<str>)>) -> Option<String> {
        let (plain, sign) = if let Kind::Number(Number { shown, sign }) = cell.kind {
            (Ok(shown.clone()), sign.as_deref().filter(|sign| is_sign(sign)))
        } else {
            let Amount { digits, sign } = amounts::split(cell.text.trim());
            (self.style.plain(digits), sign)
        };
        if let (Some(sign), Some(currency)) = (sign, cell.currency)
            && means(sign, currency) == Some(false)
        {
            let message = format!(
                "{}: the amount is in `{sign}`, and the column in {currency}",
                self.place(Column::Field(field))
            );
            self.problem(message, "correct the amount, or the name of the column");
            return None;
        }
        signs.extend(cell.currency.or(sign).map(|sign| (field, Box::from(sign))));
        match plain {
            Ok(plain) => Some(plain),
            Err(AmountProblem { message, help }) => {
                self.problem(format!("{}: {message}", self.place(Column::Field(field))), help);
                None
            }
        }
    }

    /// The date as offersync writes it; one that is written so already needs no format.
    fn date(&mut self, cell: Source<'_>, field: Field) -> Option<String> {
        let (text, SheetOptions { dates, time_of_day, .. }) = (cell.text.trim(), self.options);
        let plain = DateFormat::default();
        let format = match dates {
            _ if field.parse(text).is_ok() => return Some(text.to_owned()),
            // A date of a workbook is not written in any form.
            _ if *cell.kind == Kind::Date => &plain,
            Some(format) => format,
            None if time_of_day.is_some() => &plain,
            None => return Some(text.to_owned()),
        };
        match format.read(text, *time_of_day) {
            Ok(date) => Some(date),
            Err(error) => {
                let place = self.place(Column::Field(field));
                let message = format!("{place}: {} cannot be used: {error}", shown(text));
                let of_workbook = "write the time into the cell as well, or give it for all dates without one";
                let of_text = "correct the cell, or give another `--date-format`";
                self.problem(message, if *cell.kind == Kind::Date { of_workbook } else { of_text });
                None
            }
        }
    }

    fn named(&mut self, field: Field, name: &str) -> Option<Value> {
        let table = Names::table(field).unwrap_or("names");
        match self.names.find(field, name) {
            NameLookup::Value(value) => Some(value),
            NameLookup::Broken => {
                let message = format!("{}: {} has no id", self.place(Column::Named(field)), shown(name));
                self.problem(message, format!("fix it under [{table}] in offersync.toml"));
                None
            }
            NameLookup::Nothing => {
                let message = format!("{}: {} is not in [{table}]", self.place(Column::Named(field)), shown(name));
                let help = match closest(name, self.names.of(field)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("add it under [{table}] in offersync.toml, or use a column `{field}` with ids"),
                };
                self.problem(message, help);
                None
            }
        }
    }

    /// Both an id and a name are fine as long as they agree, as they do in what CAKE's own screens export.
    fn put(&mut self, by_field: &mut HashMap<Field, (Value, Column)>, field: Field, value: Value, column: Column) {
        match by_field.get(&field) {
            Some((other, _)) if *other == value => {}
            Some((other, first)) => {
                let (first, second) = (first.name(), column.name());
                let message =
                    format!("row {}: `{first}` is {other} and `{second}` is {value}, which disagree", self.row.number);
                self.problem(message, "correct one of them, or leave it empty");
            }
            None => drop(by_field.insert(field, (value, column))),
        }
    }

    fn boolean(&mut self, column: Column, text: &str) -> bool {
        // Spreadsheets write TRUE for true.
        match text.to_ascii_lowercase().as_str() {
            "true" => true,
            "false" => false,
            _ => {
                let message = format!("{} takes true or false, not {}", self.place(column), shown(text));
                self.problem(message, "write `true` or `false`");
                false
            }
        }
    }

    fn change(&mut self, column: Column, text: &str) -> OnCreateOnlyChange {
        match text {
            "block" => OnCreateOnlyChange::Block,
            "replace" => OnCreateOnlyChange::Replace,
            _ => {
                let message = format!("{} is `block` or `replace`, not {}", self.place(column), shown(text));
                self.problem(message, "write `block` or `replace`");
                OnCreateOnlyChange::Block
            }
        }
    }

    fn ignored(&mut self, column: Column, text: &str) -> FieldSet {
        let mut set = FieldSet::default();
        for name in text.split([' ', ',', ';']).filter(|name| !name.is_empty()) {
            if let Some(field) = Field::from_name(name) {
                set.insert(field);
                continue;
            }
            let message = format!("{}: there is no field {}", self.place(column), shown(name));
            let help = match closest(name, Field::ALL.map(Field::name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write names of fields with a space between them, such as `payout revenue`".to_owned(),
            };
            self.problem(message, help);
        }
        set
    }
}

/// What to do about a value that a spreadsheet has and the field does not take.
fn advice(field: Field, text: &str) -> String {
    let word = text.to_lowercase();
    let is_any = |words: &[&str]| words.contains(&&*word);
    match field.kind() {
        FieldKind::Date => {
            let advice = advice_for(field, text);
            format!("{advice}; or say how the file writes dates, such as with `--date-format '%d.%m.%Y %H:%M'`")
        }
        FieldKind::Status if is_any(&["live", "enabled", "running", "approved"]) => {
            "write `active`, if that is what it means".to_owned()
        }
        FieldKind::Status if is_any(&["disabled", "stopped", "closed", "deleted", "archived"]) => {
            "write `inactive`, if that is what it means".to_owned()
        }
        FieldKind::Status => match advice_for(field, text) {
            advice if advice.starts_with("without") => "write `active`, `inactive` or `pending`".to_owned(),
            advice => advice,
        },
        _ => advice_for(field, text),
    }
}

/// A text as messages show it: one line, not too long.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    format!("`{short}`")
}
