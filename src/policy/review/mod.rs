//! What a reviewer should see first: which amounts follow a rule, which break it, and the flags of each action.
//!
//! Pure: a plan, the desired offers, the time and the limits are values. Adds information to the plan and changes no action.

mod amounts;
mod clusters;
mod flags;
mod intervals;
mod limits;
mod outliers;
mod ranges;
mod stepped;
mod steps;
#[cfg(test)]
mod tests;
mod units;

use jiff::civil::DateTime;

use crate::offer::DesiredSet;
use crate::plan::{Action, Cluster, Flag, Plan, Upcoming};

use amounts::{Amount, Pool, pools};
use clusters::{Group, groups};
pub(super) use flags::power_of_ten;
pub use limits::Limits;
pub(super) use limits::{is_beyond, keeps_margin};
use ranges::Ranges;

/// What flags depend on besides the plan.
#[derive(Debug, Clone, Copy)]
pub struct ReviewInputs<'a> {
    /// All desired offers, changed or not.
    pub desired: &'a DesiredSet,
    /// The current time in the time zone of expiration dates.
    pub today: DateTime,
    /// Which amounts and margins are flagged.
    pub limits: Limits,
}

/// Adds the clusters and the flags to a plan, and the flags to what becomes due later.
pub fn review(plan: &mut Plan, inputs: ReviewInputs<'_>) {
    plan.clusters = review_actions(&mut plan.actions, inputs);
    review_upcoming(&mut plan.upcoming, inputs);
}

/// Each later time is reviewed like a plan of its own; then all are compared with each other, since a rule may be followed at many times.
fn review_upcoming(upcoming: &mut [Upcoming], inputs: ReviewInputs<'_>) {
    let (mut places, mut all): (Vec<usize>, Vec<Action>) = (Vec::new(), Vec::new());
    let mut first = 0;
    for same in upcoming.chunk_by_mut(|one, other| one.at == other.at) {
        let (indices, mut actions): (Vec<usize>, Vec<Action>) =
            same.iter().enumerate().filter_map(|(index, upcoming)| Some((index, upcoming.as_update()?))).unzip();
        let today = same.first().map_or(inputs.today, |upcoming| upcoming.at);
        review_actions(&mut actions, ReviewInputs { today, ..inputs });
        for (index, action) in indices.into_iter().zip(actions) {
            same[index].flags.clone_from(&action.flags);
            places.push(first + index);
            all.push(action);
        }
        first += same.len();
    }
    for (index, flag) in compared(&all) {
        let is_of_a_rule = all[index].changes.iter().any(|change| change.cluster.is_some());
        let flags = &mut upcoming[places[index]].flags;
        if !is_of_a_rule && flags.iter().all(|known| known.kind() != flag.kind()) {
            flags.push(flag);
            flags.sort_by_key(|flag| (flag.kind(), flag.field()));
        }
    }
}

/// The flags of amounts that break a rule of the others.
fn compared(actions: &[Action]) -> Vec<(usize, Flag)> {
    let of_pool = |pool: Pool| {
        let found = outliers::outliers(&pool, &groups(&pool.amounts));
        found.into_iter().map(|(amount, flag)| (pool.amounts[amount].action, flag)).collect::<Vec<_>>()
    };
    pools(actions).into_iter().flat_map(of_pool).collect()
}

fn review_actions(actions: &mut [Action], inputs: ReviewInputs<'_>) -> Vec<Cluster> {
    let mut flags: Vec<Vec<Flag>> = vec![Vec::new(); actions.len()];
    let mut clusters: Vec<Cluster> = Vec::new();
    let pools = pools(actions);
    for (action, flag) in units::unlike_others(actions, &pools) {
        flags[action].push(flag);
    }
    for pool in pools {
        let groups = groups(&pool.amounts);
        for (amount, flag) in outliers::outliers(&pool, &groups) {
            flags[pool.amounts[amount].action].push(flag);
        }
        // New offers with one price are ordinary: each is shown with all that it has.
        if !pool.is_new {
            mark(actions, &pool, &groups, clusters.len());
            clusters.extend(groups.iter().map(|group| cluster(&pool, group)));
        }
    }
    let ranges = Ranges::of(actions, inputs.desired);
    for (action, mut flags) in actions.iter_mut().zip(flags) {
        flags::add(&mut flags, action, &ranges, inputs);
        flags.sort_by_key(|flag| (flag.kind(), flag.field()));
        flags.dedup();
        action.flags = flags;
    }
    clusters
}

fn cluster(pool: &Pool, group: &Group) -> Cluster {
    Cluster { field: pool.field, units: pool.units, rule: group.rule, offers: group.members.len() }
}

/// Notes at each changed amount which cluster it is in.
fn mark(actions: &mut [Action], pool: &Pool, groups: &[Group], first: usize) {
    for (group, cluster) in groups.iter().zip(first..) {
        for member in &group.members {
            let Amount { action, change, .. } = pool.amounts[*member];
            if let Some(change) = change {
                actions[action].changes[change].cluster = Some(cluster);
            }
        }
    }
}
