//! The amounts of a plan, by what they are amounts of: only those of one field and unit can follow one rule.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::offer::{Field, Money, Value};
use crate::plan::{Action, BeforeAfter, Unit, Verb};

/// The fields with amounts.
pub(super) const AMOUNTS: [Field; 2] = [Field::Payout, Field::Revenue];

/// Amounts of one field and unit.
#[derive(Debug)]
pub(super) struct Pool {
    pub field: Field,
    pub unit: Unit,
    /// Whether they are those of new offers.
    pub is_new: bool,
    pub amounts: Vec<Amount>,
}

/// An amount that an action changes, or with which a new offer begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    /// The index of the action, and of the change in it.
    pub action: usize,
    pub change: usize,
    pub advertiser: Option<u64>,
    /// `None` of a new offer.
    pub before: Option<Decimal>,
    pub after: Decimal,
    /// Which amounts the action changes.
    pub changes: [bool; 2],
}

/// The amounts of actions that write, in the order of the plan.
pub(super) fn pools(actions: &[Action]) -> Vec<Pool> {
    let mut pools: BTreeMap<(Field, bool, Unit), Vec<Amount>> = BTreeMap::new();
    for (index, action) in actions.iter().enumerate().filter(|(_, action)| action.verb().writes()) {
        let sides = BeforeAfter::of(action);
        let is_new = action.verb() == Verb::Create;
        let changes = AMOUNTS.map(|field| sides.change(field).is_some());
        let advertiser = action.context.get(Field::AdvertiserId).and_then(Value::as_integer);
        for (at, change) in action.changes.iter().enumerate().filter(|(_, change)| AMOUNTS.contains(&change.field)) {
            let field = change.field;
            let (unit, before, after) = if is_new {
                let Some(after) = change.after.as_ref().and_then(Value::as_money).map(Money::decimal) else { continue };
                (sides.unit_after(field), None, after)
            } else {
                let Some((unit, before, after)) = sides.money_change(field) else { continue };
                (unit, Some(before), after)
            };
            let amount = Amount { action: index, change: at, advertiser, before, after, changes };
            pools.entry((field, is_new, unit)).or_default().push(amount);
        }
    }
    pools.into_iter().map(|((field, is_new, unit), amounts)| Pool { field, unit, is_new, amounts }).collect()
}
