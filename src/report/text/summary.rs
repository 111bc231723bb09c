//! Many actions of one verb in few lines: by folder and advertiser, with what happens to payouts.

use std::collections::BTreeMap;

use crate::offer::{Field, Money, Value};
use crate::plan::{Action, Verb};
use crate::report::escape::visible;
use crate::report::money::{Moved, Range, Unit};
use crate::report::phrase::{Knowledge, advertiser};
use crate::report::sides::Sides;

/// One line of a summary.
#[derive(Debug)]
pub(in crate::report) struct Row {
    pub folder: String,
    pub advertiser: String,
    pub count: usize,
    pub payout: String,
}

/// The actions by folder and advertiser, in the order of folders.
pub(in crate::report) fn rows(actions: &[&Action], knowledge: Knowledge<'_>) -> Vec<Row> {
    let mut places: BTreeMap<(&str, Option<u64>), Vec<&Action>> = BTreeMap::new();
    for action in actions {
        let id = action.context.get(Field::AdvertiserId).and_then(Value::as_integer);
        places.entry((folder(action), id)).or_default().push(action);
    }
    let row = |((folder, id), actions): ((&str, Option<u64>), Vec<&Action>)| Row {
        folder: visible(folder).into_owned(),
        advertiser: advertiser(id, knowledge),
        count: actions.len(),
        payout: payout(&actions),
    };
    places.into_iter().map(row).collect()
}

fn folder(action: &Action) -> &str {
    match &action.source {
        Some(source) => source.file.as_str().rsplit_once('/').map_or(".", |(folder, _)| folder),
        None => "(no file)",
    }
}

/// Creates: the range of payouts, by what they are paid for. Everything else: how many rise and fall, and by how much.
fn payout(actions: &[&Action]) -> String {
    if actions.iter().all(|action| action.verb() == Verb::Create) {
        return ranges(actions);
    }
    let mut moved = Moved::default();
    for (unit, before, after) in actions.iter().filter_map(|action| Sides::of(action).money_change(Field::Payout)) {
        moved.add(unit, before, after);
    }
    moved.words().join(", ")
}

fn ranges(actions: &[&Action]) -> String {
    let mut amounts: BTreeMap<Unit, Vec<rust_decimal::Decimal>> = BTreeMap::new();
    for action in actions {
        let sides = Sides::of(action);
        if let Some(payout) = sides.after(Field::Payout).and_then(Value::as_money).map(Money::decimal) {
            amounts.entry(sides.unit_after(Field::Payout)).or_default().push(payout);
        }
    }
    let words = amounts.into_iter().filter_map(|(unit, amounts)| {
        let range = Range::of(amounts)?.amounts(unit);
        let unit = unit.words();
        Some(if unit.is_empty() { range } else { format!("{range} {unit}") })
    });
    words.collect::<Vec<_>>().join("; ")
}
