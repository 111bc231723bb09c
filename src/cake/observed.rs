//! One offer in a reply of CAKE: the values that could be read, and those that could not, as text.
//!
//! Knows rows, no pages. Invariants: an absent member is unknown, never empty; a value that breaks our rules is kept as text
//! with the reason, never dropped and never converted; a number never becomes a float.

use std::borrow::Cow;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::offer::{ExpirationDate, Field, FieldKind, FieldSet, Fields, OfferId, OfferStatus, StatusWord, Value};

use super::number::plain_digits;
use super::object::{MemberValue, Object, Scalar};

/// An offer as CAKE shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedOffer {
    pub offer_id: OfferId,
    /// The members that were there and could be read. An absent field is unknown.
    pub fields: Fields,
    /// The members that were there and could not be read by our rules, such as a status `Expired`.
    pub unreadable: Box<[Unreadable]>,
    /// The status as CAKE writes it.
    pub status_word: Option<Box<str>>,
    /// Whether the expiration date is there and empty (`null`, nothing, or the minimum date): the offer has none.
    pub has_no_date: bool,
}

/// A member that breaks the rules of its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub field: Field,
    /// What CAKE wrote; long texts are cut.
    pub text: Box<str>,
    /// Why it is no value of the field.
    pub reason: Box<str>,
}

/// The row has no readable id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoId;

/// Money keeps at least this many digits exactly (`rust_decimal`).
const MOST_DIGITS: usize = 28;

/// How much of an unreadable value is kept.
const LONGEST_TEXT: usize = 200;

impl ObservedOffer {
    /// Reads a row: the offer itself, or an object around it.
    pub(super) fn read(row: &Object<'_>, zone: &TimeZone) -> Result<Self, NoId> {
        match row.object("offer") {
            Some(offer) => Self::read_offer(&offer, zone),
            None => Self::read_offer(row, zone),
        }
    }

    fn read_offer(offer: &Object<'_>, zone: &TimeZone) -> Result<Self, NoId> {
        let MemberValue::One(id) = offer.get("offer_id") else { return Err(NoId) };
        let digits = Scalar::read(id).into_digits().ok_or(NoId)?;
        let offer_id = OfferId::parse(digits.trim()).ok_or(NoId)?;
        let ShownValues { fields, unreadable, status_word, has_no_date, empty: _ } = ShownValues::read(offer, zone);
        Ok(Self { offer_id, fields, unreadable, status_word, has_no_date })
    }

    /// The status that CAKE's word stands for, where it is another one than ours: its user interface shows `Paused` for an offer that is
    /// inactive in its API.
    pub fn status_by_another_word(&self) -> Option<OfferStatus> {
        let word = self.status_word.as_deref().filter(|_| self.fields.get(Field::OfferStatus).is_none())?;
        word.eq_ignore_ascii_case("paused").then_some(OfferStatus::Inactive)
    }

    /// CAKE's word for the status, for a record with these values: where neither they nor CAKE have a status of ours.
    pub fn word_without_status(&self, recorded: &Fields) -> Option<StatusWord> {
        let has_status = |fields: &Fields| fields.get(Field::OfferStatus).is_some();
        if has_status(recorded) || has_status(&self.fields) {
            return None;
        }
        StatusWord::shown(self.status_word.as_deref()?)
    }

    /// Whether the listing has a value of the field, readable or not.
    pub fn shows(&self, field: Field) -> bool {
        self.fields.get(field).is_some() || self.unreadable.iter().any(|member| member.field == field)
    }
}

/// The values of an offer, without its id.
pub(super) struct ShownValues {
    pub(super) fields: Fields,
    pub(super) unreadable: Box<[Unreadable]>,
    pub(super) status_word: Option<Box<str>>,
    /// Whether the expiration date is there and empty (`null`, nothing, or the minimum date).
    pub(super) has_no_date: bool,
    /// The members that are there and hold nothing: `null`, or an empty text.
    pub(super) empty: FieldSet,
}

impl ShownValues {
    pub(super) fn read(offer: &Object<'_>, zone: &TimeZone) -> Self {
        let mut fields = Fields::default();
        let mut unreadable = Vec::new();
        for field in Field::ALL {
            match read_member(offer.get(field.name()), field, zone) {
                Ok(Some(value)) => {
                    fields.set(field, value);
                }
                Ok(None) => {}
                Err((text, reason)) => {
                    unreadable.push(Unreadable { field, text: cut(&text), reason: reason.into_boxed_str() });
                }
            }
        }
        let status_word = offer.text(Field::OfferStatus.name()).map(|word| cut(word.trim()));
        let date = Field::ExpirationDate.name();
        let is_none = |date: &str| date.is_empty() || matches!(read_date(date, zone), DateText::Unset);
        let has_no_date = offer.is_null(date) || offer.text(date).is_some_and(|date| is_none(date.trim()));
        let is_empty = |field: &Field| {
            let name = field.name();
            offer.is_null(name) || offer.text(name).is_some_and(|text| text.trim().is_empty())
        };
        let empty = Field::ALL.into_iter().filter(is_empty).collect();
        Self { fields, unreadable: unreadable.into_boxed_slice(), status_word, has_no_date, empty }
    }
}

fn cut(text: &str) -> Box<str> {
    let end = text.char_indices().nth(LONGEST_TEXT).map_or(text.len(), |(at, _)| at);
    Box::from(&text[..end])
}

/// The value, nothing where CAKE says nothing, or CAKE's text and what is wrong with it.
fn read_member(member: MemberValue<'_>, field: Field, zone: &TimeZone) -> Result<Option<Value>, (String, String)> {
    let raw = match member {
        MemberValue::Absent => return Ok(None),
        MemberValue::Repeated => return Err((String::new(), "the member is there more than once".to_owned())),
        MemberValue::One(raw) => raw,
    };
    let Some(text) = Scalar::read(raw).into_digits() else {
        return Err((raw.to_owned(), "neither a text nor a number".to_owned()));
    };
    // An empty text means "none", except in the one field in which an empty text is a value.
    if text.trim().is_empty() && field.kind() != FieldKind::Text {
        return Ok(None);
    }
    let spelled = match field.kind() {
        FieldKind::Text => text.clone(),
        FieldKind::Name | FieldKind::Url | FieldKind::Id | FieldKind::Hours => Cow::Borrowed(&*text),
        FieldKind::Status | FieldKind::PriceType => Cow::Borrowed(text.trim()),
        FieldKind::Money => {
            plain_digits(text.trim(), MOST_DIGITS).map_or_else(|| Cow::Borrowed(text.trim()), Cow::Owned)
        }
        FieldKind::Date => match read_date(text.trim(), zone) {
            DateText::Unset => return Ok(None),
            DateText::Date(date) => Cow::Owned(date.to_string()),
            DateText::Unknown => Cow::Borrowed(text.trim()),
        },
    };
    let parsed = field.parse(&spelled);
    drop(spelled);
    parsed.map(Some).map_err(|error| (text.into_owned(), error.to_string()))
}

enum DateText {
    /// The minimum date, .NET's "no date".
    Unset,
    Date(ExpirationDate),
    Unknown,
}

/// A date in the specification's form or in ISO 8601. Without a zone it is what it says; with `Z` or an offset it names an
/// instant, and the account's zone says which date and time that is. Parts of a second are dropped.
fn read_date(text: &str, zone: &TimeZone) -> DateText {
    // Shorter than a date with a time of day: a date alone does not say when the offer ends.
    if text.len() < "2026-06-19 09:15:00".len() {
        return DateText::Unknown;
    }
    // The instant first: read as a civil date, a text with an offset would silently lose the offset.
    let instant = text.parse::<jiff::Timestamp>().map(|instant| instant.to_zoned(zone.clone()).datetime());
    let Ok(civil) = instant.or_else(|_| text.parse::<DateTime>()) else { return DateText::Unknown };
    if civil.year() <= 1 { DateText::Unset } else { DateText::Date(ExpirationDate::from_civil(civil)) }
}
