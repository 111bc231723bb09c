//! The operations on CAKE's offers: the request to send, and the change of the record on success.
//!
//! One value from the plan to the journal and back: the planner makes it, the executor sends its [`Request`], the journal
//! stores it as JSON, replay applies it. The invariant: an operation has every value needed to execute it. The JSON is part of
//! the formats of journal and state, and never changes within a version.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fields::{FieldSet, Fields};
use super::id::{AdvertiserId, OfferId};
use super::words::OfferStatus;
use super::write::{NewOffer, Update};

/// A create: the values to send, and what to record on success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRequest {
    /// Every value that is sent.
    pub offer: NewOffer,
    /// Fields that are sent but not managed afterwards (`ignore_changes`), and so not recorded.
    #[serde(default, skip_serializing_if = "no_fields")]
    pub ignored: FieldSet,
    /// Whether the record is protected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// The current offer of the key, if the new one replaces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<OfferId>,
}

impl CreateRequest {
    /// The advertiser of the new offer.
    pub fn advertiser(&self) -> Option<AdvertiserId> {
        self.offer.fields().advertiser()
    }

    /// The second request of a replace, sent once the new offer exists.
    pub fn retirement(&self) -> Option<Operation> {
        let update = Update::of_status(self.replaces?, OfferStatus::Inactive);
        Some(Operation::RetireReplaced { update })
    }
}

/// A write to CAKE and its effect on the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// Create an offer; also the first half of a replace.
    Create(CreateRequest),
    /// Change a live offer.
    Update {
        /// The changes.
        update: Update,
    },
    /// Make an offer inactive because its YAML was removed.
    Retire {
        /// The changes, including `offer_status`.
        update: Update,
    },
    /// Reactivate a retired offer under its old id.
    Restore {
        /// The changes, including `offer_status`.
        update: Update,
        /// Whether the record is protected from now on.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        protect: bool,
    },
    /// The second half of a replace: make the old offer inactive.
    RetireReplaced {
        /// The changes, with the old offer's id.
        update: Update,
    },
}

/// The request of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request<'a> {
    /// A create call. Repeated only if CAKE has certainly not executed it.
    Create(&'a NewOffer),
    /// An update call. Safe to send again.
    Update {
        /// The changes.
        update: &'a Update,
        /// What is recorded of the offer: a reply that shows another name or advertiser is about another offer.
        recorded: Option<&'a Fields>,
    },
}

impl Operation {
    /// The request to send; `recorded` is about the offer that an update changes.
    pub fn request<'a>(&'a self, recorded: Option<&'a Fields>) -> Request<'a> {
        match self {
            Self::Create(create) => Request::Create(&create.offer),
            Self::Update { update }
            | Self::Retire { update }
            | Self::Restore { update, .. }
            | Self::RetireReplaced { update } => Request::Update { update, recorded },
        }
    }

    /// The fields that are sent but not managed afterwards.
    pub fn ignored(&self) -> FieldSet {
        if let Self::Create(create) = self { create.ignored } else { FieldSet::default() }
    }

    /// The existing offer that is changed or replaced.
    pub fn offer_id(&self) -> Option<OfferId> {
        match self {
            Self::Create(create) => create.replaces,
            Self::Update { update }
            | Self::Retire { update }
            | Self::Restore { update, .. }
            | Self::RetireReplaced { update } => Some(update.offer_id()),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(super) fn no_fields(fields: &FieldSet) -> bool {
    fields.is_empty()
}
