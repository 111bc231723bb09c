//! Replaced offers that a plan makes inactive: whether CAKE still shows them as the offers that were replaced.
//!
//! Pure. Knows no listing and no request. Invariant: an id that CAKE does not show, or shows as another offer, is reported.

use crate::offer::{
    Field, FieldSet, Fields, Key, Observed, OfferId, Operation, Record, Recorded, Replaced, similar_name,
};
use crate::plan::{ActionKind, ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer, NotCompared, Plan};

/// A replaced offer that a plan makes inactive.
#[derive(Debug, Clone, Copy)]
pub struct ToRetire<'r> {
    /// The key that its record has now.
    key: &'r Key,
    record: &'r Record,
    old: &'r Replaced,
}

/// How what CAKE shows of a replaced offer compares with what was recorded of it: its name, or else its URL, and its advertiser.
#[derive(Debug, Default)]
pub struct Identity {
    /// What CAKE shows otherwise: the id is another offer's.
    pub other: FieldSet,
    /// What it does not show.
    pub not_shown: FieldSet,
}

impl Identity {
    pub fn of(record: &Record, old: &Replaced, shown: &Fields) -> Self {
        let recorded = recorded_identity(record, old);
        let mut identity = Self::default();
        for (field, was) in recorded.iter() {
            match (shown.get(field), field) {
                (None, _) => identity.not_shown.insert(field),
                (Some(is), Field::OfferName) if similar_name(&was.to_string(), &is.to_string()) => {}
                (Some(is), _) if is == was => {}
                (Some(_), _) => identity.other.insert(field),
            }
        }
        identity
    }
}

/// The advertiser of a replaced offer and its name, or where that is not recorded, its URL. An older state has no values of it, but it was
/// of the key's advertiser.
fn recorded_identity(record: &Record, old: &Replaced) -> Fields {
    let (values, fields): (_, &[Field]) = match &old.fields {
        none if none.is_empty() => (&record.fields, &[Field::AdvertiserId]),
        named if named.name().is_some() => (named, &[Field::OfferName, Field::AdvertiserId]),
        nameless => (nameless, &[Field::OfferUrl, Field::AdvertiserId]),
    };
    fields.iter().filter_map(|field| Some((*field, values.get(*field)?.clone()))).collect()
}

/// The replaced offers that a plan makes inactive. By id, because a rename is planned under the new key.
pub fn replaced_to_retire<'r>(plan: &Plan, recorded: &'r Recorded) -> Vec<ToRetire<'r>> {
    let retires = plan.actions.iter().filter_map(|action| match &action.kind {
        ActionKind::Write(operation @ Operation::RetireReplaced { .. }) => operation.offer_id(),
        _ => None,
    });
    let to_retire = |id: OfferId| {
        let (key, record) = recorded.offers.get_key_value(recorded.owner_of(id)?)?;
        let old = record.replaced.iter().find(|old| old.offer_id == id)?;
        Some(ToRetire { key, record, old })
    };
    retires.filter_map(to_retire).collect()
}

impl ToRetire<'_> {
    pub fn offer_id(&self) -> OfferId {
        self.old.offer_id
    }

    /// The values of the offer that has replaced it.
    pub fn fields_of_present(&self) -> &Fields {
        &self.record.fields
    }

    /// Adds what CAKE shows of it otherwise, and what it does not show.
    pub(super) fn add_to(&self, drift: &mut Drift, observed: &Observed) {
        let offer_id = self.old.offer_id;
        let drifted = |kind| DriftedOffer {
            key: self.key.clone(),
            renamed_to: None,
            offer_id,
            retired: true,
            kind,
            expired: false,
        };
        let Some(values) = observed.offers.get(&offer_id) else {
            drift.offers.retain(|other| other.offer_id != offer_id);
            drift.offers.push(drifted(DriftKind::Gone));
            return;
        };
        let Identity { other, not_shown } = Identity::of(self.record, self.old, &values.fields);
        let recorded = recorded_identity(self.record, self.old);
        let field = |field: Field| DriftedField {
            field,
            recorded: recorded.get(field).cloned(),
            observed: values.shown(field),
            desired: None,
            changed_by: ChangedBy::Cake,
        };
        if !other.is_empty() {
            drift.offers.push(drifted(DriftKind::Values(other.iter().map(field).collect())));
        }
        if !not_shown.is_empty() {
            drift.not_compared.push(NotCompared { key: self.key.clone(), offer_id, fields: not_shown });
        }
    }
}
