//! An offer that is to come into the tree: the values that its YAML may say, and what of the offer stays outside.

use crate::cake::ObservedOffer;
use crate::offer::{Field, FieldSet, Fields, OfferId, OfferStatus, SyncSettings, Value};

use super::outcome::Reason;

/// What it means that an imported offer has no value for a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Absent {
    /// Nobody knows the value, so nothing may compare it: not even one that the folder's defaults would give.
    Unknown,
    /// The offer takes what its folder gives.
    Inherited,
}

/// An offer on its way in.
#[derive(Debug, Clone)]
pub(super) struct ImportedOffer {
    /// Its id in CAKE, where it has one.
    pub(super) offer_id: Option<OfferId>,
    /// What is known.
    pub(super) fields: Fields,
    /// Its `sync:` settings.
    pub(super) sync: SyncSettings,
    /// What the missing fields mean.
    pub(super) absent: Absent,
}

impl ImportedOffer {
    /// What CAKE shows as what may be written, or the reason why it cannot be.
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
        let mut sync = SyncSettings::default();
        // An absent status means active; a status that nobody could write back must not become that.
        if offer.fields.get(Field::OfferStatus).is_none() {
            sync.ignore_changes.insert(Field::OfferStatus);
        }
        let (offer_id, fields) = (Some(offer.offer_id), offer.fields.clone());
        Ok(Self { offer_id, fields, sync, absent: Absent::Unknown })
    }

    /// A row of a spreadsheet.
    pub(super) fn row(offer_id: Option<OfferId>, mut fields: Fields, sync: SyncSettings) -> Self {
        if fields.get(Field::OfferStatus).is_none() && !sync.ignore_changes.contains(Field::OfferStatus) {
            fields.set(Field::OfferStatus, Value::Status(OfferStatus::Active));
        }
        Self { offer_id, fields, sync, absent: Absent::Inherited }
    }

    /// What makes two offers look like one to a person: name, advertiser and vertical.
    pub(super) fn identity(&self) -> Identity<'_> {
        Identity::of(&self.fields)
    }
}

/// Name, advertiser and vertical of an offer. Names are compared without the space around them, which CAKE may trim.
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

    /// The same without the vertical: two such offers cannot stand in one tree while one of them is to be created.
    pub(super) fn without_vertical(self) -> Self {
        Self { vertical: None, ..self }
    }
}

/// Both sets together.
pub(super) fn union(one: FieldSet, other: FieldSet) -> FieldSet {
    one.iter().chain(other.iter()).collect()
}
