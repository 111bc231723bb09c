//! Amounts that break a rule which nearly all others follow: in the whole plan, or among those of their advertiser.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;

use super::amounts::{AMOUNTS, Amount, ByValue, Pool};
use super::clusters::{self, Group, SMALLEST, groups, is_ruled};
use super::flags::{is_swapped, power_of_ten};
use super::stepped::Rounding;
use crate::offer::FieldSet;
use crate::plan::{Flag, percentage};

/// So many amounts of an advertiser make a rule of its own, if nine tenths follow it.
const OF_ADVERTISER: usize = 10;

/// Amounts that move against the others are few: at most one in [`MANY`], or [`FEW`] where each is one of so many; never more than a table
/// shows. One is enough among [`ONE_OF`].
pub(super) const FEW: usize = 3;
const MANY: usize = 50;
const MOST: usize = 12;
const EACH_OF: usize = 20;
const ONE_OF: usize = 10;

/// Decimals before the rounding to steps.
const EXACT: u32 = 10;

/// The groups of a pool, and the flags of its amounts by their index: offer by offer, and then value by value.
///
/// The first finds the one offer among hundreds that inherit another value; the second the one value that many offers inherit.
pub(super) fn reviewed(pool: &Pool) -> (Vec<Group>, Vec<(usize, Flag)>) {
    let groups = groups(&pool.amounts);
    let mut found = outliers(pool, &groups);
    if let Some(ByValue { pool, same }) = pool.by_value() {
        let known: HashSet<_> = found.iter().map(|(amount, flag)| (*amount, flag.kind())).collect();
        for (value, flag) in outliers(&pool, &clusters::groups(&pool.amounts)) {
            let new = same[value].iter().filter(|amount| !known.contains(&(**amount, flag.kind())));
            found.extend(new.map(|amount| (*amount, flag)));
        }
    }
    (groups, found)
}

/// The flags of the amounts that break a rule, by the index of the amount.
pub(super) fn outliers(pool: &Pool, groups: &[Group]) -> Vec<(usize, Flag)> {
    let rules = Rules::of(pool, groups);
    let mut found = Vec::new();
    let is_ruled = is_ruled(groups, pool.amounts.len());
    for (index, amount) in pool.amounts.iter().enumerate() {
        if let Some((group, others)) = rules.broken(index, amount, is_ruled) {
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
    /// How many offers these amounts stand for.
    fn offers(&self, indices: &[usize]) -> usize {
        indices.iter().map(|index| self.amounts[*index].offers).sum()
    }

    /// The decimals that amounts of this pool have.
    fn places(&self) -> u32 {
        self.amounts.iter().map(|amount| amount.after.scale()).min().unwrap_or_default()
    }
}

struct Rules<'a> {
    groups: &'a [Group],
    /// The group of each amount.
    group_of: Vec<Option<usize>>,
    /// How many offers follow the rule of each group.
    offers: Vec<usize>,
    /// How many amounts an advertiser has, and what of them is in each group.
    advertisers: HashMap<u64, (usize, HashMap<usize, Followers>)>,
}

/// What follows a rule.
#[derive(Debug, Clone, Copy, Default)]
struct Followers {
    amounts: usize,
    offers: usize,
}

impl<'a> Rules<'a> {
    fn of(pool: &Pool, groups: &'a [Group]) -> Self {
        let mut group_of = vec![None; pool.amounts.len()];
        for (index, group) in groups.iter().enumerate() {
            group.members.iter().for_each(|member| group_of[*member] = Some(index));
        }
        let mut advertisers: HashMap<u64, (usize, HashMap<usize, Followers>)> = HashMap::new();
        for (amount, group) in pool.amounts.iter().zip(&group_of) {
            let Some(advertiser) = amount.advertiser else { continue };
            let (total, followers) = advertisers.entry(advertiser).or_default();
            *total += 1;
            if let Some(group) = group {
                let followers = followers.entry(*group).or_default();
                *followers = Followers { amounts: followers.amounts + 1, offers: followers.offers + amount.offers };
            }
        }
        let offers = groups.iter().map(|group| pool.offers(&group.members)).collect();
        Self { groups, group_of, offers, advertisers }
    }

    /// The group that an amount should be in, and how many offers follow its rule.
    fn broken(&self, index: usize, amount: &Amount, is_ruled: bool) -> Option<(usize, usize)> {
        let of_advertiser = amount.advertiser.and_then(|advertiser| self.advertisers.get(&advertiser));
        let most = of_advertiser.and_then(|(total, groups)| {
            let (group, most) = groups.iter().max_by_key(|(group, most)| (most.amounts, Reverse(**group)))?;
            Some((*total, *group, *most))
        });
        let own = self.group_of[index];
        if let Some((total, group, most)) = most
            && most.amounts >= OF_ADVERTISER
            && most.amounts * 10 >= total * 9
            && own != Some(group)
        {
            let like_it = own.and_then(|own| of_advertiser?.1.get(&own)).map_or(1, |like_it| like_it.amounts);
            // A small amount may follow two rules at once.
            let follows = self.groups[group].fits(amount);
            return (like_it < SMALLEST && !follows).then_some((group, most.offers));
        }
        if own.is_some() || !is_ruled {
            return None;
        }
        let group = most.filter(|(total, _, most)| most.amounts * 2 > *total).map_or(0, |(_, group, _)| group);
        Some((group, self.offers[group]))
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
        // One that is written without its cents is no amount of whole dollars.
        let places = amount.after.scale().max(amount.before.map_or(0, |before| before.scale().min(2)));
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
    let against = Against::of(pool, &all);
    if against.are_few() {
        return against.farthest();
    }
    let mut advertisers: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (index, amount) in pool.amounts.iter().enumerate() {
        if let Some(advertiser) = amount.advertiser {
            advertisers.entry(advertiser).or_default().push(index);
        }
    }
    let of_advertisers = advertisers.values().filter(|indices| indices.len() >= EACH_OF);
    let of_advertisers = of_advertisers.map(|indices| Against::of(pool, indices));
    let found: Vec<_> = of_advertisers.filter(Against::are_few).flat_map(|against| against.farthest()).collect();
    if found.is_empty() || found.len() > FEW { against.farthest() } else { found }
}

/// How many may be wrong of those that differ from so many others: all of a few, and one less for each that there are more.
fn may_be_wrong(few: usize, others: usize) -> usize {
    let limit = (others / MANY).clamp(FEW, MOST).min((few + others) / EACH_OF);
    let limit = limit.max(usize::from(few + others >= ONE_OF));
    if few <= limit { few } else { (2 * limit).saturating_sub(few) }
}

/// Whether those that differ from so many others are so few that all of them may be wrong.
pub(super) fn are_few(few: usize, others: usize) -> bool {
    may_be_wrong(few, others) == few
}

/// Amounts that rise, and others that fall.
struct Against<'a> {
    pool: &'a Pool,
    few: Vec<usize>,
    many: Vec<usize>,
}

impl<'a> Against<'a> {
    fn of(pool: &'a Pool, indices: &[usize]) -> Self {
        let moves = |is: fn(Decimal, Decimal) -> bool| -> Vec<usize> {
            let is_one = |index: &usize| {
                let amount = &pool.amounts[*index];
                amount.before.is_some_and(|before| is(before, amount.after))
            };
            indices.iter().copied().filter(is_one).collect()
        };
        let (rising, falling) = (moves(|old, new| new > old), moves(|old, new| new < old));
        let (few, many) = if rising.len() < falling.len() { (rising, falling) } else { (falling, rising) };
        Self { pool, few, many }
    }

    fn are_few(&self) -> bool {
        are_few(self.few.len(), self.many.len())
    }

    /// Those of the few that may be wrong: the ones that move farthest.
    fn farthest(&self) -> Vec<(usize, Flag)> {
        let Self { pool, few, many } = self;
        let moved = |index: &usize| {
            let Amount { before, after, .. } = pool.amounts[*index];
            before.and_then(|before| percentage(before, after)).map(|moved| moved.abs())
        };
        let mut farthest = few.clone();
        farthest.sort_by_key(|index| Reverse(moved(index)));
        farthest.truncate(may_be_wrong(few.len(), many.len()));
        let flag = Flag::AgainstOthers { field: pool.field, others: pool.offers(many) };
        farthest.into_iter().map(|index| (index, flag)).collect()
    }
}

/// Those of a group that change another choice of payout and revenue than nearly all others of it.
fn other_amounts(pool: &Pool, group: &Group) -> Vec<(usize, Flag)> {
    let mut of_choice: BTreeMap<[bool; 2], Vec<usize>> = BTreeMap::new();
    for member in &group.members {
        of_choice.entry(pool.amounts[*member].changes).or_default().push(*member);
    }
    let Some((usual, others)) = of_choice.iter().max_by_key(|(changes, members)| (members.len(), **changes)) else {
        return Vec::new();
    };
    if others.len() * 5 < group.members.len() * 4 {
        return Vec::new();
    }
    let fields: FieldSet = AMOUNTS.into_iter().zip(usual).filter_map(|(field, is)| is.then_some(field)).collect();
    let flag = Flag::OtherAmounts { others: pool.offers(others), fields };
    let is_rare = |(changes, members): &(&[bool; 2], &Vec<usize>)| *changes != usual && members.len() < SMALLEST;
    let mut rare: Vec<usize> = of_choice.iter().filter(is_rare).flat_map(|(_, members)| members).copied().collect();
    rare.sort_unstable();
    rare.into_iter().map(|member| (member, flag)).collect()
}
