//! Views for programs. The shapes are documented by the schemas of [`schema`](super::schema); each ends with a line end.

use serde::Serialize;

use crate::apply::{ActionResult, Report};
use crate::diagnostic::Diagnostic;
use crate::plan::{Plan, PlanDocument, StateBinding};

/// The version of the report and of the diagnostics; the plan's stands with its document.
const VERSION: u32 = 1;

/// The plan as JSON, the same document that is saved.
pub fn plan(plan: &Plan) -> String {
    pretty(&PlanDocument::from(plan))
}

/// The report of an apply as JSON.
pub fn report(report: &Report) -> String {
    let Report { outcome, results, state, diagnostics, notes } = report;
    pretty(&ReportDocument {
        format: "offersync-report",
        version: VERSION,
        outcome: outcome.word(),
        results: results.iter().map(ResultDocument::from).collect(),
        diagnostics,
        notes,
        state,
    })
}

/// Diagnostics as JSON.
pub fn diagnostics(diagnostics: &[Diagnostic]) -> String {
    pretty(&DiagnosticsDocument { format: "offersync-diagnostics", version: VERSION, diagnostics })
}

#[derive(Serialize)]
struct ReportDocument<'a> {
    format: &'static str,
    version: u32,
    outcome: &'static str,
    results: Vec<ResultDocument<'a>>,
    diagnostics: &'a [Diagnostic],
    notes: &'a [String],
    state: &'a StateBinding,
}

#[derive(Serialize)]
struct ResultDocument<'a> {
    key: &'a str,
    action: &'static str,
    offer_id: Option<u64>,
    outcome: &'static str,
    message: Option<&'a str>,
    attempts: u32,
}

#[derive(Serialize)]
struct DiagnosticsDocument<'a> {
    format: &'static str,
    version: u32,
    diagnostics: &'a [Diagnostic],
}

impl<'a> From<&'a ActionResult> for ResultDocument<'a> {
    fn from(result: &'a ActionResult) -> Self {
        let ActionResult { key, verb, offer_id, outcome, message, attempts } = result;
        Self {
            key: key.as_str(),
            action: verb.word(),
            offer_id: offer_id.map(crate::offer::OfferId::get),
            outcome: outcome.word(),
            message: message.as_deref(),
            attempts: *attempts,
        }
    }
}

/// These documents have names for keys and nothing that refuses to be written, so there is no error to pass on; should that
/// change, the empty text is no JSON and no reader takes it for a plan.
fn pretty(document: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}
