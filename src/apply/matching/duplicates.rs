//! Which of CAKE's offers a create would duplicate. Pure.
//!
//! Owns which offers stop a create: those that no key owns, those whose record is another offer's, and those that were retired or replaced and
//! are active again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::cake::ObservedOffer;
use crate::offer::{
    CreateRequest, DesiredOffer, DesiredSet, Field, Fields, Key, NameIndex, OfferId, RecordStatus, Recorded,
    similar_name, url_form,
};

use super::super::listing::CompleteListing;
use super::cut_names::CutNames;
use super::other_names::under_other_names;
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
/// that no other offer has, or with all but the name.
pub(in crate::apply) fn duplicates_of(
    creates: &[(&Key, &CreateRequest)],
    desired: &DesiredSet,
    listing: &CompleteListing,
    recorded: &Recorded,
) -> Vec<Duplicate> {
    let owned: BTreeSet<OfferId> = recorded.offer_ids().collect();
    let mut index = NameIndex::default();
    for (place, (key, create)) in creates.iter().enumerate() {
        index.insert(create.offer.fields(), place);
        // An apply that left no trace may have sent the name of another time.
        let names = desired.get(key).into_iter().flat_map(DesiredOffer::with_each_name);
        names.for_each(|fields| index.insert(&fields, place));
    }
    // What an apply that left no trace has put in the place of the present offer may have that one's name or URL.
    let present = present_of_replaces(creates, recorded);
    let mut of_present = NameIndex::default();
    for (place, fields) in &present {
        of_present.insert(fields, *place);
    }
    let (own_urls, cut_names) = (own_urls(creates, &present, recorded), CutNames::of(creates));
    let mut found: BTreeMap<usize, Vec<Candidate>> = BTreeMap::new();
    let unowned = listing.offers().filter(|offer| !owned.contains(&offer.offer_id)).map(|offer| (offer, None));
    let disputed =
        owned_offers(recorded, listing).filter(|(_, owner)| owner.as_ref().is_some_and(RecordedFor::stops_a_create));
    for (offer, recorded_for) in unowned.chain(disputed) {
        // One that is active again is no one's present offer.
        let is_free = recorded_for.as_ref().is_none_or(|owner| owner.is_reactivated);
        let is_named = offer.fields.name().is_some() && offer.fields.advertiser().is_some();
        let places: BTreeSet<usize> = if is_named {
            let named = index.find_all(&offer.fields).into_iter().map(|found| found.offer);
            let of_present = of_present.find_all(&offer.fields).into_iter().map(|found| found.offer);
            // CAKE may have changed the name beyond recognition.
            let url = own_urls.get(&shown_url(offer)).copied().flatten();
            let has_advertiser = |place: &usize| {
                let advertisers = [creates[*place].1.advertiser(), present.get(place).and_then(|it| it.advertiser())];
                advertisers.contains(&offer.fields.advertiser())
            };
            // An offer from before the key's present one is not its successor.
            let may_replace = |place: &usize| creates[*place].1.replaces.is_none_or(|old| offer.offer_id > old);
            let others = of_present.chain(url.filter(has_advertiser)).chain(cut_names.find(offer));
            let others = others.filter(|_| is_free);
            named.chain(others.filter(may_replace)).collect()
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
    let unowned = listing.offers().filter(|offer| !owned.contains(&offer.offer_id));
    add_under_other_names(creates, unowned, &mut found);
    let duplicate = |(place, offers): (usize, Vec<Candidate>)| {
        let (key, create) = creates[place];
        let name = create.offer.fields().name().unwrap_or_default().to_owned();
        Duplicate { key: key.clone(), name, replaces: create.replaces, offers }
    };
    found.into_iter().map(duplicate).collect()
}

fn add_under_other_names<'a>(
    creates: &[(&Key, &CreateRequest)],
    unowned: impl Iterator<Item = &'a ObservedOffer>,
    found: &mut BTreeMap<usize, Vec<Candidate>>,
) {
    for (place, offer) in under_other_names(creates, unowned) {
        let found = found.entry(place).or_default();
        if !found.iter().any(|candidate| candidate.offer_id == offer.offer_id) {
            found.push(candidate(offer, creates[place].1.offer.fields().name().unwrap_or_default()));
        }
    }
}

/// What is recorded of the offers that creates replace.
fn present_of_replaces<'r>(creates: &[(&Key, &CreateRequest)], recorded: &'r Recorded) -> BTreeMap<usize, &'r Fields> {
    let replaces = creates.iter().enumerate().filter_map(|(place, (_, create))| Some((create.replaces?, place)));
    let replaces: HashMap<OfferId, usize> = replaces.collect();
    // By id, because a rename is planned under the new key.
    let present = recorded.offers.values().filter(|_| !replaces.is_empty());
    present.filter_map(|record| Some((*replaces.get(&record.offer_id)?, &record.fields))).collect()
}

/// The URL that CAKE shows, also where it is none by our rules, such as one with a space at its end.
fn shown_url(offer: &ObservedOffer) -> Option<String> {
    let unreadable = || offer.unreadable.iter().find(|member| member.field == Field::OfferUrl);
    offer.fields.url_form().or_else(|| unreadable().map(|member| url_form(&member.text)))
}

/// The create that alone has a URL, of those to come and those that are recorded; none where several have it, because then it tells
/// nothing apart.
fn own_urls(
    creates: &[(&Key, &CreateRequest)],
    present: &BTreeMap<usize, &Fields>,
    recorded: &Recorded,
) -> HashMap<Option<String>, Option<usize>> {
    let mut own = HashMap::from([(None, None)]);
    let of_creates = creates.iter().enumerate().map(|(place, (_, create))| (place, create.offer.fields()));
    for (place, fields) in of_creates.chain(present.iter().map(|(place, fields)| (*place, *fields))) {
        let only = own.entry(fields.url_form()).or_insert(Some(place));
        *only = only.filter(|only| *only == place);
    }
    let in_doubt = recorded.in_doubt.values().map(|create| create.request.offer.fields());
    for fields in in_doubt {
        own.entry(fields.url_form()).and_modify(|place| *place = None);
    }
    for (key, record) in recorded.offers.iter().filter(|(_, record)| record.status == RecordStatus::Live) {
        // A replace has the URL of the key's present offer, as a rule.
        let is_own = |place: &usize| creates[*place].0 == key || creates[*place].1.replaces == Some(record.offer_id);
        own.entry(record.fields.url_form()).and_modify(|place| *place = place.filter(is_own));
    }
    own
}

/// Whether an offer of which CAKE does not show everything may be the one to create.
fn may_be(create: &CreateRequest, offer: &ObservedOffer) -> bool {
    let name = create.offer.fields().name().unwrap_or_default();
    offer.fields.advertiser().is_none_or(|shown| Some(shown) == create.advertiser())
        && offer.fields.name().is_none_or(|shown| similar_name(name, shown))
}
