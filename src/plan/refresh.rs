//! A plan made against what CAKE shows now: the same planner, over records updated by the drift.
//!
//! Owns which observed values replace recorded ones. Pure; whether a change made in CAKE may be overwritten is decided by the
//! caller. Invariant: a create-only field that was changed in CAKE leads to no action, because no update can change it back.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::offer::{
    Digest, Field, Fields, Key, Observed, OfferId, OfferStatus, Record, RecordStatus, Recorded, RemovedAction,
    StateChange, Value,
};

use super::action::{Action, ActionKind, Plan, Verb};
use super::compare::change;
use super::drift::{ChangedBy, Drift, DriftedField, DriftedOffer};
use super::drift_compare::drift;
use super::drift_notes;
use super::newer_duplicates::newer_duplicates;
use super::planner::{PlanInputs, plan};

/// Makes the plan against what CAKE shows, and returns what was changed there.
pub fn plan_refreshed(inputs: PlanInputs<'_>, observed: &Observed) -> (Plan, Drift) {
    let drift = drift(inputs.desired, inputs.recorded, observed, inputs.selection);
    // Usually little has changed, and then nothing is copied.
    let mut refreshed = Cow::Borrowed(inputs.recorded);
    let mut agreed = Vec::new();
    for offer in &drift.offers {
        apply_drift(&mut refreshed, offer, inputs.removed);
        let (create_only, updatable) = agreed_values(offer);
        agreed.push((offer, create_only, updatable));
    }
    let (recorded, removed) = (inputs.recorded, inputs.removed);
    let mut plan = plan(PlanInputs { recorded: &refreshed, ..inputs });
    plan.refreshed = true;
    let with_actions: HashSet<OfferId> = plan.actions.iter().filter_map(|action| action.kind.offer_id()).collect();
    for (offer, create_only, mut updatable) in agreed {
        if !create_only.is_empty() {
            plan.unchanged -= usize::from(!with_actions.contains(&offer.offer_id));
            plan.actions.push(accept(offer, &create_only, recorded));
        }
        // A reply to the write names the offer as CAKE does: by the recorded name it would be another one.
        let is_present = recorded.offers.get(&offer.key).is_some_and(|record| record.offer_id == offer.offer_id);
        if is_present
            && with_actions.contains(&offer.offer_id)
            && let Some(name) = shown_name(offer)
        {
            drop(updatable.set(Field::OfferName, name.clone()));
        }
        if !updatable.is_empty() {
            let (key, offer_id) = (offer.desired_key().clone(), offer.offer_id);
            plan.state_changes.push(StateChange::AcceptRemote { key, offer_id, fields: updatable });
        }
    }
    plan.actions.sort_by(|a, b| (a.verb(), &a.key, a.kind.offer_id()).cmp(&(b.verb(), &b.key, b.kind.offer_id())));
    let by_id = by_id(&drift);
    for action in &mut plan.actions {
        let offer = action.kind.offer_id().and_then(|id| by_id.get(&id));
        drift_notes::explain(action, offer.copied());
    }
    if !drift.offers.is_empty() {
        // Such a plan depends on what CAKE shows, too: it must not match one that was made against other values.
        plan.inputs_digest = drift.digest(Digest::default().text(&plan.inputs_digest)).finish();
    }
    plan.diagnostics.extend(drift_notes::warnings(&drift, removed));
    plan.diagnostics.extend(newer_duplicates(&plan, recorded, observed));
    crate::diagnostic::sort(&mut plan.diagnostics);
    (plan, drift)
}

/// By id and not by key: a rename changes the key, and a half-done replace has two offers under one.
fn by_id(drift: &Drift) -> HashMap<OfferId, &DriftedOffer> {
    drift.offers.iter().map(|offer| (offer.offer_id, offer)).collect()
}

/// Applies what CAKE shows to the record that the plan is made from.
fn apply_drift(recorded: &mut Cow<'_, Recorded>, offer: &DriftedOffer, removed: RemovedAction) {
    let changes = offer.fields().iter().map(|field| (field.field, refreshed(offer, field)));
    let changes: Vec<_> = changes.filter(|(_, refreshed)| *refreshed != Refreshed::AsRecorded).collect();
    if changes.is_empty() || (offer.retired && !is_retired_again(recorded, offer, removed)) {
        return;
    }
    let Some(record) = recorded.to_mut().offers.get_mut(&offer.key) else { return };
    if let Some(replaced) = record.replaced.iter_mut().find(|old| old.offer_id == offer.offer_id) {
        // The second half of the replace is to do again.
        replaced.inactive = false;
        return;
    }
    if offer.retired {
        record.status = RecordStatus::Live;
    }
    for (field, refreshed) in changes {
        match refreshed {
            Refreshed::AsRecorded => {}
            Refreshed::Value(value) => drop(record.fields.set(field, value.clone())),
            Refreshed::Unknown => drop(record.fields.remove(field)),
        }
    }
}

/// Whether a retired offer that was reactivated in CAKE is retired again. Protected offers are never retired.
fn is_retired_again(recorded: &Recorded, offer: &DriftedOffer, removed: RemovedAction) -> bool {
    let unprotected = |record: &Record| !record.protect;
    removed == RemovedAction::Retire && recorded.offers.get(&offer.key).is_some_and(unprotected)
}

/// The value that the plan takes as recorded.
#[derive(Debug, PartialEq, Eq)]
enum Refreshed<'a> {
    AsRecorded,
    Value(&'a Value),
    Unknown,
}

fn refreshed<'f>(offer: &DriftedOffer, drifted: &'f DriftedField) -> Refreshed<'f> {
    let is_status = drifted.field == Field::OfferStatus;
    match (drifted.observed.value(), drifted.changed_by) {
        // No update can change it back; a warning reports it.
        (_, ChangedBy::Cake) if drifted.field.is_create_only() => Refreshed::AsRecorded,
        (Some(value), _) => Refreshed::Value(value),
        // An expired offer stays expired, unless git has a new date or another status.
        (None, ChangedBy::Cake) if is_status && offer.expired && !offer.has_new_expiration() => Refreshed::AsRecorded,
        (None, ChangedBy::Cake | ChangedBy::Conflict) => Refreshed::Unknown,
        // A value that cannot be read may be the recorded one: an update would perhaps overwrite another one.
        (None, ChangedBy::Git | ChangedBy::BothAlike | ChangedBy::Unknown) => Refreshed::AsRecorded,
    }
}

/// Values that git and CAKE agree on and that are not recorded: the create-only ones, and the others.
fn agreed_values(offer: &DriftedOffer) -> (Fields, Fields) {
    let both = offer.fields().iter().filter(|field| field.changed_by == ChangedBy::BothAlike);
    let values = both.filter_map(|field| Some((field.field, field.observed.value()?.clone())));
    let (create_only, updatable): (Vec<_>, Vec<_>) = values.partition(|(field, _)| field.is_create_only());
    (create_only.into_iter().collect(), updatable.into_iter().collect())
}

/// The name that the offer was given in CAKE.
fn shown_name(offer: &DriftedOffer) -> Option<&Value> {
    offer.fields().iter().find(|field| field.field == Field::OfferName)?.observed.value()
}

fn accept(offer: &DriftedOffer, fields: &Fields, recorded: &Recorded) -> Action {
    let record = recorded.offers.get(&offer.key);
    let changes = fields.iter().map(|(field, value)| change(record, field, Some(value.clone()), None)).collect();
    let (key, offer_id, fields) = (offer.desired_key().clone(), offer.offer_id, fields.clone());
    Action {
        key: key.clone(),
        kind: ActionKind::StateOnly(StateChange::AcceptRemote { key, offer_id, fields }),
        source: None,
        moved_from: None,
        changes,
        context: record.map(|record| record.fields.clone()).unwrap_or_default(),
        reason: Some("CAKE shows these values already".to_owned()),
        flags: Vec::new(),
    }
}

/// The keys whose planned writes would overwrite a change that was made in CAKE.
pub fn overwritten_keys<'p>(plan: &'p Plan, drift: &Drift) -> Vec<&'p Key> {
    let by_id = by_id(drift);
    let overwrites = |action: &&Action| {
        let offer = action.kind.offer_id().and_then(|id| by_id.get(&id));
        matches!(action.verb(), Verb::Update | Verb::Replace | Verb::Restore | Verb::Retire)
            && offer.is_some_and(|offer| offer.overwritten_by(action).any(|field| !auto_expired(action, offer, field)))
    };
    plan.actions.iter().filter(overwrites).map(|action| &action.key).collect()
}

/// Whether the overwritten value is the status that CAKE set when the offer expired: no one's change is lost if git gives the
/// offer a new date, or makes it inactive.
fn auto_expired(action: &Action, offer: &DriftedOffer, field: &DriftedField) -> bool {
    let ends = action
        .changes
        .iter()
        .any(|change| change.field == Field::OfferStatus && change.after == Some(Value::Status(OfferStatus::Inactive)));
    field.field == Field::OfferStatus && offer.expired && (offer.has_new_expiration() || ends)
}
