//! Offers as CAKE shows them, in the same types as desired and recorded ones.

use std::collections::BTreeMap;

use super::field::Field;
use super::fields::Fields;
use super::id::OfferId;

/// One offer as CAKE shows it. An absent value is unknown, not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedValues {
    /// The values that are valid for their fields.
    pub fields: Fields,
    /// CAKE's word for a status that cannot be written back, such as `Expired`.
    pub other_status: Option<Box<str>>,
    /// CAKE's values of other fields that its API does not accept, such as the price type `CPS`.
    pub other_words: Box<[(Field, Box<str>)]>,
}

impl ObservedValues {
    /// CAKE's value of a field, if its API does not accept it.
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
    pub offers: BTreeMap<OfferId, ObservedValues>,
}
