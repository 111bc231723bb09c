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
mod values;
mod way_back;

use jiff::civil::DateTime;

use crate::offer::DesiredSet;
use crate::plan::{Action, Cluster, FieldChange, Flag, FlagKind, Plan, Upcoming};

use amounts::{Amount, Pool, pools};
use clusters::{Group, SMALLEST};
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
    plan.clusters = review_actions(&mut plan.actions, inputs).clusters;
    review_upcoming(&mut plan.upcoming, inputs);
}

/// Each later time is reviewed like a plan of its own; then all are compared with each other, since a rule may be followed at many times.
fn review_upcoming(upcoming: &mut [Upcoming], inputs: ReviewInputs<'_>) {
    let (mut places, mut all): (Vec<usize>, Vec<Action>) = (Vec::new(), Vec::new());
    let mut is_of_a_rule: Vec<bool> = Vec::new();
    let mut first = 0;
    for same in upcoming.chunk_by_mut(|one, other| one.at == other.at) {
        let (indices, mut actions): (Vec<usize>, Vec<Action>) =
            same.iter().enumerate().filter_map(|(index, upcoming)| Some((index, upcoming.as_update()?))).unzip();
        let today = same.first().map_or(inputs.today, |upcoming| upcoming.at);
        let groups = review_actions(&mut actions, ReviewInputs { today, ..inputs });
        let is_of_one = |change: &FieldChange| change.cluster.is_some_and(|cluster| groups.is_rule[cluster]);
        is_of_a_rule.extend(actions.iter().map(|action| action.changes.iter().any(is_of_one)));
        places.extend(indices.into_iter().map(|index| first + index));
        all.extend(actions);
        first += same.len();
    }
    compare(&mut all, &is_of_a_rule);
    for (place, action) in places.into_iter().zip(all) {
        upcoming[place].flags = action.flags;
    }
    for (place, flag) in way_back::not_set_back(upcoming) {
        let flags = &mut upcoming[place].flags;
        flags.push(flag);
        flags.sort_by_key(|flag| (flag.kind(), flag.field()));
    }
}

/// Adds the flags of amounts of all times that break a rule of the others, or are among changes of other fields. What is of a rule of its own
/// time breaks none of another time.
fn compare(all: &mut [Action], is_of_a_rule: &[bool]) {
    let mut found = Vec::new();
    for pool in pools(all) {
        let (groups, outliers) = outliers::reviewed(&pool);
        // What follows a rule is not alone with it, even if it is at its time.
        for member in groups.iter().filter(|group| !group.is_weak).flat_map(|group| &group.members) {
            let flags = &mut all[pool.amounts[*member].action].flags;
            flags.retain(|flag| !matches!(flag, Flag::OtherAmounts { fields, .. } if fields.is_empty()));
        }
        let outliers = outliers.into_iter().map(|(amount, flag)| (pool.amounts[amount].action, flag));
        found.extend(outliers.filter(|(action, _)| !is_of_a_rule[*action]));
    }
    found.extend(units::amounts_among_others(all));
    for (action, flag) in found {
        let flags = &mut all[action].flags;
        if flags.iter().all(|known| known.kind() != flag.kind()) {
            flags.push(flag);
            flags.sort_by_key(|flag| (flag.kind(), flag.field()));
        }
    }
}

/// The clusters of actions.
#[derive(Default)]
struct Clusters {
    clusters: Vec<Cluster>,
    /// Of each: whether enough values of the YAML follow it. The offers that inherit one value are no rule.
    is_rule: Vec<bool>,
}

fn review_actions(actions: &mut [Action], inputs: ReviewInputs<'_>) -> Clusters {
    let mut flags: Vec<Vec<Flag>> = vec![Vec::new(); actions.len()];
    let mut all = Clusters::default();
    let pools = pools(actions);
    for (action, flag) in units::unlike_others(actions, &pools, inputs.desired) {
        flags[action].push(flag);
    }
    for pool in pools {
        let (groups, outliers) = outliers::reviewed(&pool);
        for (amount, flag) in outliers {
            flags[pool.amounts[amount].action].push(flag);
        }
        // New offers with one price are ordinary: each is shown with all that it has.
        if !pool.is_new {
            mark(actions, &pool, &groups, all.clusters.len());
            all.clusters.extend(groups.iter().map(|group| cluster(&pool, group)));
            all.is_rule.extend(groups.iter().map(|group| pool.values(&group.members) >= SMALLEST));
        }
    }
    let ranges = Ranges::of(actions, inputs.desired);
    for (index, (action, mut flags)) in actions.iter_mut().zip(flags).enumerate() {
        flags.extend(ranges.flags(index, action));
        flags::add(&mut flags, action, &all.is_rule, || ranges.suspect(action), inputs);
        flags.sort_by_key(|flag| (flag.kind(), flag.field()));
        // An amount may be against the others in more than one way.
        flags.dedup_by(|one, other| {
            let is_same = (one.kind(), one.field()) == (other.kind(), other.field());
            one == other || (is_same && one.kind() == FlagKind::AgainstOthers)
        });
        action.flags = flags;
    }
    all
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
