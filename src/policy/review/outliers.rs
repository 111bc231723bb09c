//! Amounts that break a rule which nearly all others follow: in the whole plan, or among those of their advertiser.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::amounts::{AMOUNTS, Amount, Pool};
use super::clusters::{Group, SMALLEST, is_ruled};
use super::flags::{is_swapped, power_of_ten};
use super::stepped::Rounding;
use crate::offer::FieldSet;
use crate::plan::Flag;

/// So many amounts of an advertiser make a rule of its own, if nine tenths follow it.
const OF_ADVERTISER: usize = 10;

/// Amounts that move against the others are few: at most one in [`MANY`], or [`FEW`] where each is one of so many; never more than a table
/// shows.
const FEW: usize = 3;
const MANY: usize = 50;
const MOST: usize = 12;
const EACH_OF: usize = 20;

/// Decimals before the rounding to steps.
const EXACT: u32 = 10;

/// The flags of the amounts that break a rule, by the index of the amount.
pub(super) fn outliers(pool: &Pool, groups: &[Group]) -> Vec<(usize, Flag)> {
    let mut group_of = vec![None; pool.amounts.len()];
    for (index, group) in groups.iter().enumerate() {
        group.members.iter().for_each(|member| group_of[*member] = Some(index));
    }
    let view = Rules { pool, groups, group_of, advertisers: HashMap::new() }.by_advertiser();
    let mut found = Vec::new();
    let is_ruled = is_ruled(groups, pool.amounts.len());
    for (index, amount) in pool.amounts.iter().enumerate() {
        if let Some((group, others)) = view.broken(index, amount, is_ruled) {
            let expected = groups[group].amount(amount.before, amount.after.scale().max(pool.places()));
            found.extend(flags(pool, amount, others, expected).into_iter().map(|flag| (index, flag)));
        }
    }
    found.extend(against_others(pool));
    if is_ruled && !pool.is_new {
        for group in groups.iter().filter(|group| !group.is_weak) {
            found.extend(other_amounts(pool, group));
        }
    }
    found
}

impl Pool {
    /// The decimals that amounts of this pool have.
    fn places(&self) -> u32 {
        self.amounts.iter().map(|amount| amount.after.scale()).min().unwrap_or_default()
    }
}

struct Rules<'a> {
    pool: &'a Pool,
    groups: &'a [Group],
    /// The group of each amount.
    group_of: Vec<Option<usize>>,
    /// How many amounts an advertiser has, and how many of them in each group.
    advertisers: HashMap<u64, (usize, HashMap<usize, usize>)>,
}

impl Rules<'_> {
    fn by_advertiser(mut self) -> Self {
        for (amount, group) in self.pool.amounts.iter().zip(&self.group_of) {
            let Some(advertiser) = amount.advertiser else { continue };
            let (total, groups) = self.advertisers.entry(advertiser).or_default();
            *total += 1;
            if let Some(group) = group {
                *groups.entry(*group).or_default() += 1;
            }
        }
        self
    }

    /// The group that an amount should be in, and how many are in it.
    fn broken(&self, index: usize, amount: &Amount, is_ruled: bool) -> Option<(usize, usize)> {
        let of_advertiser = amount.advertiser.and_then(|advertiser| self.advertisers.get(&advertiser));
        let most = of_advertiser.and_then(|(total, groups)| {
            let (group, count) = groups.iter().max_by_key(|(group, count)| (**count, std::cmp::Reverse(**group)))?;
            Some((*total, *group, *count))
        });
        let own = self.group_of[index];
        if let Some((total, group, count)) = most
            && count >= OF_ADVERTISER
            && count * 10 >= total * 9
            && own != Some(group)
        {
            let like_it = own.and_then(|own| of_advertiser?.1.get(&own)).copied().unwrap_or(1);
            // A small amount may follow two rules at once.
            let follows = self.groups[group].fits(amount);
            return (like_it < SMALLEST && !follows).then_some((group, count));
        }
        if own.is_some() || !is_ruled {
            return None;
        }
        let group = most.filter(|(total, _, count)| count * 2 > *total).map_or(0, |(_, group, _)| group);
        Some((group, self.groups[group].members.len()))
    }
}

impl Group {
    /// What the rule gives.
    fn amount(&self, before: Option<Decimal>, places: u32) -> Option<Decimal> {
        let Some(Rounding { steps, way }) = self.rounding else { return self.rule.amount(before, places) };
        let mut amount = steps.rounded(self.rule.amount(before, EXACT)?, way)?;
        amount.rescale(places.max(amount.normalize().scale()));
        (!amount.is_sign_negative()).then_some(amount)
    }

    fn fits(&self, amount: &Amount) -> bool {
        let places = amount.after.scale();
        if self.rounding.is_some_and(|rounding| !rounding.steps.has(amount.after)) {
            return false;
        }
        let unit = self.rounding.map_or(Decimal::new(1, places), |rounding| rounding.steps.step);
        let expected =
            self.rule.amount(amount.before, places.max(amount.before.map_or(0, |before| before.scale())) + 4);
        expected.is_some_and(|expected| (amount.after - expected).abs() < unit)
    }
}

/// What is wrong with an amount that breaks a rule, and what the rule gives.
fn flags(pool: &Pool, amount: &Amount, others: usize, expected: Option<Decimal>) -> Vec<Flag> {
    let field = pool.field;
    let mut flags = vec![Flag::BreaksRule { field, others, expected }];
    if let Some(expected) = expected {
        flags.extend(power_of_ten(expected, amount.after).map(|power| Flag::PowerOfTen { field, power }));
        flags.extend(is_swapped(expected, amount.after).then_some(Flag::DigitsSwapped { field }));
    }
    if amount.before.is_some_and(|before| is_swapped(before, amount.after)) {
        flags.push(Flag::DigitsSwapped { field });
    }
    flags
}

/// The few amounts that fall where all others rise, or the other way round: in the whole plan, or else among those of their advertiser,
/// since a plan of several rules often has one for each.
fn against_others(pool: &Pool) -> Vec<(usize, Flag)> {
    let all: Vec<usize> = (0..pool.amounts.len()).collect();
    if let Some(found) = against(pool, &all) {
        return found;
    }
    let mut advertisers: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (index, amount) in pool.amounts.iter().enumerate() {
        if let Some(advertiser) = amount.advertiser {
            advertisers.entry(advertiser).or_default().push(index);
        }
    }
    let found: Vec<_> = advertisers.values().filter_map(|indices| against(pool, indices)).flatten().collect();
    if found.len() > FEW { Vec::new() } else { found }
}

/// Whether those that differ from so many others are so few that they may be wrong.
pub(super) fn are_few(few: usize, others: usize) -> bool {
    let each = few.max(1);
    few <= (others / MANY).clamp(FEW, MOST) && each * EACH_OF <= each + others
}

/// `None` where they do not move in one direction.
fn against(pool: &Pool, indices: &[usize]) -> Option<Vec<(usize, Flag)>> {
    let moves = |is: fn(Decimal, Decimal) -> bool| -> Vec<usize> {
        let is_one = |index: &usize| {
            let amount = &pool.amounts[*index];
            amount.before.is_some_and(|before| is(before, amount.after))
        };
        indices.iter().copied().filter(is_one).collect()
    };
    let (rising, falling) = (moves(|old, new| new > old), moves(|old, new| new < old));
    let (few, many) = if rising.len() < falling.len() { (rising, falling) } else { (falling, rising) };
    if !are_few(few.len(), many.len()) {
        return None;
    }
    let flag = Flag::AgainstOthers { field: pool.field, others: many.len() };
    Some(few.into_iter().map(|at| (at, flag)).collect())
}

/// Those of a group that change another choice of payout and revenue than nearly all others of it.
fn other_amounts(pool: &Pool, group: &Group) -> Vec<(usize, Flag)> {
    let mut counts: HashMap<[bool; 2], usize> = HashMap::new();
    for member in &group.members {
        *counts.entry(pool.amounts[*member].changes).or_default() += 1;
    }
    let Some((usual, others)) = counts.iter().max_by_key(|(changes, count)| (**count, **changes)) else {
        return Vec::new();
    };
    if others * 5 < group.members.len() * 4 {
        return Vec::new();
    }
    let fields: FieldSet = AMOUNTS.into_iter().zip(usual).filter_map(|(field, is)| is.then_some(field)).collect();
    let flag = Flag::OtherAmounts { others: *others, fields };
    let is_rare = |member: &&usize| {
        let changes = pool.amounts[**member].changes;
        changes != *usual && counts.get(&changes).is_some_and(|count| *count < SMALLEST)
    };
    group.members.iter().filter(is_rare).map(|member| (*member, flag)).collect()
}
