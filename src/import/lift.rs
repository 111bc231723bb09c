//! Values that all offers of a new folder share, lifted into its `_defaults.yaml`.

use super::arrival::Arrival;
use super::ground::Ground;
use crate::offer::{Field, Fields};

/// The fields that a person would lift: what belongs to the advertiser or to how it pays, not to one offer.
const LIFTED: [Field; 6] = [
    Field::AdvertiserId,
    Field::VerticalId,
    Field::PayoutType,
    Field::RevenueType,
    Field::CurrencyId,
    Field::SessionHours,
];

/// The values that every one of these offers has and that the folder does not give them already. One offer alone shares nothing.
pub(super) fn shared(arrivals: &[&Arrival], ground: &Ground) -> Fields {
    let [first, others @ ..] = arrivals else { return Fields::default() };
    if others.is_empty() {
        return Fields::default();
    }
    let is_shared = |field: &Field| {
        let value = first.fields.get(*field);
        value.is_some()
            && ground.fields.get(*field) != value
            && others.iter().all(|other| other.fields.get(*field) == value)
    };
    LIFTED
        .into_iter()
        .filter(is_shared)
        .filter_map(|field| first.fields.get(field).map(|value| (field, value.clone())))
        .collect()
}
