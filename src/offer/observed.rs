//! What CAKE answers about its offers, in the vocabulary of desired and recorded ones.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::id::OfferId;

/// One offer as CAKE shows it. A value that is not there is unknown, never empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedValues {
    /// The values that could be read by the fields' own rules.
    pub fields: Fields,
    /// CAKE's word for a status that cannot be written back, such as `Expired`.
    pub other_status: Option<Box<str>>,
}

/// Every offer of a complete listing, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// The offers.
    pub offers: BTreeMap<OfferId, ObservedValues>,
}
