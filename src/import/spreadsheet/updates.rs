//! What rows change in offers that exist: the values that differ, and nothing that a row leaves empty.
//!
//! Owns the check of the currencies' signs as well, because only here is the offer's own currency known. Settings of `sync` are not edited:
//! a row that contradicts them is a problem.

use std::collections::HashMap;

use super::columns::Column;
use super::currency;
use super::reading::SheetInputs;
use super::rows::ReadRow;
use super::sheet::Sheet;
use crate::config::Names;
use crate::diagnostic::{Diagnostic, codes};
use crate::import::outcome::Update;
use crate::offer::{DesiredOffer, Field, Fields, Key};
use crate::words::first_and_more;

/// The values of a row that are not those of its offer.
pub(super) fn updates(read: &ReadRow<'_>, offer: &DesiredOffer) -> Vec<Update> {
    let differing = read.values.fields.iter().filter(|(field, value)| offer.fields.get(*field) != Some(value));
    differing.map(|(field, value)| Update { key: offer.key.clone(), field, value: value.clone() }).collect()
}

/// The settings of a row that contradict the offer's.
pub(super) fn contradictions<'a>(read: &'a ReadRow<'_>, offer: &'a DesiredOffer) -> impl Iterator<Item = Column> + 'a {
    let (row, own) = (&read.values.sync, &offer.sync);
    read.values.settings.iter().copied().filter(move |column| match column {
        Column::Protect => row.protect != own.protect,
        Column::OnCreateOnlyChange => row.on_create_only_change != own.on_create_only_change,
        Column::IgnoreChanges => row.ignore_changes != own.ignore_changes,
        Column::RenamedFrom => row.renamed_from != own.renamed_from,
        Column::Key | Column::OfferId | Column::Field(_) | Column::Named(_) => false,
    })
}

/// The signs of currencies in the sheet, against the currencies of the offers.
pub(super) struct Signs<'a> {
    sheet: &'a Sheet<'a>,
    names: &'a Names,
    /// Rows and signs of offers without a currency.
    free: Vec<(&'a ReadRow<'a>, &'a str)>,
    pub(super) problems: Vec<Diagnostic>,
}

impl<'a> Signs<'a> {
    pub(super) fn new(sheet: &'a Sheet<'a>, inputs: SheetInputs<'a>) -> Self {
        Self { sheet, names: inputs.tree.names, free: Vec::new(), problems: Vec::new() }
    }

    fn problem(&mut self, read: &ReadRow<'_>, message: String, help: String) {
        let problem = Diagnostic::error(codes::import::CELL, message).label(self.sheet.label(read.row));
        self.problems.push(problem.help(help));
    }

    /// Checks the signs of a row; `fields` are those of the whole offer.
    pub(super) fn check(&mut self, read: &'a ReadRow<'a>, fields: &Fields) {
        let Some(id) = fields.get(Field::CurrencyId) else {
            self.free.extend(read.values.signs.iter().map(|(_, sign)| (read, &**sign)));
            return;
        };
        let name = self.names.name_of(Field::CurrencyId, id);
        for (field, sign) in &read.values.signs {
            let place = format!("row {}, `{field}`", read.row.number);
            match name.map(|name| (name, currency::means(sign, name))) {
                Some((_, Some(true))) => {}
                Some((name, Some(false))) => {
                    let message =
                        format!("{place}: the amount is in `{sign}`, and the currency of the offer is `{name}`");
                    self.problem(read, message, "correct the amount or the currency".to_owned());
                }
                Some((_, None)) | None => {
                    let message = format!("{place}: whether `{sign}` is the currency {id} of the offer is not known");
                    let help = "remove the sign, or name the currency by its ISO code under [names.currencies]";
                    self.problem(read, message, help.to_owned());
                }
            }
        }
    }

    /// Offers without a currency: one sign is a warning, because it is not kept; several signs are a problem.
    pub(super) fn finish(mut self) -> (Vec<Diagnostic>, Option<Diagnostic>) {
        let Some((first, sign)) = self.free.first().copied() else { return (self.problems, None) };
        if let Some((other, another)) = self.free.iter().copied().find(|(_, other)| *other != sign) {
            let (row, other_row) = (first.row.number, other.row.number);
            let message = format!(
                "row {row} has amounts in `{sign}` and row {other_row} in `{another}`, and the offers have no currency"
            );
            self.problem(other, message, "add a column `currency` or `currency_id`".to_owned());
            return (self.problems, None);
        }
        let mut rows: Vec<usize> = self.free.iter().map(|(read, _)| read.row.number).collect();
        rows.dedup();
        let rows = first_and_more(rows, 5);
        let message = format!(
            "the sign `{sign}` is not kept: the offers have no currency, so CAKE decides which it is (row {rows})"
        );
        let warning = Diagnostic::warning(codes::import::CELL, message).label(self.sheet.label(first.row));
        (self.problems, Some(warning.help("add a column `currency` or `currency_id`, or set it in `_defaults.yaml`")))
    }
}

/// The rows whose offer is that of an earlier row, with the number of that row and the key.
pub(super) fn repeated<'a>(rows: &'a [ReadRow<'a>]) -> Vec<(&'a ReadRow<'a>, usize, &'a Key)> {
    let mut seen: HashMap<&Key, usize> = HashMap::new();
    let mut repeated = Vec::new();
    for (read, key) in rows.iter().filter_map(|read| Some((read, &read.target?.key))) {
        match seen.get(key) {
            Some(first) => repeated.push((read, *first, key)),
            None => drop(seen.insert(key, read.row.number)),
        }
    }
    repeated
}
