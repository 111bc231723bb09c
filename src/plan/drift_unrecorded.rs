//! Offers in CAKE that no key owns, and which recorded ones they may duplicate.
//!
//! Information, not drift: an account may have offers that are not managed here. Pure; one pass over the listing.

use std::collections::HashSet;

use crate::offer::{
    AdvertiserId, Field, Key, NameIndex, NameMatch, Observed, ObservedValues, OfferId, Recorded, Value,
};

use super::selection::Selection;

/// An offer in CAKE that no key owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrecorded {
    pub offer_id: OfferId,
    /// Its name, if CAKE shows it.
    pub name: Option<String>,
    /// Its advertiser, if CAKE shows it.
    pub advertiser: Option<AdvertiserId>,
    /// Its status in CAKE's word, if CAKE shows it.
    pub status: Option<String>,
    /// The offer of ours with its name and advertiser.
    pub duplicate_of: Option<DuplicateOf>,
}

/// An offer of ours with the same name and advertiser as one that no key owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateOf {
    pub key: Key,
    /// Its id; `None` if its create is in doubt.
    pub offer_id: Option<OfferId>,
    /// Whether the names are the same, and not only similar.
    pub same_name: bool,
}

/// The offers that no key owns: duplicates of recorded ones first, then by id. A narrowed selection leaves only the duplicates
/// of selected offers.
pub fn unrecorded(recorded: &Recorded, observed: &Observed, selection: &Selection) -> Vec<Unrecorded> {
    let owned: HashSet<OfferId> = recorded.offer_ids().collect();
    let foreign = observed.offers.iter().filter(|(id, _)| !owned.contains(id));
    let advertisers: HashSet<&Value> = foreign.clone().filter_map(|(_, values)| advertiser(values)).collect();
    let index = index(recorded, selection, &advertisers);
    let mut unrecorded: Vec<Unrecorded> = foreign.map(|(id, values)| describe(*id, values, &index)).collect();
    if !selection.is_everything() {
        unrecorded.retain(|offer| offer.duplicate_of.is_some());
    }
    unrecorded.sort_by_key(|offer| (offer.duplicate_of.is_none(), offer.offer_id));
    unrecorded
}

type Owner<'a> = (&'a Key, Option<OfferId>);

/// The selected offers of these advertisers by name; those whose create is in doubt too.
fn index<'a>(recorded: &'a Recorded, selection: &Selection, advertisers: &HashSet<&Value>) -> NameIndex<Owner<'a>> {
    let mut index = NameIndex::default();
    let offers = recorded.offers.iter().map(|(key, record)| (key, &record.fields, Some(record.offer_id)));
    let in_doubt = recorded.in_doubt.iter().map(|(key, create)| (key, create.request.offer.fields(), None));
    for (key, fields, offer_id) in offers.chain(in_doubt) {
        let is_concerned = fields.get(Field::AdvertiserId).is_some_and(|advertiser| advertisers.contains(advertiser));
        if is_concerned && selection.contains(key) {
            index.insert(fields, (key, offer_id));
        }
    }
    index
}

fn advertiser(values: &ObservedValues) -> Option<&Value> {
    values.fields.get(Field::AdvertiserId)
}

fn describe(offer_id: OfferId, values: &ObservedValues, index: &NameIndex<Owner<'_>>) -> Unrecorded {
    let duplicate_of = index.find(&values.fields).map(|NameMatch { offer: (key, offer_id), same_name }| DuplicateOf {
        key: key.clone(),
        offer_id,
        same_name,
    });
    let advertiser = match advertiser(values) {
        Some(Value::Advertiser(id)) => Some(*id),
        _ => None,
    };
    let (name, status) = (values.shown(Field::OfferName).text(), values.shown(Field::OfferStatus).text());
    Unrecorded { offer_id, name, advertiser, status, duplicate_of }
}
