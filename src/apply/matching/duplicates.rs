//! Which of CAKE's offers a create would duplicate. Pure.
//!
//! Owns which offers stop a create: those that no key owns, and those whose record is another offer's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::cake::ObservedOffer;
use crate::offer::{CreateRequest, Field, Fields, Key, NameIndex, OfferId, Recorded, Value, similar_name};

use super::super::listing::CompleteListing;
use super::{Candidate, RecordedFor, candidate, owned_offers};

/// Offers in CAKE that a create would duplicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The key to create.
    pub key: Key,
    /// Its name.
    pub name: String,
    /// The offer that the new one would replace.
    pub replaces: Option<OfferId>,
    /// The offers in CAKE that no key owns, or that are not what is recorded of them.
    pub offers: Vec<Candidate>,
}

/// Finds the offers in CAKE that these creates may duplicate: of the advertiser and with a similar name, or without one, or with a URL
/// that no other offer has.
pub(in crate::apply) fn duplicates_of(
    creates: &[(&Key, &CreateRequest)],
    listing: &CompleteListing,
    recorded: &Recorded,
) -> Vec<Duplicate> {
    let owned: BTreeSet<OfferId> = recorded.offer_ids().collect();
    let mut index = NameIndex::default();
    for (place, (_, create)) in creates.iter().enumerate() {
        index.insert(create.offer.fields(), place);
    }
    let own_urls = own_urls(creates, recorded);
    let mut found: BTreeMap<usize, Vec<Candidate>> = BTreeMap::new();
    let unowned = listing.offers().filter(|offer| !owned.contains(&offer.offer_id)).map(|offer| (offer, None));
    let disputed =
        owned_offers(recorded, listing).filter(|(_, owner)| owner.as_ref().is_some_and(RecordedFor::is_disputed));
    for (offer, recorded_for) in unowned.chain(disputed) {
        let is_named = offer.fields.name().is_some() && offer.fields.advertiser().is_some();
        let places: BTreeSet<usize> = if is_named {
            let named = index.find_all(&offer.fields).into_iter().map(|found| found.offer);
            // CAKE may have changed the name beyond recognition.
            let url = own_urls.get(&url(&offer.fields)).copied().flatten().filter(|_| recorded_for.is_none());
            let has_advertiser = |place: &usize| creates[*place].1.advertiser() == offer.fields.advertiser();
            named.chain(url.filter(has_advertiser)).collect()
        } else {
            let may_be = |(_, (_, create)): &(usize, &(&Key, &CreateRequest))| may_be(create, offer);
            creates.iter().enumerate().filter(may_be).map(|(place, _)| place).collect()
        };
        // The name of a key's new offer is that of the ones before it.
        let is_own = |place: &usize| recorded_for.as_ref().is_some_and(|owner| owner.key == *creates[*place].0);
        for place in places.into_iter().filter(|place| !is_own(place)) {
            let sent = creates[place].1.offer.fields().name().unwrap_or_default();
            let recorded_for = recorded_for.clone();
            found.entry(place).or_default().push(Candidate { recorded_for, ..candidate(offer, sent) });
        }
    }
    let duplicate = |(place, offers): (usize, Vec<Candidate>)| {
        let (key, create) = creates[place];
        let name = create.offer.fields().name().unwrap_or_default().to_owned();
        Duplicate { key: key.clone(), name, replaces: create.replaces, offers }
    };
    found.into_iter().map(duplicate).collect()
}

fn url(fields: &Fields) -> Option<String> {
    fields.get(Field::OfferUrl).map(Value::to_string)
}

/// The create that alone has a URL, of those to come and those that are recorded; none where several have it, because then it tells
/// nothing apart.
fn own_urls(creates: &[(&Key, &CreateRequest)], recorded: &Recorded) -> HashMap<Option<String>, Option<usize>> {
    let mut own = HashMap::from([(None, None)]);
    for (place, (_, create)) in creates.iter().enumerate() {
        own.entry(url(create.offer.fields())).and_modify(|place| *place = None).or_insert(Some(place));
    }
    let in_doubt = recorded.in_doubt.values().map(|create| create.request.offer.fields());
    for fields in recorded.offers.values().map(|record| &record.fields).chain(in_doubt) {
        own.entry(url(fields)).and_modify(|place| *place = None);
    }
    own
}

/// Whether an offer of which CAKE does not show everything may be the one to create.
fn may_be(create: &CreateRequest, offer: &ObservedOffer) -> bool {
    let name = create.offer.fields().name().unwrap_or_default();
    offer.fields.advertiser().is_none_or(|shown| Some(shown) == create.advertiser())
        && offer.fields.name().is_none_or(|shown| similar_name(name, shown))
}
