//! What becomes due later, as rows: the same change at the same time is one row, however many offers it concerns.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::civil::DateTime;

use crate::offer::{Field, FieldKind, Fields, Key, PriceType, Value, shown_time};
use crate::plan::{FieldChange, Flag, FlagKind, HeldBack, Unit, Upcoming, UpcomingKind, YamlLocation};
use crate::report::escape::visible;
use crate::words::{count, first_and_more, shorten};

use super::ViewContext;
use super::field_change::{NOT_MANAGED, NOT_RECORDED, value_text};
use super::flag::{self, ReviewPriority};

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
    pub flags: Vec<Flag>,
    /// The same in words.
    pub why: Vec<String>,
    /// The highest priority of its changes; `None` if none is flagged.
    pub priority: Option<ReviewPriority>,
    /// The line that gives the flagged value, or else the first changed one.
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

/// What makes two changes the same to a reviewer.
type RowKey<'a> = (DateTime, Option<(DateTime, &'a str)>, UpcomingKind, Vec<String>, Vec<String>);

/// The rows of changes, in the order in which the first of each stands, with the flags of some kinds.
pub(in crate::report) fn upcoming_rows<'a>(
    changes: &'a [Upcoming],
    context: ViewContext<'_>,
    is_kept: impl Fn(FlagKind) -> bool,
) -> Vec<UpcomingRow<'a>> {
    let mut rows: Vec<UpcomingRow<'a>> = Vec::new();
    let mut indices: HashMap<RowKey<'a>, usize> = HashMap::new();
    for upcoming in changes {
        let Upcoming { at, held, key, kind, changes, context: fields, flags: _ } = upcoming;
        let texts: Vec<String> = changes.iter().map(|change| text(change, fields, context)).collect();
        let flags: Vec<Flag> = flags(upcoming).iter().filter(|flag| is_kept(flag.kind())).copied().collect();
        let update = upcoming.as_update().filter(|_| !flags.is_empty());
        let priority = update.as_ref().and_then(|update| ReviewPriority::of(update, &flags));
        let freeze = held.as_ref().map(|held| (held.until, &*held.reason));
        let why = update.iter().flat_map(|update| flags.iter().map(|flag| flag::text(*flag, update))).collect();
        let row = match indices.entry((*at, freeze, *kind, texts, why)) {
            Entry::Occupied(index) => {
                let row = &mut rows[*index.get()];
                row.keys.push(key);
                row
            }
            Entry::Vacant(index) => {
                let (at, held, kind) = (*at, held.as_ref(), *kind);
                let (_, _, _, texts, why) = index.key().clone();
                let first = || changes.iter().find_map(|change| change.source.as_ref());
                let source = flag::source(&flags, changes).or_else(first);
                index.insert(rows.len());
                rows.push(UpcomingRow {
                    at,
                    held,
                    kind,
                    keys: vec![key],
                    changes: texts,
                    flags,
                    why,
                    priority,
                    source,
                });
                let last = rows.len() - 1;
                &mut rows[last]
            }
        };
        row.priority = row.priority.max(priority);
    }
    rows
}

/// What is not scheduled any more does not happen.
pub(super) fn flags(upcoming: &Upcoming) -> &[Flag] {
    if upcoming.kind == UpcomingKind::Removed { &[] } else { &upcoming.flags }
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
