//! The report of an apply for a person: what was done, what went wrong and what to do about it, then the verdict.

use crate::apply::{ActionOutcome, ActionResult, Report};
use crate::report::escape::visible;
use crate::report::styles::{symbol, verb_style};
use crate::report::view::{ApplyView, ResultView, outcome_text};
use crate::words::more;

use super::TextOptions;
use super::page::TextBuilder;
use super::plan::notes;

/// The maximum number of listed actions with an outcome that needs no decision.
const LISTED: usize = 30;
/// The maximum length in bytes of a message on the line of its action.
const SHORT_MESSAGE: usize = 40;

/// The report as text; its last line is the verdict.
pub fn report(report: &Report, options: &TextOptions<'_>) -> String {
    let view = ApplyView::of(report, options.context);
    let mut page = TextBuilder::new(options.form);
    for (outcome, results) in &view.sections {
        section(&mut page, *outcome, results, options);
    }
    page.diagnostics(view.diagnostics);
    notes(&mut page, &view.notes, options);
    page.gap();
    page.line(0, &options.styles().bold(&options.context.environment.before(&view.verdict)));
    page.finish()
}

fn section(page: &mut TextBuilder, outcome: ActionOutcome, results: &[ResultView<'_>], options: &TextOptions<'_>) {
    let most = match outcome {
        _ if options.full => usize::MAX,
        ActionOutcome::Rejected | ActionOutcome::InDoubt => usize::MAX,
        ActionOutcome::Done | ActionOutcome::NotSent | ActionOutcome::Skipped => LISTED,
    };
    page.gap();
    for result in results.iter().take(most) {
        match outcome {
            ActionOutcome::Done => done(page, *result, options),
            _ => not_done(page, *result, options),
        }
    }
    if let Some(more) = more(results.len(), results.len().min(most)) {
        page.line(2, &options.styles().dim(&format!("{more} {}", outcome_text(outcome))));
    }
}

fn heading(result: &ActionResult, options: &TextOptions<'_>) -> String {
    let styles = options.styles();
    let sign = styles.with(verb_style(result.verb), &format!("{} {}", symbol(result.verb), result.verb.word()));
    let id = result.offer_id.map(|id| styles.dim(&format!("  offer {id}"))).unwrap_or_default();
    format!("{sign} {}{id}", result.key)
}

fn done(page: &mut TextBuilder, view: ResultView<'_>, options: &TextOptions<'_>) {
    let attempts = view.attempts().map(|attempts| options.styles().dim(&format!("  {attempts}"))).unwrap_or_default();
    page.line(2, &format!("{}{attempts}", heading(view.result, options)));
    if let Some(message) = &view.result.message {
        page.line(6, &options.styles().dim(&visible(message)));
    }
}

/// `~ update auto-insurance-us  offer 12345: not sent after 3 attempts: connection refused`; a longer message is below.
fn not_done(page: &mut TextBuilder, view: ResultView<'_>, options: &TextOptions<'_>) {
    let attempts = view.attempts().map(|attempts| format!(" {attempts}")).unwrap_or_default();
    let outcome = format!("{}{attempts}", view.outcome_text());
    let heading = format!("{}: {}", heading(view.result, options), options.styles().error(&outcome));
    let message: Vec<_> = view.result.message.iter().flat_map(|message| message.lines()).map(visible).collect();
    match message.as_slice() {
        [line] if line.len() <= SHORT_MESSAGE => page.line(2, &format!("{heading}: {line}")),
        lines => {
            page.line(2, &heading);
            for line in lines {
                page.line(6, line);
            }
        }
    }
    if let Some(advice) = view.advice() {
        page.line(6, advice);
    }
}
