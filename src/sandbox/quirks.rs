//! Quirks: how a working CAKE instance may deviate from the documentation.
//!
//! Data only, except for the forms of names; `listing`, `rows` and `fake_cake` use it. The invariant: the default is the documented
//! behaviour, and every quirk can be changed while the sandbox runs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::advertisers::Advertiser;
use super::offer::Offer;

/// Independent deviations from the documentation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent switch that a test turns by name")]
pub struct Quirks {
    /// The listing endpoint does not exist: it answers 404.
    pub listing_absent: bool,
    /// The advertisers that there are; without any, those of the offers.
    pub advertisers: Vec<Advertiser>,
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
    /// The row count is that of the page, not that of all pages.
    pub total_of_page: bool,
    /// The listing's reply if no offer matches.
    pub empty: EmptyListing,
    /// Dates are ISO 8601 in UTC, with `Z`.
    pub iso_dates: bool,
    /// Dates are `/Date(milliseconds)/`.
    pub ms_dates: bool,
    /// Amounts are texts with a currency sign: `"$24.00"`.
    pub dollar_amounts: bool,
    /// The changes that CAKE makes to a name before it stores it, in this order.
    pub stored_names: Vec<NameForm>,
    /// The changes that the listing makes to a stored name.
    pub listed_names: Vec<NameForm>,
    /// The advertiser that every row of a listing shows.
    pub listed_advertiser: Option<u64>,
    /// Members that the rows of a listing lack.
    pub unlisted_members: BTreeSet<String>,
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
    /// Offers that are neither listed nor counted.
    pub hidden: BTreeSet<u64>,
    /// Offers with other statuses than these are neither listed nor counted, unless the request asks for a status; without any, all are.
    pub listed_statuses: BTreeSet<String>,
    /// The listing ignores every filter.
    pub ignores_filters: bool,
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
            advertisers: Vec::new(),
            page_cap: 500,
            default_status: "active".to_owned(),
            never_expires: false,
            all_fields: false,
            nulls: false,
            wrapper: Wrapper::default(),
            total: TotalField::default(),
            total_of_page: false,
            empty: EmptyListing::default(),
            iso_dates: false,
            ms_dates: false,
            dollar_amounts: false,
            stored_names: Vec::new(),
            listed_names: Vec::new(),
            listed_advertiser: None,
            unlisted_members: BTreeSet::new(),
            money_decimals: 0,
            status_spelling: StatusSpelling::default(),
            repeat_first_row: false,
            unstable_order: false,
            missing: BTreeSet::new(),
            hidden: BTreeSet::new(),
            listed_statuses: BTreeSet::new(),
            ignores_filters: false,
            total_offset: 0,
            scheduled_changes: Vec::new(),
            lag: None,
        }
    }
}

impl Quirks {
    /// Sets a quirk from `NAME` or `NAME=VALUE`. The value is JSON or a word; in a list, words may be separated by commas.
    ///
    /// # Errors
    ///
    /// If there is no such quirk or no such value.
    pub fn set(&mut self, text: &str) -> Result<(), serde_json::Error> {
        let (name, value) = text.split_once('=').unwrap_or((text, "true"));
        let name = name.replace('-', "_");
        let mut quirks = serde_json::to_value(&*self)?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| match quirks.get(&name) {
            Some(Value::Array(_)) => value.split(',').collect(),
            _ => Value::from(value),
        });
        if let Value::Object(members) = &mut quirks {
            members.insert(name, value);
        }
        *self = serde_json::from_value(quirks)?;
        Ok(())
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
    /// `{"d":{"request_status":…}}`, as ASP.NET's script services reply; also the replies to writes.
    UnderD,
}

/// The listing's reply if no offer matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptyListing {
    /// An empty list, and 0 rows.
    #[default]
    Counted,
    /// An empty list without a row count.
    Uncounted,
    /// No list: HTTP 200, a Success, and the message "No offers found".
    Message,
    /// No list: HTTP 200, a failure, and the message "No offers found".
    Failure,
}

/// A change to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameForm {
    /// The first 50 characters.
    Cut,
    /// A run of spaces becomes one space, and none is left at the ends.
    Collapsed,
    /// `&`, `<`, `>`, `"` as HTML entities.
    Entities,
    /// Characters outside of Latin-1 become `?`.
    Latin1,
    /// Upper case.
    Upper,
    /// Spaces become no-break spaces.
    NoBreak,
}

impl NameForm {
    fn of(self, name: &str) -> String {
        match self {
            Self::Cut => name.chars().take(50).collect(),
            Self::Collapsed => name.split_whitespace().collect::<Vec<_>>().join(" "),
            Self::Entities => {
                name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
            }
            Self::Latin1 => name.chars().map(|c| if u32::from(c) < 256 { c } else { '?' }).collect(),
            Self::Upper => name.to_uppercase(),
            Self::NoBreak => name.replace(' ', "\u{a0}"),
        }
    }

    /// The name after these changes.
    pub(super) fn all(forms: &[Self], name: &str) -> String {
        forms.iter().fold(name.to_owned(), |name, form| form.of(&name))
    }
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
    /// The listing no longer shows the listed offer with the lowest id, so that all later rows move up.
    HideFirst,
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
