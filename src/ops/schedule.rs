//! Schedules: what becomes due when, and what is due and not applied yet.

use crate::plan::{Plan, Selection, Upcoming, steps_after};
use crate::policy;

use super::inputs::Desired;
use super::repository::Repository;

/// Adds to a plan what becomes due later, and holds back what a freeze stops.
pub(super) fn add_to(repository: &Repository, desired: &Desired, selection: &Selection, plan: &mut Plan) {
    let (rules, guardrails) = (repository.time_rules(), &repository.settings.guardrails);
    let now = rules.civil(plan.at);
    if !guardrails.freezes.is_empty() {
        plan.hold(|key| policy::frozen_until(guardrails, desired.set.get(key)?, now));
    }
    let selected = desired.set.offers.iter().filter(|offer| selection.contains(&offer.key));
    let steps = selected.flat_map(|offer| steps_after(offer, plan.at, &rules));
    plan.upcoming.extend(steps.map(Upcoming::from));
    plan.upcoming.sort_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
    plan.diagnostics.extend(policy::frozen_entries(&desired.set, guardrails, now));
}
