//! The JSON of an offer in replies: its members, their order and spelling.
//!
//! Knows nothing of paging or storage. The invariant: without a quirk, a value is shown exactly as it is stored.

use std::cmp::Ordering;

use jiff::tz::TimeZone;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::offer::{Amount, CakeDateTime, Offer};
use super::quirks::{NameForm, Quirks, StatusSpelling};

/// A member of an offer in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    OfferId,
    OfferName,
    OfferStatus,
    VerticalId,
    AdvertiserId,
    OfferUrl,
    PreviewUrl,
    Payout,
    PayoutType,
    Revenue,
    RevenueType,
    CurrencyId,
    SessionHours,
    ExpirationDate,
    OfferDescription,
    CreatedDate,
}

use Member::{
    AdvertiserId, CreatedDate, CurrencyId, ExpirationDate, OfferDescription, OfferId, OfferName, OfferStatus, OfferUrl,
    Payout, PayoutType, PreviewUrl, Revenue, RevenueType, SessionHours, VerticalId,
};

/// All members, in the order of a row.
pub(super) const ALL: [Member; 16] = [
    OfferId,
    OfferName,
    OfferStatus,
    VerticalId,
    AdvertiserId,
    OfferUrl,
    PreviewUrl,
    Payout,
    PayoutType,
    Revenue,
    RevenueType,
    CurrencyId,
    SessionHours,
    ExpirationDate,
    OfferDescription,
    CreatedDate,
];
/// The members in the documented sample of a listing.
pub(super) const LISTED: [Member; 10] =
    [OfferId, OfferName, OfferStatus, VerticalId, AdvertiserId, OfferUrl, Payout, PayoutType, Revenue, SessionHours];
/// The members in the documented reply to a create.
pub(super) const CREATED: [Member; 7] = [OfferId, OfferName, OfferStatus, Payout, PayoutType, Revenue, CreatedDate];
/// The members in the documented reply to an update.
pub(super) const UPDATED: [Member; 5] = [OfferId, OfferName, OfferStatus, Payout, ExpirationDate];

impl Member {
    pub(super) const fn name(self) -> &'static str {
        match self {
            OfferId => "offer_id",
            OfferName => "offer_name",
            OfferStatus => "offer_status",
            VerticalId => "vertical_id",
            AdvertiserId => "advertiser_id",
            OfferUrl => "offer_url",
            PreviewUrl => "preview_url",
            Payout => "payout",
            PayoutType => "payout_type",
            Revenue => "revenue",
            RevenueType => "revenue_type",
            CurrencyId => "currency_id",
            SessionHours => "session_hours",
            ExpirationDate => "expiration_date",
            OfferDescription => "offer_description",
            CreatedDate => "created_date",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|field| field.name() == name)
    }

    /// Compares two offers by this member; an absent value comes first.
    pub(super) fn compare(self, left: &Offer, right: &Offer) -> Ordering {
        match self {
            OfferId => left.offer_id.cmp(&right.offer_id),
            OfferName => left.offer_name.cmp(&right.offer_name),
            OfferStatus => left.offer_status.cmp(&right.offer_status),
            VerticalId => left.vertical_id.cmp(&right.vertical_id),
            AdvertiserId => left.advertiser_id.cmp(&right.advertiser_id),
            OfferUrl => left.offer_url.cmp(&right.offer_url),
            PreviewUrl => left.preview_url.cmp(&right.preview_url),
            Payout => compare_money(left.payout.as_ref(), right.payout.as_ref()),
            PayoutType => left.payout_type.cmp(&right.payout_type),
            Revenue => compare_money(left.revenue.as_ref(), right.revenue.as_ref()),
            RevenueType => left.revenue_type.cmp(&right.revenue_type),
            CurrencyId => left.currency_id.cmp(&right.currency_id),
            SessionHours => left.session_hours.cmp(&right.session_hours),
            ExpirationDate => left.expiration_date.cmp(&right.expiration_date),
            OfferDescription => left.offer_description.cmp(&right.offer_description),
            CreatedDate => left.created_date.cmp(&right.created_date),
        }
    }
}

fn compare_money(left: Option<&Amount>, right: Option<&Amount>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.compare(right),
        _ => left.is_some().cmp(&right.is_some()),
    }
}

/// Shows another value for a member than the stored one; a fault does that.
#[derive(Debug, Clone)]
pub(super) struct Override {
    pub(super) member: Member,
    /// `None`: the row lacks the member.
    pub(super) value: Option<Box<RawValue>>,
    /// The row has no other member.
    pub(super) is_alone: bool,
}

impl Override {
    pub(super) fn of(member: Member, value: Option<Box<RawValue>>) -> Self {
        Self { member, value, is_alone: false }
    }
}

/// An offer with the settings for its serialization.
#[derive(Debug, Clone)]
pub(super) struct OfferRow<'a> {
    offer: &'a Offer,
    fields: &'a [Member],
    overridden: Option<&'a Override>,
    quirks: &'a Quirks,
    zone: &'a TimeZone,
    listed: bool,
}

impl<'a> OfferRow<'a> {
    /// Shows these members, or all of them if the quirks say so.
    pub(super) fn new(offer: &'a Offer, fields: &'a [Member], quirks: &'a Quirks, zone: &'a TimeZone) -> Self {
        let fields = if quirks.all_fields { &ALL } else { fields };
        Self { offer, fields, overridden: None, quirks, zone, listed: false }
    }

    pub(super) fn with(self, overridden: Option<&'a Override>) -> Self {
        let fields = if overridden.is_some_and(|overridden| overridden.is_alone) { &[] } else { self.fields };
        Self { fields, overridden, ..self }
    }

    /// As a row of a listing, not as the reply to a write.
    pub(super) fn listed(self) -> Self {
        Self { listed: true, ..self }
    }

    fn name(&self) -> String {
        NameForm::all(if self.listed { &self.quirks.listed_names } else { &[] }, &self.offer.offer_name)
    }

    fn advertiser(&self) -> u64 {
        let listed = self.quirks.listed_advertiser.filter(|_| self.listed);
        listed.unwrap_or(self.offer.advertiser_id)
    }

    fn moment(&self, moment: CakeDateTime) -> String {
        // A time that does not exist in the time zone is shown unconverted.
        let instant = self.zone.to_zoned(moment.0).ok().map(|zoned| zoned.timestamp());
        match instant {
            Some(instant) if self.quirks.ms_dates => format!("/Date({})/", instant.as_millisecond()),
            Some(instant) if self.quirks.iso_dates => instant.to_string(),
            None if self.quirks.iso_dates => moment.to_string().replace(' ', "T") + "Z",
            _ => moment.to_string(),
        }
    }

    fn money<M: SerializeMap>(&self, map: &mut M, field: Member, money: Option<&Amount>) -> Result<(), M::Error> {
        let money = money.map(|money| money.padded(self.quirks.money_decimals));
        if self.quirks.dollar_amounts {
            return self.optional(map, field, money.map(|money| format!("${money}")));
        }
        self.optional(map, field, money)
    }

    fn optional<M: SerializeMap, T: Serialize>(
        &self,
        map: &mut M,
        field: Member,
        value: Option<T>,
    ) -> Result<(), M::Error> {
        match value {
            None if !self.quirks.nulls => Ok(()),
            value => map.serialize_entry(field.name(), &value),
        }
    }

    fn show<M: SerializeMap>(&self, map: &mut M, field: Member) -> Result<(), M::Error> {
        let (offer, name) = (self.offer, field.name());
        match field {
            OfferId => map.serialize_entry(name, &offer.offer_id),
            OfferName => map.serialize_entry(name, &self.name()),
            OfferStatus => map.serialize_entry(name, &shown_status(&offer.offer_status, self.quirks.status_spelling)),
            VerticalId => map.serialize_entry(name, &offer.vertical_id),
            AdvertiserId => map.serialize_entry(name, &self.advertiser()),
            OfferUrl => map.serialize_entry(name, &offer.offer_url),
            PreviewUrl => self.optional(map, field, offer.preview_url.as_ref()),
            Payout => self.money(map, field, offer.payout.as_ref()),
            PayoutType => self.optional(map, field, offer.payout_type.as_ref()),
            Revenue => self.money(map, field, offer.revenue.as_ref()),
            RevenueType => self.optional(map, field, offer.revenue_type.as_ref()),
            CurrencyId => self.optional(map, field, offer.currency_id),
            SessionHours => self.optional(map, field, offer.session_hours),
            ExpirationDate => self.optional(map, field, offer.expiration_date.map(|moment| self.moment(moment))),
            OfferDescription => self.optional(map, field, offer.offer_description.as_ref()),
            CreatedDate => map.serialize_entry(name, &self.moment(offer.created_date)),
        }
    }
}

impl Serialize for OfferRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let overridden = self.overridden.map(|overridden| overridden.member);
        for field in self.fields.iter().filter(|field| Some(**field) != overridden) {
            if !(self.listed && self.quirks.unlisted_members.contains(field.name())) {
                self.show(&mut map, *field)?;
            }
        }
        if let Some(Override { member, value: Some(value), .. }) = self.overridden {
            map.serialize_entry(member.name(), value)?;
        }
        map.end()
    }
}

/// The status word in the given spelling.
pub(super) fn shown_status(word: &str, words: StatusSpelling) -> String {
    match words {
        StatusSpelling::AsSet => word.to_owned(),
        StatusSpelling::Upper => word.to_uppercase(),
        StatusSpelling::PausedForInactive if word == "inactive" => "Paused".to_owned(),
        StatusSpelling::Capitalized | StatusSpelling::PausedForInactive => {
            let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            first.to_uppercase() + rest
        }
    }
}
