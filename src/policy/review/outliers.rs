//! Amounts that break a rule which nearly all others follow: in the whole plan, or among those of their advertiser.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::amounts::{AMOUNTS, Amount, Pool};
use super::clusters::{Group, SMALLEST};
use super::flags::{is_swapped, power_of_ten};
use crate::offer::FieldSet;
use crate::plan::Flag;

/// So many amounts of an advertiser make a rule of its own, if nine tenths follow it.
const OF_ADVERTISER: usize = 10;

/// No more amounts than this move against the others, each against so many.
const FEW: usize = 3;
const MANY: usize = 20;

/// The flags of the amounts that break a rule, by the index of the amount.
pub(super) fn outliers(pool: &Pool, groups: &[Group]) -> Vec<(usize, Flag)> {
    let mut group_of = vec![None; pool.amounts.len()];
    for (index, group) in groups.iter().enumerate() {
        group.members.iter().for_each(|member| group_of[*member] = Some(index));
    }
    let view = Rules { pool, groups, group_of, advertisers: HashMap::new() }.by_advertiser();
    let mut found = Vec::new();
    let is_ruled = view.is_ruled();
    for (index, amount) in pool.amounts.iter().enumerate() {
        if let Some((group, others)) = view.broken(index, amount, is_ruled) {
            let expected = groups[group].rule.amount(amount.before, amount.after.scale().max(pool.places()));
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

    /// Whether a few rules explain at least four fifths of the amounts.
    fn is_ruled(&self) -> bool {
        let all = self.pool.amounts.len();
        let strong = self.groups.iter().filter(|group| !group.is_weak).map(|group| group.members.len());
        strong.sum::<usize>() * 5 >= all * 4
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
    fn fits(&self, amount: &Amount) -> bool {
        let places = amount.after.scale();
        let unit = Decimal::new(1, places);
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

/// The few amounts that fall where all others rise, or the other way round.
fn against_others(pool: &Pool) -> Vec<(usize, Flag)> {
    let moves = |is: fn(Decimal, Decimal) -> bool| -> Vec<usize> {
        let moved = pool.amounts.iter().enumerate();
        moved
            .filter(|(_, amount)| amount.before.is_some_and(|before| is(before, amount.after)))
            .map(|(at, _)| at)
            .collect()
    };
    let (rising, falling) = (moves(|old, new| new > old), moves(|old, new| new < old));
    let (few, many) = if rising.len() < falling.len() { (rising, falling) } else { (falling, rising) };
    if few.len() > FEW || many.len() < few.len().max(1) * MANY {
        return Vec::new();
    }
    let flag = Flag::AgainstOthers { field: pool.field, others: many.len() };
    few.into_iter().map(|at| (at, flag)).collect()
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
