//! The checks before the first write of an apply: whether CAKE still is as the records say, and whether a create would duplicate an
//! offer. Pure, over a complete listing.
//!
//! Owns what counts as a difference. The invariant: what the listing does not show is never taken for equal or absent.

use std::collections::{BTreeMap, BTreeSet};

use crate::offer::{
    DesiredSet, Field, FieldSet, Key, Observed, OfferId, Operation, Recorded, Replaced, Request, Value, similar_name,
};
use crate::plan::{self, ActionKind, ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer, Plan, Selection};

use super::listing::{CompleteListing, Scope};
use super::matching::{Duplicate, duplicates_of};

/// A recorded offer that CAKE does not show as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub key: Key,
    /// Its recorded id.
    pub offer_id: OfferId,
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
    /// Whether CAKE shows another offer under the id, by name or advertiser.
    pub fn is_of_identity(&self) -> bool {
        let is_identity = |field: &DriftedField| matches!(field.field, Field::OfferName | Field::AdvertiserId);
        matches!(&self.kind, DifferenceKind::Values(fields) if fields.iter().any(is_identity))
    }
}

/// The recorded offers that a plan writes to. By id, because a rename is planned under the new key.
pub fn touched_offers(plan: &Plan, recorded: &Recorded) -> BTreeSet<OfferId> {
    let writes = plan.actions.iter().filter_map(|action| match &action.kind {
        ActionKind::Write(operation) => Some((&action.key, operation.offer_id()?)),
        ActionKind::StateOnly(_) | ActionKind::Blocked { .. } => None,
    });
    // The offer that has replaced one that is made inactive has to be there.
    let present = |key: &Key| recorded.offers.get(key).map(|record| record.offer_id);
    writes.flat_map(|(key, id)| std::iter::once(id).chain(present(key))).collect()
}

/// How the recorded offers of a drift differ from what CAKE shows. Not counted are changes that the plan makes as well, and the
/// status of an offer that CAKE has set to Expired.
pub fn differences(drift: Drift) -> Vec<Difference> {
    let difference = |offer: DriftedOffer| {
        let is_expiry = |field: &DriftedField| field.field == Field::OfferStatus && offer.expired;
        let kind = match offer.kind {
            DriftKind::Gone => DifferenceKind::NotShown,
            DriftKind::Values(fields) => {
                let changed: Vec<_> =
                    fields.into_iter().filter(|field| field.changed_in_cake() && !is_expiry(field)).collect();
                if changed.is_empty() {
                    return None;
                }
                DifferenceKind::Values(changed)
            }
        };
        Some(Difference { key: offer.key, offer_id: offer.offer_id, kind })
    };
    drift.offers.into_iter().filter_map(difference).collect()
}

/// The recorded offers of the keys that a plan writes to and that CAKE does not show.
pub fn gone_and_touched(plan: &Plan, recorded: &Recorded, drift: &Drift) -> Vec<Difference> {
    let touched = touched_offers(plan, recorded);
    let gone = drift.offers.iter().filter(|offer| offer.kind == DriftKind::Gone && touched.contains(&offer.offer_id));
    let difference = |offer: &DriftedOffer| Difference {
        key: offer.key.clone(),
        offer_id: offer.offer_id,
        kind: DifferenceKind::NotShown,
    };
    gone.map(difference).collect()
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
        let (key, offer_id) = (offer.key.clone(), offer.offer_id);
        let is_wrong = is_hidden || is_another(&changed);
        is_wrong.then_some(Difference { key, offer_id, kind: DifferenceKind::Values(changed) })
    };
    drift.offers.iter().filter(|offer| touched.contains(&offer.offer_id)).filter_map(difference).collect()
}

/// Whether CAKE shows another offer under the id: of another advertiser, or with another name and another URL.
fn is_another(changed: &[DriftedField]) -> bool {
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
        let ActionKind::Write(operation @ (Operation::Update { .. } | Operation::Restore { .. })) = &action.kind else {
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

/// The drift of these offers; of all offers, if there are none.
pub fn drift_of(
    offers: Option<&BTreeSet<OfferId>>,
    desired: &DesiredSet,
    recorded: &Recorded,
    observed: &Observed,
) -> Drift {
    let Some(ids) = offers else { return plan::drift(desired, recorded, observed, &Selection::default()) };
    let touched = recorded.offers.iter().filter(|(_, record)| ids.contains(&record.offer_id));
    let touched = Recorded {
        offers: touched.map(|(key, record)| (key.clone(), record.clone())).collect(),
        in_doubt: recorded.in_doubt.clone(),
    };
    let mut drift = plan::drift(desired, &touched, observed, &Selection::default());
    // An offer that was replaced earlier says nothing against a change of the present one.
    drift.offers.retain(|offer| ids.contains(&offer.offer_id));
    for (key, record) in &touched.offers {
        let to_retire = record.replaced.iter().filter(|old| !old.inactive && ids.contains(&old.offer_id));
        drift.offers.extend(to_retire.filter_map(|old| other_identity(key, old, observed)));
    }
    drift
}

/// The name and advertiser of a replaced offer, where CAKE shows others: the id is then another offer's.
fn other_identity(key: &Key, old: &Replaced, observed: &Observed) -> Option<DriftedOffer> {
    let values = observed.offers.get(&old.offer_id)?;
    let (was, is) = (&old.fields, &values.fields);
    let has_other_name = was.name().zip(is.name()).is_some_and(|(was, is)| !similar_name(was, is));
    let has_other_advertiser = was.advertiser().zip(is.advertiser()).is_some_and(|(was, is)| was != is);
    let differs = [(Field::OfferName, has_other_name), (Field::AdvertiserId, has_other_advertiser)];
    let drifted = |field: Field| DriftedField {
        field,
        recorded: was.get(field).cloned(),
        observed: values.shown(field),
        desired: None,
        changed_by: ChangedBy::Cake,
    };
    let fields: Vec<_> = differs.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| drifted(field)).collect();
    let (key, offer_id) = (key.clone(), old.offer_id);
    let is_other = !fields.is_empty();
    let kind = DriftKind::Values(fields);
    is_other.then_some(DriftedOffer { key, renamed_to: None, offer_id, retired: true, kind, expired: false })
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
    let duplicates = duplicates_of(&creates, listing, recorded);
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
