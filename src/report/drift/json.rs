//! Drift for programs: `{"format":"offersync-drift","version":1,…}`.

use serde::Serialize;

use crate::offer::{Key, OfferId, Value};
use crate::plan::{Drift, DriftKind, DriftedOffer, StateBinding};

use super::Counts;

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    cake: &'a str,
    state: &'a StateBinding,
    summary: Counts,
    offers: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    key: &'a Key,
    #[serde(skip_serializing_if = "Option::is_none")]
    renamed_to: Option<&'a Key>,
    offer_id: OfferId,
    gone: bool,
    expired: bool,
    retired: bool,
    fields: Vec<Cell<'a>>,
}

#[derive(Serialize)]
struct Cell<'a> {
    field: &'static str,
    mover: &'static str,
    recorded: Option<&'a Value>,
    observed: Option<Observed<'a>>,
    desired: Option<&'a Value>,
}

/// A value, or a word of CAKE's that is none of ours.
#[derive(Serialize)]
#[serde(untagged)]
enum Observed<'a> {
    Value(&'a Value),
    Word(&'a str),
}

/// The document, with a line end.
pub fn json(drift: &Drift, cake: &str, state: &StateBinding) -> String {
    let document = Document {
        format: "offersync-drift",
        version: 1,
        cake,
        state,
        summary: Counts::of(drift),
        offers: drift.offers.iter().map(offer).collect(),
    };
    // A document of strings and numbers always has a JSON.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn offer(offer: &DriftedOffer) -> Row<'_> {
    let fields = offer.fields().iter().map(|drifted| Cell {
        field: drifted.field.name(),
        mover: drifted.changed_by.word(),
        recorded: drifted.recorded.as_ref(),
        observed: drifted
            .observed_word
            .as_deref()
            .map(Observed::Word)
            .or_else(|| drifted.observed.as_ref().map(Observed::Value)),
        desired: drifted.desired.as_ref(),
    });
    let DriftedOffer { key, renamed_to, offer_id, retired, kind, expired } = offer;
    Row {
        key,
        renamed_to: renamed_to.as_ref(),
        offer_id: *offer_id,
        gone: *kind == DriftKind::Gone,
        expired: *expired,
        retired: *retired,
        fields: fields.collect(),
    }
}
