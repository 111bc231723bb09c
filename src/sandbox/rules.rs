//! Validation of create and update: every parameter, its type and its allowed values.
//!
//! Knows nothing of HTTP, API keys or storage. The invariant: only documented parameters and values are accepted.

use std::str::FromStr;

use serde_json::value::RawValue;
use url::Url;

use super::members::JsonMembers;
use super::offer::{Amount, CakeDateTime, Offer};
use super::reply::Rejection;

const STATUSES: [&str; 3] = ["active", "inactive", "pending"];
const TYPES: [&str; 4] = ["cpa", "cpc", "cpm", "revshare"];

/// Parses the parameters of a create into a new offer.
pub(super) fn create(
    mut sent: JsonMembers<'_>,
    offer_id: u64,
    created_date: CakeDateTime,
    default_status: &str,
) -> Result<Offer, Rejection> {
    let offer = Offer {
        offer_id,
        created_date,
        offer_name: required(&mut sent, "offer_name", name)?,
        advertiser_id: required(&mut sent, "advertiser_id", id)?,
        vertical_id: required(&mut sent, "vertical_id", id)?,
        offer_url: required(&mut sent, "offer_url", absolute_url)?,
        preview_url: optional(&mut sent, "preview_url", absolute_url)?,
        offer_status: optional(&mut sent, "offer_status", status)?.unwrap_or_else(|| default_status.to_owned()),
        payout: optional(&mut sent, "payout", parsed)?,
        payout_type: optional(&mut sent, "payout_type", payment_type)?,
        revenue: optional(&mut sent, "revenue", parsed)?,
        revenue_type: optional(&mut sent, "revenue_type", payment_type)?,
        currency_id: optional(&mut sent, "currency_id", id)?,
        session_hours: optional(&mut sent, "session_hours", id)?,
        expiration_date: optional(&mut sent, "expiration_date", moment)?,
        offer_description: optional(&mut sent, "offer_description", text)?,
        tags: Vec::new(),
    };
    sent.finish()?;
    Ok(offer)
}

/// The five fields that an update can change.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Changes {
    offer_name: Option<String>,
    offer_status: Option<String>,
    payout: Option<Amount>,
    revenue: Option<Amount>,
    expiration_date: Option<CakeDateTime>,
}

impl Changes {
    /// Sets only the fields that were sent.
    pub(super) fn apply(self, offer: &mut Offer) {
        let Self { offer_name, offer_status, payout, revenue, expiration_date } = self;
        offer.offer_name = offer_name.unwrap_or_else(|| std::mem::take(&mut offer.offer_name));
        offer.offer_status = offer_status.unwrap_or_else(|| std::mem::take(&mut offer.offer_status));
        offer.payout = payout.or_else(|| offer.payout.take());
        offer.revenue = revenue.or_else(|| offer.revenue.take());
        offer.expiration_date = expiration_date.or(offer.expiration_date);
    }
}

/// Parses the parameters of an update: the offer's id and at least one change.
pub(super) fn update(mut sent: JsonMembers<'_>) -> Result<(u64, Changes), Rejection> {
    let offer_id = required(&mut sent, "offer_id", id)?;
    let changes = Changes {
        offer_name: optional(&mut sent, "offer_name", name)?,
        offer_status: optional(&mut sent, "offer_status", status)?,
        payout: optional(&mut sent, "payout", parsed)?,
        revenue: optional(&mut sent, "revenue", parsed)?,
        expiration_date: optional(&mut sent, "expiration_date", moment)?,
    };
    sent.finish()?;
    let nothing = Changes { offer_name: None, offer_status: None, payout: None, revenue: None, expiration_date: None };
    if changes == nothing { Err(Rejection::failed("Nothing to update")) } else { Ok((offer_id, changes)) }
}

/// Parses the raw JSON of a value; `None` if the value is not allowed.
type Rule<T> = fn(&RawValue) -> Option<T>;

fn optional<T>(sent: &mut JsonMembers<'_>, name: &str, rule: Rule<T>) -> Result<Option<T>, Rejection> {
    match sent.take(name) {
        None => Ok(None),
        Some(raw) => rule(raw).map(Some).ok_or_else(|| Rejection::invalid(name)),
    }
}

fn required<T>(sent: &mut JsonMembers<'_>, name: &str, rule: Rule<T>) -> Result<T, Rejection> {
    optional(sent, name, rule)?.ok_or_else(|| Rejection::failed(format!("Missing parameter {name}")))
}

/// A JSON string; other types are not converted.
pub(super) fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

fn name(raw: &RawValue) -> Option<String> {
    text(raw).filter(|name| !name.trim().is_empty())
}

/// A positive integer; `12.0`, `1e2` and `"12"` are not accepted.
fn id(raw: &RawValue) -> Option<u64> {
    positive(raw.get())
}

/// A positive integer in plain digits.
pub(super) fn positive(digits: &str) -> Option<u64> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    if plain { digits.parse().ok() } else { None }
}

fn parsed<T: FromStr>(raw: &RawValue) -> Option<T> {
    raw.get().parse().ok()
}

fn moment(raw: &RawValue) -> Option<CakeDateTime> {
    text(raw)?.parse().ok()
}

fn status(raw: &RawValue) -> Option<String> {
    text(raw).filter(|word| STATUSES.contains(&word.as_str()))
}

/// CAKE accepts `cpa` and returns `CPA`.
fn payment_type(raw: &RawValue) -> Option<String> {
    text(raw).filter(|word| TYPES.contains(&word.as_str())).map(|word| word.to_ascii_uppercase())
}

/// An absolute http(s) URL, kept as written, with macros in braces.
fn absolute_url(raw: &RawValue) -> Option<String> {
    let address = text(raw)?;
    // `Url` ignores spaces and control characters, so they are rejected here.
    if address.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return None;
    }
    let (scheme, rest) = address.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let host = !rest.starts_with(['/', '\\', '?', '#']) && Url::parse(&address).ok()?.has_host();
    (web && host).then_some(address)
}
