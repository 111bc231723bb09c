//! Drift as JSON: `{"format":"offersync-drift","version":1,…}`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::offer::{Field, Key, OfferId, Value};
use crate::plan::{ChangedBy, Drift, DriftKind, DriftedOffer, StateBinding};

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
    /// It is recorded as retired and has no YAML.
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
    observed: Option<Observed<'a>>,
    desired: Option<&'a Value>,
}

/// A value, or CAKE's text if its API does not accept it.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Observed<'a> {
    Value(&'a Value),
    Word(&'a str),
}

/// The document, with a line end.
pub fn json(drift: &Drift, cake: &str, state: &StateBinding) -> String {
    let document = DriftDocument {
        format: FORMAT,
        version: VERSION,
        cake,
        state,
        summary: Counts::of(drift),
        offers: drift.offers.iter().map(offer).collect(),
    };
    // Serializing strings and numbers cannot fail.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn offer(offer: &DriftedOffer) -> OfferSides<'_> {
    let fields = offer.fields().iter().map(|drifted| FieldSides {
        field: drifted.field,
        mover: drifted.changed_by,
        recorded: drifted.recorded.as_ref(),
        observed: drifted
            .observed_word
            .as_deref()
            .map(Observed::Word)
            .or_else(|| drifted.observed.as_ref().map(Observed::Value)),
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
