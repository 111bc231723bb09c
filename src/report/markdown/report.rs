//! The report of an apply as a comment: what became of it, what is not done and what to do about it, the money, and what is done.

use crate::apply::{Report, Run, RunOutcome};
use crate::diagnostic::Diagnostic;
use crate::report::styles::symbol;
use crate::report::view::{ApplyView, Group, PlanView, ResultGroup, ResultView};
use crate::words::count;

use super::budget::{self, Section, Unit};
use super::escape::{code, prose};
use super::{APPLY, MarkdownOptions, SEVERE, SMALLEST, cells, commit, details, problems, tables, title};

const OPEN: &str = "| outcome | offer | before → after | message |\n|---|---|---|---|\n";
const DONE: &str = "| action | offer | before → after | margin |\n|---|---|---|---:|\n";
/// A row that counts missing ones has fewer cells than there are columns.
const MORE: (&str, &str) = ("| ", " |");
const DONE_UNIT: Unit = ("change that is done", "changes that are done");
const OPEN_UNIT: Unit = ("action that is not done", "actions that are not done");
/// Where the rest is, if a report is cut.
const WHOLE: &str = "The report as JSON or HTML has everything.";

/// In front of what was done as planned.
const COMPLETE: &str = "🟢 ";

/// The report as markdown.
pub fn report(report: &Report, options: &MarkdownOptions<'_>) -> String {
    let view = ApplyView::of(report, options.context);
    let mut diagnostics: Vec<&Diagnostic> = view.diagnostics.iter().collect();
    diagnostics.sort_by_key(|problem| problem.severity);
    let [problems, more_problems] = problems::of_apply(&diagnostics, options.context);
    let [open, more_open] = not_done(&view);
    let [done, more_done] = done(&view);
    let notes = view.notes.iter().map(|note| format!("- {}\n", cells::item(note.trim()))).collect();
    let notes = cells::folded(&count(view.notes.len(), "note"), "", notes, ("- ", ""), ("note", "notes"));
    let mut sections = vec![open, problems, money(&view), done, more_open, more_problems, more_done];
    sections.extend(view.plan.as_ref().map(details::texts));
    sections.push(notes);
    budget::assemble(&head(&view), &sections, options.max_chars.max(SMALLEST), WHOLE)
}

fn head(view: &ApplyView<'_>) -> Vec<String> {
    let sign = match view.outcome {
        RunOutcome::Complete => COMPLETE,
        RunOutcome::NothingToDo => "",
        _ => SEVERE,
    };
    let Run { cake, environment: _, commit: _, started_at, ended_at } = view.run;
    let time = |at: &jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M:%S").to_string();
    vec![
        title(APPLY, view.context, sign, &view.headline),
        view.verdict.clone(),
        format!(" CAKE: {}.", code(cake)),
        commit(view.context),
        format!(" From {} to {} UTC.", time(started_at), time(ended_at)),
    ]
}

/// What needs a decision: the first rows, and the others folded.
fn not_done(view: &ApplyView<'_>) -> [Section; 2] {
    let groups = view.groups(false);
    let rows = groups.iter().map(|one| {
        let change = one.group.as_ref().zip(view.plan.as_ref()).map(|(group, plan)| change(plan, group));
        let change = change.unwrap_or_else(|| one.first.result.verb.word().to_owned());
        let outcome = one.first.outcome_text();
        format!("| **{outcome}** | {} | {change} | {} |\n", offers(view, one), message(one.first))
    });
    let (rows, rest) = tables::open_rows(rows.collect());
    let summary = format!("{} not done", count(rest.len(), "more change"));
    let open = Section {
        open: format!("\n{OPEN}"),
        rows,
        more: MORE,
        unit: OPEN_UNIT,
        is_essential: true,
        ..Section::default()
    };
    [open, cells::folded(&summary, OPEN, rest, MORE, OPEN_UNIT)]
}

/// What is done: open where it is little.
fn done(view: &ApplyView<'_>) -> [Section; 2] {
    let groups = view.groups(true);
    let row = |one: &ResultGroup<'_>| {
        let shown = one.group.as_ref().zip(view.plan.as_ref());
        let cells = shown.map(|(group, plan)| (cells::changes(plan, group), cells::margin(plan, group)));
        let (changes, margin) = cells.unwrap_or_default();
        let message = one.first.result.message.as_ref().map(|_| message(one.first));
        let changes: Vec<_> = [changes].into_iter().filter(|changes| !changes.is_empty()).chain(message).collect();
        format!("| {} | {} | {} | {margin} |\n", action(one), offers(view, one), changes.join("<br>"))
    };
    let rows: Vec<String> = groups.iter().map(row).collect();
    let (first, rest) = tables::open_rows(rows);
    if rest.is_empty() {
        let open =
            Section { open: format!("\n{DONE}"), rows: first, more: MORE, unit: DONE_UNIT, ..Section::default() };
        return [open, Section::default()];
    }
    let rows: Vec<String> = first.into_iter().chain(rest).collect();
    let summary = format!("{} done", count(rows.len(), "change"));
    [Section::default(), cells::folded(&summary, DONE, rows, MORE, DONE_UNIT)]
}

/// `- **12 done**: 3 payouts rise, +12.00 in total (cpa, USD)`
fn money(view: &ApplyView<'_>) -> Section {
    let money = view.money().into_iter().filter(|one| !one.amounts.is_empty());
    let rows = money.map(|one| {
        let amounts: Vec<_> = one.amounts.iter().map(|amount| prose(amount)).collect();
        format!("- **{} {}**: {}\n", one.actions, one.outcome, amounts.join("; "))
    });
    let open = "\n**What became of the money**\n\n".to_owned();
    Section { open, rows: rows.collect(), more: ("- ", ""), unit: ("sum", "sums"), ..Section::default() }
}

fn action(one: &ResultGroup<'_>) -> String {
    let verb = one.first.result.verb;
    let title = one.group.as_ref().map_or(verb.word(), Group::title);
    format!("{} {title}", symbol(verb))
}

fn change(plan: &PlanView<'_>, group: &Group<'_>) -> String {
    let changes = cells::changes(plan, group);
    let action = format!("{} {}", symbol(group.verb), group.title());
    if changes.is_empty() { action } else { format!("{action}<br>{changes}") }
}

/// The offer with its id, that of a new one as well, or the first keys of several.
fn offers(view: &ApplyView<'_>, one: &ResultGroup<'_>) -> String {
    let id = one.first.result.offer_id;
    if let Some((group, plan)) = one.group.as_ref().zip(view.plan.as_ref()) {
        return cells::offers(plan, group, id);
    }
    let id = id.map(|id| format!(" ({id})")).unwrap_or_default();
    format!("{}{id}", cells::key(one.first.result.key.as_str()))
}

/// The message, and what to do.
fn message(view: ResultView<'_>) -> String {
    let lines = view.result.message.iter().flat_map(|message| message.lines()).map(cells::sentence);
    let attempts = view.attempts().into_iter();
    lines.chain(attempts).chain(view.advice().map(cells::sentence)).collect::<Vec<_>>().join("<br>")
}
