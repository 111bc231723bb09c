//! The amounts of a plan, by what they are amounts of: only those of one field, with one unit before and one after, can follow one rule.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::flags::amount;
use crate::offer::{Field, Value};
use crate::plan::{Action, BeforeAfter, Unit};

/// The fields with amounts.
pub(super) const AMOUNTS: [Field; 2] = [Field::Payout, Field::Revenue];

/// Amounts of one field with the same units.
#[derive(Debug)]
pub(super) struct Pool {
    pub field: Field,
    /// Before and after.
    pub units: [Unit; 2],
    /// Whether nothing is recorded that they could be compared with, as of new offers.
    pub is_new: bool,
    pub amounts: Vec<Amount>,
}

/// An amount that an action changes, by its number or its unit, or sets where none was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    /// The index of the action, and of the change in it; no change where the number stays and its unit becomes another.
    pub action: usize,
    pub change: Option<usize>,
    pub advertiser: Option<u64>,
    /// `None` where nothing is recorded.
    pub before: Option<Decimal>,
    pub after: Decimal,
    /// Which amounts the action changes.
    pub changes: [bool; 2],
}

/// The amounts of actions that write, in the order of the plan.
pub(super) fn pools(actions: &[Action]) -> Vec<Pool> {
    let mut pools: BTreeMap<(Field, bool, [Unit; 2]), Vec<Amount>> = BTreeMap::new();
    for (index, action) in actions.iter().enumerate().filter(|(_, action)| action.verb().writes()) {
        let sides = BeforeAfter::of(action);
        let changes = AMOUNTS.map(|field| sides.change(field).is_some());
        let advertiser = action.context.get(Field::AdvertiserId).and_then(Value::as_integer);
        for field in AMOUNTS {
            let change = action.changes.iter().position(|change| change.field == field);
            let before = amount(sides.before(field));
            if change.is_none() && (before.is_none() || !sides.changes_unit(field)) {
                continue;
            }
            let Some(after) = amount(sides.after(field)) else { continue };
            let (is_new, unit) = (before.is_none(), sides.unit_after(field));
            let units = [if is_new { unit } else { sides.unit_before(field) }, unit];
            let amount = Amount { action: index, change, advertiser, before, after, changes };
            pools.entry((field, is_new, units)).or_default().push(amount);
        }
    }
    pools.into_iter().map(|((field, is_new, units), amounts)| Pool { field, units, is_new, amounts }).collect()
}
