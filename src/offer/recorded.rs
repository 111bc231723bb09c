//! What is recorded of each offer: its id in CAKE, whether it is live, and the values that CAKE last confirmed.
//!
//! Owns the types and the JSON of one record. Knows no file and no journal. Invariant: a record is written with the members
//! in the order of the struct, so that equal records have equal bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fields::Fields;
use super::id::OfferId;
use super::key::Key;
use super::operation::CreateRequest;

/// Whether a recorded offer is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordStatus {
    /// Desired by some YAML when it was last applied.
    Live,
    /// Its YAML went away and it was made inactive; its id is used again when the YAML is back.
    Retired,
}

/// An older offer of the same key that a newer one took the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// Its id.
    pub offer_id: OfferId,
    /// Whether CAKE confirmed that it is inactive. `false`: the replace is half done and its second half still to do.
    pub inactive: bool,
}

/// One recorded offer.
///
/// In its JSON the members that may be absent stand before `fields`, so that adding one changes no other line and git merges
/// it with a change next to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its id in CAKE.
    pub offer_id: OfferId,
    /// Whether it is in use.
    pub status: RecordStatus,
    /// Never retired or replaced, even when its YAML is removed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// The offers it took the place of, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Replaced>,
    /// The managed values that CAKE last confirmed; a value that is not there is unknown.
    pub fields: Fields,
}

/// A create whose outcome is unknown. It is not sent again until CAKE's listing, or a person, has settled it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InDoubtCreate {
    /// What was sent.
    #[serde(flatten)]
    pub request: CreateRequest,
    /// What went wrong.
    pub message: String,
}

/// Everything that is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Recorded offers by key.
    pub offers: BTreeMap<Key, Record>,
    /// Creates in doubt by key. For a replace the key is in [`Recorded::offers`] too, with the old id.
    pub in_doubt: BTreeMap<Key, InDoubtCreate>,
}

impl Recorded {
    /// Which key has this id, as its offer or as one that it took the place of.
    pub fn owner_of(&self, id: OfferId) -> Option<&Key> {
        self.offers
            .iter()
            .find(|(_, record)| record.offer_id == id || record.replaced.iter().any(|old| old.offer_id == id))
            .map(|(key, _)| key)
    }
}
