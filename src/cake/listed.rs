//! What the rows of a listing have in common: where CAKE lists them, what they are called, and what tells them apart.

use std::fmt::{Debug, Display};
use std::hash::Hash;

use jiff::tz::TimeZone;

use crate::offer::{AdvertiserId, OfferId};

use super::advertiser::Advertiser;
use super::object::Object;
use super::observed::ObservedOffer;

/// A row of one of CAKE's listings.
pub(super) trait ListedRow: Debug + PartialEq + Sized + Send {
    type Id: Copy + Debug + Display + Eq + Hash + Ord + Send;
    /// The call that lists such rows.
    const PATH: &'static str;
    /// The member of the reply that holds the rows.
    const LIST: &'static str;
    /// One of them, in messages.
    const ONE: &'static str;
    /// The member of a row that holds its id.
    const ID: &'static str;
    /// The parameters that ask for a stable order, where the call has any.
    const SORTED_BY: &'static [(&'static str, &'static str)];

    /// The row; `None` if it has no readable id.
    fn read(row: &Object<'_>, zone: &TimeZone) -> Option<Self>;

    fn id(&self) -> Self::Id;
}

/// Article 13000118788.
impl ListedRow for ObservedOffer {
    type Id = OfferId;
    const PATH: &'static str = "/api/2/offers.json";
    const LIST: &'static str = "offers";
    const ONE: &'static str = "offer";
    const ID: &'static str = "offer_id";
    const SORTED_BY: &'static [(&'static str, &'static str)] =
        &[("sort_field", "offer_id"), ("sort_descending", "false")];

    fn read(row: &Object<'_>, zone: &TimeZone) -> Option<Self> {
        Self::read(row, zone).ok()
    }

    fn id(&self) -> OfferId {
        self.offer_id
    }
}

/// Article 13000118789. It names no parameter for the order.
impl ListedRow for Advertiser {
    type Id = AdvertiserId;
    const PATH: &'static str = "/api/2/advertisers.json";
    const LIST: &'static str = "advertisers";
    const ONE: &'static str = "advertiser";
    const ID: &'static str = "advertiser_id";
    const SORTED_BY: &'static [(&'static str, &'static str)] = &[];

    fn read(row: &Object<'_>, _zone: &TimeZone) -> Option<Self> {
        Self::read(row)
    }

    fn id(&self) -> AdvertiserId {
        self.id
    }
}
