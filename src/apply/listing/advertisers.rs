//! Whose offers the rows of a listing are, where the rows do not say it, or say something else than the records.
//!
//! CAKE was asked for the offers of one advertiser after the other, and which offers it listed for which one is known. Invariant: an
//! advertiser is only added to a row by what CAKE has answered.

use std::collections::{BTreeMap, BTreeSet};

use crate::cake::ObservedOffer;
use crate::offer::{AdvertiserId, Field, OfferId, Recorded, Value};

/// The advertisers for which CAKE has listed an offer.
#[derive(Debug, Default)]
pub(super) struct ListedFor(BTreeMap<OfferId, BTreeSet<AdvertiserId>>);

impl ListedFor {
    pub(super) fn add(&mut self, offer: OfferId, advertiser: AdvertiserId) {
        self.0.entry(offer).or_default().insert(advertiser);
    }

    pub(super) fn extend(&mut self, other: Self) {
        for (offer, advertisers) in other.0 {
            self.0.entry(offer).or_default().extend(advertisers);
        }
    }

    /// Adds the advertiser to rows that do not show one, and takes it off those of which the records show that it is not to be believed.
    pub(super) fn settle(&self, offers: &mut BTreeMap<OfferId, ObservedOffer>, recorded: &Recorded) {
        let contradicted = self.contradicted(offers, recorded);
        let owned: BTreeSet<OfferId> = recorded.offer_ids().collect();
        let asked = self.0.values().flatten().collect::<BTreeSet<_>>().len();
        for (id, advertisers) in &self.0 {
            let Some(offer) = offers.get_mut(id) else { continue };
            match offer.fields.advertiser() {
                // Another walk lacks the offer, so that CAKE does look at what it is asked for.
                None if asked > 1 && advertisers.len() == 1 => {
                    for only in advertisers {
                        offer.fields.set(Field::AdvertiserId, Value::Advertiser(*only));
                    }
                }
                Some(shown)
                    if !owned.contains(id)
                        && !advertisers.contains(&shown)
                        && !advertisers.is_disjoint(&contradicted) =>
                {
                    offer.fields.remove(Field::AdvertiserId);
                }
                _ => {}
            }
        }
    }

    /// The advertisers of which CAKE shows a recorded offer as another one's.
    fn contradicted(&self, offers: &BTreeMap<OfferId, ObservedOffer>, recorded: &Recorded) -> BTreeSet<AdvertiserId> {
        let known = recorded.offers.values().filter_map(|record| Some((record.offer_id, record.fields.advertiser()?)));
        let is_contradicted = |(id, advertiser): &(OfferId, AdvertiserId)| {
            let is_listed = self.0.get(id).is_some_and(|advertisers| advertisers.contains(advertiser));
            let shown = offers.get(id).and_then(|offer| offer.fields.advertiser());
            is_listed && shown.is_some_and(|shown| shown != *advertiser)
        };
        known.filter(is_contradicted).map(|(_, advertiser)| advertiser).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::{Fields, Key, Record, RecordStatus};

    fn id(number: u64) -> OfferId {
        OfferId::new(number).unwrap()
    }

    fn of(number: u64) -> AdvertiserId {
        AdvertiserId::new(number).unwrap()
    }

    fn fields(advertiser: Option<u64>) -> Fields {
        advertiser.map(|number| (Field::AdvertiserId, Value::Advertiser(of(number)))).into_iter().collect()
    }

    /// Offers `(id, advertiser that is shown, advertisers for which they were listed)`, and the advertisers after that.
    fn settled(rows: &[(u64, Option<u64>, &[u64])], recorded: &Recorded) -> Vec<Option<u64>> {
        let mut listed = ListedFor::default();
        let mut offers = BTreeMap::new();
        for (number, shown, asked) in rows {
            let offer = ObservedOffer {
                offer_id: id(*number),
                fields: fields(*shown),
                unreadable: Box::default(),
                status_word: None,
            };
            offers.insert(id(*number), offer);
            asked.iter().for_each(|advertiser| listed.add(id(*number), of(*advertiser)));
        }
        listed.settle(&mut offers, recorded);
        offers.values().map(|offer| offer.fields.advertiser().map(AdvertiserId::get)).collect()
    }

    #[test]
    fn an_offer_that_is_listed_for_one_of_several_advertisers_is_that_ones() {
        let nothing = Recorded::default();
        assert_eq!(settled(&[(1, None, &[101]), (2, None, &[102])], &nothing), [Some(101), Some(102)]);
        assert_eq!(settled(&[(1, None, &[101])], &nothing), [None], "CAKE may not look at what it is asked for");
        assert_eq!(settled(&[(1, None, &[101, 102]), (2, None, &[101, 102])], &nothing), [None, None]);
        assert_eq!(settled(&[(1, Some(7), &[101]), (2, None, &[102])], &nothing), [Some(7), Some(102)]);
    }

    #[test]
    fn an_advertiser_that_the_records_contradict_is_not_known() {
        let mut recorded = Recorded::default();
        let record = Record {
            offer_id: id(1),
            status: RecordStatus::Live,
            protect: false,
            replaced: Vec::new(),
            unsettled: None,
            status_word: None,
            fields: fields(Some(101)),
        };
        recorded.offers.insert(Key::new("z").unwrap(), record);
        let rows = |shown: u64| [(1, Some(shown), &[101][..]), (2, Some(999), &[101]), (3, Some(101), &[101])];
        assert_eq!(settled(&rows(999), &recorded), [Some(999), None, Some(101)]);
        assert_eq!(settled(&rows(101), &recorded), [Some(101), Some(999), Some(101)], "another one's offer");
    }
}
