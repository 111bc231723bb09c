//! What an apply makes of schedules that are due, in the parts in which it was reviewed: where an apply comes late, it makes several at once.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::{GuardrailInputs, Judged};
use crate::offer::{DesiredOffer, DesiredSet, Field, Key, Record, Recorded, TimeRules};
use crate::plan::{Action, FieldChange, Step, Verb, changes_to, steps_after, steps_since};

/// The offers at each time at which they are wanted otherwise.
pub(super) type Steps = BTreeMap<DateTime, Vec<Step>>;

/// A plan as changes of the present, and steps of schedules.
pub(super) struct Parts<'a> {
    pub(super) actions: Cow<'a, [Action]>,
    /// The offers as those changes make them.
    pub(super) desired: Cow<'a, DesiredSet>,
    /// Those of them that are not as the plan wants them.
    pub(super) earlier: Vec<DesiredOffer>,
    pub(super) due: Steps,
}

/// An update as a change of the present, and steps.
struct OfferParts {
    rest: Action,
    /// The offer as the change makes it, where that is not as the plan wants it.
    earlier: Option<DesiredOffer>,
    steps: Vec<Step>,
}

/// An update to a value that a schedule gives.
#[derive(Clone, Copy)]
struct DueUpdate<'a> {
    action: &'a Action,
    offer: &'a DesiredOffer,
    record: &'a Record,
    now: Timestamp,
    rules: &'a TimeRules,
}

impl<'a> Parts<'a> {
    /// The plan with those steps apart that lead on from what is recorded.
    pub(super) fn of_plan(inputs: &GuardrailInputs<'a>, rules: &TimeRules) -> Self {
        Self::new(inputs, rules, since_recorded)
    }

    /// The same where a branch brought an edit of an offer's own value and an entry, and both are made at once: as they were reviewed, before
    /// the entry was due. `None` where no offer can be like that.
    ///
    /// The time of the review is not known. The earliest at which the parts of the offer pass is taken for it.
    pub(super) fn as_reviewed(
        inputs: &GuardrailInputs<'a>,
        rules: &TimeRules,
        passes: impl Fn(&GuardrailInputs<'_>, &Parts<'_>) -> bool,
    ) -> Option<Self> {
        let is_passed = |update: &DueUpdate<'_>, parts: &OfferParts| update.is_passed(inputs, parts, &passes);
        let parts = Self::new(inputs, rules, |update| {
            let reviewed = || update.at_each_time().find(|parts| is_passed(update, parts));
            since_recorded(update).or_else(reviewed)
        });
        (!parts.earlier.is_empty()).then_some(parts)
    }

    fn new(
        inputs: &GuardrailInputs<'a>,
        rules: &TimeRules,
        parts_of: impl Fn(&DueUpdate<'_>) -> Option<OfferParts>,
    ) -> Self {
        let (mut actions, mut due, mut earlier) = (Cow::Borrowed(inputs.actions), Steps::new(), Vec::new());
        for (index, action) in inputs.actions.iter().enumerate() {
            let update = DueUpdate::of(action, inputs, rules);
            let Some(parts) = update.and_then(|update| parts_of(&update)) else { continue };
            actions.to_mut()[index] = parts.rest;
            earlier.extend(parts.earlier);
            for step in parts.steps {
                due.entry(step.at).or_default().push(step);
            }
        }
        if let Cow::Owned(actions) = &mut actions {
            actions.retain(|action| action.verb() != Verb::Update || !action.changes.is_empty());
        }
        let desired = with_offers(inputs.desired, &earlier);
        Self { actions, desired, earlier, due }
    }
}

impl<'a> DueUpdate<'a> {
    /// `None` where nothing of the action was reviewed before its time.
    fn of(action: &'a Action, inputs: &GuardrailInputs<'a>, rules: &'a TimeRules) -> Option<Self> {
        let Judged { offer, record, .. } = Judged::of(action, inputs);
        let (offer, record) = offer.zip(record)?;
        let update = Self { action, offer, record, now: inputs.now, rules };
        let is_due = action.changes.iter().any(|change| update.was_due(change));
        let can_be = matches!(action.verb(), Verb::Update | Verb::Restore | Verb::Replace);
        if !is_due || !can_be || inputs.sudden.contains(&action.key) {
            return None;
        }
        // An end that is brought forward into the past was not reviewed before it came.
        let sets = |field| action.changes.iter().find(|change| change.field == field);
        let ends = sets(Field::OfferStatus).is_some_and(|change| change.due_since.is_some())
            && offer.due_entry(Field::OfferStatus).is_none();
        let is_sudden = ends && sets(Field::ExpirationDate).is_some_and(|change| change.due_since.is_none());
        (!is_sudden).then_some(update)
    }

    /// Whether the change is one that an apply could have made at its time. A value under `ignore_changes` is never sent at a time, and a
    /// replacement that begins with it changes it now.
    fn was_due(&self, change: &FieldChange) -> bool {
        change.due_since.is_some() && !self.is_ignored(change.field)
    }

    fn is_ignored(&self, field: Field) -> bool {
        self.offer.sync.ignore_changes.contains(field)
    }

    /// In parts, as a plan of each earlier time would show it.
    fn at_each_time(&self) -> impl Iterator<Item = OfferParts> {
        let times = self.offer.times_after(Timestamp::MIN, self.rules).into_iter();
        let times = std::iter::once(Timestamp::MIN).chain(times.map(|time| self.rules.moment_of(time)));
        times.take_while(|time| *time < self.now).map(|time| {
            let mut offer = self.offer.without_held().into_owned();
            offer.resolve(time, self.rules);
            let steps = steps_after(&offer, time, self.rules).into_iter();
            let steps = steps.take_while(|step| self.rules.moment_of(step.at) <= self.now).collect();
            let mut rest = self.action.clone();
            rest.changes.retain(|change| change.field.is_create_only() || self.is_ignored(change.field));
            let mut changes = changes_to(&offer, self.record);
            changes.retain(|change| !self.offer.stays_as_recorded(change.field));
            rest.changes.extend(changes);
            for (field, value) in offer.managed() {
                rest.context.set(field, value.clone());
            }
            OfferParts { rest, earlier: Some(offer), steps }
        })
    }

    /// Whether the limits of a single offer let its parts pass.
    fn is_passed(
        &self,
        inputs: &GuardrailInputs<'_>,
        parts: &OfferParts,
        passes: &impl Fn(&GuardrailInputs<'_>, &Parts<'_>) -> bool,
    ) -> bool {
        let OfferParts { rest, earlier, steps } = parts;
        let mut due = Steps::new();
        for step in steps {
            due.entry(step.at).or_default().push(step.clone());
        }
        let earlier: Vec<DesiredOffer> = earlier.iter().cloned().collect();
        // Shares are of many offers.
        let mut guardrails = inputs.guardrails.clone();
        guardrails.small_plan = usize::MAX;
        let recorded =
            Recorded { offers: [(self.action.key.clone(), self.record.clone())].into(), ..Recorded::default() };
        let desired = DesiredSet { offers: earlier.clone(), ..DesiredSet::default() };
        let inputs = GuardrailInputs { desired: &desired, recorded: &recorded, guardrails: &guardrails, ..*inputs };
        let actions = Cow::Owned(vec![rest.clone()]);
        passes(&inputs, &Parts { actions, desired: Cow::Borrowed(&desired), earlier, due })
    }
}

/// The update in parts, where the recorded values are those of an earlier time.
fn since_recorded(update: &DueUpdate<'_>) -> Option<OfferParts> {
    let is_due = |change: &&FieldChange| update.was_due(change);
    let fields: Vec<Field> = update.action.changes.iter().filter(is_due).map(|change| change.field).collect();
    let offer = update.offer.without_held();
    let steps = steps_since(&offer, &update.record.fields, &fields, update.now, update.rules)?;
    let mut rest = update.action.clone();
    rest.changes.retain(|change| !update.was_due(change));
    Some(OfferParts { rest, earlier: None, steps })
}

/// The offers with some of them otherwise. Guardrails look at offers only, not at their files.
pub(super) fn with_offers<'a>(desired: &'a DesiredSet, otherwise: &[DesiredOffer]) -> Cow<'a, DesiredSet> {
    if otherwise.is_empty() {
        return Cow::Borrowed(desired);
    }
    let by_key: BTreeMap<&Key, &DesiredOffer> = otherwise.iter().map(|offer| (&offer.key, offer)).collect();
    let offers = desired.offers.iter().map(|offer| (*by_key.get(&offer.key).unwrap_or(&offer)).clone()).collect();
    Cow::Owned(DesiredSet { offers, ..DesiredSet::default() })
}
