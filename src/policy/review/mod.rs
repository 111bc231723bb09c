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

use jiff::civil::DateTime;

use crate::offer::DesiredSet;
use crate::plan::{Cluster, Flag, Plan};

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

/// Adds the clusters and the flags to a plan.
pub fn review(plan: &mut Plan, inputs: ReviewInputs<'_>) {
    let mut flags: Vec<Vec<Flag>> = vec![Vec::new(); plan.actions.len()];
    let mut clusters: Vec<Cluster> = Vec::new();
    for pool in pools(&plan.actions) {
        let groups = groups(&pool.amounts);
        for (amount, flag) in outliers::outliers(&pool, &groups) {
            flags[pool.amounts[amount].action].push(flag);
        }
        // New offers with one price are ordinary: each is shown with all that it has.
        if !pool.is_new {
            mark(plan, &pool, &groups, clusters.len());
            clusters.extend(groups.iter().map(|group| cluster(&pool, group)));
        }
    }
    plan.clusters = clusters;
    let ranges = Ranges::of(plan, inputs.desired);
    for (action, mut flags) in plan.actions.iter_mut().zip(flags) {
        flags::add(&mut flags, action, &ranges, inputs);
        flags.sort_by_key(|flag| (flag.kind(), flag.field()));
        flags.dedup();
        action.flags = flags;
    }
}

fn cluster(pool: &Pool, group: &Group) -> Cluster {
    Cluster { field: pool.field, unit: pool.unit, rule: group.rule, offers: group.members.len() }
}

/// Notes at each changed amount which cluster it is in.
fn mark(plan: &mut Plan, pool: &Pool, groups: &[Group], first: usize) {
    for (group, cluster) in groups.iter().zip(first..) {
        for member in &group.members {
            let Amount { action, change, .. } = pool.amounts[*member];
            plan.actions[action].changes[change].cluster = Some(cluster);
        }
    }
}
