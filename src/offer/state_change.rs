//! Changes of the record that need no request to CAKE.
//!
//! One type for the plan, the journal and replay. The invariant: a change names the id of the offer and not only its key, because
//! within a journal a key can move from one offer to another. The JSON is part of the journal's format, with the names of version 1.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fields::{FieldSet, Fields};
use super::id::OfferId;
use super::key::Key;
use super::operation::no_fields;
use super::recorded::{InDoubtCreate, Record};

/// A change of the record, without a request to CAKE.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StateChange {
    /// The offer is recorded under another key.
    Rename {
        /// The old key.
        from: Key,
        to: Key,
        offer_id: OfferId,
    },
    /// Fields are no longer managed, or their values no longer known.
    #[serde(rename = "release")]
    Unmanage {
        key: Key,
        offer_id: OfferId,
        /// The fields that leave the record.
        fields: FieldSet,
    },
    /// The offer, or one that the key's offer has replaced, is no longer recorded; CAKE keeps it.
    Forget { key: Key, offer_id: OfferId },
    /// The offer becomes protected, or stops being so.
    Protect {
        key: Key,
        offer_id: OfferId,
        /// The new setting.
        protect: bool,
    },
    /// Record values that CAKE already has.
    #[serde(rename = "accept")]
    AcceptRemote {
        key: Key,
        offer_id: OfferId,
        /// The values.
        fields: Fields,
    },
    /// An offer that exists in CAKE is recorded under this key.
    Adopt { key: Key, record: Record },
    /// The create in doubt has created this offer.
    ResolvedCreated {
        key: Key,
        /// The offer that was found.
        offer_id: OfferId,
        /// The values that CAKE shows of it; the others are recorded as they were sent.
        #[serde(default, skip_serializing_if = "Fields::is_empty")]
        shown: Fields,
        /// Fields that CAKE shows in a form that cannot be read: unknown.
        #[serde(default, skip_serializing_if = "no_fields")]
        unreadable: FieldSet,
    },
    /// No request can change the offer any more, and CAKE shows these values of the fields that were unsettled.
    Settled {
        key: Key,
        offer_id: OfferId,
        /// The values; a field that CAKE does not show is not among them, and stays as it is.
        fields: Fields,
        /// Whether the offer is retired: a retire was in doubt, and CAKE shows that it was executed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        retired: bool,
    },
    /// An update that CAKE had accepted is done, or will not be done any more.
    WaitingEnded {
        key: Key,
        offer_id: OfferId,
        /// When it was sent.
        sent_at: Timestamp,
        /// The values that were sent.
        fields: Fields,
    },
    /// A replaced offer is inactive: the second half of a replace was in doubt, and CAKE shows that it was executed.
    ReplacedInactive { key: Key, offer_id: OfferId },
    /// CAKE shows a retired or replaced offer as active: it is to be made inactive again.
    Reactivated { key: Key, offer_id: OfferId },
    /// The create in doubt has created nothing.
    ResolvedNotCreated { key: Key },
    /// CAKE shows another offer under the id that the reply to a create named: the create is in doubt.
    PutInDoubt { key: Key, offer_id: OfferId, create: InDoubtCreate },
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
            | Self::Settled { key, .. }
            | Self::WaitingEnded { key, .. }
            | Self::PutInDoubt { key, .. }
            | Self::ReplacedInactive { key, .. }
            | Self::Reactivated { key, .. }
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
            | Self::ResolvedCreated { offer_id, .. }
            | Self::PutInDoubt { offer_id, .. }
            | Self::ReplacedInactive { offer_id, .. }
            | Self::Reactivated { offer_id, .. }
            | Self::Settled { offer_id, .. }
            | Self::WaitingEnded { offer_id, .. } => Some(*offer_id),
            Self::Adopt { record, .. } => Some(record.offer_id),
            Self::ResolvedNotCreated { .. } => None,
        }
    }
}
