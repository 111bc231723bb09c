//! What is recorded of each offer: its id in CAKE, whether it is live, and the values that CAKE last confirmed.

use std::collections::BTreeMap;

use super::fields::{FieldSet, Fields};
use super::id::OfferId;
use super::key::Key;
use super::write::NewOffer;

/// Whether a recorded offer is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordStatus {
    /// Desired by some YAML when it was last applied.
    Live,
    /// Its YAML went away and it was made inactive; its id is used again when the YAML is back.
    Retired,
}

/// An older offer of the same key that a newer one took the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// Its id.
    pub offer_id: OfferId,
    /// Whether CAKE confirmed that it is inactive. `false`: the replace is half done and its second half still to do.
    pub inactive: bool,
}

/// One recorded offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id in CAKE.
    pub offer_id: OfferId,
    /// Whether it is in use.
    pub status: RecordStatus,
    /// The managed values that CAKE last confirmed; a value that is not there is unknown.
    pub fields: Fields,
    /// Never retired or replaced, even when its YAML is gone.
    pub protect: bool,
    /// The offers it took the place of, oldest first.
    pub replaced: Vec<Replaced>,
}

/// A create whose outcome nobody knows. It is never sent again before somebody has looked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InDoubtCreate {
    /// What was sent.
    pub offer: NewOffer,
    /// Fields that were sent but are not managed (`ignore_changes`).
    #[serde(default, skip_serializing_if = "none_ignored")]
    pub ignored: FieldSet,
    /// Whether the offer is protected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// The recorded offer that it was to replace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<OfferId>,
    /// What went wrong, for people.
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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn none_ignored(ignored: &FieldSet) -> bool {
    ignored.is_empty()
}
