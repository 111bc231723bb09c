//! The shape of `offersync.state.json`. The state is written and read elsewhere; the tests hold it against this shape.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::documents::{fields, values_by_field};

/// What is recorded: one file, made to be committed to git.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct State {
    #[schemars(extend("const" = "offersync-state"))]
    format: String,
    #[schemars(extend("const" = 1))]
    version: u32,
    /// The name of this state through all generations.
    lineage: String,
    /// The address of the CAKE that the ids belong to.
    cake: String,
    /// Creates of which nobody knows whether CAKE did them, by key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    in_doubt: BTreeMap<String, InDoubtCreate>,
    /// The offers, by key.
    offers: BTreeMap<String, Record>,
}

/// One recorded offer.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Record {
    #[schemars(range(min = 1))]
    offer_id: u64,
    /// `live`, or `retired`: made inactive because its YAML is gone.
    #[schemars(extend("enum" = ["live", "retired"]))]
    status: String,
    /// Never retired or replaced.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    protect: bool,
    /// Older offers that this one took the place of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replaced: Vec<Replaced>,
    /// The managed values that CAKE last confirmed.
    #[schemars(schema_with = "values_by_field")]
    fields: (),
}

/// An offer that a newer one took the place of.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Replaced {
    #[schemars(range(min = 1))]
    offer_id: u64,
    /// Whether CAKE confirmed that it is inactive.
    inactive: bool,
}

/// A create whose outcome nobody knows.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct InDoubtCreate {
    /// What was sent.
    #[schemars(schema_with = "values_by_field")]
    offer: (),
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "fields")]
    ignored: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    protect: bool,
    /// The offer that it was to replace.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    replaces: Option<u64>,
    /// What went wrong.
    message: String,
}
