//! Offers whose name may be a create's, cut off earlier than any usual column does. Pure.
//!
//! Many names begin like another one, so that a short beginning proves nothing by itself: the offer is taken for the create's only if
//! nothing else that CAKE shows of it differs from what would be sent.

use std::collections::BTreeMap;

use crate::cake::ObservedOffer;
use crate::offer::{AdvertiserId, CreateRequest, Key};

use super::other_names::is_as_shown;

/// A shorter beginning is a name of its own.
const SHORTEST: usize = 20;

/// Creates by advertiser and name.
pub(super) struct CutNames<'a> {
    creates: &'a [(&'a Key, &'a CreateRequest)],
    by_name: BTreeMap<(AdvertiserId, String), Vec<usize>>,
}

impl<'a> CutNames<'a> {
    pub(super) fn of(creates: &'a [(&'a Key, &'a CreateRequest)]) -> Self {
        let mut by_name: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (place, (_, create)) in creates.iter().enumerate() {
            if let Some((advertiser, name)) = create.advertiser().zip(create.offer.fields().name()) {
                by_name.entry((advertiser, name.trim().to_lowercase())).or_default().push(place);
            }
        }
        Self { creates, by_name }
    }

    /// The creates whose name begins with that of an offer, and of which nothing else that CAKE shows differs.
    pub(super) fn find(&self, offer: &'a ObservedOffer) -> impl Iterator<Item = usize> {
        let name = offer.fields.name().map(|name| name.trim().trim_end_matches(['.', '…', ' ']).to_lowercase());
        let begin = offer.fields.advertiser().zip(name).filter(|(_, name)| name.chars().count() >= SHORTEST);
        let named = begin.into_iter().flat_map(|(advertiser, begin)| {
            let from = self.by_name.range((advertiser, begin.clone())..);
            from.take_while(move |((of, name), _)| *of == advertiser && name.starts_with(&begin))
        });
        named.flat_map(|(_, places)| places.iter().copied()).filter(|place| is_as_it(self.creates[*place].1, offer))
    }
}

/// Whether CAKE shows nothing of the offer that the create would not send, apart from its name.
fn is_as_it(create: &CreateRequest, offer: &ObservedOffer) -> bool {
    let urls = create.offer.fields().url_form().zip(offer.fields.url_form());
    is_as_shown(create, offer) && urls.is_none_or(|(sent, shown)| sent == shown)
}
