//! What is known while the outcome of a write is not: what CAKE held before it, and until when it may still take effect.
//!
//! Owns the facts that the journal and the state keep about such a write. Decides nothing. The JSON is part of both formats.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::field::Field;
use super::fields::{FieldSet, Fields};
use super::id::{AdvertiserId, OfferId};
use super::operation::no_fields;
use super::value::Value;

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

/// What earlier updates may still change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unsettled {
    /// When the last of these requests was sent, or a later time.
    #[schemars(with = "String")]
    pub sent_at: Timestamp,
    /// The fields that a request whose reply was lost may still change.
    #[serde(default, skip_serializing_if = "no_fields")]
    pub fields: FieldSet,
    /// The updates that CAKE has accepted and was not seen to have done, the latest last. No later write and no time ends them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingUpdate>,
}

/// An update that CAKE has accepted and that may wait there for an approval, say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitingUpdate {
    /// When it was sent.
    #[schemars(with = "String")]
    pub sent_at: Timestamp,
    /// The values that were sent.
    pub fields: Fields,
    /// What was recorded of these fields before.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub before: Fields,
}

impl WaitingUpdate {
    /// Whether both are the same request.
    pub fn is(&self, other: &Self) -> bool {
        (self.sent_at, &self.fields) == (other.sent_at, &other.fields)
    }

    /// Whether CAKE has done it, because CAKE shows its values and is known not to have had all of them.
    pub fn is_done(&self, recorded: &Fields, shown: &Fields) -> bool {
        let is_shown = |(field, value): (Field, &Value)| shown.get(field).is_some_and(|shown| value.is_shown_as(shown));
        let is_new = |(field, value): (Field, &Value)| {
            recorded.get(field).or_else(|| self.before.get(field)).is_some_and(|known| known != value)
        };
        self.fields.iter().all(is_shown) && self.fields.iter().any(is_new)
    }

    /// Adds those of `more` that are not there, by time.
    pub fn extend(waiting: &mut Vec<Self>, more: impl IntoIterator<Item = Self>) {
        for update in more {
            if !waiting.iter().any(|known| known.is(&update)) {
                let place = waiting.partition_point(|known| known.sent_at <= update.sent_at);
                waiting.insert(place, update);
            }
        }
    }
}

impl Unsettled {
    /// The fields of both, until the later time, and the updates of both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let fields: FieldSet = self.fields.iter().chain(other.fields.iter()).collect();
        let mut waiting = self.waiting;
        WaitingUpdate::extend(&mut waiting, other.waiting);
        // The time is that of the fields, where there are any.
        let sent_at = match (self.fields.is_empty(), other.fields.is_empty()) {
            (false, true) => self.sent_at,
            (true, false) => other.sent_at,
            _ => self.sent_at.max(other.sent_at),
        };
        Self { sent_at, fields, waiting }
    }

    /// The update that the field waits for: the last one that CAKE has accepted of it.
    pub fn waiting_for(&self, field: Field) -> Option<&WaitingUpdate> {
        self.waiting.iter().rev().find(|update| update.fields.get(field).is_some())
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
