//! Groups of amounts that follow one rule, the largest first: the new amount is the old one times a factor, or plus a difference, or the same
//! for all. Each round is one sweep over what is left, so that many amounts take little time.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::amounts::Amount;
use super::intervals::{End, Interval, ends, factor, is_one_rounding, most_covered, roundest};
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
}

/// A factor that fits by one way to round is a rule if it holds for one in so many amounts; what else amounts have in common, such as a
/// difference of two cents, is one more easily by chance.
const STRONG: [usize; 2] = [10, 4];

/// The groups of these amounts, the largest first. An amount is in at most one.
pub(super) fn groups(amounts: &[Amount]) -> Vec<Group> {
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
    intervals: Vec<Option<Interval>>,
    /// Of the intervals of `indices`.
    ends: Vec<End>,
    differences: Numbers,
    afters: Numbers,
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
            ends: ends(&intervals),
            intervals,
            differences: Numbers::of(amounts.iter().map(|amount| amount.after.checked_sub(amount.before?))),
            afters: Numbers::of(amounts.iter().map(|amount| Some(amount.after))),
        }
    }

    /// Of rules that explain as many amounts, a factor is more likely than a difference, and that than a fixed amount.
    fn largest(&self) -> Option<Group> {
        let times = self.times().unwrap_or_default();
        let plus = self.differences.most_frequent(&self.indices).unwrap_or_default();
        let set = self.afters.most_frequent(&self.indices).unwrap_or_default();
        let most = times.1.max(plus.1).max(set.1);
        if most < SMALLEST {
            return None;
        }
        let all = self.intervals.len();
        let (rule, members): (Rule, Vec<usize>) = if times.1 == most {
            let members = self.indices.iter().copied().filter(|index| self.fits(*index, times.0)).collect();
            (Rule::Times(factor(times.0)), members)
        } else if plus.1 == most {
            (Rule::Plus(self.differences.values[plus.0]), self.differences.with(plus.0, &self.indices))
        } else {
            (Rule::Set(self.afters.values[set.0]), self.afters.with(set.0, &self.indices))
        };
        let is_rounded = matches!(rule, Rule::Times(_)) && is_one_rounding(self.with_factor(times.0), times.0);
        let is_weak = members.len() * STRONG[usize::from(!is_rounded)] < all;
        Some(Group { rule, members, is_weak })
    }

    /// The factor of the most amounts, and how many have it.
    fn times(&self) -> Option<(i64, usize)> {
        let (first, last, most) = most_covered(&self.ends)?;
        let slack = (most / 100).max(1);
        // Only of those that have the most common factor: a rounder one beside it is asked for often.
        let all: Vec<Interval> = self.with_factor(first).collect();
        let with = |factor: i64| all.iter().copied().filter(move |interval| interval.contains(factor));
        let is_common = |factor: i64| with(factor).count() + slack >= most.max(SMALLEST + slack);
        let is_exact = |factor| is_common(factor) && is_one_rounding(with(factor), factor);
        let factor = roundest(first, last, is_exact).or_else(|| roundest(first, last, is_common))?;
        Some((factor, self.with_factor(factor).count()))
    }

    fn fits(&self, index: usize, factor: i64) -> bool {
        self.intervals[index].is_some_and(|interval| interval.contains(factor))
    }

    fn with_factor(&self, factor: i64) -> impl Iterator<Item = Interval> {
        let intervals = self.indices.iter().filter_map(|index| self.intervals[*index]);
        intervals.filter(move |interval| interval.contains(factor))
    }

    fn remove(&mut self, members: &[usize]) {
        let is_member = |index: &usize| members.binary_search(index).is_ok();
        self.indices.retain(|index| !is_member(index));
        self.ends.retain(|end| !is_member(&end.of));
    }
}
