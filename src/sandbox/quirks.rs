//! The ways in which a CAKE that works may still differ from the documented one.
//!
//! Data only; `listing` and `rows` act on it. The invariant: the default is the documented behaviour, and every member can
//! be changed while the sandbox runs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::offer::Offer;

/// Differences in what is shown and when, each on its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent switch that a test turns by name")]
pub struct Quirks {
    /// The listing does not exist on this instance: its path answers 404.
    pub listing_absent: bool,
    /// The most rows of one page, whatever `row_limit` asks for.
    pub page_cap: u64,
    /// The status that a create without `offer_status` gets.
    pub default_status: String,
    /// Offers stay as they are when their date passes.
    pub never_expires: bool,
    /// Rows and replies show every member, not only those of the documented samples.
    pub all_fields: bool,
    /// Members without a value are shown as `null` instead of being left out.
    pub nulls: bool,
    /// How rows are wrapped.
    pub wrapper: Wrapper,
    /// What the member with the count is called.
    pub total: TotalField,
    /// Dates are shown as ISO 8601 in UTC, with `Z`.
    pub iso_dates: bool,
    /// Money is shown with at least so many decimals, as a database column would give it; no digit is ever cut.
    pub money_decimals: usize,
    /// How status words are written.
    pub status_spelling: StatusSpelling,
    /// Row 0 is shown again as row 1, as on CAKE's older API.
    pub repeat_first_row: bool,
    /// Without `sort_field`, each call begins with another row.
    pub unstable_order: bool,
    /// Offers that are counted but never shown.
    pub missing: BTreeSet<u64>,
    /// Added to the count of rows; below zero makes a total too short.
    pub total_offset: i64,
    /// Changes that happen between pages.
    pub scheduled_changes: Vec<ScheduledChange>,
    /// How late the listing learns of a write.
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

/// How the rows of a listing are wrapped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrapper {
    /// `{"offers":[{"offer":{…}}]}`
    #[default]
    Wrapped,
    /// `{"offers":[{…}]}`
    Flat,
    /// `{"response":{"offers":[{…}]}}`, with the count beside the rows.
    UnderResponse,
}

/// What the count of rows is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TotalField {
    /// `total_rows`
    #[default]
    TotalRows,
    /// `total_records`
    TotalRecords,
    /// There is no count.
    Absent,
}

/// How status words are written in replies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusSpelling {
    /// As they were set.
    #[default]
    AsSet,
    /// `Active`
    Capitalized,
    /// `ACTIVE`
    Upper,
    /// `Active`, and `Paused` for what was set inactive.
    PausedForInactive,
}

/// A change that happens by itself right after a listing call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduledChange {
    /// The number of the listing call (the first one since the start is 1) after which it happens.
    pub after_call: u64,
    /// What happens.
    pub change: ListingChange,
}

/// What happens between two pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListingChange {
    /// This offer appears; an existing one with its id is replaced.
    Put(Box<Offer>),
    /// An offer with the next free id appears.
    Add,
    /// The offer with this id goes.
    Remove(u64),
    /// The offer with the lowest id goes, so that every later row moves up.
    RemoveFirst,
}

/// How late the listing learns of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lag {
    /// So many listing calls after the write still show what was before it.
    Calls(u64),
    /// For so many milliseconds the listing shows what was before the write.
    Millis(u64),
}
