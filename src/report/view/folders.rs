//! Summarizes many actions by folder and advertiser, with their payouts.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::offer::{Field, Money, Value};
use crate::plan::{Action, BeforeAfter, Unit, Verb};
use crate::report::escape::visible;

use super::ViewContext;
use super::field_change::advertiser;
use super::money::Range;
use super::totals::MoneyTotals;

/// The actions of one verb on the offers of one folder and advertiser.
#[derive(Debug)]
pub(in crate::report) struct FolderRow {
    pub folder: String,
    pub advertiser: String,
    pub count: usize,
    /// For creates, the range of payouts by pricing model; for other verbs, how many rise and fall, and by how much, and the range of those
    /// that were not recorded.
    pub payout: String,
}

/// The actions by folder and advertiser, in the order of folders.
pub(super) fn rows(actions: &[&Action], context: ViewContext<'_>) -> Vec<FolderRow> {
    let mut places: BTreeMap<(&str, Option<u64>), Vec<&Action>> = BTreeMap::new();
    for action in actions {
        let id = action.context.get(Field::AdvertiserId).and_then(Value::as_integer);
        places.entry((folder(action), id)).or_default().push(action);
    }
    let row = |((folder, id), actions): ((&str, Option<u64>), Vec<&Action>)| FolderRow {
        folder: visible(folder).into_owned(),
        advertiser: advertiser(id, context),
        count: actions.len(),
        payout: payout(&actions, context),
    };
    places.into_iter().map(row).collect()
}

pub(super) fn folder(action: &Action) -> &str {
    match &action.source {
        Some(source) => source.file.as_str().rsplit_once('/').map_or(".", |(folder, _)| folder),
        None => "(no file)",
    }
}

fn payout(actions: &[&Action], context: ViewContext<'_>) -> String {
    if actions.iter().all(|action| action.verb() == Verb::Create) {
        return ranges(actions, context);
    }
    let mut texts = MoneyTotals::of(actions.iter().copied(), Field::Payout).texts("", context);
    let is_set =
        |action: &&&Action| BeforeAfter::of(action).change(Field::Payout).is_some_and(|change| change.before.is_none());
    let set = ranges(&actions.iter().filter(is_set).copied().collect::<Vec<_>>(), context);
    texts.extend((!set.is_empty()).then(|| format!("{set}, not recorded until now")));
    texts.join("; ")
}

pub(super) fn ranges(actions: &[&Action], context: ViewContext<'_>) -> String {
    let mut amounts: BTreeMap<Unit, Vec<Decimal>> = BTreeMap::new();
    for action in actions {
        let sides = BeforeAfter::of(action);
        if let Some(payout) = sides.after(Field::Payout).and_then(Value::as_money).map(Money::decimal) {
            amounts.entry(sides.unit_after(Field::Payout)).or_default().push(payout);
        }
    }
    let texts = amounts.into_iter().filter_map(|(unit, amounts)| {
        let range = Range::of(amounts)?.amounts(unit);
        let unit = unit.text(context);
        Some(if unit.is_empty() { range } else { format!("{range} {unit}") })
    });
    texts.collect::<Vec<_>>().join("; ")
}
