//! Offers that no key owns and that may be a create's under another name, where the URL alone tells nothing because others have it. Pure.
//!
//! Owns what else has to be equal, and how many such offers still say something: where many are alike, all that they have in common says
//! nothing of one of them.

use std::collections::HashMap;

use crate::cake::ObservedOffer;
use crate::offer::{AdvertiserId, CreateRequest, Field, Key, has_own_offer_id};

/// More offers than this are looked for only where as many are to be created.
const FEW: usize = 5;

/// What tells offers with one URL apart.
const COMPARED: [Field; 5] = [Field::VerticalId, Field::Payout, Field::PayoutType, Field::Revenue, Field::RevenueType];

/// Creates that differ in nothing but the name, by their places, and the offers that are like them.
struct Alike<'a> {
    places: Vec<usize>,
    offers: Vec<&'a ObservedOffer>,
}

/// The offers that are as these creates would make them, but for the name, each with the create. Of many, some.
pub(super) fn under_other_names<'a>(
    creates: &[(&Key, &CreateRequest)],
    unowned: impl Iterator<Item = &'a ObservedOffer>,
) -> Vec<(usize, &'a ObservedOffer)> {
    let mut by_url: HashMap<(AdvertiserId, String), Vec<Alike<'a>>> = HashMap::new();
    let new = creates.iter().enumerate().filter(|(_, (_, create))| create.replaces.is_none());
    for (place, (_, create)) in new {
        let url = create.offer.fields().url_form().filter(|url| !has_own_offer_id(url));
        let Some(url) = create.advertiser().zip(url) else { continue };
        let alike = by_url.entry(url).or_default();
        let has_same = |alike: &&mut Alike<'_>| is_same(creates[alike.places[0]].1, create);
        match alike.iter_mut().find(has_same) {
            Some(alike) => alike.places.push(place),
            None => alike.push(Alike { places: vec![place], offers: Vec::new() }),
        }
    }
    for offer in unowned {
        let url = offer.fields.advertiser().zip(offer.fields.url_form()).filter(|_| offer.fields.name().is_some());
        for alike in url.and_then(|url| by_url.get_mut(&url)).into_iter().flatten() {
            // One more than is still told is enough to know.
            if alike.offers.len() <= alike.most() && is_as_shown(creates[alike.places[0]].1, offer) {
                alike.offers.push(offer);
            }
        }
    }
    let few = by_url.into_values().flatten().filter(|alike| alike.offers.len() <= alike.most());
    let pairs = few.flat_map(|Alike { places, offers }| {
        places.into_iter().flat_map(move |place| offers.clone().into_iter().take(FEW).map(move |offer| (place, offer)))
    });
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_by_key(|(place, offer)| (*place, offer.offer_id));
    pairs
}

impl Alike<'_> {
    fn most(&self) -> usize {
        self.places.len().max(FEW)
    }
}

fn is_same(create: &CreateRequest, other: &CreateRequest) -> bool {
    COMPARED.into_iter().all(|field| create.offer.fields().get(field) == other.offer.fields().get(field))
}

/// Whether CAKE shows nothing of the offer that the create would not send, apart from its name and its URL.
pub(super) fn is_as_shown(create: &CreateRequest, offer: &ObservedOffer) -> bool {
    COMPARED.into_iter().all(|field| match (create.offer.fields().get(field), offer.fields.get(field)) {
        (Some(sent), Some(shown)) => sent.is_shown_as(shown),
        _ => true,
    })
}
