//! Finds offers with the same or a similar name, and the same advertiser, without comparing each with each.
//!
//! Owns the index; which names are similar is decided in [`names`](super::names). The invariant: it finds whatever
//! [`similar_name`](super::similar_name) accepts.

use std::collections::{BTreeSet, HashMap};

use super::field::Field;
use super::fields::Fields;
use super::id::AdvertiserId;
use super::names::FoldedName;
use super::value::Value;

/// Offers of ours by advertiser and name.
#[derive(Debug)]
pub struct NameIndex<T> {
    offers: Vec<(FoldedName, T)>,
    /// Without an advertiser where that does not matter.
    places: HashMap<(Option<AdvertiserId>, String), Vec<usize>>,
}

/// An offer of ours that another one may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameMatch<T> {
    pub offer: T,
    /// Whether the names are the same, spaces at the ends aside; otherwise they are similar.
    pub same_name: bool,
}

impl<T> Default for NameIndex<T> {
    fn default() -> Self {
        Self { offers: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Copy> NameIndex<T> {
    /// Adds an offer with these values; without a name or an advertiser it is never found.
    pub fn insert(&mut self, fields: &Fields, offer: T) {
        if let Some((advertiser, name)) = name_and_advertiser(fields) {
            self.add(Some(advertiser), name, offer);
        }
    }

    /// Adds an offer to be found by its name, whichever its advertiser.
    pub fn insert_name(&mut self, name: &str, offer: T) {
        self.add(None, FoldedName::new(name), offer);
    }

    fn add(&mut self, advertiser: Option<AdvertiserId>, name: FoldedName, offer: T) {
        let place = self.offers.len();
        for key in name.index_keys() {
            self.places.entry((advertiser, key.to_owned())).or_default().push(place);
        }
        self.offers.push((name, offer));
    }

    /// The offer with the same name and advertiser as these values that CAKE shows, or else one with a similar name.
    pub fn find(&self, shown: &Fields) -> Option<NameMatch<T>> {
        let mut all = self.find_all(shown);
        let same = all.iter().position(|found| found.same_name).unwrap_or(0);
        (!all.is_empty()).then(|| all.swap_remove(same))
    }

    /// Every offer with the same or a similar name and the same advertiser as these values that CAKE shows.
    pub fn find_all(&self, shown: &Fields) -> Vec<NameMatch<T>> {
        name_and_advertiser(shown).map_or_else(Vec::new, |(advertiser, name)| self.matching(Some(advertiser), &name))
    }

    /// Every offer with the same or a similar name, of those that were added by their names.
    pub fn find_name(&self, name: &str) -> Vec<NameMatch<T>> {
        self.matching(None, &FoldedName::new(name))
    }

    fn matching(&self, advertiser: Option<AdvertiserId>, name: &FoldedName) -> Vec<NameMatch<T>> {
        let places = name.index_keys().filter_map(|key| self.places.get(&(advertiser, key.to_owned()))).flatten();
        // A name may be found by two of its keys.
        let places: BTreeSet<usize> = places.copied().collect();
        let matching = places.into_iter().filter_map(|place| self.offers.get(place)).filter_map(|(sent, offer)| {
            let same_name = sent.is_same(name);
            (same_name || sent.is_similar(name)).then_some(NameMatch { offer: *offer, same_name })
        });
        matching.collect()
    }
}

fn name_and_advertiser(fields: &Fields) -> Option<(AdvertiserId, FoldedName)> {
    match (fields.get(Field::AdvertiserId), fields.name()) {
        (Some(Value::Advertiser(advertiser)), Some(name)) => Some((*advertiser, FoldedName::new(name))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::offer::similar_name;

    fn fields(name: &str) -> Fields {
        let values = [(Field::OfferName, name), (Field::AdvertiserId, "7")];
        values.into_iter().filter_map(|(field, text)| Some((field, field.parse(text).ok()?))).collect()
    }

    /// Names of which many are similar: pieces that systems change, and long ones that they cut.
    fn name() -> impl Strategy<Value = String> {
        let pieces = [
            "Solar",
            "SOLAR",
            " ",
            "  ",
            "&",
            "&amp;",
            "é",
            "e",
            "東",
            "🎉",
            "東".repeat(15).leak(),
            "\u{fffd}",
            "?",
            "x".repeat(48).leak(),
            "'s ",
            "Ã©",
            "<b>",
            "%41",
            "abcd",
            "y",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 1..5).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn what_is_similar_is_found(sent in name(), shown in name()) {
            let mut index = NameIndex::default();
            index.insert(&fields(&sent), ());
            let (sent, shown) = (fields(&sent), fields(&shown));
            if let (Some(sent), Some(name)) = (sent.name(), shown.name()) {
                prop_assert_eq!(index.find(&shown).is_some(), similar_name(sent, name));
            }
        }
    }

    #[test]
    fn the_same_name_comes_before_a_similar_one() {
        let mut index = NameIndex::default();
        index.insert(&fields("SOLAR"), 1);
        index.insert(&fields("Solar"), 2);
        assert_eq!(index.find(&fields("Solar ")), Some(NameMatch { offer: 2, same_name: true }));
        assert_eq!(index.find(&fields("solar")), Some(NameMatch { offer: 1, same_name: false }));
        assert_eq!(index.find(&fields("Lunar")), None);
    }
}
