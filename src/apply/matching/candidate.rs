//! An offer that a create in doubt may have made, for a person to decide. Pure.
//!
//! Owns what is said of it, also where a key has it already: then its record may be another offer's.

use crate::cake::ObservedOffer;
use crate::offer::{Field, Key, OfferId, OfferStatus, Record, RecordStatus, Value, is_another, similar_name};

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

/// What CAKE shows of a recorded offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownAs {
    /// The recorded name, and no other advertiser.
    Recorded,
    /// Another name or advertiser. So it may for a replaced offer of which nothing is recorded.
    Another,
    /// No name is recorded that it could be compared with.
    Unnamed,
}

/// The key that has an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedFor {
    pub key: Key,
    /// Whether the offer is one that the key's present offer has replaced.
    pub is_replaced: bool,
    /// How CAKE shows it.
    pub shown: ShownAs,
    /// Whether it was retired or replaced, and CAKE shows it as active.
    pub is_reactivated: bool,
}

impl RecordedFor {
    /// The key whose record has this offer.
    pub fn of(key: &Key, record: &Record, shown: &ObservedOffer) -> Option<Self> {
        let fields = record.fields_of(shown.offer_id)?;
        let is_replaced = record.offer_id != shown.offer_id;
        let shown_as = match fields.name() {
            _ if (is_replaced && fields.is_empty()) || is_another(fields, &shown.fields) => ShownAs::Another,
            Some(_) => ShownAs::Recorded,
            None => ShownAs::Unnamed,
        };
        let is_out = match record.replaced.iter().find(|old| old.offer_id == shown.offer_id) {
            Some(old) => old.inactive,
            None => record.status == RecordStatus::Retired,
        };
        let is_active = shown.fields.get(Field::OfferStatus) == Some(&Value::Status(OfferStatus::Active));
        Some(Self { key: key.clone(), is_replaced, shown: shown_as, is_reactivated: is_out && is_active })
    }

    /// Whether the record does not say that an offer of this name is the key's own.
    pub fn is_disputed(&self) -> bool {
        self.shown != ShownAs::Recorded
    }

    /// Whether a second offer of this name would take traffic beside it, or the record is another offer's.
    pub(super) fn stops_a_create(&self) -> bool {
        self.is_disputed() || self.is_reactivated
    }
}

/// The offer as a candidate, before anything else of it is known.
pub(super) fn candidate(offer: &ObservedOffer, sent: &str) -> Candidate {
    let name = offer.fields.name();
    let is_similar = name.is_some_and(|shown| similar_name(sent, shown));
    let (offer_id, name) = (offer.offer_id, name.map(str::to_owned));
    Candidate { offer_id, name, is_similar, has_advertiser: offer.fields.advertiser().is_some(), recorded_for: None }
}
