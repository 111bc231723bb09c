//! The few that are unlike nearly all others in what their amounts are: whose type or currency becomes another one than that of the others, or
//! which change an amount where most others change none.

use std::collections::{BTreeMap, HashSet};

use super::amounts::{AMOUNTS, Pool};
use super::flags::amount;
use super::outliers::{FEW, are_few};
use super::values::{changed_lines, count, lines};
use crate::offer::{DesiredSet, Field, FieldKind, FieldSet};
use crate::plan::{Action, BeforeAfter, Flag, Unit, Verb, type_of};

/// Amounts are unlike the other changes of a plan up to a fifth of it, as a flag is one that many have above that.
const OTHERS_TO_EACH: usize = 4;
/// Beside fewer other changes every amount is read anyway.
const MANY_OTHERS: usize = 10;
/// So many of a few amounts move one way for each that moves against them.
const OF_FEW: usize = 5;

/// The flags of the few, by the index of the action.
pub(super) fn unlike_others(actions: &[Action], pools: &[Pool], desired: &DesiredSet) -> Vec<(usize, Flag)> {
    let mut found = other_unit(actions, pools, desired);
    found.extend(AMOUNTS.into_iter().flat_map(|field| other_new_unit(actions, desired, field)));
    found.extend(amounts_among_others(actions));
    found
}

/// Actions with amounts of one unit; `None` for those without an amount.
struct OfUnit {
    unit: Option<Unit>,
    actions: Vec<usize>,
}

/// What is compared: an amount of some actions.
struct Units<'a> {
    actions: &'a [Action],
    desired: &'a DesiredSet,
    field: Field,
}

impl Units<'_> {
    /// The flags of the few that are unlike nearly all others.
    ///
    /// The others count as offers: each shows what is usual, also where all inherit one value. So do the few; or else as values of the YAML, since
    /// one wrong value is one mistake, as long as they are no large part of the offers.
    fn few(&self, all: &[OfUnit], may_be_usual: impl Fn(&OfUnit) -> bool) -> Option<Vec<(usize, Flag)>> {
        let (at, usual) = all.iter().enumerate().max_by_key(|(_, one)| one.actions.len())?;
        let unusual = || all.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, one)| one);
        let (field, others) = (self.field, usual.actions.len());
        let offers: usize = unusual().map(|one| one.actions.len()).sum();
        let values: usize = unusual().map(|one| self.values(one, usual)).sum();
        let are_few_values = values <= FEW && are_few(values, others) && offers * OTHERS_TO_EACH <= others;
        if !may_be_usual(usual) || !(are_few(offers, others) || are_few_values) {
            return None;
        }
        let flags = |one: &OfUnit| {
            let differs = self.differing(one, usual).last().copied().unwrap_or(field);
            let flag = Flag::UnusualUnit { field, others, differs };
            one.actions.iter().map(move |action| (*action, flag)).collect::<Vec<_>>()
        };
        Some(unusual().flat_map(flags).collect())
    }

    /// The fields by which a unit differs from the usual one; the amount, where there is none.
    fn differing(&self, one: &OfUnit, usual: &OfUnit) -> Vec<Field> {
        let Some(unit) = one.unit else { return vec![self.field] };
        let is_other_type = usual.unit.is_none_or(|usual| usual.price_type != unit.price_type);
        let is_other_currency = usual.unit.is_none_or(|usual| usual.currency != unit.currency);
        let fields = [(type_of(self.field), is_other_type), (Field::CurrencyId, is_other_currency)];
        fields.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect()
    }

    /// How many values of the YAML give that by which a unit differs from the usual one. What no file gives is one choice for a folder.
    fn values(&self, one: &OfUnit, usual: &OfUnit) -> usize {
        let fields = self.differing(one, usual);
        let place = |index: &usize| {
            let action = &self.actions[*index];
            let lines = lines(action, self.desired, &fields);
            let source = action.source.as_ref().filter(|_| lines.is_empty());
            (lines, source.map(|source| source.file.folder()))
        };
        one.actions.iter().map(place).collect::<HashSet<_>>().len()
    }
}

/// The few amounts that get another unit than nearly all others of the same unit, or keep theirs. Where nearly all keep it, every other one
/// is flagged by itself.
fn other_unit(actions: &[Action], pools: &[Pool], desired: &DesiredSet) -> Vec<(usize, Flag)> {
    let mut from: BTreeMap<(Field, Unit), Vec<OfUnit>> = BTreeMap::new();
    for pool in pools.iter().filter(|pool| !pool.is_new) {
        let actions = pool.amounts.iter().map(|amount| amount.action).collect();
        let of_unit = OfUnit { unit: Some(pool.units[1]), actions };
        from.entry((pool.field, pool.units[0])).or_default().push(of_unit);
    }
    let few = |((field, unit), all): ((Field, Unit), Vec<OfUnit>)| {
        let units = Units { actions, desired, field };
        if all.len() > 1 { units.few(&all, |usual| usual.unit != Some(unit)) } else { None }
    };
    from.into_iter().filter_map(few).flatten().collect()
}

/// The few new offers with an amount of another unit than nearly all other new ones have, or without an amount.
fn other_new_unit(actions: &[Action], desired: &DesiredSet, field: Field) -> Vec<(usize, Flag)> {
    let mut of_unit: BTreeMap<Option<Unit>, Vec<usize>> = BTreeMap::new();
    for (index, action) in actions.iter().enumerate().filter(|(_, action)| action.verb() == Verb::Create) {
        let sides = BeforeAfter::of(action);
        let unit = amount(sides.after(field)).map(|_| sides.unit_after(field));
        of_unit.entry(unit).or_default().push(index);
    }
    let all: Vec<OfUnit> = of_unit.into_iter().map(|(unit, actions)| OfUnit { unit, actions }).collect();
    let units = Units { actions, desired, field };
    let few = if all.len() > 1 { units.few(&all, |usual| usual.unit.is_some()) } else { None };
    few.unwrap_or_default()
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
    let (mut few, mut others) = (Vec::new(), Vec::new());
    for (index, action) in actions.iter().enumerate() {
        match is_about_amounts(action) {
            Some(true) => few.push(index),
            Some(false) => others.push(index),
            None => {}
        }
    }
    let are_few = |few: usize, others: usize| others >= MANY_OTHERS && few * OTHERS_TO_EACH <= others;
    let values = |of: &[usize], is_asked: fn(Field) -> bool| {
        count(of.iter().map(|index| changed_lines(&actions[*index], is_asked)))
    };
    let is_few = are_few(few.len(), others.len())
        || (others.len() >= MANY_OTHERS && are_few(values(&few, is_of_amount), values(&others, |_| true)));
    if few.is_empty() || !is_few {
        return Vec::new();
    }
    let flag = Flag::OtherAmounts { others: others.len(), fields: FieldSet::default() };
    few.into_iter().map(|index| (index, flag)).collect()
}

/// Whether a change of the field makes an amount another one, or one of another unit.
fn is_of_amount(field: Field) -> bool {
    matches!(field.kind(), FieldKind::Money | FieldKind::PriceType) || field == Field::CurrencyId
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
    let (one, others) = if rising.len() < falling.len() { (rising, falling) } else { (falling, rising) };
    let values = |of: &[usize]| count(of.iter().map(|index| changed_lines(&actions[*index], |of| of == field)));
    if one.len() * OF_FEW > others.len() && values(&one) * OF_FEW > values(&others) {
        return Vec::new();
    }
    let flag = Flag::AgainstOthers { field, others: others.len() };
    one.into_iter().map(|index| (index, flag)).collect()
}
