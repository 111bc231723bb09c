//! Schedules: what becomes due when, and what is due and not applied yet.

use std::collections::HashSet;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use crate::diagnostic::{Diagnostic, Label, codes};
use crate::offer::{DesiredOffer, Field, Fields, Key, OfferStatus, Recorded, Value, shown_time};
use crate::plan::{
    Action, FieldChange, Plan, Selection, Step, Upcoming, UpcomingKind, Verb, held_step, steps_after, steps_since,
};
use crate::policy;
use crate::source::Place;
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
    let (plan, (desired, state)) = repository.plan_with_inputs(&PlanOptions { until, ..options.clone() })?;
    let held = plan.upcoming.iter().filter(|it| it.kind == UpcomingKind::Held);
    let held = held.flat_map(|it| it.changes.iter().map(move |change| (&it.key, change.field, change.after.as_ref())));
    let held: HashSet<_> = held.collect();
    let selected = desired.set.offers.iter().filter(|offer| options.selection.contains(&offer.key));
    let is_held = |key, field, value| held.contains(&(key, field, Some(value)));
    let overdue = selected.filter_map(|offer| overdue(repository, offer, state.recorded(), plan.at, is_held));
    let mut changes: Vec<Upcoming> = overdue.collect();
    changes.extend(plan.upcoming);
    changes.sort_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
    Ok(Schedule { at: plan.at, changes, later: plan.upcoming_later })
}

/// What is due of an offer and not recorded, whatever the reason: no apply has run, it failed, the offer is blocked or not created yet. Since the
/// first of the changes that were not made, with the freeze that no apply could make them before the end of.
fn overdue<'a>(
    repository: &Repository,
    offer: &'a DesiredOffer,
    recorded: &Recorded,
    moment: Timestamp,
    is_held: impl Fn(&'a Key, Field, &'a Value) -> bool,
) -> Option<Upcoming> {
    let rules = &repository.time_rules();
    let nothing = Fields::default();
    let renamed_from = || recorded.offers.get(offer.sync.renamed_from.as_ref()?);
    let record = recorded.offers.get(&offer.key).or_else(renamed_from);
    let values = record.map_or(&nothing, |record| &record.fields);
    let is_recorded = |field, value: &Value| values.get(field).is_some_and(|recorded| value.is_shown_as(recorded));
    let is_pending =
        |(field, value): &(Field, &'a Value)| !is_recorded(*field, value) && !is_held(&offer.key, *field, value);
    let pending = offer.managed().filter(is_pending);
    let changes: Vec<FieldChange> = pending
        .filter_map(|(field, value)| {
            let (due_since, before) = (Some(offer.due_since(field)?), values.get(field).cloned());
            Some(FieldChange { before, due_since, ..FieldChange::to(field, value.clone()) })
        })
        .collect();
    let fields: Vec<Field> = changes.iter().map(|change| change.field).collect();
    let steps = steps_since(offer, values, &fields, moment, rules).unwrap_or_default();
    let first = steps.first().map(|step| step.at);
    let at = first.or_else(|| changes.iter().filter_map(|change| change.due_since).min())?;
    let (guardrails, now) = (&repository.settings.guardrails, rules.civil(moment));
    let held = match record {
        Some(_) => policy::last_held_back(guardrails, &offer.waivers, at, now),
        // A freeze refuses a create, whatever it is due by.
        None => policy::held_back(guardrails, &offer.waivers, Verb::Create, now, now),
    };
    let change = Upcoming::new(at, offer.key.clone(), UpcomingKind::Overdue, changes, offer.fields.clone());
    Some(Upcoming { held, ..change })
}

impl Schedule {
    /// The problem that changes are overdue by more than so long.
    pub(crate) fn too_late(&self, repository: &Repository, limit: SignedDuration) -> Option<Diagnostic> {
        let rules = repository.time_rules();
        let is_late = |change: &&Upcoming| {
            let since = change.held.as_ref().map_or(change.at, |freeze| freeze.until.max(change.at));
            let by = self.at.duration_since(rules.moment_of(since));
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
    let selected = desired.set.offers.iter().filter(|offer| selection.contains(&offer.key));
    if guardrails.freezes.iter().any(|freeze| freeze.from <= now && now < freeze.to) {
        let held = selected.clone().filter_map(|offer| {
            let step = held_step(offer, plan.at, &rules)?;
            let held = Some(policy::held_back(guardrails, &offer.waivers, Verb::Update, step.at, now)?);
            Some(Upcoming { held, kind: UpcomingKind::Held, ..Upcoming::from(step) })
        });
        let held = held.collect();
        plan.add_held(held);
    }
    plan.diagnostics.extend(plan.actions.iter().filter_map(|action| overridden(desired.set.get(&action.key)?, action)));
    plan.ended = selected.clone().filter(|offer| has_ended(offer, now)).count();
    if !desired.looks_ahead {
        return;
    }
    let steps: Vec<Step> = selected.flat_map(|offer| steps_after(offer, plan.at, &rules)).collect();
    plan.diagnostics.extend(policy::shared_names(&desired.set, &steps));
    plan.upcoming.extend(steps.into_iter().map(|step| {
        let held = policy::held_back(guardrails, &step.offer.waivers, Verb::Update, step.at, step.at);
        Upcoming { held, ..Upcoming::from(step) }
    }));
    plan.upcoming.sort_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
    plan.diagnostics.extend(policy::frozen_entries(&desired.set, guardrails, now));
}

/// What an apply leaves to a later one, in words; `None` where no freeze holds a change back.
pub(super) fn held_back(plan: &Plan) -> Option<String> {
    let held = || plan.upcoming.iter().filter(|change| change.kind == UpcomingKind::Held);
    let until = held().filter_map(|change| change.held.as_ref()).map(|freeze| freeze.until).max()?;
    let keys = first_and_more(held().map(|change| format!("`{}`", change.key)), KEYS_SHOWN);
    let (changes, are) = (count(held().count(), "change"), if held().count() == 1 { "is" } else { "are" });
    Some(format!("{changes} {are} held back by a freeze until {}: {keys}", shown_time(until)))
}

/// Whether an offer is wanted active although its date has passed.
fn has_ended(offer: &DesiredOffer, now: DateTime) -> bool {
    let is_managed = |field| !offer.sync.ignore_changes.contains(field);
    let is_active = offer.fields.get(Field::OfferStatus) == Some(&Value::Status(OfferStatus::Active));
    let date = offer.fields.get(Field::ExpirationDate).filter(|_| is_active && is_managed(Field::OfferStatus));
    matches!(date, Some(Value::Date(date)) if date.civil() < now)
}

/// The own values of a new offer that a past entry of a `_defaults.yaml` takes the place of.
fn overridden(offer: &DesiredOffer, action: &Action) -> Option<Diagnostic> {
    let own = &offer.place.file;
    let is_own = |place: &Place| place.file == *own;
    let is_overridden = |field: &Field| {
        let is_due = offer.due_since(*field).is_some() && offer.own_value(*field) != offer.fields.get(*field);
        is_due
            && offer.written_at(*field).is_some_and(|place| is_own(&place))
            && !offer.given_at(*field).is_some_and(|place| is_own(&place))
    };
    let field = action.kind.create().and_then(|_| Field::ALL.into_iter().find(is_overridden))?;
    let message =
        format!("the new offer `{}` does not get its own `{field}`: a past entry of a folder gives it", offer.key);
    let mut problem = Diagnostic::warning(codes::schedule::OVERRIDDEN, message);
    problem.labels.extend(offer.written_at(field).map(Label::at));
    problem.labels.extend(offer.given_at(field).map(|place| Label::at(place).saying("the entry")));
    Some(problem.help("take the past entry out of the `_defaults.yaml`, or give the offer an entry of that time"))
}
