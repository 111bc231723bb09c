//! Schedules: what becomes due when, and what is due and not applied yet.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use crate::diagnostic::{Diagnostic, codes};
use crate::plan::{Action, FieldChange, Plan, Selection, Upcoming, UpcomingKind, Verb, steps_after};
use crate::policy;
use crate::words::{count, first_and_more};

use super::error::Error;
use super::inputs::Desired;
use super::plan::PlanOptions;
use super::repository::Repository;

/// More keys than this are counted.
const KEYS_SHOWN: usize = 5;

/// What schedules have to say of a moment.
#[derive(Debug)]
pub(crate) struct Schedule {
    pub(crate) at: Timestamp,
    /// What is due and not recorded, held back, or becomes due later, in the order of times.
    pub(crate) changes: Vec<Upcoming>,
    /// How many changes become due after those.
    pub(crate) later: usize,
}

/// Reads the offers and the state. Without an end, everything is listed that becomes due later.
pub(crate) fn schedule(repository: &Repository, options: &PlanOptions) -> Result<Schedule, Error> {
    let until = options.until.or(Some(Timestamp::MAX));
    let plan = repository.plan(&PlanOptions { until, ..options.clone() })?;
    let mut changes: Vec<Upcoming> = plan.actions.iter().flat_map(overdue).collect();
    changes.extend(plan.upcoming);
    changes.sort_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
    Ok(Schedule { at: plan.at, changes, later: plan.upcoming_later })
}

/// What is due of an action that changes an offer. One that is not created yet waits for that, and not for a time.
fn overdue(action: &Action) -> Vec<Upcoming> {
    let mut by_time: BTreeMap<DateTime, Vec<FieldChange>> = BTreeMap::new();
    if matches!(action.verb(), Verb::Update | Verb::Restore) {
        for change in &action.changes {
            if let Some(since) = change.due_since {
                by_time.entry(since).or_default().push(change.clone());
            }
        }
    }
    let (key, context) = (&action.key, &action.context);
    let upcoming = |(at, changes)| {
        let (key, context, kind) = (key.clone(), context.clone(), UpcomingKind::Overdue);
        Upcoming::new(at, key, kind, changes, context)
    };
    by_time.into_iter().map(upcoming).collect()
}

impl Schedule {
    /// The problem that changes are overdue by more than so long.
    pub(crate) fn too_late(&self, repository: &Repository, limit: SignedDuration) -> Option<Diagnostic> {
        let rules = repository.time_rules();
        let is_late = |change: &&Upcoming| {
            let by = self.at.duration_since(rules.moment_of(change.at));
            change.kind == UpcomingKind::Overdue && by > limit
        };
        let late: Vec<&Upcoming> = self.changes.iter().filter(is_late).collect();
        let keys = first_and_more(late.iter().map(|change| format!("`{}`", change.key)), KEYS_SHOWN);
        let are = if late.len() == 1 { "is" } else { "are" };
        let message = format!("{} {are} overdue by more than {limit:#}: {keys}", count(late.len(), "change"));
        let help = "run `offersync apply`, and look why the scheduled one has not done it";
        (!late.is_empty()).then(|| Diagnostic::error(codes::schedule::OVERDUE, message).help(help))
    }
}

/// Adds to a plan what becomes due later, and holds back what a freeze stops.
pub(super) fn add_to(repository: &Repository, desired: &Desired, selection: &Selection, plan: &mut Plan) {
    let (rules, guardrails) = (repository.time_rules(), &repository.settings.guardrails);
    let now = rules.civil(plan.at);
    if !guardrails.freezes.is_empty() {
        plan.hold(|key| policy::frozen_until(guardrails, desired.set.get(key)?, now));
    }
    let selected = desired.set.offers.iter().filter(|offer| selection.contains(&offer.key));
    let steps = selected.flat_map(|offer| steps_after(offer, plan.at, &rules));
    plan.upcoming.extend(steps.map(|step| {
        let held_until = policy::frozen_until(guardrails, &step.offer, step.at);
        Upcoming { held_until, ..Upcoming::from(step) }
    }));
    plan.upcoming.sort_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
    plan.diagnostics.extend(policy::frozen_entries(&desired.set, guardrails, now));
}
