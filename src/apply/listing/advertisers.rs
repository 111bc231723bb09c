//! For which advertisers CAKE has listed an offer, beside what the rows say.
//!
//! CAKE was asked for the offers of one advertiser after the other. That speaks against an advertiser, and never for one: a filter may take in
//! more than it should, or lag.

use std::collections::{BTreeMap, BTreeSet};

use crate::cake::ObservedOffer;
use crate::offer::{AdvertiserId, Field, Fields, OfferId, OfferStatus, Record, RecordStatus, Recorded, Value};

/// The advertisers for which CAKE has listed an offer.
#[derive(Debug, Clone, Default)]
pub(super) struct ListedFor(BTreeMap<OfferId, BTreeSet<AdvertiserId>>);

impl ListedFor {
    pub(super) fn add(&mut self, offer: OfferId, advertiser: AdvertiserId) {
        self.0.entry(offer).or_default().insert(advertiser);
    }

    /// Whether CAKE has listed the offer, and not for this advertiser.
    pub(super) fn is_for_others(&self, offer: OfferId, advertiser: AdvertiserId) -> bool {
        self.0.get(&offer).is_some_and(|advertisers| !advertisers.contains(&advertiser))
    }

    /// Takes the advertiser off rows of which it is not to be believed: where CAKE shows a recorded offer as another advertiser's, off all
    /// that it has not listed for the shown one alone; and where it leaves the offers of others out, off those that it shows as theirs all
    /// the same.
    pub(super) fn take_contradicted_off(&self, offers: &mut BTreeMap<OfferId, ObservedOffer>, recorded: &Recorded) {
        let is_contradicted = contradicts_records(offers, recorded);
        let filtered = self.filtered(recorded);
        let owned: BTreeSet<OfferId> = recorded.offer_ids().collect();
        for (id, offer) in offers.iter_mut().filter(|(id, _)| !owned.contains(id)) {
            let Some(shown) = offer.fields.advertiser() else { continue };
            let listed_for = self.0.get(id);
            let is_confirmed = listed_for.is_some_and(|advertisers| *advertisers == BTreeSet::from([shown]));
            let is_denied = listed_for
                .is_some_and(|advertisers| !advertisers.contains(&shown) && !advertisers.is_disjoint(&filtered));
            if is_denied || (is_contradicted && !is_confirmed) {
                offer.fields.remove(Field::AdvertiserId);
            }
        }
    }

    /// The advertisers for which CAKE has left out an active offer that is recorded for another one: it looks at what it is asked for.
    fn filtered(&self, recorded: &Recorded) -> BTreeSet<AdvertiserId> {
        let asked: BTreeSet<AdvertiserId> = self.0.values().flatten().copied().collect();
        let active = Some(&Value::Status(OfferStatus::Active));
        let is_active =
            |record: &&Record| record.status == RecordStatus::Live && record.fields.get(Field::OfferStatus) == active;
        let leaves_out = |advertiser: &AdvertiserId| {
            recorded.offers.values().filter(is_active).any(|record| {
                let is_listed = self.0.get(&record.offer_id).is_some_and(|listed| listed.contains(advertiser));
                !is_listed && record.fields.advertiser().is_some_and(|own| own != *advertiser)
            })
        };
        asked.into_iter().filter(leaves_out).collect()
    }
}

/// Whether CAKE shows a recorded offer as another advertiser's.
fn contradicts_records(offers: &BTreeMap<OfferId, ObservedOffer>, recorded: &Recorded) -> bool {
    let is_another = |record: &Record, id: OfferId| {
        let shown = offers.get(&id).and_then(|offer| offer.fields.advertiser());
        let known = record.fields_of(id).and_then(Fields::advertiser);
        shown.zip(known).is_some_and(|(shown, known)| shown != known)
    };
    recorded.offers.values().any(|record| record.offer_ids().any(|id| is_another(record, id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::Key;

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
                has_no_date: false,
            };
            offers.insert(id(*number), offer);
            asked.iter().for_each(|advertiser| listed.add(id(*number), of(*advertiser)));
        }
        listed.take_contradicted_off(&mut offers, recorded);
        offers.values().map(|offer| offer.fields.advertiser().map(AdvertiserId::get)).collect()
    }

    #[test]
    fn an_offer_that_is_listed_for_others_is_not_this_ones() {
        let mut listed = ListedFor::default();
        for (number, advertiser) in [(1, 101), (2, 102), (3, 101), (3, 102)] {
            listed.add(id(number), of(advertiser));
        }
        let for_others = |number| listed.is_for_others(id(number), of(101));
        assert_eq!([1, 2, 3, 4].map(for_others), [false, true, false, false]);
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
        // One that CAKE has left out shows that it looks at what it is asked for.
        let mut other = recorded.offers.values().next().unwrap().clone();
        other.offer_id = id(9);
        other.fields = fields(Some(102));
        other.fields.set(Field::OfferStatus, Value::Status(OfferStatus::Active));
        recorded.offers.insert(Key::new("other").unwrap(), other);
        assert_eq!(settled(&rows(101), &recorded), [Some(101), None, Some(101)]);
        let ignored = [(1, Some(101), &[101][..]), (2, Some(999), &[101]), (9, Some(102), &[101])];
        assert_eq!(settled(&ignored, &recorded), [Some(101), Some(999), Some(102)], "CAKE lists everything");
    }
}
