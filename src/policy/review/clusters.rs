//! Groups of amounts that follow one rule, the largest first: the new amount is the old one times a factor, or plus a difference, or the same
//! for all. Each round is one sweep over what is left, so that many amounts take little time.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::amounts::Amount;
use super::intervals::{End, Interval, ends, factor, is_one_rounding, most_covered, roundest};
use super::stepped::{self, Rounding};
use crate::plan::Rule;

/// Fewer amounts make no rule.
pub(super) const SMALLEST: usize = 5;
/// A person makes a few rules; what is left after so many has none.
const ROUNDS: usize = 64;

/// Amounts that follow a rule.
#[derive(Debug)]
pub(super) struct Group {
    pub rule: Rule,
    /// Their indices, ascending.
    pub members: Vec<usize>,
    /// Whether it may be chance that they have it in common.
    pub is_weak: bool,
    /// How they are rounded; `None` where that is to their own decimals.
    pub rounding: Option<Rounding>,
}

/// A factor that fits by one way to round is a rule if it holds for one in so many amounts; what else amounts have in common, such as a
/// difference of two cents, is one more easily by chance.
const STRONG: [usize; 2] = [10, 4];

/// The groups of these amounts, the largest first. An amount is in at most one.
///
/// Where they do not explain most amounts, those that are rounded to steps are looked for: among all, or beside the groups that are certain.
pub(super) fn groups(amounts: &[Amount]) -> Vec<Group> {
    let exact = exact_groups(amounts);
    if is_ruled(&exact, amounts.len()) {
        return exact;
    }
    if let Some(stepped) = stepped::groups(amounts, (0..amounts.len()).collect()) {
        return stepped;
    }
    let mut is_left = vec![true; amounts.len()];
    let certain = || exact.iter().filter(|group| !group.is_weak);
    certain().flat_map(|group| &group.members).for_each(|member| is_left[*member] = false);
    let left: Vec<usize> = (0..amounts.len()).filter(|index| is_left[*index]).collect();
    let stepped = if left.len() < amounts.len() { stepped::groups(amounts, left) } else { None };
    let Some(stepped) = stepped else { return exact };
    let mut groups: Vec<Group> = exact.into_iter().filter(|group| !group.is_weak).chain(stepped).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.members.len()));
    groups
}

/// Whether a few rules explain at floor four fifths of so many amounts.
pub(super) fn is_ruled(groups: &[Group], amounts: usize) -> bool {
    let strong = groups.iter().filter(|group| !group.is_weak).map(|group| group.members.len());
    strong.sum::<usize>() * 5 >= amounts * 4
}

fn exact_groups(amounts: &[Amount]) -> Vec<Group> {
    let mut rest = Rest::of(amounts);
    let mut groups = Vec::new();
    while groups.len() < ROUNDS && rest.indices.len() >= SMALLEST {
        let Some(group) = rest.largest() else { break };
        rest.remove(&group.members);
        groups.push(group);
    }
    groups
}

/// The amounts without a rule so far.
struct Rest {
    indices: Vec<usize>,
    factors: Sweep,
    differences: Numbers,
    afters: Numbers,
}

/// For each amount the numbers that give it, and the ends of the intervals of those amounts that are left.
pub(super) struct Sweep {
    pub(super) intervals: Vec<Option<Interval>>,
    ends: Vec<End>,
}

impl Sweep {
    pub(super) fn of(intervals: Vec<Option<Interval>>) -> Self {
        Self { ends: ends(&intervals), intervals }
    }

    /// The number of the most amounts, and how many have it.
    pub(super) fn most_common(&self, indices: &[usize], floor: i64, slack: i128) -> Option<(i64, usize)> {
        let (first, last, most) = most_covered(&self.ends)?;
        let missing = (most / 100).max(1);
        // Only of those that have the most common number: a rounder one beside it is asked for often.
        let all: Vec<Interval> = self.with(indices, first).collect();
        let with = |number: i64| all.iter().copied().filter(move |interval| interval.contains(number));
        let is_common = |number: i64| with(number).count() + missing >= most.max(SMALLEST + missing);
        let is_exact = |number| is_common(number) && is_one_rounding(with(number), number, slack);
        let number = roundest(floor, first, last, is_exact).or_else(|| roundest(floor, first, last, is_common))?;
        Some((number, self.with(indices, number).count()))
    }

    fn with(&self, indices: &[usize], number: i64) -> impl Iterator<Item = Interval> {
        let intervals = indices.iter().filter_map(|index| self.intervals[*index]);
        intervals.filter(move |interval| interval.contains(number))
    }

    /// Without these amounts, in ascending order.
    pub(super) fn remove(&mut self, members: &[usize]) {
        self.ends.retain(|end| members.binary_search(&end.of).is_err());
    }
}

/// A number of each amount, as the index of its value.
struct Numbers {
    of: Vec<Option<usize>>,
    values: Vec<Decimal>,
}

impl Numbers {
    fn of(numbers: impl Iterator<Item = Option<Decimal>>) -> Self {
        let (mut values, mut known) = (Vec::new(), HashMap::new());
        let mut index = |number: Decimal| {
            *known.entry(number).or_insert_with(|| {
                values.push(number);
                values.len() - 1
            })
        };
        let of = numbers.map(|number| number.map(&mut index)).collect();
        Self { of, values }
    }

    /// The most frequent value among some amounts, and how many have it; of equals the first.
    fn most_frequent(&self, indices: &[usize]) -> Option<(usize, usize)> {
        let mut counts = vec![0_usize; self.values.len()];
        for value in indices.iter().filter_map(|index| self.of[*index]) {
            counts[value] += 1;
        }
        let best = counts.into_iter().enumerate().rev().max_by_key(|(_, count)| *count)?;
        (best.1 > 0).then_some(best)
    }

    fn with(&self, value: usize, indices: &[usize]) -> Vec<usize> {
        indices.iter().copied().filter(|index| self.of[*index] == Some(value)).collect()
    }
}

impl Rest {
    fn of(amounts: &[Amount]) -> Self {
        let intervals: Vec<_> = amounts.iter().map(|amount| Interval::of(amount.before?, amount.after)).collect();
        Self {
            indices: (0..amounts.len()).collect(),
            factors: Sweep::of(intervals),
            differences: Numbers::of(amounts.iter().map(|amount| amount.after.checked_sub(amount.before?))),
            afters: Numbers::of(amounts.iter().map(|amount| Some(amount.after))),
        }
    }

    /// Of rules that explain as many amounts, a factor is more likely than a difference, and that than a fixed amount.
    fn largest(&self) -> Option<Group> {
        let times = self.factors.most_common(&self.indices, 1, 0).unwrap_or_default();
        let plus = self.differences.most_frequent(&self.indices).unwrap_or_default();
        let set = self.afters.most_frequent(&self.indices).unwrap_or_default();
        let most = times.1.max(plus.1).max(set.1);
        if most < SMALLEST {
            return None;
        }
        let all = self.factors.intervals.len();
        let (rule, members): (Rule, Vec<usize>) = if times.1 == most {
            let members = self.indices.iter().copied().filter(|index| self.fits(*index, times.0)).collect();
            (Rule::Times(factor(times.0)), members)
        } else if plus.1 == most {
            (Rule::Plus(self.differences.values[plus.0]), self.differences.with(plus.0, &self.indices))
        } else {
            (Rule::Set(self.afters.values[set.0]), self.afters.with(set.0, &self.indices))
        };
        let is_rounded =
            matches!(rule, Rule::Times(_)) && is_one_rounding(self.factors.with(&self.indices, times.0), times.0, 0);
        let is_weak = members.len() * STRONG[usize::from(!is_rounded)] < all;
        Some(Group { rule, members, is_weak, rounding: None })
    }

    fn fits(&self, index: usize, factor: i64) -> bool {
        self.factors.intervals[index].is_some_and(|interval| interval.contains(factor))
    }

    fn remove(&mut self, members: &[usize]) {
        self.indices.retain(|index| members.binary_search(index).is_err());
        self.factors.remove(members);
    }
}
