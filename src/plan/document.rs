//! The plan as JSON: what `--format json` prints and `--out` saves. One shape, documented by its schema.

mod from;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::diagnostic::Diagnostic;
use crate::offer::{CurrencyId, Field, FieldSet, Fields, Key, OfferId, StatusWord, Value};

use crate::source::SourcePath;

use super::action::{Action, FieldChange, Plan, StateBinding, Verb, YamlLocation};
use super::cluster::Cluster;
use super::flag::{Flag, FlagKind};
use super::summary::Summary;
use super::upcoming::{Upcoming, UpcomingKind};

pub(super) const FORMAT: &str = "offersync-plan";
pub(super) const VERSION: u32 = 1;
pub(super) const TOOL: &str = concat!("offersync ", env!("CARGO_PKG_VERSION"));

/// What `offersync plan --format json` prints and `--out` saves.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Plan", deny_unknown_fields)]
pub struct PlanDocument<'a> {
    #[schemars(extend("const" = FORMAT))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// The program and its version, such as `offersync 0.1.0`.
    tool: &'static str,
    /// The address of the CAKE that the plan is for.
    cake: &'a str,
    /// The name of the environment: the configured one, or the host of CAKE.
    environment: &'a str,
    state: &'a StateBinding,
    /// Digest of the desired offers and of the settings that a plan depends on.
    inputs_digest: &'a str,
    /// The moment that the plan was made for, in UTC: what schedules want then.
    #[schemars(with = "String")]
    at: Timestamp,
    /// Made against what CAKE showed at the time: an apply of it looks again and refuses where a value has changed since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    refreshed: bool,
    summary: SummaryDocument,
    /// What would be done: creates, replaces, restores, updates, retires, then what changes the state alone; within each by key.
    actions: Vec<ActionDocument>,
    /// Changes of schedules that become due later, in the order of their times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    upcoming: Vec<UpcomingDocument>,
    /// How many further changes become due after those.
    #[serde(skip_serializing_if = "is_zero")]
    upcoming_later: usize,
    /// Warnings, and an error for every blocked action.
    diagnostics: &'a [Diagnostic],
    /// With `--since` only: how many other actions are pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "usize")]
    pending_elsewhere: Option<usize>,
    /// With `--since` only: those other actions. An apply after a merge carries them out as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pending: Vec<ActionDocument>,
}

/// A change at a later time.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Upcoming", deny_unknown_fields)]
pub struct UpcomingDocument {
    /// When it becomes due, or became due, in `cake.time_zone`.
    at: String,
    /// Until when a freeze holds it back, in `cake.time_zone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    held_until: Option<String>,
    /// The reason of that freeze.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    freeze: Option<Box<str>>,
    /// The offer's key.
    key: Key,
    /// `due`: it becomes due at the time. `overdue`: it became due at the time and is not recorded yet (in a list of schedules). `held`: it
    /// became due at the time, and a freeze holds it back. `removed`: with `--since`, it was scheduled at that commit and is not any more.
    kind: UpcomingKind,
    /// The values until then, and those from then on.
    changes: Vec<ChangeDocument>,
    /// Why to review it before others, the gravest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<FlagKind>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// How many actions of each verb, how many offers need nothing, and which rules the changed amounts follow.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Summary", deny_unknown_fields)]
struct SummaryDocument {
    #[serde(flatten)]
    counts: Summary,
    /// Amounts of at least five offers that change by one rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clusters: Vec<ClusterDocument>,
}

/// Amounts of one field and unit that change by one rule.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Cluster", deny_unknown_fields)]
struct ClusterDocument {
    /// `payout` or `revenue`.
    field: Field,
    /// The pricing model of the amounts, where it is known.
    #[schemars(extend("enum" = ["cpa", "cpc", "cpm", "revshare", null]))]
    price_type: Option<&'static str>,
    /// Their currency, where it is known.
    currency_id: Option<CurrencyId>,
    /// The pricing model until now, where it or the currency changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    price_type_before: Option<&'static str>,
    /// The currency until now, where it or the pricing model changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    currency_id_before: Option<CurrencyId>,
    /// How the new amount comes from the old one: it is `times` the number, rounded; it is the old one `plus` the number; it is `set` to
    /// the number.
    #[schemars(extend("enum" = ["times", "plus", "set"]))]
    rule: &'static str,
    /// The number of the rule, such as `1.1` for +10 %.
    number: String,
    /// How many offers follow the rule.
    offers: usize,
}

/// One action. Decimals and dates are strings, ids are integers, an absent value is `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Action")]
pub struct ActionDocument {
    /// The offer's key.
    pub key: Key,
    /// What is done.
    pub action: Verb,
    /// The offer's id in CAKE, where it has one.
    pub offer_id: Option<OfferId>,
    /// Where its YAML stands; `null` where that is gone.
    pub source: Option<YamlLocation>,
    /// With `--since` only: where its YAML stood at that commit, if it has moved since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "SourcePath")]
    pub moved_from: Option<SourcePath>,
    /// The fields that differ; of a create all that is sent.
    pub changes: Vec<ChangeDocument>,
    /// The reason, where the changes do not show it.
    pub reason: Option<String>,
    /// Why to review it before others, the gravest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<FlagKind>,
    /// Create and replace: fields that are sent once and not managed afterwards.
    #[serde(default, skip_serializing_if = "no_fields")]
    pub ignored: FieldSet,
    /// Create, replace and restore: the state will remember the offer as protected. Protect: the new setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub protect: Option<bool>,
    /// Replace: every value of the new offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Fields")]
    pub offer: Option<Fields>,
    /// Rename: the key until now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Key")]
    pub from: Option<Key>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn no_fields(fields: &FieldSet) -> bool {
    fields.is_empty()
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Change")]
pub struct ChangeDocument {
    /// The field, by CAKE's name.
    pub field: Field,
    /// The recorded value.
    #[schemars(with = "Option<Value>")]
    pub before: Json,
    /// The desired value.
    #[schemars(with = "Option<Value>")]
    pub after: Json,
    /// Of a status that is not recorded: what CAKE showed when the offer was imported or adopted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StatusWord")]
    pub status_word: Option<StatusWord>,
    /// The host of a URL, where no recorded offer has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub new_host: Option<Box<str>>,
    /// The line that gives the desired value, in the offer's own file or in a `_defaults.yaml`; `null` where no file gives one.
    #[serde(default)]
    pub source: Option<YamlLocation>,
    /// Since when a schedule, or the expiration date, gives the desired value, in `cake.time_zone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub due_since: Option<String>,
    /// Of an amount: the index of the cluster in the summary whose rule it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "usize")]
    pub cluster: Option<usize>,
}
