//! What will be due: the changes that schedules, and expiration dates, make after the moment of a plan. Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::action::{Action, ActionKind, FieldChange, Plan};
use super::compare::{change, update_of};
use super::flag::Flag;
use crate::offer::{DesiredOffer, Digest, Field, Fields, Key, OfferId, Operation, TimeRules};

/// An offer at a time at which it is wanted otherwise than before.
#[derive(Debug, Clone)]
pub struct Step {
    /// In `cake.time_zone`.
    pub at: DateTime,
    /// The offer as it is wanted from then on.
    pub offer: DesiredOffer,
    /// The values that differ from those until then.
    pub changes: Vec<FieldChange>,
}

/// A change at a later time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upcoming {
    /// When it becomes due, or became due, in `cake.time_zone`.
    pub at: DateTime,
    /// The freeze that holds it back.
    pub held: Option<HeldBack>,
    /// The offer's key.
    pub key: Key,
    /// What happens with the change.
    pub kind: UpcomingKind,
    /// The values until then, and those from then on.
    pub changes: Vec<FieldChange>,
    /// Every value of the offer from then on, for the units of amounts.
    pub context: Fields,
    /// Why to review it before others, the gravest first.
    pub flags: Vec<Flag>,
}

/// A freeze that holds a change back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    /// In `cake.time_zone`.
    pub until: DateTime,
    /// The reason of the freeze.
    pub reason: Box<str>,
}

impl Upcoming {
    /// A change at a time, not reviewed yet.
    pub fn new(at: DateTime, key: Key, kind: UpcomingKind, changes: Vec<FieldChange>, context: Fields) -> Self {
        Self { at, held: None, key, kind, changes, context, flags: Vec::new() }
    }

    /// The update that it will be, to be judged like one; never carried out. `None` where nothing would be sent.
    pub fn as_update(&self) -> Option<Action> {
        // The offer may not be created yet.
        let no_id = OfferId::new(i64::MAX.unsigned_abs())?;
        let update = update_of(no_id, &self.changes)?;
        Some(Action {
            key: self.key.clone(),
            kind: ActionKind::Write(Operation::Update { update }),
            source: None,
            moved_from: None,
            changes: self.changes.clone(),
            context: self.context.clone(),
            reason: None,
            flags: self.flags.clone(),
        })
    }
}

/// What happens with a change at a later time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UpcomingKind {
    /// It becomes due at the time.
    Due,
    /// It became due at the time, and is not recorded yet. Only a list of schedules has it; in a plan it is an action.
    Overdue,
    /// It is due, and is not sent before a freeze has ended.
    Held,
    /// With `--since` only: it was scheduled at that commit, and is not any more.
    Removed,
}

impl From<Step> for Upcoming {
    fn from(step: Step) -> Self {
        let DesiredOffer { key, fields: context, .. } = step.offer;
        Self::new(step.at, key, UpcomingKind::Due, step.changes, context)
    }
}

/// The steps of an offer after a moment, in the order of their times.
pub fn steps_after(offer: &DesiredOffer, moment: Timestamp, rules: &TimeRules) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let times = offer.times_after(moment, rules);
    // What is held back at the moment is no change of a later time.
    let begin = held_step(offer, moment, rules).filter(|_| !times.is_empty()).map(|step| step.offer);
    for at in times {
        let before = steps.last().map_or(begin.as_ref().unwrap_or(offer), |step| &step.offer);
        let mut after = before.clone();
        after.resolve(rules.moment_of(at), rules);
        let changes = changes(before, &after);
        if !changes.is_empty() {
            steps.push(Step { at, offer: after, changes });
        }
    }
    steps
}

impl Plan {
    /// Adds what is held back.
    pub fn add_held(&mut self, mut held: Vec<Upcoming>) {
        if !held.is_empty() {
            // A saved plan of another time is stale, and was not edited.
            self.inputs_digest = Digest::default().text(&self.inputs_digest).text("held back").finish();
        }
        self.upcoming.append(&mut held);
    }
}

/// What is due at a moment and not in effect, because a freeze holds it back.
pub fn held_step(offer: &DesiredOffer, moment: Timestamp, rules: &TimeRules) -> Option<Step> {
    offer.schedule.as_ref()?;
    let mut due = offer.clone();
    due.resolve(moment, rules);
    let changes = changes(offer, &due);
    let at = changes.iter().filter_map(|change| change.due_since).min()?;
    Some(Step { at, offer: due, changes })
}

/// The steps that lead from what is recorded to what is wanted at a moment, where the recorded values of these fields are those of an earlier
/// time: a late apply does several at once. `None` where they are not.
pub fn steps_since(
    offer: &DesiredOffer,
    recorded: &Fields,
    fields: &[Field],
    moment: Timestamp,
    rules: &TimeRules,
) -> Option<Vec<Step>> {
    let mut before = offer.clone();
    before.resolve(Timestamp::MIN, rules);
    let is_recorded = |offer: &DesiredOffer| {
        fields.iter().all(|field| match (offer.fields.get(*field), recorded.get(*field)) {
            (Some(desired), Some(recorded)) => desired.is_shown_as(recorded),
            (desired, recorded) => desired == recorded,
        })
    };
    let mut since = is_recorded(&before).then(Vec::new);
    for step in steps_after(&before, Timestamp::MIN, rules) {
        if rules.moment_of(step.at) > moment {
            break;
        }
        if is_recorded(&step.offer) {
            since = Some(Vec::new());
        } else if let Some(steps) = &mut since {
            steps.push(step);
        }
    }
    since
}

/// The managed values that differ.
fn changes(before: &DesiredOffer, after: &DesiredOffer) -> Vec<FieldChange> {
    let is_managed = |field: &Field| !after.sync.ignore_changes.contains(*field);
    let differs = |field: &Field| before.fields.get(*field) != after.fields.get(*field);
    let of_field = |field: Field| FieldChange {
        before: before.fields.get(field).cloned(),
        due_since: after.changed_since(field),
        ..change(None, field, after.fields.get(field).cloned(), after.given_at(field))
    };
    Field::ALL.into_iter().filter(is_managed).filter(differs).map(of_field).collect()
}
