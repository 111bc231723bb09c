//! An offer to be imported: the values that its YAML can hold.

use std::collections::HashSet;

use crate::cake::ObservedOffer;
use crate::offer::{DesiredOffer, Field, FieldSet, Fields, OfferId, OfferStatus, SyncSettings, Value};

use super::outcome::Reason;

/// What a missing value of an imported offer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    /// The value is unknown: it must not be managed, not even where the folder's defaults have one.
    Unknown,
    /// The offer inherits the folder's value.
    Inherited,
}

#[derive(Debug, Clone)]
pub(super) struct ImportedOffer {
    pub(super) offer_id: Option<OfferId>,
    pub(super) fields: Fields,
    pub(super) sync: SyncSettings,
    /// CAKE's word for a status that YAML cannot hold.
    pub(super) status_word: Option<Box<str>>,
    pub(super) absent: Absent,
}

impl ImportedOffer {
    /// From an offer that CAKE shows; fails if YAML cannot hold a required value.
    pub(super) fn observed(offer: &ObservedOffer) -> Result<Self, Reason> {
        for field in Field::ALL.into_iter().filter(|field| field.is_required()) {
            if offer.fields.get(field).is_some() {
                continue;
            }
            let unreadable = offer.unreadable.iter().find(|member| member.field == field);
            return Err(match unreadable {
                Some(member) => Reason::Unwritable { field, text: member.text.clone(), reason: member.reason.clone() },
                None => Reason::NotShown(field),
            });
        }
        let (mut fields, mut sync) = (offer.fields.clone(), SyncSettings::default());
        if let Some(status) = offer.status_by_another_word() {
            fields.set(Field::OfferStatus, Value::Status(status));
        }
        let mut status_word = None;
        // An absent status would mean `active`, but this one is unknown to us.
        if fields.get(Field::OfferStatus).is_none() {
            sync.ignore_changes.insert(Field::OfferStatus);
            status_word.clone_from(&offer.status_word);
        }
        Ok(Self { offer_id: Some(offer.offer_id), fields, sync, status_word, absent: Absent::Unknown })
    }

    /// From a row of a CSV file.
    pub(super) fn row(offer_id: Option<OfferId>, mut fields: Fields, sync: SyncSettings) -> Self {
        if fields.get(Field::OfferStatus).is_none() && !sync.ignore_changes.contains(Field::OfferStatus) {
            fields.set(Field::OfferStatus, Value::Status(OfferStatus::Active));
        }
        Self { offer_id, fields, sync, status_word: None, absent: Absent::Inherited }
    }

    pub(super) fn identity(&self) -> Identity<'_> {
        Identity::of(&self.fields)
    }
}

/// Name, advertiser and vertical: equal ones may be the same offer. Names are trimmed, as CAKE may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Identity<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) advertiser: Option<&'a Value>,
    pub(super) vertical: Option<&'a Value>,
}

impl<'a> Identity<'a> {
    pub(super) fn of(fields: &'a Fields) -> Self {
        Self {
            name: fields.name().map(str::trim),
            advertiser: fields.get(Field::AdvertiserId),
            vertical: fields.get(Field::VerticalId),
        }
    }

    /// With each name that the YAML gives it at any time: CAKE has that of an earlier time where no apply has sent the present one yet.
    pub(super) fn at_any_time(offer: &'a DesiredOffer) -> HashSet<Self> {
        let names = offer.values_at_any_time(Field::OfferName).map(Value::as_text);
        names.map(|name| Self { name: name.map(str::trim), ..Self::of(&offer.fields) }).collect()
    }

    /// The values of an offer that are not those of the YAML, or ever will be.
    pub(super) fn differing(&self, offer: &'a DesiredOffer) -> FieldSet {
        let yaml = Identity::of(&offer.fields);
        let has_name = Self::at_any_time(offer).iter().any(|other| other.name == self.name);
        let differs = [
            (Field::OfferName, !has_name),
            (Field::AdvertiserId, yaml.advertiser != self.advertiser),
            (Field::VerticalId, yaml.vertical != self.vertical),
        ];
        differs.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
    }

    /// The tree must not have two offers with the same name and advertiser while one of them is to be created.
    pub(super) fn without_vertical(self) -> Self {
        Self { vertical: None, ..self }
    }
}

pub(super) fn union(one: FieldSet, other: FieldSet) -> FieldSet {
    one.iter().chain(other.iter()).collect()
}
