//! The types of an offer, shared by desired YAML, recorded state and CAKE's replies.
//!
//! Owns the key, the distinct ids, exact money, dates, statuses and **the table of fields** ([`Field`]), from which the diff, the
//! requests, the YAML reader, the schema and the documents are derived. Knows no file, no network and no plan.

mod date;
mod desired;
mod digest;
mod evidence;
mod field;
mod fields;
mod id;
mod key;
mod money;
mod name_index;
mod names;
mod observed;
mod operation;
mod recorded;
mod revision;
mod revisions;
mod schedule;
pub(crate) mod schema;
mod state_change;
mod status_word;
mod url_form;
mod value;
mod web_url;
mod words;
mod write;
mod write_outcome;

#[cfg(test)]
mod tests;

pub use date::{ExpirationDate, day, shown_time};
pub use desired::{
    AllowedLint, DesiredOffer, DesiredSet, HasSettings, OnCreateOnlyChange, REASON_TO_FILL_IN, SourceFile,
    SyncSettings, ValuePlaces, Waiver,
};
pub use digest::Digest;
pub use evidence::{Baseline, Baselines, Contradiction, Unsettled, WaitingUpdate};
pub use field::{Field, FieldKind};
pub use fields::{FieldSet, Fields};
pub use id::{AdvertiserId, CurrencyId, OfferId, VerticalId};
pub use key::Key;
pub use money::Money;
pub use name_index::{NameIndex, NameMatch};
pub use names::{is_another, name_forms, same_name, similar_name};
pub use observed::{Observed, ObservedValues, ShownValue};
pub use operation::{CreateRequest, Operation, Request};
pub use recorded::{InDoubtCreate, Record, RecordStatus, Recorded, Replaced, WaitingOffer};
pub use revision::Revision;
pub use revisions::Revisions;
pub use schedule::{Held, Schedule, ScheduleEntry, ScheduledValue, TimeRules};
pub use state_change::StateChange;
pub use status_word::StatusWord;
pub use url_form::{OFFER_MACROS, has_own_offer_id, url_form};
pub use value::Value;
pub use web_url::WebUrl;
pub(crate) use words::word_enum;
pub use words::{OfferStatus, PriceType, RemovedAction};
pub use write::{NewOffer, Update};
pub use write_outcome::WriteOutcome;

#[cfg(test)]
pub(crate) use value::ValueError;
