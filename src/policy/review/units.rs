//! The few that are unlike nearly all others in what their amounts are: whose type or currency becomes another one than that of the others, or
//! which change an amount where most others change none.

use std::collections::BTreeMap;

use super::amounts::{AMOUNTS, Pool};
use super::flags::amount;
use super::outliers::are_few;
use crate::offer::{Field, FieldSet};
use crate::plan::{Action, BeforeAfter, Flag, Unit, Verb};

/// Amounts are unlike the other changes of a plan up to a fifth of it, as a flag is one that many have above that.
const OTHERS_TO_EACH: usize = 4;
/// Beside fewer other changes every amount is read anyway.
const MANY_OTHERS: usize = 10;
/// So many of a few amounts move one way for each that moves against them.
const OF_FEW: usize = 5;

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

/// Those of the recorded offers whose amounts become others, where most change something else, and the new offers with an amount, where most
/// have none: an amount is easily overlooked among names and dates. Where there are more, amounts are what the plan is about.
///
/// Of several, one that moves against the others comes first.
pub(super) fn amounts_among_others(actions: &[Action]) -> Vec<(usize, Flag)> {
    let has_amount =
        |action: &Action| AMOUNTS.iter().any(|field| amount(BeforeAfter::of(action).after(*field)).is_some());
    let is_new = |action: &Action| action.verb() == Verb::Create;
    let of_recorded =
        among(actions, |action| (!is_new(action) && action.verb() != Verb::Blocked).then(|| moves(action)));
    let of_new = among(actions, |action| is_new(action).then(|| has_amount(action)));
    let few: Vec<usize> = of_recorded.iter().map(|(index, _)| *index).collect();
    let against = AMOUNTS.into_iter().flat_map(|field| against_few(actions, &few, field));
    against.chain(of_recorded.iter().copied()).chain(of_new).collect()
}

/// Whether an amount becomes another one, or one of another unit.
fn moves(action: &Action) -> bool {
    let sides = BeforeAfter::of(action);
    let moves = |field: Field| {
        sides.change(field).is_some_and(|change| change.before != change.after)
            || (sides.before(field).is_some() && sides.changes_unit(field))
    };
    action.verb().writes() && AMOUNTS.into_iter().any(moves)
}

/// The flags of those of some actions that are about amounts, where most are not. `None` is for an action that is left out.
fn among(actions: &[Action], is_about_amounts: impl Fn(&Action) -> Option<bool>) -> Vec<(usize, Flag)> {
    let (mut few, mut others) = (Vec::new(), 0);
    for (index, action) in actions.iter().enumerate() {
        match is_about_amounts(action) {
            Some(true) => few.push(index),
            Some(false) => others += 1,
            None => {}
        }
    }
    if others < MANY_OTHERS || few.len() * OTHERS_TO_EACH > others {
        return Vec::new();
    }
    few.into_iter().map(|index| (index, Flag::OtherAmounts { others, fields: FieldSet::default() })).collect()
}

/// Those of a few amounts that fall where the others rise, or the other way round. All are flagged anyway: this is which to look at first.
fn against_few(actions: &[Action], few: &[usize], field: Field) -> Vec<(usize, Flag)> {
    let (mut rising, mut falling) = (Vec::new(), Vec::new());
    for index in few {
        match BeforeAfter::of(&actions[*index]).money_change(field) {
            Some((_, before, after)) if after > before => rising.push(*index),
            Some((_, before, after)) if after < before => falling.push(*index),
            _ => {}
        }
    }
    let (one, others) = if rising.len() < falling.len() { (rising, falling.len()) } else { (falling, rising.len()) };
    if one.len() * OF_FEW > others {
        return Vec::new();
    }
    one.into_iter().map(|index| (index, Flag::AgainstOthers { field, others })).collect()
}
