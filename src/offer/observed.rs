//! What CAKE answers about its offers, in the vocabulary of desired and recorded ones.

use std::collections::BTreeMap;

use super::field::Field;
use super::fields::Fields;
use super::id::OfferId;

/// One offer as CAKE shows it. A value that is not there is unknown, never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedValues {
    /// The values that could be read by the fields' own rules.
    pub fields: Fields,
    /// CAKE's word for a status that cannot be written back, such as `Expired`.
    pub other_status: Option<Box<str>>,
    /// CAKE's texts for other fields that surely are none of the values that we may write, such as the price type `CPS`.
    pub other_words: Box<[(Field, Box<str>)]>,
}

impl ObservedValues {
    /// CAKE's word for a field, where it is none of ours.
    pub fn word(&self, field: Field) -> Option<&str> {
        if field == Field::OfferStatus {
            return self.other_status.as_deref();
        }
        self.other_words.iter().find(|(of, _)| *of == field).map(|(_, word)| &**word)
    }
}

/// Every offer of a complete listing, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// The offers.
    pub offers: BTreeMap<OfferId, ObservedValues>,
}
