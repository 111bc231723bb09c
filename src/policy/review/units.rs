//! The few that are unlike nearly all others in what their amounts are: whose type or currency becomes another one than that of the others, or
//! which change an amount where the others change none.

use std::collections::BTreeMap;

use super::amounts::{AMOUNTS, Pool};
use super::flags::amount;
use super::outliers::are_few;
use crate::offer::{Field, FieldSet};
use crate::plan::{Action, BeforeAfter, Flag, Unit, Verb};

/// The flags of the few, by the index of the action.
pub(super) fn unlike_others(actions: &[Action], pools: &[Pool]) -> Vec<(usize, Flag)> {
    let mut found = other_unit(pools);
    found.extend(AMOUNTS.into_iter().flat_map(|field| other_new_unit(actions, field)));
    found.extend(amounts_among_others(actions));
    found
}

/// The few amounts that get another unit than nearly all others of the same unit, or keep theirs. Where nearly all keep it, every other one
/// is flagged by itself.
fn other_unit(pools: &[Pool]) -> Vec<(usize, Flag)> {
    let mut from: BTreeMap<(Field, Unit), Vec<&Pool>> = BTreeMap::new();
    for pool in pools.iter().filter(|pool| !pool.is_new) {
        from.entry((pool.field, pool.units[0])).or_default().push(pool);
    }
    let mut found = Vec::new();
    for ((field, unit), mut pools) in from {
        pools.sort_by_key(|pool| pool.amounts.len());
        let Some(usual) = pools.pop().filter(|usual| usual.units[1] != unit) else { continue };
        let others = usual.amounts.len();
        if are_few(pools.iter().map(|pool| pool.amounts.len()).sum(), others) {
            let amounts = pools.iter().flat_map(|pool| &pool.amounts);
            found.extend(amounts.map(|amount| (amount.action, Flag::UnusualUnit { field, others })));
        }
    }
    found
}

/// The few new offers with an amount of another unit than nearly all other new ones have, or without an amount.
fn other_new_unit(actions: &[Action], field: Field) -> Vec<(usize, Flag)> {
    let mut of_unit: BTreeMap<Option<Unit>, Vec<usize>> = BTreeMap::new();
    for (index, action) in actions.iter().enumerate().filter(|(_, action)| action.verb() == Verb::Create) {
        let sides = BeforeAfter::of(action);
        let unit = amount(sides.after(field)).map(|_| sides.unit_after(field));
        of_unit.entry(unit).or_default().push(index);
    }
    let Some((usual, others)) = of_unit.iter().map(|(unit, all)| (*unit, all.len())).max_by_key(|(_, all)| *all) else {
        return Vec::new();
    };
    let few: Vec<usize> =
        of_unit.iter().filter(|(unit, _)| **unit != usual).flat_map(|(_, few)| few).copied().collect();
    if usual.is_none() || !are_few(few.len(), others) {
        return Vec::new();
    }
    few.into_iter().map(|index| (index, Flag::UnusualUnit { field, others })).collect()
}

/// The few of the recorded offers with a change whose amounts become others, where nearly all keep theirs: such a change is easily
/// overlooked among names and dates.
fn amounts_among_others(actions: &[Action]) -> Vec<(usize, Flag)> {
    let is_of_recorded = |action: &Action| action.verb().writes() && action.verb() != Verb::Create;
    let of_recorded = || actions.iter().enumerate().filter(|(_, action)| is_of_recorded(action));
    let moves = |action: &Action| {
        let sides = BeforeAfter::of(action);
        AMOUNTS.into_iter().any(|field| {
            let is_known = sides.before(field).is_some();
            sides.change(field).is_some_and(|change| change.before != change.after)
                || (is_known && sides.changes_unit(field))
        })
    };
    let few: Vec<usize> = of_recorded().filter(|(_, action)| moves(action)).map(|(index, _)| index).collect();
    let others = of_recorded().count() - few.len();
    let flag = Flag::OtherAmounts { others, fields: FieldSet::default() };
    if are_few(few.len(), others) { few.into_iter().map(|index| (index, flag)).collect() } else { Vec::new() }
}
