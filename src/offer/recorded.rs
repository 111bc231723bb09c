//! The record of an offer: its id in CAKE, whether it is live, and the values that CAKE last confirmed.
//!
//! Owns the types and the JSON of a record. Knows no file and no journal. The invariant: members are written in the order of the
//! struct, so that equal records have equal bytes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::desired::DesiredOffer;
use super::evidence::{Baseline, Unsettled, WaitingUpdate};
use super::field::Field;
use super::fields::Fields;
use super::id::OfferId;
use super::key::Key;
use super::names::similar_name;
use super::operation::CreateRequest;
use super::revisions::Revisions;
use super::status_word::StatusWord;
use super::value::Value;

/// Whether a recorded offer is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordStatus {
    /// It had YAML at the last apply.
    Live,
    /// Its YAML was deleted and it was made inactive. If the YAML returns, the id is used again.
    Retired,
}

/// An older offer of the same key that was replaced by a newer one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// Its id.
    pub offer_id: OfferId,
    /// Whether CAKE confirmed that it is inactive. `false` means that the second half of the replace is still to do.
    pub inactive: bool,
    /// Fields that a request without a reply may still change. They stay with the offer, because its key can take it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsettled: Option<Unsettled>,
    /// What was recorded of it when it was replaced; nothing in older states.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub fields: Fields,
}

impl Replaced {
    /// A replaced offer of which no value is recorded.
    pub fn without_fields(offer_id: OfferId, inactive: bool) -> Self {
        Self { offer_id, inactive, unsettled: None, fields: Fields::default() }
    }
}

/// One recorded offer.
///
/// In JSON, optional members come before `fields`, so that adding one changes no other line and git can merge it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its id in CAKE.
    pub offer_id: OfferId,
    /// Whether it is in use.
    pub status: RecordStatus,
    /// Never retired or replaced, even when its YAML is removed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// The offers that it replaced, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Replaced>,
    /// Fields that a request without a reply may still change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsettled: Option<Unsettled>,
    /// What CAKE showed as the status when the offer was imported or adopted, where its API takes no such status. Only until a status
    /// is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_word: Option<StatusWord>,
    /// The managed values that CAKE last confirmed; an absent value is unknown.
    pub fields: Fields,
}

impl Record {
    /// Records values that CAKE has confirmed. With a status of ours, CAKE's word for an earlier one is of no more use.
    pub fn confirm(&mut self, values: &Fields) {
        for (field, value) in values.iter() {
            self.fields.set(field, value.clone());
        }
        if values.get(Field::OfferStatus).is_some() {
            self.status_word = None;
        }
    }

    /// What is recorded of the offer with this id, its own or one that it has replaced.
    pub fn fields_of(&self, id: OfferId) -> Option<&Fields> {
        let replaced = || self.replaced.iter().find(|old| old.offer_id == id).map(|old| &old.fields);
        if self.offer_id == id { Some(&self.fields) } else { replaced() }
    }

    /// The id of its offer, and those of the offers that it has replaced.
    pub fn offer_ids(&self) -> impl Iterator<Item = OfferId> {
        std::iter::once(self.offer_id).chain(self.replaced.iter().map(|old| old.offer_id))
    }

    /// What is unsettled of the offer with this id, its own or one that it has replaced.
    pub fn unsettled_of(&self, id: OfferId) -> Option<&Unsettled> {
        self.unsettled_offers().find(|(offer_id, _)| *offer_id == id).map(|(_, unsettled)| unsettled)
    }

    /// What is unsettled, of its own offer and of those that it has replaced.
    pub fn unsettled_offers(&self) -> impl Iterator<Item = (OfferId, &Unsettled)> {
        let replaced = self.replaced.iter().filter_map(|old| Some((old.offer_id, old.unsettled.as_ref()?)));
        self.unsettled.as_ref().map(|unsettled| (self.offer_id, unsettled)).into_iter().chain(replaced)
    }
}

/// An offer of which updates wait in CAKE.
#[derive(Debug, Clone, Copy)]
pub struct WaitingOffer<'a> {
    pub key: &'a Key,
    pub record: &'a Record,
    pub offer_id: OfferId,
    /// What is unsettled of it.
    pub unsettled: &'a Unsettled,
}

impl<'a> WaitingOffer<'a> {
    /// What is recorded of it.
    pub fn fields(&self) -> Option<&'a Fields> {
        self.record.fields_of(self.offer_id)
    }

    /// Whether it is recorded as one that takes no traffic any more: it was retired or replaced.
    pub fn is_inactive(&self) -> bool {
        let replaced = self.record.replaced.iter().find(|old| old.offer_id == self.offer_id);
        replaced.map_or(self.record.status == RecordStatus::Retired, |old| old.inactive)
    }

    /// The update with this value of the field that CAKE has accepted last, if no later write of the field was confirmed.
    pub fn waits_for(&self, field: Field, wanted: &Value) -> Option<&'a WaitingUpdate> {
        let is_unknown = self.offer_id != self.record.offer_id || self.record.fields.get(field).is_none();
        let last = self.unsettled.waiting_for(field).filter(|_| is_unknown)?;
        (last.fields.get(field) == Some(wanted)).then_some(last)
    }

    /// The updates that CAKE has done, because it shows these values.
    pub fn done(self, shown: &Fields) -> impl Iterator<Item = &'a WaitingUpdate> + use<'a, '_> {
        let recorded = self.fields().cloned().unwrap_or_default();
        self.unsettled.waiting.iter().filter(move |update| update.is_done(&recorded, shown))
    }
}

/// A create whose outcome is unknown. It is not repeated until CAKE's listing or the user resolves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InDoubtCreate {
    /// What was sent.
    #[serde(flatten)]
    pub request: CreateRequest,
    /// What went wrong.
    pub message: String,
    /// When the request was sent, or a later time; unknown in older states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub sent_at: Option<Timestamp>,
    /// What CAKE held before; without it, neither an offer nor its absence proves anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
    /// Whether the reply was about another offer; then only a person can say that nothing was created.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mismatch: bool,
    /// Whether a reply said that CAKE did it, or took it on; then a list without the offer does not prove that nothing was created.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// The id that the reply named, without showing that it is this create's offer: it counts once CAKE's list shows that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<OfferId>,
}

impl InDoubtCreate {
    /// A create in doubt of which no more is known.
    pub fn new(request: CreateRequest, message: String) -> Self {
        Self { request, message, sent_at: None, baseline: None, mismatch: false, accepted: false, named: None }
    }

    /// Whether it may have made an offer that no key owned until now: one of its advertiser that was not there, whatever name CAKE
    /// shows, or that has a similar name. What CAKE does not show speaks for nothing.
    pub fn may_have_made(&self, id: OfferId, shown: &Fields) -> bool {
        let sent = self.request.offer.fields();
        let is_of_another = shown.advertiser().is_some_and(|shown| sent.advertiser() != Some(shown));
        // Before the names, whose comparison takes far more time.
        if is_of_another || self.baseline.as_ref().is_some_and(|baseline| baseline.held(id)) {
            return false;
        }
        // Whatever its id: one that CAKE gives need not be above all others.
        self.baseline.is_some() || self.has_similar_name(shown)
    }

    /// Whether the offer is newer and has the URL that was sent: CAKE may have changed the name beyond recognition.
    pub fn has_same_url(&self, id: OfferId, shown: &Fields) -> bool {
        let sent = self.request.offer.fields().url_form();
        let was_not_there = self.baseline.as_ref().is_some_and(|baseline| !baseline.held(id));
        was_not_there && sent.is_some() && shown.url_form() == sent
    }

    /// Whether CAKE shows the name that was sent, or one that it may have made of it; also where it shows none.
    pub fn has_similar_name(&self, shown: &Fields) -> bool {
        let sent = self.request.offer.fields().name().unwrap_or_default();
        shown.name().is_none_or(|shown| similar_name(sent, shown))
    }
}

/// All recorded offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Recorded offers by key.
    pub offers: BTreeMap<Key, Record>,
    /// Creates in doubt by key. For a replace the key is in [`Recorded::offers`] too, with the old id.
    pub in_doubt: BTreeMap<Key, InDoubtCreate>,
    /// How often each record has changed.
    pub revisions: Revisions,
}

impl Recorded {
    /// The record of an offer, under its own key or under the one that it is renamed from.
    pub fn record_of(&self, offer: &DesiredOffer) -> Option<&Record> {
        let renamed = || self.offers.get(offer.sync.renamed_from.as_ref()?);
        self.offers.get(&offer.key).or_else(renamed)
    }

    /// Every id that a key owns, as its current or a replaced offer.
    pub fn offer_ids(&self) -> impl Iterator<Item = OfferId> {
        self.offers.values().flat_map(Record::offer_ids)
    }

    /// What is unsettled, of present and of replaced offers.
    pub fn unsettled_offers(&self) -> impl Iterator<Item = (&Key, OfferId, &Unsettled)> {
        self.offers
            .iter()
            .flat_map(|(key, record)| record.unsettled_offers().map(move |(id, unsettled)| (key, id, unsettled)))
    }

    /// The offers, present and replaced, with updates that CAKE has accepted and was not seen to have done.
    pub fn waiting_offers(&self) -> impl Iterator<Item = WaitingOffer<'_>> {
        self.offers.iter().flat_map(|(key, record)| {
            let unsettled = record.unsettled_offers().filter(|(_, unsettled)| !unsettled.waiting.is_empty());
            unsettled.map(move |(offer_id, unsettled)| WaitingOffer { key, record, offer_id, unsettled })
        })
    }

    /// The key of a create in doubt that may have made this offer.
    pub fn may_be_created_for(&self, id: OfferId, shown: &Fields) -> Option<&Key> {
        self.in_doubt.iter().find(|(_, create)| create.may_have_made(id, shown)).map(|(key, _)| key)
    }

    /// The key with this id, as its current or a replaced offer.
    pub fn owner_of(&self, id: OfferId) -> Option<&Key> {
        self.offers
            .iter()
            .find(|(_, record)| record.offer_id == id || record.replaced.iter().any(|old| old.offer_id == id))
            .map(|(key, _)| key)
    }
}
