//! What became of an apply, for a person: what went wrong and what to do about it, then the counts.

use crate::apply::{ActionOutcome, ActionResult, Report, RunOutcome};
use crate::plan::Verb;
use crate::report::escape::visible;
use crate::report::paint::{Paint, style, symbol};

use super::TextOptions;
use super::page::Page;

/// More actions that went well than this are only counted.
const DONE: usize = 30;
/// More skipped or unsent actions than this are only counted.
const UNTOUCHED: usize = 30;

/// The report of an apply as text; its last line says it all.
pub fn report(report: &Report, options: &TextOptions<'_>) -> String {
    let mut page = Page::default();
    let results = |outcome| report.results.iter().filter(move |result| result.outcome == outcome);
    list(&mut page, results(ActionOutcome::Done), DONE, done, options);
    list(&mut page, results(ActionOutcome::Skipped), UNTOUCHED, failed, options);
    list(&mut page, results(ActionOutcome::NotSent), UNTOUCHED, failed, options);
    list(&mut page, results(ActionOutcome::Rejected), usize::MAX, failed, options);
    list(&mut page, results(ActionOutcome::InDoubt), usize::MAX, failed, options);
    page.diagnostics(&report.diagnostics, options.colour);
    notes(&mut page, report, options.paint());
    page.gap();
    page.line(0, &options.paint().bold(&summary(report)));
    page.finish()
}

fn list<'a>(
    page: &mut Page,
    results: impl Iterator<Item = &'a ActionResult>,
    most: usize,
    write: fn(&mut Page, &ActionResult, Paint),
    options: &TextOptions<'_>,
) {
    let results: Vec<_> = results.collect();
    let Some(first) = results.first() else { return };
    let shown = if options.full || results.len() <= most { results.len() } else { most };
    page.gap();
    for result in &results[..shown] {
        write(page, result, options.paint());
    }
    if results.len() > shown {
        let more = format!("… and {} more {}", results.len() - shown, words(first.outcome));
        page.line(2, &options.paint().quiet(&more));
    }
}

fn heading(result: &ActionResult, paint: Paint) -> String {
    let sign = paint.with(style(result.verb), &format!("{} {}", symbol(result.verb), result.verb.word()));
    let id = result.offer_id.map(|id| paint.quiet(&format!("  offer {id}"))).unwrap_or_default();
    format!("{sign} {}{id}", result.key)
}

fn done(page: &mut Page, result: &ActionResult, paint: Paint) {
    let again = match resent(result) {
        0 => String::new(),
        _ => paint.quiet(&format!("  after {} requests", result.attempts)),
    };
    page.line(2, &format!("{}{again}", heading(result, paint)));
    if let Some(message) = &result.message {
        page.line(6, &paint.quiet(&visible(message)));
    }
}

fn failed(page: &mut Page, result: &ActionResult, paint: Paint) {
    let attempts = match resent(result) {
        0 => String::new(),
        _ => format!(", after {} requests", result.attempts),
    };
    let outcome = paint.bad(&format!("{}{attempts}", words(result.outcome)));
    page.line(2, &format!("{}: {outcome}", heading(result, paint)));
    if let Some(message) = &result.message {
        for line in message.lines() {
            page.line(6, &visible(line));
        }
    }
    if let Some(advice) = advice(result) {
        page.line(6, advice);
    }
}

/// How many requests were sent again: a replace takes two, anything else one.
fn resent(result: &ActionResult) -> u32 {
    result.attempts.saturating_sub(if result.verb == Verb::Replace { 2 } else { 1 })
}

fn words(outcome: ActionOutcome) -> &'static str {
    match outcome {
        ActionOutcome::Done => "done",
        ActionOutcome::Rejected => "rejected by CAKE",
        ActionOutcome::NotSent => "not sent",
        ActionOutcome::InDoubt => "in doubt",
        ActionOutcome::Skipped => "skipped",
    }
}

/// What to do. Only a create in doubt needs a decision: an update can simply be sent again.
fn advice(result: &ActionResult) -> Option<&'static str> {
    match (result.outcome, result.verb) {
        (ActionOutcome::Rejected, _) => {
            Some("nothing changed in CAKE: correct the offer's YAML, or its data in CAKE, and apply again")
        }
        (ActionOutcome::InDoubt, verb) if !matches!(verb, Verb::Create | Verb::Replace) => {
            Some("it is unknown whether CAKE changed it; the next apply sends it again, which does no harm")
        }
        // A create in doubt has a diagnostic of its own, with the commands.
        _ => None,
    }
}

fn notes(page: &mut Page, report: &Report, paint: Paint) {
    let retried = report.results.iter().filter(|result| resent(result) > 0);
    let again: u32 = retried.clone().map(resent).sum();
    if !report.notes.is_empty() || again > 0 {
        page.gap();
    }
    for note in &report.notes {
        let mut lines = note.lines();
        page.line(0, &format!("{} {}", paint.bold("note:"), visible(lines.next().unwrap_or_default())));
        for line in lines {
            page.line(0, &visible(line));
        }
    }
    if again > 0 {
        let (times, count) =
            (if again == 1 { "1 request was" } else { &format!("{again} requests were") }, retried.count());
        let offers = if count == 1 { "1 offer" } else { &format!("{count} offers") };
        page.line(0, &format!("{} {times} sent again, for {offers}.", paint.bold("note:")));
    }
}

fn summary(report: &Report) -> String {
    let counts = [
        ActionOutcome::Done,
        ActionOutcome::Rejected,
        ActionOutcome::NotSent,
        ActionOutcome::InDoubt,
        ActionOutcome::Skipped,
    ]
    .into_iter()
    .filter(|outcome| report.count(*outcome) > 0)
    .map(|outcome| format!("{} {}", report.count(outcome), words(outcome)))
    .collect::<Vec<_>>()
    .join(", ");
    let counts = if counts.is_empty() { "nothing was done".to_owned() } else { counts };
    match report.outcome {
        RunOutcome::Complete => format!("Applied: {counts}."),
        RunOutcome::Refused => format!("Refused: {counts}. Nothing was sent."),
        RunOutcome::Partial | RunOutcome::NotRecorded | RunOutcome::KeyRefused
            if report.count(ActionOutcome::Skipped) == report.results.len() =>
        {
            format!("Nothing was applied: {counts}.")
        }
        RunOutcome::Partial | RunOutcome::NotRecorded | RunOutcome::KeyRefused => {
            format!("Applied in part: {counts}. Apply again to do the rest.")
        }
        RunOutcome::InDoubt => format!("In doubt: {counts}. A person has to look in CAKE."),
        RunOutcome::Interrupted => format!("Interrupted: {counts}. Nothing is lost; apply again to do the rest."),
        RunOutcome::NothingToDo => "Nothing to do.".to_owned(),
    }
}
