//! Drift as JSON: `{"format":"offersync-drift","version":1,…}`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::offer::{AdvertiserId, Field, Key, OfferId, ShownValue, Value};
use crate::plan::{ChangedBy, Drift, DriftKind, DriftedOffer, DuplicateOf, StateBinding, Unrecorded};

use super::Counts;

const FORMAT: &str = "offersync-drift";
const VERSION: u32 = 1;

/// What `offersync drift --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Drift", deny_unknown_fields)]
pub(in crate::report) struct DriftDocument<'a> {
    #[schemars(extend("const" = FORMAT))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// The address of the CAKE that was compared.
    cake: &'a str,
    state: &'a StateBinding,
    summary: Counts,
    /// The recorded offers on which CAKE, the state and git differ, by key.
    offers: Vec<OfferSides<'a>>,
    /// For each managed field that CAKE does not show, of how many offers: nothing is known of their values.
    not_compared: BTreeMap<Field, usize>,
    /// The offers in CAKE that no key owns: possible duplicates of recorded ones first, then by id. With a selection, only
    /// duplicates of selected offers.
    not_recorded: Vec<NotRecorded<'a>>,
}

/// An offer in CAKE that no key owns; `null` is not shown.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct NotRecorded<'a> {
    offer_id: OfferId,
    offer_name: Option<&'a str>,
    advertiser_id: Option<AdvertiserId>,
    /// In CAKE's own word.
    offer_status: Option<&'a str>,
    /// The recorded offer with the same or a similar name, and the same advertiser.
    duplicate_of: Option<DuplicatedRecord<'a>>,
}

/// A recorded offer that has a possible duplicate.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DuplicatedRecord<'a> {
    key: &'a Key,
    /// `null` if its create is in doubt.
    offer_id: Option<OfferId>,
    /// Whether the names are the same; otherwise they are similar.
    same_name: bool,
}

/// An offer on which they differ.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DriftedOffer", deny_unknown_fields)]
struct OfferSides<'a> {
    key: &'a Key,
    /// The present key of its YAML, if `sync.renamed_from` is not applied yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Key")]
    renamed_to: Option<&'a Key>,
    offer_id: OfferId,
    /// CAKE's complete list does not show it.
    gone: bool,
    /// CAKE set it to Expired.
    expired: bool,
    /// It is recorded as retired and has no YAML, or was replaced by the key's present offer.
    retired: bool,
    fields: Vec<FieldSides<'a>>,
}

/// The three sides of a field; `null` is absent or unknown.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DriftedField", deny_unknown_fields)]
struct FieldSides<'a> {
    field: Field,
    mover: ChangedBy,
    recorded: Option<&'a Value>,
    observed: Option<ObservedSide<'a>>,
    /// Why what CAKE shows cannot be read; it may be the recorded value or another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    unreadable: Option<&'a str>,
    desired: Option<&'a Value>,
}

/// A value, or CAKE's text if its API does not accept it or it cannot be read.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum ObservedSide<'a> {
    Value(&'a Value),
    Word(&'a str),
}

/// The document, with a line end.
pub fn json(drift: &Drift, unrecorded: &[Unrecorded], cake: &str, state: &StateBinding) -> String {
    let document = DriftDocument {
        format: FORMAT,
        version: VERSION,
        cake,
        state,
        summary: Counts::of(drift),
        offers: drift.offers.iter().map(offer).collect(),
        not_compared: drift.not_compared_counts(),
        not_recorded: unrecorded.iter().map(not_recorded).collect(),
    };
    // Serializing strings and numbers cannot fail.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn offer(offer: &DriftedOffer) -> OfferSides<'_> {
    let fields = offer.fields().iter().map(|drifted| FieldSides {
        field: drifted.field,
        mover: drifted.changed_by,
        recorded: drifted.recorded.as_ref(),
        observed: observed(&drifted.observed),
        unreadable: match &drifted.observed {
            ShownValue::Unreadable { reason, .. } => Some(reason),
            _ => None,
        },
        desired: drifted.desired.as_ref(),
    });
    let DriftedOffer { key, renamed_to, offer_id, retired, kind, expired } = offer;
    OfferSides {
        key,
        renamed_to: renamed_to.as_ref(),
        offer_id: *offer_id,
        gone: *kind == DriftKind::Gone,
        expired: *expired,
        retired: *retired,
        fields: fields.collect(),
    }
}

fn observed(shown: &ShownValue) -> Option<ObservedSide<'_>> {
    shown.word().map(ObservedSide::Word).or_else(|| shown.value().map(ObservedSide::Value))
}

fn not_recorded(offer: &Unrecorded) -> NotRecorded<'_> {
    let Unrecorded { offer_id, name, advertiser, status, duplicate_of } = offer;
    NotRecorded {
        offer_id: *offer_id,
        offer_name: name.as_deref(),
        advertiser_id: *advertiser,
        offer_status: status.as_deref(),
        duplicate_of: duplicate_of.as_ref().map(|DuplicateOf { key, offer_id, same_name }| DuplicatedRecord {
            key,
            offer_id: *offer_id,
            same_name: *same_name,
        }),
    }
}
