//! An offer that a create in doubt may have made, for a person to decide. Pure.
//!
//! Owns what is said of it, also where a key has it already: then its record may be another offer's.

use crate::cake::ObservedOffer;
use crate::offer::{Key, OfferId, Record, is_another, similar_name};

/// An offer that may be the one that a create made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub offer_id: OfferId,
    /// Its name, if CAKE shows one.
    pub name: Option<String>,
    /// Whether its name, or its URL, is like the one that was sent.
    pub is_similar: bool,
    /// Whether CAKE shows its advertiser, and nothing speaks against it.
    pub has_advertiser: bool,
    /// The key that it is recorded for; then its record may be another offer's.
    pub recorded_for: Option<RecordedFor>,
}

impl Candidate {
    /// Whether the key that has it has another offer's.
    pub fn is_of_another(&self) -> bool {
        self.recorded_for.as_ref().is_some_and(RecordedFor::is_disputed)
    }
}

/// The key that has an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedFor {
    pub key: Key,
    /// Whether the offer is one that the key's present offer has replaced.
    pub is_replaced: bool,
    /// Whether CAKE shows another name or advertiser than recorded. So it may for a replaced offer of which nothing is recorded.
    pub is_another: bool,
    /// Whether its name is recorded, so that it can be compared.
    pub is_named: bool,
}

impl RecordedFor {
    /// The key whose record has this offer.
    pub fn of(key: &Key, record: &Record, shown: &ObservedOffer) -> Option<Self> {
        let fields = record.fields_of(shown.offer_id)?;
        let is_replaced = record.offer_id != shown.offer_id;
        let is_another = (is_replaced && fields.is_empty()) || is_another(fields, &shown.fields);
        Some(Self { key: key.clone(), is_replaced, is_another, is_named: fields.name().is_some() })
    }

    /// Whether the record does not say that an offer of this name is the key's own.
    pub fn is_disputed(&self) -> bool {
        self.is_another || !self.is_named
    }
}

/// The offer as a candidate, before anything else of it is known.
pub(super) fn candidate(offer: &ObservedOffer, sent: &str) -> Candidate {
    let name = offer.fields.name();
    let is_similar = name.is_some_and(|shown| similar_name(sent, shown));
    let (offer_id, name) = (offer.offer_id, name.map(str::to_owned));
    Candidate { offer_id, name, is_similar, has_advertiser: offer.fields.advertiser().is_some(), recorded_for: None }
}
