//! The guardrails of later times: every change that a schedule makes is judged when it is reviewed, as if it were applied at its time.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use jiff::civil::{Date, DateTime};

use super::late::{Parts, Steps, with_offers};
use super::waivers::{self, Waivers};
use super::{Extent, GuardrailInputs, breaches_of, freeze_of};
use crate::diagnostic::{Diagnostic, sort};
use crate::offer::{
    DesiredOffer, DesiredSet, Fields, Key, OfferId, Operation, Record, RecordStatus, Recorded, TimeRules,
};
use crate::plan::{Action, ActionKind, FieldChange, Step, YamlLocation, update_of};
use crate::policy::schedules::{at_time, steps_by_time};

/// Every breach of the plan and of each step of a schedule, and what there is to say about waivers. The labels in offers have no source
/// lines.
///
/// A step that is due is judged as it was reviewed, at its own time and by itself: where an apply comes late, several together may be more
/// than a limit lets pass. With `looks_ahead`, what becomes due later is judged too. What one day changes is judged as a whole as well, because an apply makes it at once.
pub fn judge_with_steps(inputs: GuardrailInputs<'_>, rules: &TimeRules, looks_ahead: bool) -> Vec<Diagnostic> {
    let actions = match inputs.held {
        [] => Cow::Borrowed(inputs.actions),
        held => Cow::Owned(with_steps(&inputs, held)),
    };
    let offers: Vec<DesiredOffer> = inputs.held.iter().map(|step| step.offer.clone()).collect();
    let (plan, desired) = (&inputs, with_offers(inputs.desired, &offers));
    let inputs = GuardrailInputs { actions: &actions, desired: &desired, ..inputs };
    let scope = Scope { plan, all: &inputs, rules, looks_ahead };
    let judge = |parts: &Parts<'_>| judge_twice(scope, parts);
    let at_once = judge(&Parts::of_plan(&inputs, rules));
    if !has_error(&at_once) {
        return at_once;
    }
    let passes = |inputs: &GuardrailInputs<'_>, parts: &Parts<'_>| {
        !has_error(&judge_present(inputs, parts, &mut None, rules, &mut Waivers::default()))
    };
    let as_reviewed = Parts::as_reviewed(&inputs, rules, passes).map(|parts| judge(&parts));
    as_reviewed.filter(|found| !has_error(found)).unwrap_or(at_once)
}

fn has_error(found: &[Diagnostic]) -> bool {
    found.iter().any(Diagnostic::is_error)
}

/// A plan, and what is judged.
#[derive(Clone, Copy)]
struct Scope<'a> {
    plan: &'a GuardrailInputs<'a>,
    /// The plan with what a freeze holds back.
    all: &'a GuardrailInputs<'a>,
    rules: &'a TimeRules,
    looks_ahead: bool,
}

fn judge_twice(scope: Scope<'_>, parts: &Parts<'_>) -> Vec<Diagnostic> {
    let mut known = Waivers::default();
    let found = judge_all(scope, parts, &mut known);
    match known.looking_ahead() {
        Some(mut known) => judge_all(scope, parts, &mut known),
        None => found,
    }
}

fn judge_all(scope: Scope<'_>, parts: &Parts<'_>, known: &mut Waivers) -> Vec<Diagnostic> {
    let Scope { plan, all: inputs, rules, looks_ahead } = scope;
    let mut recorded = None;
    let mut found = judge_present(inputs, parts, &mut recorded, rules, known);
    // What is held back is not written in the freeze.
    found.extend(waivers::apply(plan, freeze_of(plan), known));
    let later = if looks_ahead { steps_by_time(&inputs.desired.offers, inputs.now, rules) } else { Steps::new() };
    for step in later.values().flatten() {
        // The record that it will have once the plan is applied.
        let recorded = recorded.get_or_insert_with(|| inputs.recorded.clone());
        inputs.desired.get(&step.offer.key).into_iter().for_each(|offer| confirm(recorded, offer));
    }
    found.extend(of_today(inputs, parts, &later, &found, rules, known));
    found.extend(of_days(inputs, later, &mut recorded, rules, known));
    found.extend(waivers::rest(inputs, known));
    found
}

/// What is broken by the parts of a plan.
fn judge_present(
    inputs: &GuardrailInputs<'_>,
    Parts { actions, desired, earlier, due }: &Parts<'_>,
    recorded: &mut Option<Recorded>,
    rules: &TimeRules,
    known: &mut Waivers,
) -> Vec<Diagnostic> {
    for offer in earlier {
        confirm(recorded.get_or_insert_with(|| inputs.recorded.clone()), offer);
    }
    let mut found = of_days(inputs, due.clone(), recorded, rules, known);
    let now = GuardrailInputs { actions, desired, ..*inputs };
    found.extend(waivers::apply(&now, breaches_of(&now, Extent::Plan), known));
    found
}

/// What the plan and the steps of the same day break together: an apply that comes in the evening makes both. What is late belongs to
/// its own day.
fn of_today(
    inputs: &GuardrailInputs<'_>,
    Parts { actions, desired, due, .. }: &Parts<'_>,
    later: &Steps,
    found: &[Diagnostic],
    rules: &TimeRules,
    known: &mut Waivers,
) -> Vec<Diagnostic> {
    let today = inputs.today().date();
    let of_day = |steps: &Steps| -> Steps {
        let steps = steps.iter().filter(|(at, _)| at.date() == today);
        steps.map(|(at, steps)| (*at, steps.clone())).collect()
    };
    let (mut steps, later) = (of_day(due), of_day(later));
    let Some(at) = later.last_key_value().map(|(at, _)| *at).filter(|_| !actions.is_empty() || !steps.is_empty())
    else {
        return Vec::new();
    };
    steps.extend(later);
    let inputs = &GuardrailInputs { actions, desired, ..*inputs };
    let steps = whole_day(&steps);
    let actions = with_steps(inputs, &steps);
    let offers: Vec<DesiredOffer> = steps.into_iter().map(|step| step.offer).collect();
    let desired = with_offers(inputs.desired, &offers);
    let then = GuardrailInputs { actions: &actions, desired: &desired, now: rules.moment_of(at), ..*inputs };
    let mut breaches = breaches_of(&then, Extent::Day);
    breaches.retain(|breach| breach.offer.is_none_or(|of| offers.iter().any(|offer| offer.key == of.key)));
    let mut problems = waivers::apply(&then, breaches, known);
    // What the plan breaks by itself is told already.
    problems
        .retain(|problem| !found.iter().any(|known| known.code == problem.code && known.message == problem.message));
    sort(&mut problems);
    problems.into_iter().map(|problem| at_time(problem, at)).collect()
}

/// The plan as it would be, were these steps due already.
fn with_steps(inputs: &GuardrailInputs<'_>, steps: &[Step]) -> Vec<Action> {
    let by_key: BTreeMap<&Key, usize> =
        inputs.actions.iter().enumerate().map(|(index, action)| (&action.key, index)).collect();
    let mut actions = inputs.actions.to_vec();
    for step in steps {
        let present = by_key.get(&step.offer.key).map(|index| &mut actions[*index]);
        match present.filter(|action| matches!(action.kind, ActionKind::Write(_))) {
            Some(action) => {
                combine(&mut action.changes, &step.changes);
                set_managed(&mut action.context, &step.offer);
            }
            None => actions.extend(action(step, inputs.recorded)),
        }
    }
    actions
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
                combine(&mut whole.changes, &step.changes);
                (whole.at, whole.offer) = (step.at, step.offer.clone());
            }
        }
    }
    let mut whole: Vec<Step> = by_key.into_values().collect();
    whole.retain(|step| !step.changes.is_empty());
    whole
}

/// Adds later changes, so that each field changes once.
fn combine(changes: &mut Vec<FieldChange>, later: &[FieldChange]) {
    for change in later {
        match changes.iter_mut().find(|earlier| earlier.field == change.field) {
            Some(earlier) => *earlier = FieldChange { before: earlier.before.clone(), ..change.clone() },
            None => changes.push(change.clone()),
        }
    }
    changes.retain(|change| change.before != change.after);
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
    // A plan that renames the offer has not recorded its new key yet.
    let record = recorded.record_of(&step.offer)?;
    let update = update_of(record.offer_id, &step.changes)?;
    let mut context = record.fields.clone();
    set_managed(&mut context, &step.offer);
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

fn set_managed(context: &mut Fields, offer: &DesiredOffer) {
    for (field, value) in offer.managed() {
        context.set(field, value.clone());
    }
}
