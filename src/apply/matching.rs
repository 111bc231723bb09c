//! Which of CAKE's offers a create in doubt may have made, and which would be duplicated by a create. Pure.
//!
//! CAKE has no field for an identifier of offersync, so a match is by name, advertiser and vertical, among the offers that no key owns.
//! An offer that a person created with the same values at the same time matches as well, as the README documents.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::cake::ObservedOffer;
use crate::offer::{AdvertiserId, Field, Fields, InDoubtCreate, Key, OfferId, Recorded, Value};

/// The result of looking for a create in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LookupResult {
    /// Exactly one offer matches.
    Found(OfferId),
    /// None matches: nothing was created.
    Absent,
    /// Several match, or one matches several keys: the user has to decide.
    Ambiguous(Vec<OfferId>),
}

/// The ids that a key already owns.
pub(super) fn owned_ids(recorded: &Recorded) -> BTreeSet<OfferId> {
    let ids = |record: &crate::offer::Record| {
        std::iter::once(record.offer_id).chain(record.replaced.iter().map(|old| old.offer_id)).collect::<Vec<_>>()
    };
    recorded.offers.values().flat_map(ids).collect()
}

/// The advertiser of some values.
pub(super) fn advertiser_of(fields: &Fields) -> Option<AdvertiserId> {
    match fields.get(Field::AdvertiserId) {
        Some(Value::Advertiser(id)) => Some(*id),
        _ => None,
    }
}

/// Names are compared without surrounding spaces, because CAKE may trim them.
fn same_name(one: &Fields, other: &Fields) -> bool {
    one.name().map(str::trim) == other.name().map(str::trim) && one.name().is_some()
}

/// A value that the listing does not show is unknown, and does not prevent a match.
fn agrees(field: Field, wanted: &Fields, observed: &Fields) -> bool {
    observed.get(field).is_none_or(|value| wanted.get(field) == Some(value))
}

/// Looks for each create in doubt among CAKE's offers.
pub(super) fn look_up_all(
    doubts: &BTreeMap<Key, InDoubtCreate>,
    observed: &[ObservedOffer],
    owned: &BTreeSet<OfferId>,
) -> BTreeMap<Key, LookupResult> {
    let candidates: BTreeMap<&Key, Vec<OfferId>> =
        doubts.iter().map(|(key, doubt)| (key, candidates_of(doubt.request.offer.fields(), observed, owned))).collect();
    let mut claims: HashMap<OfferId, usize> = HashMap::new();
    for id in candidates.values().flatten() {
        *claims.entry(*id).or_default() += 1;
    }
    candidates
        .into_iter()
        .map(|(key, ids)| {
            let result = match ids.as_slice() {
                [] => LookupResult::Absent,
                [only] if claims.get(only) == Some(&1) => LookupResult::Found(*only),
                _ => LookupResult::Ambiguous(ids),
            };
            (key.clone(), result)
        })
        .collect()
}

fn candidates_of(wanted: &Fields, observed: &[ObservedOffer], owned: &BTreeSet<OfferId>) -> Vec<OfferId> {
    let fits = |offer: &&ObservedOffer| {
        !owned.contains(&offer.offer_id)
            && same_name(wanted, &offer.fields)
            && agrees(Field::AdvertiserId, wanted, &offer.fields)
            && agrees(Field::VerticalId, wanted, &offer.fields)
    };
    observed.iter().filter(fits).map(|offer| offer.offer_id).collect()
}

/// An offer in CAKE with the name and advertiser of one that would be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The key to create.
    pub key: Key,
    /// The name of both.
    pub name: String,
    /// The offers in CAKE that no key owns.
    pub offer_ids: Vec<OfferId>,
}

/// Finds the offers in CAKE that these creates would duplicate.
pub(super) fn duplicates_of<'a>(
    creates: impl Iterator<Item = (&'a Key, &'a Fields)>,
    observed: &[ObservedOffer],
    owned: &BTreeSet<OfferId>,
) -> Vec<Duplicate> {
    let mut by_name: HashMap<&str, Vec<&ObservedOffer>> = HashMap::new();
    for offer in observed.iter().filter(|offer| !owned.contains(&offer.offer_id)) {
        by_name.entry(offer.fields.name().unwrap_or_default().trim()).or_default().push(offer);
    }
    let duplicate = |(key, fields): (&Key, &Fields)| {
        let name = fields.name()?;
        let offer_ids: Vec<_> = by_name
            .get(name.trim())?
            .iter()
            .filter(|offer| agrees(Field::AdvertiserId, fields, &offer.fields))
            .map(|offer| offer.offer_id)
            .collect();
        (!offer_ids.is_empty()).then(|| Duplicate { key: key.clone(), name: name.to_owned(), offer_ids })
    };
    creates.filter_map(duplicate).collect()
}
