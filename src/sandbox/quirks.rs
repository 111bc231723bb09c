//! Quirks: how a working CAKE instance may deviate from the documentation.
//!
//! Data only; `listing` and `rows` use it. The invariant: the default is the documented behaviour, and every quirk can be changed
//! while the sandbox runs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::offer::Offer;

/// Independent deviations from the documentation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent switch that a test turns by name")]
pub struct Quirks {
    /// The listing endpoint does not exist: it answers 404.
    pub listing_absent: bool,
    /// The maximum number of rows in a page, even if `row_limit` is higher.
    pub page_cap: u64,
    /// The status of an offer that is created without `offer_status`.
    pub default_status: String,
    /// Offers do not expire.
    pub never_expires: bool,
    /// Replies show every member, not only those in the documented samples.
    pub all_fields: bool,
    /// Members without a value are `null` instead of absent.
    pub nulls: bool,
    /// The JSON structure around rows.
    pub wrapper: Wrapper,
    /// The name of the member with the row count.
    pub total: TotalField,
    /// Dates are ISO 8601 in UTC, with `Z`.
    pub iso_dates: bool,
    /// The minimum number of decimals of amounts, as from a database column; no digit is removed.
    pub money_decimals: usize,
    /// The spelling of status words.
    pub status_spelling: StatusSpelling,
    /// Row 0 is repeated as row 1, as in CAKE's older API.
    pub repeat_first_row: bool,
    /// Without `sort_field`, each call returns a different order.
    pub unstable_order: bool,
    /// Offers that are counted but not listed.
    pub missing: BTreeSet<u64>,
    /// A number that is added to the row count.
    pub total_offset: i64,
    /// Changes that happen between pages.
    pub scheduled_changes: Vec<ScheduledChange>,
    /// The delay until the listing shows a write.
    pub lag: Option<Lag>,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            listing_absent: false,
            page_cap: 500,
            default_status: "active".to_owned(),
            never_expires: false,
            all_fields: false,
            nulls: false,
            wrapper: Wrapper::default(),
            total: TotalField::default(),
            iso_dates: false,
            money_decimals: 0,
            status_spelling: StatusSpelling::default(),
            repeat_first_row: false,
            unstable_order: false,
            missing: BTreeSet::new(),
            total_offset: 0,
            scheduled_changes: Vec::new(),
            lag: None,
        }
    }
}

/// The JSON structure around the rows of a listing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrapper {
    /// `{"offers":[{"offer":{…}}]}`
    #[default]
    Wrapped,
    /// `{"offers":[{…}]}`
    Flat,
    /// `{"response":{"offers":[{…}]}}`, with the row count beside the rows.
    UnderResponse,
}

/// The name of the row count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TotalField {
    /// `total_rows`
    #[default]
    TotalRows,
    /// `total_records`
    TotalRecords,
    /// No row count.
    Absent,
}

/// The spelling of status words in replies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusSpelling {
    /// As stored.
    #[default]
    AsSet,
    /// `Active`
    Capitalized,
    /// `ACTIVE`
    Upper,
    /// `Active`, and `Paused` instead of `inactive`.
    PausedForInactive,
}

/// A change that happens right after a listing call, as if made by another user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduledChange {
    /// The number of the listing call after which it happens, from 1.
    pub after_call: u64,
    /// The change.
    pub change: ListingChange,
}

/// A change between two pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListingChange {
    /// Adds or replaces this offer.
    Put(Box<Offer>),
    /// Adds an offer with the next free id.
    Add,
    /// Removes the offer with this id.
    Remove(u64),
    /// Removes the offer with the lowest id, so that all later rows move up.
    RemoveFirst,
}

/// The delay until the listing shows a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lag {
    /// This many listing calls after a write still show the old content.
    Calls(u64),
    /// For this many milliseconds after a write, the listing shows the old content.
    Millis(u64),
}
