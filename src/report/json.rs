//! Views as JSON. The schemas are derived from the types here; each text ends with a line end.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::apply::{ActionOutcome, ActionResult, Report, RunOutcome};
use crate::diagnostic::Diagnostic;
use crate::offer::{Contradiction, Field, Key, OfferId, Value, shown_time};
use crate::plan::{Action, FieldChange, Plan, PlanDocument, StateBinding, Verb};

/// The version of the report and of the diagnostics; the plan has its own.
const VERSION: u32 = 1;

/// The plan as JSON, the same document that is saved.
pub fn plan(plan: &Plan) -> String {
    pretty(&PlanDocument::from(plan))
}

/// The report of an apply as JSON.
pub fn report(report: &Report) -> String {
    pretty(&ReportDocument::from(report))
}

/// The same in one line.
pub fn report_line(report: &Report) -> String {
    serde_json::to_string(&ReportDocument::from(report)).unwrap_or_default()
}

/// Diagnostics as JSON.
pub fn diagnostics(diagnostics: &[Diagnostic]) -> String {
    pretty(&DiagnosticsDocument { format: DIAGNOSTICS, version: VERSION, diagnostics })
}

const REPORT: &str = "offersync-report";
const DIAGNOSTICS: &str = "offersync-diagnostics";

/// What `offersync apply --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Report", deny_unknown_fields)]
pub(super) struct ReportDocument<'a> {
    #[schemars(extend("const" = REPORT))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// The address of the CAKE.
    cake: &'a str,
    /// The name of the environment: the configured one, or the host of CAKE.
    environment: &'a str,
    /// The commit that was checked out; `null` where there is none, and where it changed during the apply.
    commit: Option<&'a str>,
    /// When the apply began, in UTC.
    #[schemars(with = "String")]
    started_at: Timestamp,
    /// When it ended, in UTC.
    #[schemars(with = "String")]
    ended_at: Timestamp,
    outcome: RunOutcome,
    /// The actions, in plan order.
    results: Vec<ResultDocument<'a>>,
    /// What stopped the apply, and the creates in doubt.
    diagnostics: &'a [Diagnostic],
    /// Further notes, in full sentences.
    notes: &'a [String],
    state: &'a StateBinding,
}

/// The result of one action.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Result", deny_unknown_fields)]
struct ResultDocument<'a> {
    key: &'a Key,
    action: Verb,
    /// The offer's id in CAKE, where it is known.
    offer_id: Option<OfferId>,
    outcome: ActionOutcome,
    /// The fields that the action is about; of a create all that it sends. The values before are those of the plan, and those after are what
    /// was asked for: `outcome` says what became of it.
    changes: Vec<ChangedField<'a>>,
    /// CAKE's message, or offersync's.
    message: Option<&'a str>,
    /// The number of requests sent.
    attempts: u32,
    /// What CAKE shows of the offer otherwise than it was sent: the next plan has it again.
    #[serde(skip_serializing_if = "<[Contradiction]>::is_empty")]
    contradictions: &'a [Contradiction],
    /// Since when a schedule wants the change, in `cake.time_zone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    due_since: Option<String>,
    /// When it was done, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    done_at: Option<Timestamp>,
}

/// One field before and after. Decimals and dates are strings, ids are integers, an absent value is `null`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ChangedField", deny_unknown_fields)]
struct ChangedField<'a> {
    /// The field, by CAKE's name.
    field: Field,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
}

/// The output of `validate --format json`, and of plan and apply if the input is invalid.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Diagnostics", deny_unknown_fields)]
pub(super) struct DiagnosticsDocument<'a> {
    #[schemars(extend("const" = DIAGNOSTICS))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    diagnostics: &'a [Diagnostic],
}

impl<'a> From<&'a Report> for ReportDocument<'a> {
    fn from(report: &'a Report) -> Self {
        Self {
            format: REPORT,
            version: VERSION,
            cake: &report.run.cake,
            environment: &report.run.environment,
            commit: report.run.commit.as_deref(),
            started_at: report.run.started_at,
            ended_at: report.run.ended_at,
            outcome: report.outcome,
            results: report.actions().map(|(result, action)| ResultDocument::of(result, action)).collect(),
            diagnostics: &report.diagnostics,
            notes: &report.notes,
            state: &report.state,
        }
    }
}

impl<'a> ResultDocument<'a> {
    fn of(result: &'a ActionResult, action: Option<&'a Action>) -> Self {
        let ActionResult {
            key,
            verb,
            offer_id,
            outcome,
            message,
            attempts,
            content_refused: _,
            is_half_done: _,
            contradictions,
            due_since,
            done_at,
            is_waiting: _,
        } = result;
        let changed = |change: &'a FieldChange| {
            let (before, after) = (change.before.as_ref(), change.after.as_ref());
            ChangedField { field: change.field, before, after }
        };
        Self {
            key,
            action: *verb,
            offer_id: *offer_id,
            outcome: *outcome,
            changes: action.iter().flat_map(|action| &action.changes).map(changed).collect(),
            message: message.as_deref(),
            attempts: *attempts,
            contradictions,
            due_since: due_since.map(shown_time),
            done_at: *done_at,
        }
    }
}

/// Serializing these documents cannot fail, because their keys are strings. The fallback is an empty text, which is not valid JSON.
pub(super) fn pretty(document: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}
