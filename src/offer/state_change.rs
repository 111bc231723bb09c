//! Changes of the record that need no request to CAKE.
//!
//! One value for what a plan asks for (rename, release, bookkeeping), what the journal holds and what replay applies.
//! Invariant: a change of a recorded offer names the offer's id, not only its key, because a key can pass from one offer to
//! another within one journal and an id cannot. The JSON is part of the journal's format; the variants' names in it are
//! those of version 1.

use serde::{Deserialize, Serialize};

use super::fields::{FieldSet, Fields};
use super::id::OfferId;
use super::key::Key;
use super::recorded::Record;

/// A change of what is recorded; CAKE is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StateChange {
    /// The offer is recorded under another key.
    Rename {
        /// The old key.
        from: Key,
        /// The new key.
        to: Key,
        /// The offer.
        offer_id: OfferId,
    },
    /// Fields are no longer managed, or their values no longer known.
    #[serde(rename = "release")]
    Unmanage {
        /// The key.
        key: Key,
        /// The offer.
        offer_id: OfferId,
        /// The fields that leave the record.
        fields: FieldSet,
    },
    /// The offer is no longer recorded; CAKE keeps it.
    Forget {
        /// The key.
        key: Key,
        /// The offer.
        offer_id: OfferId,
    },
    /// The offer becomes protected, or stops being so.
    Protect {
        /// The key.
        key: Key,
        /// The offer.
        offer_id: OfferId,
        /// Whether it is from now on.
        protect: bool,
    },
    /// CAKE has these values already: record them.
    #[serde(rename = "accept")]
    AcceptRemote {
        /// The key.
        key: Key,
        /// The offer.
        offer_id: OfferId,
        /// The values.
        fields: Fields,
    },
    /// An offer that exists in CAKE is recorded under this key.
    Adopt {
        /// The key.
        key: Key,
        /// What is recorded of it.
        record: Record,
    },
    /// The create in doubt did create this offer.
    ResolvedCreated {
        /// The key.
        key: Key,
        /// The offer that was found.
        offer_id: OfferId,
    },
    /// The create in doubt created nothing.
    ResolvedNotCreated {
        /// The key.
        key: Key,
    },
}

impl StateChange {
    /// The key that it concerns; for a rename the old one.
    pub fn key(&self) -> &Key {
        match self {
            Self::Rename { from: key, .. }
            | Self::Unmanage { key, .. }
            | Self::Forget { key, .. }
            | Self::Protect { key, .. }
            | Self::AcceptRemote { key, .. }
            | Self::Adopt { key, .. }
            | Self::ResolvedCreated { key, .. }
            | Self::ResolvedNotCreated { key } => key,
        }
    }

    /// The offer that it concerns.
    pub fn offer_id(&self) -> Option<OfferId> {
        match self {
            Self::Rename { offer_id, .. }
            | Self::Unmanage { offer_id, .. }
            | Self::Forget { offer_id, .. }
            | Self::Protect { offer_id, .. }
            | Self::AcceptRemote { offer_id, .. }
            | Self::ResolvedCreated { offer_id, .. } => Some(*offer_id),
            Self::Adopt { record, .. } => Some(record.offer_id),
            Self::ResolvedNotCreated { .. } => None,
        }
    }
}
