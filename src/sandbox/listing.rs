//! The listing call: filters, sort order and paging.
//!
//! The invariant: query parameters are validated as strictly as a body, and without quirks the pages of a query contain each
//! matching offer exactly once.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::offer::Offer;
use super::quirks::{EmptyListing, Quirks, TotalField, Wrapper};
use super::reply::{HttpReply, Rejection};
use super::rows::{Member, OfferRow, shown_status};
use super::rules::positive;

const DEFAULT_LIMIT: u64 = 25;
const STATUSES: [&str; 3] = ["active", "paused", "inactive"];

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ListingQuery {
    pub(super) offer_id: Option<u64>,
    offer_status: Option<String>,
    vertical_id: Option<u64>,
    advertiser_id: Option<u64>,
    tag_id: Option<u64>,
    start_at_row: u64,
    row_limit: Option<u64>,
    sort_field: Option<Member>,
    sort_descending: bool,
}

impl ListingQuery {
    /// Parses the query parameters without the API key.
    pub(super) fn read(pairs: &[(String, String)]) -> Result<Self, Rejection> {
        let mut query = Self::default();
        for (index, (name, value)) in pairs.iter().enumerate() {
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Rejection::failed(format!("Duplicate parameter {name}")));
            }
            let id = || positive(value).ok_or_else(|| Rejection::invalid(name));
            match name.as_str() {
                "offer_id" => query.offer_id = Some(id()?),
                "vertical_id" => query.vertical_id = Some(id()?),
                "advertiser_id" => query.advertiser_id = Some(id()?),
                "tag_id" => query.tag_id = Some(id()?),
                "row_limit" => query.row_limit = Some(id()?),
                "start_at_row" => query.start_at_row = if value == "0" { 0 } else { id()? },
                "offer_status" => query.offer_status = Some(word(name, value, &STATUSES)?.to_owned()),
                "sort_descending" => query.sort_descending = word(name, value, &["true", "false"])? == "true",
                "sort_field" => {
                    query.sort_field = Some(Member::named(value).ok_or_else(|| Rejection::invalid(name))?);
                }
                _ => return Err(Rejection::failed(format!("Unknown parameter {name}"))),
            }
        }
        Ok(query)
    }

    fn matches(&self, offer: &Offer, quirks: &Quirks) -> bool {
        let statuses = &quirks.listed_statuses;
        let is_listed = statuses.is_empty() || self.offer_status.is_some() || statuses.contains(&offer.offer_status);
        if quirks.hidden.contains(&offer.offer_id) || !is_listed {
            return false;
        }
        quirks.ignores_filters || self.is_met(offer, quirks)
    }

    fn is_met(&self, offer: &Offer, quirks: &Quirks) -> bool {
        let wanted = |filter: Option<u64>, value: u64| filter.is_none_or(|id| id == value);
        wanted(self.offer_id, offer.offer_id)
            && wanted(self.vertical_id, offer.vertical_id)
            && wanted(self.advertiser_id, offer.advertiser_id)
            && self.tag_id.is_none_or(|tag| offer.tags.contains(&tag))
            && self.offer_status.as_ref().is_none_or(|status| {
                // The filter compares with the status as the rows show it, ignoring case.
                shown_status(&offer.offer_status, quirks.status_spelling).eq_ignore_ascii_case(status)
            })
    }

    fn order(&self, rows: &mut [&Offer], call: u64, quirks: &Quirks) {
        match self.sort_field {
            // The store is sorted by id.
            Some(Member::OfferId) => {}
            Some(field) => {
                rows.sort_by(|left, right| field.compare(left, right).then_with(|| left.offer_id.cmp(&right.offer_id)));
            }
            None if quirks.unstable_order && !rows.is_empty() => {
                let first = usize::try_from(call).unwrap_or(0) % rows.len();
                rows.rotate_left(first);
            }
            None => {}
        }
        if self.sort_descending {
            rows.reverse();
        }
    }
}

fn word<'a>(name: &str, value: &'a str, allowed: &[&str]) -> Result<&'a str, Rejection> {
    if allowed.contains(&value) { Ok(value) } else { Err(Rejection::invalid(name)) }
}

#[derive(Debug, Clone)]
pub(super) struct ListingPage {
    pub(super) offers: Vec<Offer>,
    total: u64,
    /// Whether no offer matches, on any page.
    is_empty: bool,
}

/// Returns the requested page; `offers` is sorted by id.
pub(super) fn page<'a>(
    offers: impl Iterator<Item = &'a Offer>,
    query: &ListingQuery,
    call: u64,
    quirks: &Quirks,
) -> ListingPage {
    let mut rows: Vec<&Offer> = offers.filter(|offer| query.matches(offer, quirks)).collect();
    query.order(&mut rows, call, quirks);
    let total = (rows.len() as u64).saturating_add_signed(quirks.total_offset);
    rows.retain(|offer| !quirks.missing.contains(&offer.offer_id));
    if quirks.repeat_first_row && !rows.is_empty() {
        rows.insert(0, rows[0]);
    }
    let limit = query.row_limit.unwrap_or(DEFAULT_LIMIT).min(quirks.page_cap);
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let is_empty = rows.is_empty();
    let offers: Vec<Offer> = rows.into_iter().skip(count(query.start_at_row)).take(count(limit)).cloned().collect();
    let total = if quirks.total_of_page { offers.len() as u64 } else { total };
    ListingPage { offers, total, is_empty }
}

/// The JSON of a page, in the shape that the quirks select.
#[derive(Debug)]
pub(super) struct Envelope<'a> {
    pub(super) rows: Vec<OfferRow<'a>>,
    pub(super) total: u64,
    pub(super) wrapper: Wrapper,
    pub(super) total_field: TotalField,
}

impl ListingPage {
    pub(super) fn envelope<'a>(&'a self, show: impl Fn(&'a Offer) -> OfferRow<'a>, quirks: &Quirks) -> Envelope<'a> {
        Envelope {
            rows: self.offers.iter().map(show).collect(),
            total: self.total,
            wrapper: quirks.wrapper,
            total_field: if self.is_empty && quirks.empty == EmptyListing::Uncounted {
                TotalField::Absent
            } else {
                quirks.total
            },
        }
    }

    /// The reply without a list, if there is one.
    pub(super) fn message(&self, quirks: &Quirks) -> Option<HttpReply> {
        const NONE: &str = "No offers found";
        match quirks.empty {
            EmptyListing::Message if self.is_empty => Some(HttpReply::message("Success", NONE)),
            EmptyListing::Failure if self.is_empty => Some(HttpReply::failed(NONE)),
            _ => None,
        }
    }
}

impl Serialize for Envelope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("request_status", "Success")?;
        if self.wrapper == Wrapper::UnderResponse {
            map.serialize_entry("response", &Listed(self))?;
        } else {
            Listed(self).members(&mut map)?;
        }
        map.end()
    }
}

/// The rows and their count, either beside `request_status` or under `response`.
struct Listed<'a>(&'a Envelope<'a>);

#[derive(Serialize)]
struct Wrapped<'a> {
    offer: &'a OfferRow<'a>,
}

impl Listed<'_> {
    fn members<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let Envelope { rows, total, wrapper, total_field } = self.0;
        match wrapper {
            Wrapper::Wrapped | Wrapper::UnderD => {
                let wrapped: Vec<Wrapped<'_>> = rows.iter().map(|offer| Wrapped { offer }).collect();
                map.serialize_entry("offers", &wrapped)?;
            }
            Wrapper::Flat | Wrapper::UnderResponse => map.serialize_entry("offers", rows)?,
        }
        match total_field {
            TotalField::TotalRows => map.serialize_entry("total_rows", total),
            TotalField::TotalRecords => map.serialize_entry("total_records", total),
            TotalField::Absent => Ok(()),
        }
    }
}

impl Serialize for Listed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.members(&mut map)?;
        map.end()
    }
}
