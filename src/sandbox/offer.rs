//! An offer as the sandbox stores it, and its exact amounts and dates.
//!
//! Knows nothing of requests or replies. The invariant: an amount is exactly the digits that were sent; no float is used.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// An offer as the sandbox stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the members carry the names that CAKE's own documentation explains")]
pub struct Offer {
    pub offer_id: u64,
    pub offer_name: String,
    pub advertiser_id: u64,
    pub vertical_id: u64,
    pub offer_url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<String>,
    /// Any text, because CAKE's user interface can set words that the API does not accept.
    pub offer_status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency_id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_hours: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<CakeDateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer_description: Option<String>,
    /// Tags, which only CAKE's user interface can set; the listing can filter by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<u64>,
    pub created_date: CakeDateTime,
}

impl Offer {
    /// An active offer with only the required fields, for tests.
    #[must_use]
    pub fn filler(offer_id: u64) -> Self {
        Self {
            offer_id,
            offer_name: format!("Filler {offer_id}"),
            advertiser_id: 1,
            vertical_id: 1,
            offer_url: format!("https://filler.example/{offer_id}?sub_id={{sub_id}}"),
            preview_url: None,
            offer_status: "active".to_owned(),
            payout: None,
            payout_type: None,
            revenue: None,
            revenue_type: None,
            currency_id: None,
            session_hours: None,
            expiration_date: None,
            offer_description: None,
            tags: Vec::new(),
            created_date: CakeDateTime(DateTime::constant(2020, 1, 1, 0, 0, 0, 0)),
        }
    }
}

/// An amount: the digits that were sent, returned as the same JSON number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Amount(String);

impl Amount {
    /// The digits, as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares two amounts by value (20 equals 20.00), exactly at any length.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        let (left, right) = (self.parts(), other.parts());
        // Without sign and leading zeros, a longer whole part is larger, and digits of equal length compare as text.
        (left.0.len().cmp(&right.0.len())).then_with(|| left.cmp(&right))
    }

    /// The same amount with at least this many decimals.
    #[must_use]
    pub fn padded(&self, decimals: usize) -> Self {
        let written = self.0.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let point = if written == 0 && decimals > 0 { "." } else { "" };
        Self(format!("{}{point}{}", self.0, "0".repeat(decimals.saturating_sub(written))))
    }

    fn parts(&self) -> (&str, &str) {
        let (whole, fraction) = self.0.split_once('.').unwrap_or((&self.0, ""));
        (whole, fraction.trim_end_matches('0'))
    }
}

impl FromStr for Amount {
    type Err = InvalidAmount;

    /// Accepts plain digits with at most one decimal point: no sign, exponent or leading zeros.
    fn from_str(text: &str) -> Result<Self, InvalidAmount> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if digits(whole) && digits(fraction) && !leading_zero { Ok(Self(text.to_owned())) } else { Err(InvalidAmount) }
    }
}

/// The text is not an amount in plain digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount in plain digits")]
pub struct InvalidAmount;

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Amount({})", self.0)
    }
}

impl Serialize for Amount {
    /// Uses a raw JSON value, because serde's number types would round.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.clone()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <Box<RawValue>>::deserialize(deserializer)?;
        raw.get().parse().map_err(D::Error::custom)
    }
}

/// A date and time without a zone, written `2026-06-19 09:15:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CakeDateTime(pub DateTime);

impl FromStr for CakeDateTime {
    type Err = InvalidDateTime;

    /// Accepts only the documented format, and only dates that exist.
    fn from_str(text: &str) -> Result<Self, InvalidDateTime> {
        let moment = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).map(Self).map_err(|_| InvalidDateTime)?;
        // The parser is lenient about padding and leap seconds, so the result must format to the same text.
        if moment.to_string() == text { Ok(moment) } else { Err(InvalidDateTime) }
    }
}

/// The text is not a real date and time as `YYYY-MM-DD HH:MM:SS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a real date and time as YYYY-MM-DD HH:MM:SS")]
pub struct InvalidDateTime;

impl fmt::Display for CakeDateTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(at) = self;
        write!(
            formatter,
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        )
    }
}

impl Serialize for CakeDateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CakeDateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
