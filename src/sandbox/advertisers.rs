//! The listing of advertisers: CAKE's article 13000118789. Flat rows and `total_records`.
//!
//! Which advertisers there are is a quirk's to say; without it, they are those of the offers, each active and named by its id.

use serde::{Deserialize, Serialize};

use super::reply::{HttpReply, Rejection};
use super::rules::positive;

const DEFAULT_LIMIT: u64 = 25;
const HIGHEST_LIMIT: u64 = 5000;

/// An advertiser. A member without a value is absent from its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advertiser {
    /// Its id.
    #[serde(rename = "advertiser_id")]
    pub id: u64,
    /// Its name.
    #[serde(rename = "advertiser_name", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its status, such as `Active`.
    #[serde(rename = "advertiser_status", default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

impl Advertiser {
    /// An active advertiser that is named by its id.
    pub(super) fn numbered(id: u64) -> Self {
        let name = format!("Advertiser {id}");
        Self { id, name: Some(name), status: Some("Active".to_owned()) }
    }
}

/// The parameters of the call.
#[derive(Debug, Default)]
pub(super) struct AdvertiserQuery {
    id: Option<u64>,
    name: Option<String>,
    status: Option<String>,
    start_at_row: u64,
    row_limit: Option<u64>,
}

impl AdvertiserQuery {
    /// Parses the query parameters without the API key.
    pub(super) fn read(pairs: &[(String, String)]) -> Result<Self, Rejection> {
        let mut query = Self::default();
        for (name, value) in pairs {
            let id = || positive(value).ok_or_else(|| Rejection::invalid(name));
            match name.as_str() {
                "advertiser_id" => query.id = Some(id()?),
                "advertiser_name" => query.name = Some(value.to_lowercase()),
                "advertiser_status" => query.status = Some(value.to_lowercase()),
                // Offers have no account manager here.
                "account_manager_id" => drop(id()?),
                "start_at_row" => query.start_at_row = if value == "0" { 0 } else { id()? },
                "row_limit" => query.row_limit = Some(id()?),
                _ => return Err(Rejection::failed(format!("Unknown parameter {name}"))),
            }
        }
        Ok(query)
    }

    fn matches(&self, advertiser: &Advertiser) -> bool {
        let lower = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase();
        self.id.is_none_or(|id| id == advertiser.id)
            && self.name.as_ref().is_none_or(|name| lower(&advertiser.name).contains(name))
            && self.status.as_ref().is_none_or(|status| lower(&advertiser.status) == *status)
    }
}

/// A page of advertisers.
#[derive(Debug, Serialize)]
pub(super) struct AdvertiserPage {
    request_status: &'static str,
    advertisers: Vec<Advertiser>,
    total_records: u64,
}

impl AdvertiserPage {
    /// The page that is asked for; `cap` limits its rows.
    pub(super) fn of(all: impl Iterator<Item = Advertiser>, query: &AdvertiserQuery, cap: u64) -> Self {
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let rows: Vec<Advertiser> = all.filter(|advertiser| query.matches(advertiser)).collect();
        let limit = query.row_limit.unwrap_or(DEFAULT_LIMIT).min(HIGHEST_LIMIT).min(cap);
        let total_records = rows.len() as u64;
        let advertisers = rows.into_iter().skip(count(query.start_at_row)).take(count(limit)).collect();
        Self { request_status: "Success", advertisers, total_records }
    }

    pub(super) fn reply(&self) -> HttpReply {
        HttpReply::json(200, self)
    }
}
