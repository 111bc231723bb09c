//! What is known while the outcome of a write is not: what CAKE held before it, and until when it may still take effect.
//!
//! Owns the facts that the journal and the state keep about such a write. Decides nothing. The JSON is part of both formats.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::field::Field;
use super::fields::FieldSet;
use super::id::{AdvertiserId, OfferId};

/// What a complete listing showed of an advertiser before a create: only an offer that is newer can be the one that it made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The highest id of the listing; `None` if it was empty.
    pub highest: Option<OfferId>,
    /// The advertiser's offers that no key owned.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unowned: BTreeSet<OfferId>,
}

impl Baseline {
    /// Whether the offer was in the listing, and no key owned it.
    pub fn held(&self, id: OfferId) -> bool {
        self.unowned.contains(&id)
    }

    /// Whether the offer was made after the listing, as far as ids tell: CAKE counts them up.
    pub fn is_before(&self, id: OfferId) -> bool {
        !self.held(id) && self.highest.is_none_or(|highest| id > highest)
    }
}

/// The baselines of an apply's creates, from one look at the listing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baselines {
    /// The highest id of the listing; `None` if it was empty.
    pub highest: Option<OfferId>,
    /// The offers that no key owned, of each advertiser that was looked at.
    pub unowned: BTreeMap<AdvertiserId, BTreeSet<OfferId>>,
}

impl Baselines {
    /// The baseline of an advertiser's creates; `None` if the advertiser was not looked at.
    pub fn of(&self, advertiser: AdvertiserId) -> Option<Baseline> {
        let unowned = self.unowned.get(&advertiser)?.clone();
        Some(Baseline { highest: self.highest, unowned })
    }
}

/// Fields that a request whose reply was lost may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unsettled {
    /// When the last such request was sent, or a later time.
    #[schemars(with = "String")]
    pub sent_at: Timestamp,
    /// The fields that it changes.
    pub fields: FieldSet,
}

impl Unsettled {
    /// The fields of both, until the later time.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let fields = self.fields.iter().chain(other.fields.iter()).collect();
        Self { sent_at: self.sent_at.max(other.sent_at), fields }
    }

    /// The union of what is unsettled on either side.
    pub fn of_both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one.union(other)),
            (one, other) => one.or(other),
        }
    }
}

/// A value in CAKE's reply to a write that is not the one that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contradiction {
    /// Which field.
    pub field: Field,
    /// What the reply shows.
    pub shown: String,
    /// Whether it is in a form that cannot be read, so that it may be the value that was sent. Not in the journal: to replay, either
    /// way the value is unknown.
    #[serde(skip)]
    pub is_unreadable: bool,
}

impl std::fmt::Display for Contradiction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.field, self.shown)
    }
}
