//! Values that all offers of a new folder share, hoisted into its `_defaults.yaml`.

use super::folder_defaults::FolderDefaults;
use super::imported_offer::ImportedOffer;
use crate::offer::{Field, Fields};

/// Fields that belong to the advertiser or to its terms rather than to one offer.
const HOISTED: [Field; 6] = [
    Field::AdvertiserId,
    Field::VerticalId,
    Field::PayoutType,
    Field::RevenueType,
    Field::CurrencyId,
    Field::SessionHours,
];

/// The values that all of at least two offers have and that the folder's defaults do not give already.
pub(super) fn hoist_defaults(imported_offers: &[&ImportedOffer], inherited: &FolderDefaults) -> Fields {
    let [first, others @ ..] = imported_offers else { return Fields::default() };
    if others.is_empty() {
        return Fields::default();
    }
    let is_shared = |field: &Field| {
        let value = first.fields.get(*field);
        value.is_some()
            && inherited.fields.get(*field) != value
            && others.iter().all(|other| other.fields.get(*field) == value)
    };
    HOISTED
        .into_iter()
        .filter(is_shared)
        .filter_map(|field| first.fields.get(field).map(|value| (field, value.clone())))
        .collect()
}
