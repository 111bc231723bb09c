//! Money that moves, by advertiser and unit: how many payouts rise and fall, the sum for one conversion of each offer, the lowest margin.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::offer::{Field, Value};
use crate::plan::{Action, BeforeAfter, Unit};

use super::ViewContext;
use super::field_change::advertiser_name;
use super::money::{signed, tenths};

/// The payouts of one advertiser in one unit.
#[derive(Debug)]
pub(in crate::report) struct AdvertiserRow {
    pub advertiser: String,
    pub rises: usize,
    pub falls: usize,
    /// `+148.63 USD (cpa)`; empty of percentages, which do not add up, and where the sum does not fit.
    pub sum: String,
    /// `12.0 %`; empty where no margin is known.
    pub lowest_margin: String,
}

#[derive(Default)]
struct Sums {
    rises: usize,
    falls: usize,
    sum: Option<Decimal>,
    lowest_margin: Option<Decimal>,
}

/// Payouts that change, the largest sums first.
pub(super) fn rows(actions: &[Action], context: ViewContext<'_>) -> Vec<AdvertiserRow> {
    let mut all: BTreeMap<(Option<u64>, Unit), Sums> = BTreeMap::new();
    for action in actions.iter().filter(|action| action.verb().writes()) {
        let sides = BeforeAfter::of(action);
        let Some((unit, before, after)) =
            sides.money_change(Field::Payout).filter(|(_, before, after)| before != after)
        else {
            continue;
        };
        let id = sides.after(Field::AdvertiserId).and_then(Value::as_integer);
        let sums = all.entry((id, unit)).or_insert_with(|| Sums { sum: Some(Decimal::ZERO), ..Sums::default() });
        let moves = if after > before { &mut sums.rises } else { &mut sums.falls };
        *moves += 1;
        sums.sum = sums.sum.zip(after.checked_sub(before)).and_then(|(sum, more)| sum.checked_add(more));
        let margins = [sums.lowest_margin, sides.margin_after()];
        sums.lowest_margin = margins.into_iter().flatten().min();
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|(_, sums)| std::cmp::Reverse(sums.sum.map(|sum| sum.abs())));
    let row = |((id, unit), sums): ((Option<u64>, Unit), Sums)| AdvertiserRow {
        advertiser: advertiser_name(id, context),
        rises: sums.rises,
        falls: sums.falls,
        sum: sums.sum.filter(|_| !unit.is_percentage()).map(|sum| with_unit(sum, unit, context)).unwrap_or_default(),
        lowest_margin: sums.lowest_margin.map(|margin| format!("{} %", tenths(margin))).unwrap_or_default(),
    };
    all.into_iter().map(row).collect()
}

fn with_unit(sum: Decimal, unit: Unit, context: ViewContext<'_>) -> String {
    let currency = unit.currency_name(context).map(|name| format!(" {name}")).unwrap_or_default();
    let price_type = unit.price_type.map(|price_type| format!(" ({})", price_type.word())).unwrap_or_default();
    format!("{}{currency}{price_type}", signed(sum))
}
