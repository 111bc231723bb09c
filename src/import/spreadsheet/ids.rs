//! The offer ids of a sheet against what is recorded.
//!
//! Invariant: no id is passed over. A row with an id is the recorded offer of that id, or the import is refused, because the next apply
//! would create an offer that CAKE has already.

use std::collections::HashMap;

use super::reading::SheetInputs;
use super::rows::{ReadRow, Table};
use super::sheet::{Row, Sheet};
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{Key, OfferId};
use crate::words::{count, first_and_more};

/// The maximum number of rows that a message names.
const MOST_NAMED: usize = 5;

/// Every row whose id is another row's, contradicts what is recorded, or is not recorded.
pub(super) fn check_ids(inputs: SheetInputs<'_>, sheet: &Sheet<'_>, table: &Table<'_>) -> Vec<Diagnostic> {
    let mut check = IdCheck { inputs, sheet, problems: Vec::new() };
    let mut seen: HashMap<OfferId, usize> = HashMap::new();
    let mut unknown = Vec::new();
    for read in &table.rows {
        let Some(id) = read.values.offer_id else { continue };
        let number = read.row.number;
        if let Some(first) = seen.insert(id, number) {
            let message = format!("row {number} has the offer id {id} of row {first}");
            check.problem(read.row, message, "an offer of CAKE's belongs to one row".to_owned());
        } else if !check.contradicts(read, id) && inputs.recorded.owner_of(id).is_none() {
            unknown.push((read, id));
        }
    }
    if !inputs.adopt_ids {
        check.unknown(&unknown);
    }
    check.problems
}

struct IdCheck<'a> {
    inputs: SheetInputs<'a>,
    sheet: &'a Sheet<'a>,
    problems: Vec<Diagnostic>,
}

impl IdCheck<'_> {
    fn problem(&mut self, row: &Row, message: String, help: String) {
        let problem = Diagnostic::error(codes::import::CELL, message).label(self.sheet.label(row));
        self.problems.push(problem.help(help));
    }

    /// Reports a row that contradicts what is recorded.
    fn contradicts(&mut self, read: &ReadRow<'_>, id: OfferId) -> bool {
        let (number, recorded) = (read.row.number, self.inputs.recorded);
        let owner = recorded.owner_of(id);
        // The offer was renamed, and its record still has the earlier key.
        let is_renamed = read.target.is_some_and(|offer| owner.is_some() && offer.sync.renamed_from.as_ref() == owner);
        let key = read.values.key.as_ref().filter(|_| !is_renamed).or(owner);
        let record = key.and_then(|key| Some((key, recorded.offers.get(key)?)));
        let (message, help) = match (owner, record) {
            (Some(owner), _) if Some(owner) != key => {
                let key = key.map(Key::as_str).unwrap_or_default();
                let message =
                    format!("row {number}: offer {id} is recorded for `{owner}`, and the key of the row is `{key}`");
                (message, "correct the key or the id, or leave one of them empty".to_owned())
            }
            (Some(owner), Some((_, record))) if record.offer_id != id => {
                let message =
                    format!("row {number}: offer {id} of `{owner}` was replaced by offer {}", record.offer_id);
                (message, format!("write the id {}, or remove the row", record.offer_id))
            }
            (None, Some((key, record))) => {
                let message =
                    format!("row {number}: `{key}` is recorded with offer {}, and the row says {id}", record.offer_id);
                (message, "correct the id, or give the row another key".to_owned())
            }
            _ if self.inputs.adopt_ids => {
                let of_row = key.filter(|key| recorded.in_doubt.contains_key(*key));
                let created_for = || recorded.may_be_created_for(id, &read.values.fields).filter(|_| owner.is_none());
                if let Some(key) = of_row.or_else(created_for) {
                    let message =
                        format!("row {number}: the create of `{key}` is in doubt, and offer {id} may be what it made");
                    (message, format!("run `offersync apply`, or `offersync state resolve {key}`"))
                } else if let Some((noted, written)) = self.written_otherwise(read, id) {
                    let message =
                        format!("row {number}: an import that was interrupted wrote `{written}` for offer {noted}");
                    (
                        message,
                        format!("give that row the key `{written}`, or run `offersync import`, which looks in CAKE"),
                    )
                } else {
                    return false;
                }
            }
            _ => return false,
        };
        self.problem(read.row, message, help);
        true
    }

    /// An offer for which an interrupted import wrote this row's key, or this row's offer where it wrote another key.
    fn written_otherwise(&self, read: &ReadRow<'_>, id: OfferId) -> Option<(OfferId, &Key)> {
        let key = read.values.key.as_ref()?;
        let mut noted = self.inputs.noted.iter().map(|(noted, written)| (*noted, written));
        noted.find(|(noted, written)| (*noted == id) != (*written == key))
    }

    /// Reports the rows whose offers CAKE may have and no key has.
    fn unknown(&mut self, rows: &[(&ReadRow<'_>, OfferId)]) {
        let Some((first, id)) = rows.first() else { return };
        let key = first.values.key.as_ref().filter(|key| self.inputs.tree.set.get(key).is_some());
        let command = match key {
            Some(key) => format!("state adopt {key} --offer-id {id}"),
            None => format!("import --offer-id {id}"),
        };
        let named = rows.iter().map(|(read, id)| format!("offer {id} in row {}", read.row.number));
        let (rows, named) = (count(rows.len(), "offer id"), first_and_more(named, MOST_NAMED));
        let problem = Diagnostic::error(
            codes::import::UNKNOWN_ID,
            format!("{rows} without a record: {named}; the next apply would create what CAKE has already"),
        );
        self.problems.push(problem.label(self.sheet.label(first.row)).help(format!(
            "record them first, each with `offersync {command}`, or all with `offersync import`. If CAKE has them with exactly the \
             values of this file, add `--state-ids`. For new offers, leave the cells empty"
        )));
    }
}
