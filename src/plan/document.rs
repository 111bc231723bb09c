//! The plan as JSON: what `--format json` prints and `--out` saves. One shape, documented by its schema.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::diagnostic::Diagnostic;
use crate::offer::{Fields, Key, OfferId, Operation};

use super::action::{Action, ActionKind, Plan, StateBinding, Summary, YamlLocation};

/// The document's `format`.
pub(super) const FORMAT: &str = "offersync-plan";
/// The document's `version`.
pub(super) const VERSION: u32 = 1;
/// The program that wrote the document.
pub(super) const TOOL: &str = concat!("offersync ", env!("CARGO_PKG_VERSION"));

/// A plan as JSON, borrowed from the plan.
#[derive(Debug, Serialize)]
pub struct PlanDocument<'a> {
    format: &'static str,
    version: u32,
    tool: &'static str,
    cake: &'a str,
    state: &'a StateBinding,
    inputs_digest: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    refreshed: bool,
    summary: Summary,
    actions: Vec<ActionDocument>,
    diagnostics: &'a [Diagnostic],
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_elsewhere: Option<usize>,
}

/// One action as JSON. Decimals and dates are strings, ids are integers, an absent value is `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionDocument {
    /// The offer's key.
    pub key: Key,
    /// The kind of action.
    pub action: String,
    /// The id in CAKE, where there is one.
    pub offer_id: Option<OfferId>,
    /// The place of its YAML.
    pub source: Option<YamlLocation>,
    /// The fields that differ.
    pub changes: Vec<ChangeDocument>,
    /// The reason.
    pub reason: Option<String>,
    /// Create and replace: fields that are sent once and not managed afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<String>,
    /// Create, replace and restore: the state will remember the offer as protected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// Replace: every value of the new offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Fields>,
    /// Rename: the key until now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Key>,
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeDocument {
    /// CAKE's name of the field.
    pub field: String,
    /// The recorded value.
    pub before: Json,
    /// The desired value.
    pub after: Json,
}

impl<'a> From<&'a Plan> for PlanDocument<'a> {
    fn from(plan: &'a Plan) -> Self {
        Self {
            format: FORMAT,
            version: VERSION,
            tool: TOOL,
            cake: &plan.cake,
            state: &plan.state,
            inputs_digest: &plan.inputs_digest,
            refreshed: plan.refreshed,
            summary: plan.summary(),
            actions: plan.actions.iter().map(ActionDocument::from).collect(),
            diagnostics: &plan.diagnostics,
            pending_elsewhere: plan.pending_elsewhere,
        }
    }
}

impl From<&Action> for ActionDocument {
    fn from(action: &Action) -> Self {
        let json = |value: &Option<crate::offer::Value>| serde_json::to_value(value).unwrap_or(Json::Null);
        let changes = action.changes.iter().map(|change| ChangeDocument {
            field: change.field.name().to_owned(),
            before: json(&change.before),
            after: json(&change.after),
        });
        let create = action.kind.create();
        let protect = match &action.kind {
            ActionKind::Write(Operation::Restore { protect, .. }) => *protect,
            _ => create.is_some_and(|create| create.protect),
        };
        let offer = create.filter(|create| create.replaces.is_some()).map(|create| create.offer.fields().clone());
        let ignored = create.map(|create| create.ignored).unwrap_or_default();
        Self {
            key: action.key.clone(),
            action: action.verb().word().to_owned(),
            offer_id: action.kind.offer_id(),
            source: action.source.clone(),
            changes: changes.collect(),
            reason: action.reason.clone(),
            ignored: ignored.iter().map(|field| field.name().to_owned()).collect(),
            protect,
            offer,
            from: action.kind.renamed_from().cloned(),
        }
    }
}
