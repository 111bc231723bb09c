//! The value of a field: parsed by the field's rule, compared by meaning.

use std::fmt;

use super::date::ExpirationDate;
use super::field::{Field, FieldKind};
use super::id::{AdvertiserId, CurrencyId, SessionHours, VerticalId};
use super::money::Money;
use super::web_url::WebUrl;
use super::words::{OfferStatus, PriceType};

/// The value of a field. Values are equal if they mean the same to CAKE: `20` equals `20.00`, `CPA` equals `cpa`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// A name or a description.
    Text(Box<str>),
    /// A URL.
    Url(WebUrl),
    /// An advertiser.
    Advertiser(AdvertiserId),
    /// A vertical.
    Vertical(VerticalId),
    /// A currency.
    Currency(CurrencyId),
    /// A number of hours.
    Hours(SessionHours),
    /// A status.
    Status(OfferStatus),
    /// An amount.
    Money(Money),
    /// What an amount is paid for.
    PriceType(PriceType),
    /// A date and time of day.
    Date(ExpirationDate),
}

/// Why a text is not a valid value: the end of a message such as "`payout`: …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ValueError {
    reason: String,
    /// The allowed words, for a suggestion; empty if any text is allowed.
    pub words: &'static [&'static str],
}

impl ValueError {
    fn new(reason: impl fmt::Display) -> Self {
        Self { reason: reason.to_string(), words: &[] }
    }

    fn words(words: &'static [&'static str]) -> Self {
        Self { reason: format!("expected one of {}", quoted(words)), words }
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

impl Value {
    pub(super) fn parse(field: Field, text: &str) -> Result<Self, ValueError> {
        match field.kind() {
            FieldKind::Name if text.trim().is_empty() => Err(ValueError::new("the text is empty")),
            FieldKind::Name if text.chars().any(char::is_control) => {
                Err(ValueError::new("a name is a single line without control characters"))
            }
            FieldKind::Name | FieldKind::Text => Ok(Self::Text(Box::from(text))),
            FieldKind::Url => WebUrl::parse(text).map(Self::Url).map_err(ValueError::new),
            FieldKind::Id | FieldKind::Hours => Self::parse_number(field, text),
            FieldKind::Status => {
                OfferStatus::parse(text).map(Self::Status).ok_or_else(|| ValueError::words(OfferStatus::WORDS))
            }
            FieldKind::Money => Money::parse(text).map(Self::Money).map_err(ValueError::new),
            FieldKind::PriceType => {
                PriceType::parse(text).map(Self::PriceType).ok_or_else(|| ValueError::words(PriceType::WORDS))
            }
            FieldKind::Date => ExpirationDate::parse(text).map(Self::Date).map_err(ValueError::new),
        }
    }

    fn parse_number(field: Field, text: &str) -> Result<Self, ValueError> {
        let value = match field {
            Field::AdvertiserId => AdvertiserId::parse(text).map(Self::Advertiser),
            Field::VerticalId => VerticalId::parse(text).map(Self::Vertical),
            Field::CurrencyId => CurrencyId::parse(text).map(Self::Currency),
            _ => SessionHours::parse(text).map(Self::Hours),
        };
        value.ok_or_else(|| ValueError::new("expected a positive whole number"))
    }

    /// Whether CAKE may show the value like this: it may store a text with other line ends, and without the spaces and empty
    /// lines at its ends.
    pub fn is_shown_as(&self, shown: &Self) -> bool {
        match (self, shown) {
            (Self::Text(sent), Self::Text(shown)) => sent == shown || lines(sent).eq(lines(shown)),
            (sent, shown) => sent == shown,
        }
    }

    /// The number, if JSON shows the value as an integer (ids and hours).
    pub fn as_integer(&self) -> Option<u64> {
        match self {
            Self::Advertiser(id) => Some(id.get()),
            Self::Vertical(id) => Some(id.get()),
            Self::Currency(id) => Some(id.get()),
            Self::Hours(hours) => Some(hours.get()),
            _ => None,
        }
    }

    /// The text, if the value is a name or a description.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The amount, if the value is money.
    pub fn as_money(&self) -> Option<Money> {
        match self {
            Self::Money(money) => Some(*money),
            _ => None,
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.trim().lines().map(str::trim_end)
}

/// The value as written; [`Field::parse`] returns an equal value.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Url(url) => url.fmt(f),
            Self::Advertiser(id) => id.fmt(f),
            Self::Vertical(id) => id.fmt(f),
            Self::Currency(id) => id.fmt(f),
            Self::Hours(hours) => hours.fmt(f),
            Self::Status(status) => status.fmt(f),
            Self::Money(money) => money.fmt(f),
            Self::PriceType(price_type) => price_type.fmt(f),
            Self::Date(date) => date.fmt(f),
        }
    }
}

/// Integers for ids and hours, strings for everything else: the shape of plans and states.
impl serde::Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Url(url) => serializer.serialize_str(url.as_str()),
            Self::Status(status) => serializer.serialize_str(status.word()),
            Self::PriceType(price_type) => serializer.serialize_str(price_type.word()),
            other => match other.as_integer() {
                Some(number) => serializer.serialize_u64(number),
                None => serializer.collect_str(other),
            },
        }
    }
}
