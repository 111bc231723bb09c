//! What programs read: the plan, the report and the problems. The shapes alone; the words come from the program's own tables.
//!
//! Nothing here is ever filled with values: the documents are written elsewhere, and the tests hold them against these shapes.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::json;

use crate::apply::{ActionOutcome, RunOutcome};
use crate::offer::Field;
use crate::plan::{ChangedBy, Verb};

use super::values;

/// What `offersync plan --format json` prints and `--out` saves.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Plan {
    #[schemars(extend("const" = "offersync-plan"))]
    format: String,
    #[schemars(extend("const" = 1))]
    version: u32,
    /// The program and its version, such as `offersync 0.1.0`.
    tool: String,
    /// The address of the CAKE that the plan is for.
    cake: String,
    state: StateBinding,
    /// Digest of the desired offers and of the settings that a plan depends on.
    inputs_digest: String,
    /// Made against what CAKE showed at the time: an apply of it looks again, and refuses where anything moved since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    refreshed: bool,
    summary: Summary,
    /// What would be done: creates, replaces, restores, updates, retires, then what concerns the state alone; within each by key.
    actions: Vec<PlannedAction>,
    /// Warnings, and an error for every blocked action.
    diagnostics: Vec<Problem>,
    /// With `--since` only: how many other actions are to be done on the state anyway.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    pending_elsewhere: Option<u64>,
}

/// The state that a plan was made from, or that an apply left; both `null` before the first apply.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct StateBinding {
    lineage: Option<String>,
    digest: Option<String>,
}

/// How many actions of each kind, and how many offers need nothing.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Summary {
    create: u64,
    update: u64,
    replace: u64,
    retire: u64,
    restore: u64,
    release: u64,
    rename: u64,
    blocked: u64,
    unchanged: u64,
}

/// One thing to do for one offer.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct PlannedAction {
    #[schemars(pattern(values::KEY))]
    key: String,
    #[schemars(schema_with = "verb")]
    action: String,
    /// The offer's id in CAKE, where it has one.
    #[schemars(schema_with = "optional_id")]
    offer_id: Option<u64>,
    /// Where its YAML stands; `null` where that is gone.
    source: Option<Source>,
    /// The fields that differ; of a create all that is sent.
    changes: Vec<Change>,
    /// Why, where that is not plain from the changes.
    reason: Option<String>,
    /// Create and replace: fields that are sent once and then left alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "fields")]
    ignored: Vec<String>,
    /// Create, replace and restore: the state will remember the offer as protected.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    protect: bool,
    /// Replace: every value of the new offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "values_by_field")]
    offer: Option<()>,
    /// Rename: the key until now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "key")]
    from: Option<String>,
}

/// A place in the user's repository, relative to the folder of `offersync.toml`.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Source {
    file: String,
    /// 1-based.
    line: u32,
}

/// One field before and after. Decimals and dates are strings, ids are integers, an absent value is `null`.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Change {
    #[schemars(schema_with = "field")]
    field: String,
    #[schemars(schema_with = "value")]
    before: (),
    #[schemars(schema_with = "value")]
    after: (),
}

/// A problem in what the user wrote.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Problem {
    #[schemars(extend("enum" = ["error", "warning"]))]
    severity: String,
    /// Stable; `offersync explain CODE` explains it.
    code: String,
    message: String,
    file: Option<String>,
    /// 1-based; `null` where the file as a whole is meant.
    line: Option<u32>,
    /// 1-based, in characters.
    column: Option<u32>,
    /// What to do.
    help: Option<String>,
}

/// What `validate --format json` prints, and plan and apply in place of their own document when input is invalid.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "Diagnostics")]
pub(super) struct Problems {
    #[schemars(extend("const" = "offersync-diagnostics"))]
    format: String,
    #[schemars(extend("const" = 1))]
    version: u32,
    diagnostics: Vec<Problem>,
}

/// What `offersync apply --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Report {
    #[schemars(extend("const" = "offersync-report"))]
    format: String,
    #[schemars(extend("const" = 1))]
    version: u32,
    #[schemars(schema_with = "run_outcome")]
    outcome: String,
    /// Creates in doubt from earlier applies first, then the actions in the order of the plan.
    results: Vec<ActionResult>,
    /// What went wrong besides the results, and the creates that are in doubt.
    diagnostics: Vec<Problem>,
    /// What else happened, in whole sentences.
    notes: Vec<String>,
    state: StateBinding,
}

/// What `offersync drift --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Drift {
    #[schemars(extend("const" = "offersync-drift"))]
    format: String,
    #[schemars(extend("const" = 1))]
    version: u32,
    /// The address of the CAKE that was looked at.
    cake: String,
    state: StateBinding,
    summary: DriftCounts,
    /// The recorded offers on which CAKE, the state and git do not agree, by key.
    offers: Vec<DriftedOffer>,
}

/// How many offers of each kind; an offer counts once, for the gravest of its fields.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DriftCounts {
    cake: u64,
    conflict: u64,
    both_alike: u64,
    git: u64,
    gone: u64,
    unchanged: u64,
}

/// An offer that is not everywhere the same.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DriftedOffer {
    #[schemars(pattern(values::KEY))]
    key: String,
    /// The key that its YAML has by now, where `sync.renamed_from` is not applied yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "key")]
    renamed_to: Option<String>,
    #[schemars(range(min = 1))]
    offer_id: u64,
    /// CAKE's complete list does not show it.
    gone: bool,
    /// CAKE moved it to Expired.
    expired: bool,
    /// It is recorded as retired and has no YAML.
    retired: bool,
    fields: Vec<DriftedField>,
}

/// The three sides of a field; `null` is absent or unknown.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DriftedField {
    #[schemars(schema_with = "field")]
    field: String,
    #[schemars(schema_with = "mover")]
    mover: String,
    #[schemars(schema_with = "value")]
    recorded: (),
    /// A value, or CAKE's own word where that is none that could be written.
    #[schemars(schema_with = "value")]
    observed: (),
    #[schemars(schema_with = "value")]
    desired: (),
}

/// What became of one action.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ActionResult {
    #[schemars(pattern(values::KEY))]
    key: String,
    #[schemars(schema_with = "verb")]
    action: String,
    /// The offer's id in CAKE, where it is known.
    #[schemars(schema_with = "optional_id")]
    offer_id: Option<u64>,
    #[schemars(schema_with = "action_outcome")]
    outcome: String,
    /// CAKE's words, or ours, where there is something to say.
    message: Option<String>,
    /// How many requests it took; 0 where none was sent.
    attempts: u32,
}

pub(super) fn key(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": values::KEY})
}

fn verb(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": Verb::ALL.map(Verb::word)})
}

fn mover(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": ChangedBy::ALL.map(ChangedBy::word)})
}

fn field(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": Field::ALL.map(Field::name)})
}

pub(super) fn fields(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": {"enum": Field::ALL.map(Field::name)}})
}

fn value(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "integer", "null"]})
}

fn optional_id(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["integer", "null"], "minimum": 1})
}

/// Values by field, none of them null.
pub(super) fn values_by_field(_: &mut SchemaGenerator) -> Schema {
    let properties: serde_json::Map<_, _> =
        Field::ALL.into_iter().map(|field| (field.name().to_owned(), values::shown(field))).collect();
    json_schema!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn action_outcome(_: &mut SchemaGenerator) -> Schema {
    let all = [
        ActionOutcome::Done,
        ActionOutcome::Rejected,
        ActionOutcome::NotSent,
        ActionOutcome::InDoubt,
        ActionOutcome::Skipped,
    ];
    json_schema!({"enum": json!(all.map(ActionOutcome::word))})
}

fn run_outcome(_: &mut SchemaGenerator) -> Schema {
    let all = [
        RunOutcome::Complete,
        RunOutcome::Refused,
        RunOutcome::Partial,
        RunOutcome::InDoubt,
        RunOutcome::Interrupted,
        RunOutcome::NothingToDo,
    ];
    json_schema!({"enum": json!(all.map(RunOutcome::word))})
}
