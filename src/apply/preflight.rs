//! The checks before the first write of an apply: whether CAKE still is as the records say, and whether a create would duplicate an
//! offer. Pure, over a complete listing.
//!
//! Owns what counts as a difference. The invariant: what the listing does not show is never taken for equal or absent.

use std::collections::{BTreeMap, BTreeSet};

use crate::offer::{
    DesiredSet, Field, FieldSet, Key, Observed, OfferId, Operation, Record, Recorded, Request, Value, similar_name,
};
use crate::plan::{self, ActionKind, ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer, Plan, Selection};

use super::listing::{CompleteListing, Scope};
use super::matching::{Duplicate, duplicates_of};
use super::replaced::ToRetire;

/// A recorded offer that CAKE does not show as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub key: Key,
    /// Its recorded id.
    pub offer_id: OfferId,
    /// Whether the offer of the key has replaced it.
    pub is_replaced: bool,
    /// How CAKE differs.
    pub kind: DifferenceKind,
}

/// How CAKE differs from a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DifferenceKind {
    /// CAKE does not show the offer.
    NotShown,
    /// It shows other values.
    Values(Vec<DriftedField>),
}

impl Difference {
    fn of(offer: &DriftedOffer, kind: DifferenceKind, recorded: &Recorded) -> Self {
        let (key, offer_id) = (offer.key.clone(), offer.offer_id);
        let is_replaced = recorded.offers.get(&key).is_some_and(|record| record.offer_id != offer_id);
        Self { key, offer_id, is_replaced, kind }
    }

    /// Whether CAKE shows another offer under the id, by name or advertiser.
    pub fn is_of_identity(&self) -> bool {
        let is_identity = |field: &DriftedField| matches!(field.field, Field::OfferName | Field::AdvertiserId);
        matches!(&self.kind, DifferenceKind::Values(fields) if fields.iter().any(is_identity))
    }
}

/// The recorded offers that a plan writes to. By id, because a rename is planned under the new key.
pub fn touched_offers(plan: &Plan, recorded: &Recorded) -> BTreeSet<OfferId> {
    let writes = plan.actions.iter().filter_map(|action| match &action.kind {
        ActionKind::Write(operation) => operation.offer_id(),
        ActionKind::StateOnly(_) | ActionKind::Blocked { .. } => None,
    });
    let mut touched: BTreeSet<OfferId> = writes.collect();
    // The offer that has replaced one that is made inactive has to be there.
    let has_replaced = |record: &&Record| record.replaced.iter().any(|old| touched.contains(&old.offer_id));
    let present: Vec<_> = recorded.offers.values().filter(has_replaced).map(|record| record.offer_id).collect();
    touched.extend(present);
    // What CAKE has accepted may have changed them meanwhile.
    touched.extend(recorded.waiting_offers().map(|waiting| waiting.record.offer_id));
    touched
}

/// How the recorded offers of a drift differ from what CAKE shows. Not counted are changes that the plan makes as well, and the
/// status of an offer that CAKE has set to Expired. A name counts that nothing known of the offer explains.
pub fn differences(drift: &Drift, recorded: &Recorded) -> Vec<Difference> {
    let url_not_shown: BTreeSet<OfferId> = drift
        .not_compared
        .iter()
        .filter(|offer| offer.fields.contains(Field::OfferUrl))
        .map(|offer| offer.offer_id)
        .collect();
    let difference = |offer: &DriftedOffer| {
        let is_expiry = |field: &DriftedField| field.field == Field::OfferStatus && offer.expired;
        let is_unidentified =
            |field: &DriftedField| is_unexplained_name(field) && url_not_shown.contains(&offer.offer_id);
        // A replace for it would make an offer anew that is as it is wanted.
        let is_there_already =
            |field: &DriftedField| field.field.is_create_only() && field.changed_by == ChangedBy::BothAlike;
        let is_difference = |field: &&DriftedField| {
            (field.changed_in_cake() && !is_expiry(field)) || is_unidentified(field) || is_there_already(field)
        };
        let kind = match &offer.kind {
            DriftKind::Gone => DifferenceKind::NotShown,
            DriftKind::Values(fields) => {
                let changed: Vec<_> = fields.iter().filter(is_difference).cloned().collect();
                if changed.is_empty() {
                    return None;
                }
                DifferenceKind::Values(changed)
            }
        };
        Some(Difference::of(offer, kind, recorded))
    };
    drift.offers.iter().filter_map(difference).collect()
}

/// Whether CAKE shows a name that is not like the desired one, of an offer whose name is not recorded.
fn is_unexplained_name(field: &DriftedField) -> bool {
    let desired = field.desired.as_ref().and_then(Value::as_text);
    let shown = field.observed.value().and_then(Value::as_text);
    field.field == Field::OfferName
        && field.recorded.is_none()
        && desired.zip(shown).is_some_and(|(desired, shown)| !similar_name(desired, shown))
}

/// The recorded offers of the keys that a plan writes to and that CAKE does not show.
pub fn gone_and_touched(plan: &Plan, recorded: &Recorded, drift: &Drift) -> Vec<Difference> {
    let touched = touched_offers(plan, recorded);
    let gone = drift.offers.iter().filter(|offer| offer.kind == DriftKind::Gone && touched.contains(&offer.offer_id));
    gone.map(|offer| Difference::of(offer, DifferenceKind::NotShown, recorded)).collect()
}

/// The recorded offers that a plan made against CAKE writes to, and that CAKE shows otherwise than the plan says: changed in a field
/// that no action of the plan shows, or another offer altogether. Of a reviewed plan only the latter count.
pub fn unexplained(plan: &Plan, recorded: &Recorded, drift: &Drift, is_reviewed: bool) -> Vec<Difference> {
    let touched = touched_offers(plan, recorded);
    let difference = |offer: &DriftedOffer| {
        let is_expiry = |field: &DriftedField| field.field == Field::OfferStatus && offer.expired;
        let changed = offer.fields().iter().filter(|field| field.changed_in_cake() && !is_expiry(field));
        let changed: Vec<DriftedField> = changed.cloned().collect();
        let of_offer = || plan.actions.iter().filter(|action| action.kind.offer_id() == Some(offer.offer_id));
        let is_planned =
            |field: Field| of_offer().any(|action| action.changes.iter().any(|change| change.field == field));
        let is_hidden = !is_reviewed && changed.iter().any(|field| !is_planned(field.field));
        let is_wrong = is_hidden || is_another_offer(&changed);
        is_wrong.then(|| Difference::of(offer, DifferenceKind::Values(changed), recorded))
    };
    drift.offers.iter().filter(|offer| touched.contains(&offer.offer_id)).filter_map(difference).collect()
}

/// Whether CAKE shows another offer under the id: of another advertiser, or with another name and another URL.
pub fn is_another_offer(fields: &[DriftedField]) -> bool {
    let changed: Vec<&DriftedField> = fields.iter().filter(|field| field.changed_in_cake()).collect();
    let has = |field: Field| changed.iter().any(|changed| changed.field == field);
    let has_other_name = changed.iter().filter(|changed| changed.field == Field::OfferName).any(|changed| {
        let recorded = changed.recorded.as_ref().and_then(Value::as_text);
        let shown = changed.observed.value().and_then(Value::as_text);
        recorded.zip(shown).is_some_and(|(recorded, shown)| !similar_name(recorded, shown))
    });
    has(Field::AdvertiserId) || (has_other_name && has(Field::OfferUrl))
}

/// The fields of which CAKE does not show what they are, or shows it in a form that cannot be read, by offer.
fn not_seen(drift: &Drift) -> BTreeMap<OfferId, FieldSet> {
    let mut not_seen: BTreeMap<OfferId, FieldSet> =
        drift.not_compared.iter().map(|offer| (offer.offer_id, offer.fields)).collect();
    for offer in &drift.offers {
        let unreadable = offer.fields().iter().filter(|field| field.changed_by == ChangedBy::Unknown);
        let unreadable: FieldSet = unreadable.map(|field| field.field).collect();
        let fields = not_seen.entry(offer.offer_id).or_default();
        *fields = fields.iter().chain(unreadable.iter()).collect();
    }
    not_seen
}

/// Of how many offers CAKE does not show a field, or not in a form that can be read.
pub fn not_seen_counts(drift: &Drift) -> BTreeMap<Field, usize> {
    let mut counts = BTreeMap::new();
    for field in not_seen(drift).values().flat_map(|fields| fields.iter()) {
        *counts.entry(field).or_default() += 1;
    }
    counts
}

/// The fields that a plan changes, and the name and advertiser that tell the offer apart, where CAKE does not show their present
/// values; and of how many offers.
pub fn unseen_changes(plan: &Plan, drift: &Drift) -> BTreeMap<Field, usize> {
    let not_seen = not_seen(drift);
    let mut unseen = BTreeMap::new();
    for action in &plan.actions {
        let ActionKind::Write(
            operation @ (Operation::Update { .. } | Operation::Restore { .. } | Operation::RetireReplaced { .. }),
        ) = &action.kind
        else {
            continue;
        };
        let Request::Update { update, .. } = operation.request(None) else { continue };
        let Some(fields) = not_seen.get(&update.offer_id()) else { continue };
        let identity = [Field::OfferName, Field::AdvertiserId].into_iter();
        let written: FieldSet = update.changes().iter().map(|(field, _)| field).chain(identity).collect();
        for field in written.iter().filter(|field| fields.contains(*field)) {
            *unseen.entry(field).or_default() += 1;
        }
    }
    unseen
}

/// The drift of these offers, or of all if there are none, and of replaced offers that are made inactive.
pub fn drift_of(
    offers: Option<&BTreeSet<OfferId>>,
    to_retire: &[ToRetire<'_>],
    desired: &DesiredSet,
    recorded: &Recorded,
    observed: &Observed,
) -> Drift {
    let mut drift = match offers {
        None => plan::drift(desired, recorded, observed, &Selection::default()),
        Some(ids) => drift_of_touched(ids, desired, recorded, observed),
    };
    for offer in to_retire {
        offer.add_to(&mut drift, observed);
    }
    drift
}

fn drift_of_touched(ids: &BTreeSet<OfferId>, desired: &DesiredSet, recorded: &Recorded, observed: &Observed) -> Drift {
    let touched = recorded.offers.iter().filter(|(_, record)| ids.contains(&record.offer_id));
    let touched = Recorded {
        offers: touched.map(|(key, record)| (key.clone(), record.clone())).collect(),
        in_doubt: recorded.in_doubt.clone(),
        ..Recorded::default()
    };
    let mut drift = plan::drift(desired, &touched, observed, &Selection::default());
    // An offer that was replaced earlier says nothing against a change of the present one.
    drift.offers.retain(|offer| ids.contains(&offer.offer_id));
    drift
}

/// What a listing says about the creates of a plan.
#[derive(Debug)]
pub enum CreateCheck {
    /// CAKE has none of the offers.
    Clear,
    /// CAKE has offers of these names.
    Duplicates(Vec<Duplicate>),
    /// The listing hides recorded offers, so it may hide an offer of the same name too.
    Hidden(Vec<(Key, OfferId)>),
}

/// Checks that no create duplicates an offer. Creates that are not sent are left out.
pub fn check_creates(
    plan: &Plan,
    desired: &DesiredSet,
    recorded: &Recorded,
    is_blocked: &dyn Fn(&Key) -> bool,
    listing: &CompleteListing,
) -> CreateCheck {
    let creates: Vec<_> = plan
        .actions
        .iter()
        .filter(|action| !is_blocked(&action.key))
        .filter_map(|action| Some((&action.key, action.kind.create()?)))
        .collect();
    let duplicates = duplicates_of(&creates, desired, listing, recorded);
    if !duplicates.is_empty() {
        return CreateCheck::Duplicates(duplicates);
    }
    let scope = Scope::of(creates.iter().map(|(_, create)| create.offer.fields()));
    let hidden = listing.hidden(recorded, &scope);
    if hidden.is_empty() {
        return CreateCheck::Clear;
    }
    CreateCheck::Hidden(hidden.into_iter().map(|(key, id)| (key.clone(), id)).collect())
}
