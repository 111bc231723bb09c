//! The guardrails of later times: every change that a schedule makes is judged when it is reviewed, as if it were applied at its time.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use jiff::civil::DateTime;

use super::{GuardrailInputs, Judged, breaches_of, waivers};
use crate::diagnostic::{Diagnostic, sort};
use crate::offer::{DesiredOffer, DesiredSet, Field, OfferId, Operation, Record, RecordStatus, Recorded, TimeRules};
use crate::plan::{Action, ActionKind, FieldChange, Step, Verb, YamlLocation, steps_since, update_of};
use crate::policy::schedules::{at_time, steps_by_time};
use crate::source::Place;

/// Every breach of the plan and of each step of a schedule, and what there is to say about waivers. The labels in offers have no source
/// lines.
///
/// A step that is due is judged as it was reviewed, at its own time and by itself: where an apply comes late, several together may be more
/// than a limit lets pass.
pub fn judge_with_steps(inputs: GuardrailInputs<'_>, rules: &TimeRules) -> Vec<Diagnostic> {
    let (actions, due) = without_due(&inputs, rules);
    let (mut used, mut recorded) = (HashSet::new(), None);
    let mut found = of_steps(&inputs, due, &mut recorded, rules, &mut used);
    let now = GuardrailInputs { actions: &actions, ..inputs };
    found.extend(waivers::apply(&now, breaches_of(&now, true), &mut used));
    let later = steps_by_time(&inputs.desired.offers, inputs.now, rules);
    for step in later.values().flatten() {
        // The record that it will have once the plan is applied.
        let recorded = recorded.get_or_insert_with(|| inputs.recorded.clone());
        inputs.desired.get(&step.offer.key).into_iter().for_each(|offer| confirm(recorded, offer));
    }
    found.extend(of_steps(&inputs, later, &mut recorded, rules, &mut used));
    found.extend(waivers::rest(&inputs, &used));
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
        actions.retain(|action| !action.changes.is_empty());
    }
    (actions, due)
}

/// The steps that an update makes, and the update without them.
fn due_steps(inputs: &GuardrailInputs<'_>, action: &Action, rules: &TimeRules) -> Option<(Vec<Step>, Action)> {
    let is_due = |change: &&FieldChange| change.due_since.is_some();
    let fields: Vec<Field> = action.changes.iter().filter(is_due).map(|change| change.field).collect();
    if fields.is_empty() || action.verb() != Verb::Update {
        return None;
    }
    let judged = Judged::of(action, inputs);
    let (offer, was) = judged.offer.zip(judged.was())?;
    let steps = steps_since(offer, was, &fields, inputs.now, rules)?;
    let mut rest = action.clone();
    rest.changes.retain(|change| change.due_since.is_none());
    Some((steps, rest))
}

/// What each step breaks, in the order of their times.
fn of_steps(
    inputs: &GuardrailInputs<'_>,
    by_time: Steps,
    recorded: &mut Option<Recorded>,
    rules: &TimeRules,
    used: &mut HashSet<Place>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (at, steps) in by_time {
        let recorded = recorded.get_or_insert_with(|| inputs.recorded.clone());
        let actions: Vec<Action> = steps.iter().filter_map(|step| action(step, recorded)).collect();
        let offers = steps.into_iter().map(|step| step.offer).collect();
        let desired = DesiredSet { offers, ..DesiredSet::default() };
        let now = rules.moment_of(at);
        let then = GuardrailInputs { actions: &actions, desired: &desired, recorded, now, ..*inputs };
        let mut problems = waivers::apply(&then, breaches_of(&then, false), used);
        sort(&mut problems);
        found.extend(problems.into_iter().map(|problem| at_time(problem, at)));
        for offer in &desired.offers {
            confirm(recorded, offer);
        }
    }
    found
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
