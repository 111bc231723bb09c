//! What a plan says and leaves out because of earlier updates that CAKE was not seen to have done.
//!
//! Invariant: what CAKE has accepted is said in every plan until it is seen to be done or a person has ended it. A value that waits in
//! CAKE is not in an update with others.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{
    DesiredSet, Field, OfferId, Operation, RecordStatus, Recorded, Request, Update, WaitingOffer, WaitingUpdate,
};
use crate::plan::{ActionKind, Plan};
use crate::words::{first_and_more, shorten};

/// More offers than this are counted.
const OFFERS_SHOWN: usize = 5;

/// More characters of a value than this are left out.
const VALUE_SHOWN: usize = 60;

/// The offers of which updates wait, present and replaced.
pub(super) type WaitingOffers<'a> = BTreeMap<OfferId, WaitingOffer<'a>>;

pub(super) fn waiting_by_id(recorded: &Recorded) -> WaitingOffers<'_> {
    recorded.waiting_offers().map(|waiting| (waiting.offer_id, waiting)).collect()
}

/// What CAKE has accepted, and when.
pub(super) fn accepted(update: &WaitingUpdate) -> String {
    let value = |(field, value): (Field, &_)| format!("{field} {}", shorten(&format!("{value}"), VALUE_SHOWN));
    let values: Vec<_> = update.fields.iter().map(value).collect();
    format!("CAKE accepted {} at {:.0}", values.join(", "), update.sent_at)
}

/// Takes the values that wait in CAKE out of updates that have others as well. An update of such values alone stays in the plan as
/// something that is not done; it is not sent.
pub(super) fn leave_out_waiting(recorded: &Recorded, plan: &mut Plan) {
    let waiting = waiting_by_id(recorded);
    if waiting.is_empty() {
        return;
    }
    for action in &mut plan.actions {
        let ActionKind::Write(Operation::Update { update }) = &mut action.kind else { continue };
        let Some(waiting) = waiting.get(&update.offer_id()) else { continue };
        let (waits, others): (Vec<_>, Vec<_>) =
            update.changes().iter().partition(|(field, value)| waiting.waits_for(*field, value).is_some());
        let left = others.into_iter().filter_map(|(field, value)| Some((field.updatable()?, value.clone())));
        let fields: Vec<Field> = waits.into_iter().map(|(field, _)| field).collect();
        if let Some(left) = Update::new(update.offer_id(), left).filter(|_| !fields.is_empty()) {
            *update = left;
            action.changes.retain(|change| !fields.contains(&change.field));
        }
    }
}

/// The updates that may still take effect: those that CAKE has accepted, and those without a reply whose fields the plan writes.
pub(super) fn warnings(desired: &DesiredSet, recorded: &Recorded, plan: &Plan) -> Vec<Diagnostic> {
    let warnings = [waiting(recorded), overwritten(recorded, plan), left_out(desired, recorded, plan)];
    warnings.into_iter().flatten().collect()
}

/// The offers that the plan leaves out although their values are not known, because the reply to an update was lost.
fn left_out(desired: &DesiredSet, recorded: &Recorded, plan: &Plan) -> Option<Diagnostic> {
    let planned: BTreeSet<OfferId> = plan.actions.iter().filter_map(|action| action.kind.offer_id()).collect();
    let unknown = recorded.unsettled_offers().filter_map(|(key, id, unsettled)| {
        let record = recorded.offers.get(key).filter(|record| record.offer_id == id && !planned.contains(&id))?;
        let offer = desired.get(key);
        let is_wanted = |field: Field| match offer {
            Some(offer) => offer.managed().any(|(managed, _)| managed == field),
            None => record.status == RecordStatus::Live,
        };
        let is_unknown = |field: &Field| record.fields.get(*field).is_none() && unsettled.waiting_for(*field).is_none();
        let fields = unsettled.fields.iter().filter(is_unknown).filter(|field| is_wanted(*field));
        let names: Vec<_> = fields.map(Field::name).collect();
        (!names.is_empty()).then(|| format!("`{key}` ({}, sent {:.0})", names.join(", "), unsettled.sent_at))
    });
    let shown = first_and_more(unknown, OFFERS_SHOWN);
    let message = format!(
        "replies to earlier updates were lost, so it is not known what CAKE has, and this plan leaves it out: {shown}"
    );
    let help = "an apply of these offers as well sends the values of their YAML again";
    (!shown.is_empty()).then(|| Diagnostic::warning(codes::plan::UNSETTLED, message).help(help))
}

fn waiting(recorded: &Recorded) -> Option<Diagnostic> {
    let updates = recorded.waiting_offers().flat_map(|waiting| {
        waiting.unsettled.waiting.iter().map(move |update| {
            let replaced = waiting.offer_id != waiting.record.offer_id;
            let offer = if replaced { format!(" (offer {})", waiting.offer_id) } else { String::new() };
            format!("`{}`{offer}: {}", waiting.key, accepted(update))
        })
    });
    let shown = first_and_more(updates, OFFERS_SHOWN);
    let first = recorded.waiting_offers().next()?.key;
    let message = format!("updates wait in CAKE, which may still carry them out: {shown}");
    let help = format!(
        "the next apply looks whether they are done. If one was refused in CAKE, or taken back there, end it:\n  \
         offersync state resolve {first} --not-done"
    );
    Some(Diagnostic::warning(codes::plan::UNSETTLED, message).help(help))
}

/// The writes of the plan over fields that an earlier update without a reply may still change.
fn overwritten(recorded: &Recorded, plan: &Plan) -> Option<Diagnostic> {
    let unsettled: BTreeMap<_, _> = recorded.unsettled_offers().map(|(_, id, unsettled)| (id, unsettled)).collect();
    let overwritten = plan.actions.iter().filter_map(|action| {
        let ActionKind::Write(operation) = &action.kind else { return None };
        let Request::Update { update, .. } = operation.request(None) else { return None };
        let unsettled = unsettled.get(&update.offer_id())?;
        let is_open = |field: &Field| unsettled.fields.contains(*field) && unsettled.waiting_for(*field).is_none();
        let fields: Vec<_> = update.changes().iter().map(|(field, _)| field).filter(is_open).collect();
        let names: Vec<_> = fields.iter().map(ToString::to_string).collect();
        (!names.is_empty()).then(|| format!("`{}` ({}, sent {})", action.key, names.join(", "), unsettled.sent_at))
    });
    let overwritten: Vec<_> = overwritten.collect();
    if overwritten.is_empty() {
        return None;
    }
    let shown = first_and_more(&overwritten, OFFERS_SHOWN);
    let message = format!("it is not certain that earlier updates can no longer take effect: {shown}");
    let help = "compare with `offersync drift` afterwards";
    Some(Diagnostic::warning(codes::plan::UNSETTLED, message).help(help))
}
