//! What becomes due later, as rows: the same change at the same time is one row, however many offers it concerns.

use jiff::civil::DateTime;

use crate::offer::{Field, FieldKind, Fields, Key, PriceType, Value, shown_time};
use crate::plan::{FieldChange, HeldBack, Unit, Upcoming, UpcomingKind, YamlLocation};
use crate::report::escape::visible;
use crate::words::{count, first_and_more, shorten};

use super::ViewContext;
use super::field_change::{NOT_MANAGED, NOT_RECORDED, value_text};
use super::flag;

/// The first keys of several offers.
const KEYS: usize = 3;
/// The maximum length of a value.
const VALUE: usize = 60;

/// One change at one time.
#[derive(Debug)]
pub(in crate::report) struct UpcomingRow<'a> {
    pub at: DateTime,
    pub held: Option<&'a HeldBack>,
    pub kind: UpcomingKind,
    pub keys: Vec<&'a Key>,
    /// `payout 24.00 → 30.00`
    pub changes: Vec<String>,
    /// Why to review it before others, the gravest first.
    pub why: Vec<String>,
    /// The line that gives the first changed value.
    pub source: Option<&'a YamlLocation>,
}

impl UpcomingRow<'_> {
    /// `from 2026-12-01 00:00:00`
    pub(in crate::report) fn time(&self) -> String {
        let word = match self.kind {
            UpcomingKind::Due => "from",
            UpcomingKind::Overdue => "overdue since",
            UpcomingKind::Held => "due since",
            UpcomingKind::Removed => "no longer at",
        };
        let held = self
            .held
            .filter(|_| self.kind != UpcomingKind::Removed)
            .map(|HeldBack { until, reason }| format!(", held until {} ({})", shown_time(*until), visible(reason)));
        let held = held.unwrap_or_default();
        format!("{word} {}{held}", shown_time(self.at))
    }

    /// `solar-us`, or `12 offers (a, b, c and 9 more)`.
    pub(in crate::report) fn offers(&self) -> String {
        if let [key] = self.keys[..] {
            return key.to_string();
        }
        let keys = first_and_more(self.keys.iter().map(ToString::to_string), KEYS);
        format!("{} ({keys})", count(self.keys.len(), "offer"))
    }
}

/// The rows of changes that are in the order of their times.
pub(in crate::report) fn upcoming_rows<'a>(changes: &'a [Upcoming], context: ViewContext<'_>) -> Vec<UpcomingRow<'a>> {
    let mut rows: Vec<UpcomingRow<'a>> = Vec::new();
    for upcoming in changes {
        let Upcoming { at, held, key, kind, changes, context: fields, flags } = upcoming;
        let changes: Vec<String> = changes.iter().map(|change| text(change, fields, context)).collect();
        // What is not scheduled any more does not happen.
        let update = upcoming.as_update().filter(|_| *kind != UpcomingKind::Removed);
        let why: Vec<String> =
            update.iter().flat_map(|update| flags.iter().map(|flag| flag::text(*flag, update))).collect();
        let mut same = rows.iter_mut().rev().take_while(|row| row.at == *at);
        let is_same = |row: &&mut UpcomingRow<'_>| {
            (row.held, row.kind, &row.changes, &row.why) == (held.as_ref(), *kind, &changes, &why)
        };
        if let Some(row) = same.find(is_same) {
            row.keys.push(key);
        } else {
            let (at, held, kind) = (*at, held.as_ref(), *kind);
            let source = upcoming.changes.iter().find_map(|change| change.source.as_ref());
            rows.push(UpcomingRow { at, held, kind, keys: vec![key], changes, why, source });
        }
    }
    rows
}

/// `payout 24.00 → 30.00`
fn text(change: &FieldChange, fields: &Fields, context: ViewContext<'_>) -> String {
    let unit = unit(change.field, fields);
    let side = |value: &Option<Value>, otherwise: &str| match value {
        Some(value) => shorten(&value_text(value, unit, context), VALUE).into_owned(),
        None => otherwise.to_owned(),
    };
    format!("{} {} → {}", change.field, side(&change.before, NOT_RECORDED), side(&change.after, NOT_MANAGED))
}

fn unit(field: Field, fields: &Fields) -> Unit {
    let of_type = if field == Field::Revenue { Field::RevenueType } else { Field::PayoutType };
    let price_type: Option<PriceType> = match fields.get(of_type).filter(|_| field.kind() == FieldKind::Money) {
        Some(Value::PriceType(price_type)) => Some(*price_type),
        _ => None,
    };
    Unit { price_type, currency: None }
}
