//! Why a listing could not be read whole.

use std::fmt;

use super::listed::ListedRow as _;
use super::observed::ObservedOffer;

/// Why there is no listing. A listing in part is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadFailure {
    /// This CAKE has no listing.
    NoListing {
        /// CAKE's own words, or the status where it has none.
        message: String,
    },
    /// CAKE refused the key.
    KeyRefused {
        /// CAKE's own words, or the status where it has none.
        message: String,
    },
    /// The listing could not be read.
    Failed {
        /// What is known.
        message: String,
    },
    /// CAKE asks for fewer requests, or for a longer pause than is waited for.
    Throttled {
        /// What is known.
        message: String,
    },
    /// The listing ended before everything that CAKE counted was received, or its rows moved, also when read again.
    Incomplete {
        /// Rows received in the last attempt.
        got: u64,
        /// Rows that CAKE counts, if it does.
        total: Option<u64>,
    },
    /// The listing is empty, and CAKE does not say that it has 0 rows. This proves nothing about any offer.
    EmptyWithoutTotal,
    /// CAKE answered with a message in place of the list, such as "No offers found". This proves nothing about all offers.
    NoRows {
        /// CAKE's own words.
        message: String,
    },
    /// Cancelled.
    Stopped,
}

impl ReadFailure {
    /// The failure in words, for a listing of these: `offers` or `advertisers`.
    pub fn describe(&self, of: &str) -> String {
        match self {
            Self::NoListing { message } => format!("this CAKE has no listing of {of}: {message}"),
            Self::KeyRefused { message } => format!("CAKE refused the API key: {message}"),
            Self::Failed { message } | Self::Throttled { message } | Self::NoRows { message } => {
                format!("the listing of {of} could not be read: {message}")
            }
            Self::Incomplete { got, total: None } => format!("the listing of {of} is incomplete: got {got}"),
            Self::Incomplete { got, total: Some(total) } => {
                format!("the listing of {of} is incomplete: got {got} of {total}")
            }
            Self::EmptyWithoutTotal => {
                format!("the listing of {of} is empty, and CAKE does not say that it has 0 rows")
            }
            Self::Stopped => format!("stopped while the {of} were listed"),
        }
    }
}

impl fmt::Display for ReadFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(ObservedOffer::LIST))
    }
}

impl std::error::Error for ReadFailure {}
