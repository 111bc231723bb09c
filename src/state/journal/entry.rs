//! What a journal says: intents, their outcomes, and notes of changes that need no request.
//!
//! Owns the entries and their JSON. Knows neither lines nor files nor what an entry does to a record
//! ([`replay`](super::replay) does). Invariant: an entry about a recorded offer names the offer's id, not only its key,
//! because a key can pass from one offer to another within one journal and an id cannot.

use serde::{Deserialize, Serialize};

use crate::offer::{FieldSet, Fields, Key, NewOffer, OfferId, Record, Update};
use crate::state::Lineage;
use crate::state::record_json;

/// The first line: which state the journal belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always [`Header::FORMAT`].
    pub format: String,
    /// Always [`Header::VERSION`].
    pub version: u32,
    /// The lineage of the state, decided before its first file is written.
    pub lineage: Lineage,
    /// The address of the CAKE that the writes went to.
    pub cake: String,
    /// The digest of the state that the journal was begun on; `None` where there was none yet.
    pub base: Option<String>,
}

impl Header {
    /// What `format` says.
    pub const FORMAT: &str = "offersync-journal";
    /// What `version` says.
    pub const VERSION: u32 = 1;

    /// The header of a journal that begins on a state with that digest.
    pub fn new(lineage: Lineage, cake: &str, base: Option<String>) -> Self {
        Self { format: Self::FORMAT.to_owned(), version: Self::VERSION, lineage, cake: cake.to_owned(), base }
    }
}

/// A line after the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// A request is about to be sent.
    Intent {
        /// Its number in this journal.
        number: u64,
        /// The offer's key.
        key: Key,
        /// The request, and what the record becomes when it succeeds.
        #[serde(rename = "purpose")]
        operation: Operation,
    },
    /// What became of a request.
    Outcome {
        /// The number of its intent.
        number: u64,
        /// What became of it.
        outcome: Outcome,
    },
    /// A change of the record that needs no request.
    #[serde(rename = "note")]
    StateChange(StateChange),
}

/// Why a request is sent: the write, and what its success means for the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// Create an offer.
    Create {
        /// Every value that is sent.
        offer: NewOffer,
        /// Those of them that are not managed, and so not recorded.
        #[serde(default, skip_serializing_if = "no_fields")]
        ignored: FieldSet,
        /// Whether the record is protected.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        protect: bool,
        /// The key's present offer, which the new one takes the place of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<OfferId>,
    },
    /// Change a live offer.
    Update {
        /// The changes.
        update: Update,
    },
    /// Make an offer inactive because its YAML is gone.
    Retire {
        /// The changes, `offer_status` among them.
        update: Update,
    },
    /// Use a retired offer again.
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
    /// A create call.
    Create(&'a NewOffer),
    /// An update call.
    Update(&'a Update),
}

impl Operation {
    /// The request to send.
    pub fn request(&self) -> Request<'_> {
        match self {
            Self::Create { offer, .. } => Request::Create(offer),
            Self::Update { update }
            | Self::Retire { update }
            | Self::Restore { update, .. }
            | Self::RetireReplaced { update } => Request::Update(update),
        }
    }
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// CAKE confirmed it.
    Done {
        /// The id in CAKE's reply.
        offer_id: OfferId,
    },
    /// CAKE refused it: nothing changed.
    Rejected {
        /// CAKE's words.
        message: String,
    },
    /// It never reached CAKE: nothing changed.
    NotSent {
        /// Why.
        message: String,
    },
    /// Nobody knows.
    InDoubt {
        /// What went wrong.
        message: String,
    },
}

/// A change of what is recorded that needs no request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum StateChange {
    /// The offer has another key now.
    Rename {
        /// The old key.
        from: Key,
        /// The new key.
        to: Key,
        /// The offer.
        offer_id: OfferId,
    },
    /// Fields are no longer managed, or their values no longer known.
    Release {
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
    /// The offer is protected, or no longer.
    Protect {
        /// The key.
        key: Key,
        /// The offer.
        offer_id: OfferId,
        /// Whether it is from now on.
        protect: bool,
    },
    /// CAKE has these values, whoever put them there.
    Accept {
        /// The key.
        key: Key,
        /// The offer.
        offer_id: OfferId,
        /// The values.
        fields: Fields,
    },
    /// An offer that CAKE already has is recorded under this key.
    Adopt {
        /// The key.
        key: Key,
        /// What is recorded of it.
        #[serde(with = "record_json")]
        record: Record,
    },
    /// The create in doubt had made this offer.
    ResolvedCreated {
        /// The key.
        key: Key,
        /// The offer that was found.
        offer_id: OfferId,
    },
    /// The create in doubt had made nothing.
    ResolvedNotCreated {
        /// The key.
        key: Key,
    },
}

impl StateChange {
    /// The key that it is about; for a rename the old one.
    pub fn key(&self) -> &Key {
        match self {
            Self::Rename { from: key, .. }
            | Self::Release { key, .. }
            | Self::Forget { key, .. }
            | Self::Protect { key, .. }
            | Self::Accept { key, .. }
            | Self::Adopt { key, .. }
            | Self::ResolvedCreated { key, .. }
            | Self::ResolvedNotCreated { key } => key,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn no_fields(fields: &FieldSet) -> bool {
    fields.is_empty()
}
