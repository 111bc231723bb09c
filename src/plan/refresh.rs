//! A plan made against what CAKE shows now: the same planner, over records that were brought up to date first.
//!
//! A change that somebody made in CAKE becomes visible here as the value before; whether it may be overwritten is decided by
//! whoever carries the plan out. Fields that only a person can change in CAKE are never fought over.

use crate::diagnostic::{Diagnostic, codes, sort};
use crate::offer::{Field, FieldSet, Fields, Key, Observed, RecordStatus, Recorded};

use super::action::{Action, ActionKind, Change, Plan, Release, Settlement, Verb};
use super::drift::{Drift, DriftKind, DriftedField, DriftedOffer, Mover, drift};
use super::planner::{Inputs, plan};

/// Makes the plan against what CAKE shows, and tells what moved there.
pub fn plan_refreshed(inputs: Inputs<'_>, observed: &Observed) -> (Plan, Drift) {
    let drift = drift(inputs.desired, inputs.recorded, observed, inputs.selection);
    let mut refreshed = inputs.recorded.clone();
    let (mut accepted, mut settlements) = (Vec::new(), Vec::new());
    for offer in &drift.offers {
        let (create_only, settled) = bring_up_to_date(&mut refreshed, offer);
        if !create_only.is_empty() {
            accepted.push((offer, create_only));
        }
        if !settled.is_empty() {
            let (key, offer_id) = (offer.key.clone(), offer.offer_id);
            settlements.push(Settlement::Values { key, offer_id, fields: settled });
        }
    }
    let recorded = inputs.recorded;
    let mut plan = plan(Inputs { recorded: &refreshed, ..inputs });
    for (offer, fields) in accepted {
        plan.actions.push(accept(offer, &fields, recorded));
    }
    plan.actions.sort_by(|a, b| (a.verb(), &a.key, a.kind.offer_id()).cmp(&(b.verb(), &b.key, b.kind.offer_id())));
    plan.settlements.extend(settlements);
    for action in &mut plan.actions {
        explain(action, drift.get(&action.key));
    }
    plan.unchanged = plan.unchanged.min(plan.unchanged.saturating_sub(accept_only(&plan)));
    if !drift.offers.is_empty() {
        // Such a plan depends on what CAKE showed too: whoever holds it against a later one has to see that this has moved.
        let inputs = format!("{}:{:?}", plan.inputs_digest, drift.offers);
        plan.inputs_digest = blake3::hash(inputs.as_bytes()).to_hex().to_string();
    }
    plan.diagnostics.extend(drift.offers.iter().filter_map(warning));
    sort(&mut plan.diagnostics);
    (plan, drift)
}

/// Offers that the planner found unchanged and that have nothing but an acceptance to do.
fn accept_only(plan: &Plan) -> usize {
    let is_accept = |action: &&Action| {
        matches!(&action.kind, ActionKind::Release { release: Release::Accept(_), .. })
            && plan.actions.iter().filter(|other| other.key == action.key).count() == 1
    };
    plan.actions.iter().filter(is_accept).count()
}

/// Puts what CAKE shows into the record; gives the create-only values that git and CAKE agree on, and the others.
fn bring_up_to_date(recorded: &mut Recorded, offer: &DriftedOffer) -> (Fields, Fields) {
    let (mut create_only, mut settled) = (Fields::default(), Fields::default());
    let Some(record) = recorded.offers.get_mut(&offer.key).filter(|record| record.status == RecordStatus::Live) else {
        return (create_only, settled);
    };
    let wakes = offer.fields().iter().any(|field| field.field == Field::ExpirationDate && field.mover != Mover::Cake);
    for drifted in offer.fields() {
        let field = drifted.field;
        match (&drifted.observed, drifted.mover) {
            (Some(value), Mover::BothAlike) => {
                record.fields.set(field, value.clone());
                let list = if field.is_create_only() { &mut create_only } else { &mut settled };
                list.set(field, value.clone());
            }
            // Nobody but a person can change it back; the warning says so.
            (_, Mover::Cake) if field.is_create_only() => {}
            (Some(value), Mover::Cake | Mover::Conflict) => {
                record.fields.set(field, value.clone());
            }
            // An offer that expired by itself is left to rest, unless git gives it a new date or another status.
            (None, Mover::Cake) if offer.expired && !wakes => {}
            (None, Mover::Cake | Mover::Conflict) => {
                record.fields.remove(field);
            }
            (_, Mover::Git) | (None, Mover::BothAlike) => {}
        }
    }
    (create_only, settled)
}

fn accept(offer: &DriftedOffer, fields: &Fields, recorded: &Recorded) -> Action {
    let record = recorded.offers.get(&offer.key);
    let before = |field| record.and_then(|record| record.fields.get(field)).cloned();
    let changes =
        fields.iter().map(|(field, value)| Change { field, before: before(field), after: Some(value.clone()) });
    Action {
        key: offer.key.clone(),
        kind: ActionKind::Release { offer_id: offer.offer_id, release: Release::Accept(fields.clone()) },
        source: None,
        changes: changes.collect(),
        context: record.map(|record| record.fields.clone()).unwrap_or_default(),
        reason: Some("CAKE shows these values already".to_owned()),
    }
}

/// Says on an action what of it overwrites a change that was made in CAKE.
fn explain(action: &mut Action, drifted: Option<&DriftedOffer>) {
    let Some(offer) = drifted.filter(|_| action.verb().writes()) else { return };
    let fields: FieldSet = action.changes.iter().map(|change| change.field).collect();
    let told: Vec<String> =
        offer.fields().iter().filter(|f| f.moved_in_cake() && fields.contains(f.field)).map(told).collect();
    if !told.is_empty() {
        let overwritten = format!("overwrites what was changed in CAKE: {}", told.join("; "));
        action.reason = Some(match action.reason.take() {
            Some(reason) => format!("{reason}; {overwritten}"),
            None => overwritten,
        });
    }
}

fn told(drifted: &DriftedField) -> String {
    let text =
        |value: &Option<crate::offer::Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let observed = drifted.observed_word.clone().unwrap_or_else(|| text(&drifted.observed));
    let (field, recorded) = (drifted.field, text(&drifted.recorded));
    match drifted.mover {
        Mover::Conflict => {
            format!("{field} was {recorded}, is {observed} in CAKE and {} in git", text(&drifted.desired))
        }
        _ => format!("{field} was {recorded} and is {observed}"),
    }
}

fn warning(offer: &DriftedOffer) -> Option<Diagnostic> {
    let (key, id) = (&offer.key, offer.offer_id);
    if offer.kind == DriftKind::Gone {
        let message = format!("`{key}` (offer {id}) is not in CAKE's list of offers");
        return Some(Diagnostic::warning(codes::plan::GONE, message).help(
            "CAKE has no delete: most likely the API key's user may not see it. Nothing is created in its place",
        ));
    }
    let fixed: Vec<String> =
        offer.fields().iter().filter(|f| f.mover == Mover::Cake && f.field.is_create_only()).map(told).collect();
    if !fixed.is_empty() {
        let message = format!("`{key}` (offer {id}) was changed in CAKE: {}", fixed.join("; "));
        return Some(Diagnostic::warning(codes::plan::DRIFT, message).help(format!(
            "CAKE's API cannot change this back. Take it over with `offersync drift --accept {key}`, or change it in CAKE"
        )));
    }
    offer.expired.then(|| {
        let message = format!("`{key}` (offer {id}) is expired in CAKE");
        Diagnostic::warning(codes::plan::DRIFT, message)
            .help("CAKE does that by itself once the date has passed. Give it a later `expiration_date`, or retire it")
    })
}

/// The keys whose planned writes would overwrite a change that was made in CAKE.
pub fn overwritten<'p>(plan: &'p Plan, drift: &Drift) -> Vec<&'p Key> {
    let overwrites = |action: &&Action| {
        let drifted = drift.get(&action.key).map(DriftedOffer::fields).unwrap_or_default();
        matches!(action.verb(), Verb::Update | Verb::Replace | Verb::Restore | Verb::Retire)
            && drifted.iter().any(|f| f.moved_in_cake() && action.changes.iter().any(|change| change.field == f.field))
    };
    plan.actions.iter().filter(overwrites).map(|action| &action.key).collect()
}
