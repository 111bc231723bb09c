//! The operations on CAKE's offers: the write that is sent, and what its success means for the record.
//!
//! One value from the plan to the journal and back: the planner makes it, the executor sends its [`Request`], the journal
//! holds it as JSON, replay applies it. Invariant: an operation holds every value that it takes to carry it out. The JSON is
//! part of the journal's and the state's format and never changes within a version.

use serde::{Deserialize, Serialize};

use super::fields::FieldSet;
use super::id::OfferId;
use super::words::OfferStatus;
use super::write::{NewOffer, Update};

/// A create: what is sent, and what is recorded of it when it succeeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The present offer of the key, which the new one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<OfferId>,
}

impl CreateRequest {
    /// The second request of a replace, sent once the new offer exists.
    pub fn retirement(&self) -> Option<Operation> {
        let update = Update::of_status(self.replaces?, OfferStatus::Inactive);
        Some(Operation::RetireReplaced { update })
    }
}

/// A write to CAKE with its meaning for the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// Create an offer; the first half of a replace where the request names an offer that it replaces.
    Create(CreateRequest),
    /// Change a live offer.
    Update {
        /// The changes.
        update: Update,
    },
    /// Make an offer inactive because its YAML was removed.
    Retire {
        /// The changes, `offer_status` among them.
        update: Update,
    },
    /// Reactivate a retired offer under its old id.
    Restore {
        /// The changes, `offer_status` among them.
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
    /// A create call. Sent at most once unless CAKE surely did not execute it.
    Create(&'a NewOffer),
    /// An update call. Safe to send again.
    Update(&'a Update),
}

impl Operation {
    /// The request to send.
    pub fn request(&self) -> Request<'_> {
        match self {
            Self::Create(create) => Request::Create(&create.offer),
            Self::Update { update }
            | Self::Retire { update }
            | Self::Restore { update, .. }
            | Self::RetireReplaced { update } => Request::Update(update),
        }
    }

    /// The offer that is concerned, where it exists already: the one that is changed or replaced.
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
fn no_fields(fields: &FieldSet) -> bool {
    fields.is_empty()
}
