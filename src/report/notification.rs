//! What a webhook is told: a sentence for people, and the report as JSON. Chat services show the member `text`.

use crate::apply::Report;
use crate::diagnostic::Diagnostic;
use crate::plan::Drift;

use super::view::{ApplyView, ViewContext};
use super::{drift, json};

/// A longer report is left out: services refuse long messages, and the sentence counts.
const LONGEST: usize = 256 << 10;

/// What an apply did.
pub fn report(report: &Report, context: ViewContext<'_>) -> String {
    let headline = ApplyView::of(report, context).headline;
    message(&report.run.environment, &headline, &json::report(report))
}

/// Why an apply could not begin.
pub fn failure(environment: &str, diagnostics: &[Diagnostic]) -> String {
    let first = diagnostics.iter().find(|problem| problem.is_error()).map_or("it failed", |problem| &problem.message);
    message(environment, &format!("nothing applied: {first}"), &json::diagnostics(diagnostics))
}

/// The drift that was found; `document` has it as JSON.
pub fn drift(found: &Drift, environment: &str, document: &str) -> String {
    message(environment, &drift::summary(found), document)
}

fn message(environment: &str, headline: &str, document: &str) -> String {
    let text = serde_json::Value::from(format!("offersync, {environment}: {headline}"));
    let document = if document.len() <= LONGEST { document.trim_end() } else { "null" };
    format!("{{\"text\":{text},\"report\":{document}}}\n")
}
