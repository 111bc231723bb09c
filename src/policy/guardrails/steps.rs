//! The guardrails of later times: every change that a schedule makes is judged when it is reviewed, as if it were applied at its time.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use jiff::civil::{Date, DateTime};

use super::waivers::{self, Waivers};
use super::{Extent, GuardrailInputs, Judged, breaches_of, freeze_of};
use crate::diagnostic::{Diagnostic, sort};
use crate::offer::{
    DesiredOffer, DesiredSet, Field, Key, OfferId, Operation, Record, RecordStatus, Recorded, TimeRules,
};
use crate::plan::{Action, ActionKind, FieldChange, Step, Verb, YamlLocation, steps_since, update_of};
use crate::policy::schedules::{at_time, steps_by_time};

/// Every breach of the plan and of each step of a schedule, and what there is to say about waivers. The labels in offers have no source
/// lines.
///
/// A step that is due is judged as it was reviewed, at its own time and by itself: where an apply comes late, several together may be more
/// than a limit lets pass. With `looks_ahead`, what becomes due later is judged too. What one day changes is judged as a whole as well, because an apply makes it at once.
pub fn judge_with_steps(inputs: GuardrailInputs<'_>, rules: &TimeRules, looks_ahead: bool) -> Vec<Diagnostic> {
    let mut known = Waivers::default();
    let found = judge_all(inputs, rules, looks_ahead, &mut known);
    match known.looking_ahead() {
        Some(mut known) => judge_all(inputs, rules, looks_ahead, &mut known),
        None => found,
    }
}

fn judge_all(
    inputs: GuardrailInputs<'_>,
    rules: &TimeRules,
    looks_ahead: bool,
    known: &mut Waivers,
) -> Vec<Diagnostic> {
    let (actions, due) = without_due(&inputs, rules);
    let mut recorded = None;
    let mut found = of_days(&inputs, due, &mut recorded, rules, known);
    let now = GuardrailInputs { actions: &actions, ..inputs };
    let mut breaches = breaches_of(&now, Extent::Plan);
    breaches.extend(freeze_of(&inputs));
    found.extend(waivers::apply(&now, breaches, known));
    let later = if looks_ahead { steps_by_time(&inputs.desired.offers, inputs.now, rules) } else { Steps::new() };
    for step in later.values().flatten() {
        // The record that it will have once the plan is applied.
        let recorded = recorded.get_or_insert_with(|| inputs.recorded.clone());
        inputs.desired.get(&step.offer.key).into_iter().for_each(|offer| confirm(recorded, offer));
    }
    found.extend(of_days(&inputs, later, &mut recorded, rules, known));
    found.extend(waivers::rest(&inputs, known));
    found
}

type Steps = BTreeMap<DateTime, Vec<Step>>;

/// The actions without the changes that lead along a schedule, and those steps.
fn without_due<'a>(inputs: &GuardrailInputs<'a>, rules: &TimeRules) -> (Cow<'a, [Action]>, Steps) {
    let (mut actions, mut due) = (Cow::Borrowed(inputs.actions), Steps::new());
    for (index, action) in inputs.actions.iter().enumerate() {
        let Some((steps, rest)) = due_steps(inputs, action, rules) else { continue };
        actions.to_mut()[index] = rest;
        for step in steps {
            due.entry(step.at).or_default().push(step);
        }
    }
    if let Cow::Owned(actions) = &mut actions {
        actions.retain(|action| action.verb() != Verb::Update || !action.changes.is_empty());
    }
    (actions, due)
}

/// The steps that an update makes, and the update without them.
fn due_steps(inputs: &GuardrailInputs<'_>, action: &Action, rules: &TimeRules) -> Option<(Vec<Step>, Action)> {
    let is_due = |change: &&FieldChange| change.due_since.is_some();
    let fields: Vec<Field> = action.changes.iter().filter(is_due).map(|change| change.field).collect();
    if fields.is_empty() || action.verb() != Verb::Update || inputs.sudden.contains(&action.key) {
        return None;
    }
    let judged = Judged::of(action, inputs);
    let (offer, was) = judged.offer.zip(judged.was())?;
    let steps = steps_since(offer, was, &fields, inputs.now, rules)?;
    let mut rest = action.clone();
    rest.changes.retain(|change| change.due_since.is_none());
    Some((steps, rest))
}

/// What the steps of each day break, in the order of their times: first all of the day, then each time.
fn of_days(
    inputs: &GuardrailInputs<'_>,
    by_time: Steps,
    recorded: &mut Option<Recorded>,
    rules: &TimeRules,
    known: &mut Waivers,
) -> Vec<Diagnostic> {
    let mut by_day: BTreeMap<Date, Steps> = BTreeMap::new();
    for (at, steps) in by_time {
        by_day.entry(at.date()).or_default().insert(at, steps);
    }
    let mut found = Vec::new();
    for steps in by_day.into_values() {
        let recorded = recorded.get_or_insert_with(|| inputs.recorded.clone());
        let mut problems = Vec::new();
        let last = steps.last_key_value().map(|(at, _)| *at);
        if let Some(at) = last {
            problems.extend(of_steps(inputs, at, (whole_day(&steps), Extent::Day), recorded, rules, known));
        }
        for (at, steps) in steps {
            problems.extend(of_steps(inputs, at, (steps, Extent::Time), recorded, rules, known));
        }
        // Where one time has all of it, both say the same.
        let mut seen = HashSet::new();
        problems.retain(|problem| seen.insert((problem.code.name, problem.place().cloned(), problem.message.clone())));
        found.extend(problems);
    }
    found
}

/// The steps of a day as one for each offer.
fn whole_day(steps: &Steps) -> Vec<Step> {
    let mut by_key: BTreeMap<&Key, Step> = BTreeMap::new();
    for step in steps.values().flatten() {
        match by_key.get_mut(&step.offer.key) {
            None => _ = by_key.insert(&step.offer.key, step.clone()),
            Some(whole) => {
                for change in &step.changes {
                    match whole.changes.iter_mut().find(|earlier| earlier.field == change.field) {
                        Some(earlier) => *earlier = FieldChange { before: earlier.before.clone(), ..change.clone() },
                        None => whole.changes.push(change.clone()),
                    }
                }
                (whole.at, whole.offer) = (step.at, step.offer.clone());
            }
        }
    }
    let mut whole: Vec<Step> = by_key.into_values().collect();
    for step in &mut whole {
        step.changes.retain(|change| change.before != change.after);
    }
    whole.retain(|step| !step.changes.is_empty());
    whole
}

/// What steps of one time, or of one day, break.
fn of_steps(
    inputs: &GuardrailInputs<'_>,
    at: DateTime,
    (steps, extent): (Vec<Step>, Extent),
    recorded: &mut Recorded,
    rules: &TimeRules,
    known: &mut Waivers,
) -> Vec<Diagnostic> {
    let actions: Vec<Action> = steps.iter().filter_map(|step| action(step, recorded)).collect();
    let offers = steps.into_iter().map(|step| step.offer).collect();
    let desired = DesiredSet { offers, ..DesiredSet::default() };
    let then = GuardrailInputs { actions: &actions, desired: &desired, recorded, now: rules.moment_of(at), ..*inputs };
    let mut problems = waivers::apply(&then, breaches_of(&then, extent), known);
    sort(&mut problems);
    if extent == Extent::Time {
        for offer in &desired.offers {
            known.mark_used(waivers::of_freeze(inputs.guardrails, offer, at));
            confirm(recorded, offer);
        }
    }
    problems.into_iter().map(|problem| at_time(problem, at)).collect()
}

/// Records the values of an offer as an apply would.
fn confirm(recorded: &mut Recorded, offer: &DesiredOffer) {
    let renamed_from = offer.sync.renamed_from.as_ref().and_then(|from| recorded.offers.get(from)).cloned();
    // A new offer has no id yet, and none is shown.
    let Some(no_id) = OfferId::new(i64::MAX as u64) else { return };
    let new = || Record {
        offer_id: no_id,
        status: RecordStatus::Live,
        protect: offer.sync.protect,
        replaced: Vec::new(),
        unsettled: None,
        status_word: None,
        fields: offer.fields.clone(),
    };
    let record = recorded.offers.entry(offer.key.clone()).or_insert_with(|| renamed_from.unwrap_or_else(new));
    record.status = RecordStatus::Live;
    record.confirm(&offer.managed().map(|(field, value)| (field, value.clone())).collect());
}

/// The update that the step is.
fn action(step: &Step, recorded: &Recorded) -> Option<Action> {
    let record = recorded.offers.get(&step.offer.key)?;
    let update = update_of(record.offer_id, &step.changes)?;
    let mut context = record.fields.clone();
    for (field, value) in step.offer.managed() {
        context.set(field, value.clone());
    }
    Some(Action {
        key: step.offer.key.clone(),
        kind: ActionKind::Write(Operation::Update { update }),
        source: Some(YamlLocation::from(step.offer.place.clone())),
        moved_from: None,
        changes: step.changes.clone(),
        context,
        reason: None,
        flags: Vec::new(),
    })
}
