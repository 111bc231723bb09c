//! Groups of amounts that follow one rule and are rounded to steps: new = old × k or old + c, then to the next quarter, dollar or .99.
//!
//! Steps are coarse, so that a rule fits more easily by chance. Invariant: there are groups only where they explain nearly all amounts, and
//! nearly all amounts of a group are rounded in one way.

use super::amounts::Amount;
use super::clusters::{Group, Sweep};
use super::intervals::{Interval, factor};
use super::steps::{Steps, Way, most_strays};
use crate::plan::Rule;

/// Fewer amounts make no rule of this kind, nor does a smaller part of all.
const SMALLEST: usize = 10;
const PART: usize = 50;
/// A person makes a few rules.
const ROUNDS: usize = 8;

/// How the amounts of a group are rounded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rounding {
    pub(super) steps: Steps,
    pub(super) way: Way,
}

/// The groups of these amounts; `None` where they do not explain nearly all of them.
pub(super) fn groups(amounts: &[Amount], indices: Vec<usize>) -> Option<Vec<Group>> {
    let all = indices.len();
    let afters: Vec<_> = indices.iter().map(|index| amounts[*index].after).collect();
    let steps = Steps::of(&afters)?;
    let mut rest = Rest::of(amounts, indices, steps);
    let mut groups = Vec::new();
    while groups.len() < ROUNDS && rest.indices.len() >= SMALLEST.max(all / PART) {
        let Some(group) = rest.largest().filter(|group| group.members.len() >= SMALLEST.max(all / PART)) else { break };
        rest.remove(&group.members);
        groups.push(group);
    }
    (!groups.is_empty() && rest.indices.len() <= most_strays(all)).then_some(groups)
}

/// The amounts without a rule so far.
struct Rest {
    indices: Vec<usize>,
    steps: Steps,
    factors: Sweep,
    differences: Sweep,
}

impl Rest {
    fn of(amounts: &[Amount], indices: Vec<usize>, steps: Steps) -> Self {
        let mut is_left = vec![false; amounts.len()];
        for index in &indices {
            is_left[*index] = true;
        }
        // An amount that is not one of the steps follows no rule that ends in them.
        let of = |interval: fn(Steps, &Amount) -> Option<Interval>| {
            let amounts = amounts.iter().zip(&is_left);
            let intervals =
                amounts.map(
                    |(amount, is_left)| {
                        if *is_left && steps.has(amount.after) { interval(steps, amount) } else { None }
                    },
                );
            Sweep::of(intervals.collect())
        };
        Self {
            steps,
            factors: of(|steps, amount| Interval::of_steps(amount.before?, amount.after, steps.step)),
            differences: of(|steps, amount| Interval::of_differences(amount.before?, amount.after, steps.step)),
            indices,
        }
    }

    /// Of rules that explain as many amounts, a factor is more likely than a difference.
    fn largest(&self) -> Option<Group> {
        let of = |sweep: &Sweep, rule: fn(i64) -> Rule, least: i64| {
            let (number, _) = sweep.most_common(&self.indices, least, self.steps.slack())?;
            self.group(sweep, number, rule(number))
        };
        let times = of(&self.factors, |number| Rule::Times(factor(number)), 1);
        let plus = of(&self.differences, |number| Rule::Plus(factor(number)), i64::MIN);
        let size = |group: &Option<Group>| group.as_ref().map_or(0, |group| group.members.len());
        if size(&plus) > size(&times) { plus } else { times }
    }

    /// The amounts that follow a rule and are rounded in the way in which nearly all of them are.
    fn group(&self, sweep: &Sweep, number: i64, rule: Rule) -> Option<Group> {
        let fitting: Vec<(usize, [bool; 3])> = self
            .indices
            .iter()
            .filter_map(|index| {
                let interval = sweep.intervals[*index].filter(|interval| interval.contains(number))?;
                Some((*index, interval.roundings(number, self.steps.slack())))
            })
            .collect();
        let rounded = |at: usize| fitting.iter().filter(move |(_, ways)| ways[at]).map(|(index, _)| *index);
        let (at, count) = (0..3).map(|at| (at, rounded(at).count())).max_by_key(|(at, count)| (*count, 2 - at))?;
        let rounding = Rounding { steps: self.steps, way: Way::ALL[at] };
        let is_one_way = count + most_strays(fitting.len()).min(fitting.len() / 10) >= fitting.len();
        is_one_way.then(|| Group { rule, members: rounded(at).collect(), is_weak: false, rounding: Some(rounding) })
    }

    fn remove(&mut self, members: &[usize]) {
        self.indices.retain(|index| members.binary_search(index).is_err());
        self.factors.remove(members);
        self.differences.remove(members);
    }
}
