//! A plan, a report or problems as one HTML file that needs no network.
//!
//! Owns the page: its parts, its policy and its limits. Invariants: the page asks nothing of any host and runs no script but its own, which a
//! strict Content-Security-Policy with hashes enforces; no value becomes markup or script; it is within [`data::MOST_BYTES`] for 20,000
//! actions. What stands in the HTML itself can be read without a script; the script draws the table of all rows.

mod data;
mod margins;
mod markup;
mod plan_rows;
mod problems;
mod report_rows;
mod sections;
#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use crate::apply::{ActionOutcome, Report};
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;
use crate::words::count;

use self::data::{Column, MOST_BYTES, RowTexts};
use self::markup::{code, fill, lines, link, list, section, table, text};
use super::view::{ApplyView, PlanView, SourceLinks, ViewContext, counted, problem_counts, short_commit};

const PAGE: &str = include_str!("page.html");
const ROWS: &str = include_str!("rows.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The rows of a report that stand in the HTML itself.
const FIRST: usize = 12;

/// The table that the script draws.
struct Table<'r> {
    /// `change` or `action`.
    noun: &'static str,
    count: usize,
    columns: &'r [Column],
    filters: &'r [&'static str],
    rows: &'r dyn Fn() -> Vec<RowTexts>,
}

/// The plan as a page.
pub fn plan(plan: &Plan, context: ViewContext<'_>) -> String {
    let view = PlanView::of(plan, context);
    let flags: Vec<_> = view.flags.iter().map(|(kind, count)| text(&counted(*kind, *count))).collect();
    let made = format!("Planned for {}.", plan.at.strftime("%Y-%m-%d %H:%M:%S UTC"));
    let head = head(context, view.cake, &made) + &list("flags", &flags);
    let table = Table {
        noun: "change",
        count: plan.actions.len(),
        columns: &plan_rows::COLUMNS,
        filters: &plan_rows::FILTERS,
        rows: &|| plan_rows::rows(&view),
    };
    let verdict = context.environment.before(&view.verdict.sentence());
    page("offersync plan", &verdict, &head, &sections::all(&view), Some(&table))
}

/// Which environment, which CAKE, which commit, and when.
fn head(context: ViewContext<'_>, cake: &str, when: &str) -> String {
    let name = context.environment.configured().map(|name| format!("Environment: {}. ", code(name)));
    let commit = match (context.links.map(SourceLinks::commit), context.commit) {
        (Some((commit, address)), _) => {
            format!(" Commit: <a href=\"{}\" rel=\"noreferrer\">{}</a>.", text(&address), code(commit))
        }
        (None, Some(commit)) => format!(" Commit: {}.", code(short_commit(commit))),
        (None, None) => String::new(),
    };
    format!("<p class=\"where\">{}CAKE: {}.{commit} {}</p>\n", name.unwrap_or_default(), code(cake), text(when))
}

/// The report of an apply as a page.
pub fn report(report: &Report, context: ViewContext<'_>) -> String {
    let view = ApplyView::of(report, context);
    let time = |at: &jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let when = format!("From {} to {} UTC.", time(&view.run.started_at), time(&view.run.ended_at));
    let head = head(context, &view.run.cake, &when);
    let problems: Vec<_> = view.diagnostics.iter().collect();
    let notes: Vec<_> = view.notes.iter().map(|note| text(note)).collect();
    let sections = [
        section("Problems", "problems", &problems::list(&problems)),
        section("Not done", "review", &not_done(&view)),
        section("What became of the money", "totals", &money(&view)),
        section("Notes", "notes", &list("", &notes)),
    ];
    let table = Table {
        noun: "action",
        count: report.results.len(),
        columns: &report_rows::COLUMNS,
        filters: &report_rows::FILTERS,
        rows: &|| report_rows::rows(&view),
    };
    let verdict = context.environment.before(&view.verdict);
    page("offersync apply", &verdict, &head, &sections.concat(), Some(&table))
}

/// Problems as a page, where there is neither a plan nor a report.
pub fn diagnostics(diagnostics: &[Diagnostic]) -> String {
    let (errors, warnings): (Vec<_>, Vec<_>) = diagnostics.iter().partition(|problem| problem.is_error());
    let problems: Vec<_> = errors.into_iter().chain(warnings).collect();
    let verdict = format!("Failed: {}.", problem_counts(diagnostics));
    page("offersync problems", &verdict, "", &section("Problems", "problems", &problems::list(&problems)), None)
}

/// The amounts that moved, or did not, by outcome.
fn money(view: &ApplyView<'_>) -> String {
    let money = view.money().into_iter().filter(|one| !one.amounts.is_empty());
    let rows: Vec<_> = money
        .map(|one| {
            let amounts: Vec<_> = one.amounts.iter().map(|amount| text(amount)).collect();
            vec![text(one.outcome), one.actions.to_string(), lines(&amounts)]
        })
        .collect();
    table("What became of the money", &["outcome", "actions", "amounts"], &rows)
}

/// What needs a decision, the first of it.
fn not_done(view: &ApplyView<'_>) -> String {
    let open = || view.worst_first().filter(|view| view.result.outcome != ActionOutcome::Done);
    let row = |result: super::view::ResultView<'_>| {
        let messages: Vec<_> = report_rows::messages(result).iter().map(|line| text(line)).collect();
        let advice = result.advice().map(text).unwrap_or_default();
        let action = format!("{} {}", text(result.result.verb.word()), link(result.result.key.as_str()));
        vec![text(result.outcome_text()), action, lines(&messages), advice]
    };
    let rows: Vec<_> = open().take(FIRST).map(row).collect();
    let rest = open().count() - rows.len();
    let rest = if rest > 0 { format!("<p>{} below.</p>\n", count(rest, "more action")) } else { String::new() };
    table("Not done", &["outcome", "action", "message", "help"], &rows) + &rest
}

fn page(title: &str, verdict: &str, head: &str, sections: &str, table: Option<&Table<'_>>) -> String {
    let table = table.filter(|table| table.count > 0);
    let around = [PAGE, ROWS, STYLE, SCRIPT, head, sections, verdict].map(str::len).iter().sum::<usize>() + 2000;
    let room = MOST_BYTES.saturating_sub(around);
    let (data, rows) = table.map(|table| drawn(table, room)).unwrap_or_default();
    let version = concat!("offersync ", env!("CARGO_PKG_VERSION"));
    let values = [
        ("about", concat!("Made by offersync ", env!("CARGO_PKG_VERSION"), ".")),
        ("title", &text(title)),
        ("verdict", &text(verdict)),
        ("head", head),
        ("sections", sections),
        ("rows", &rows),
        ("data", &data),
        ("footer", version),
        ("style", STYLE),
        ("style-hash", &hash(STYLE)),
        ("script", SCRIPT),
        ("script-hash", &hash(SCRIPT)),
    ];
    fill(PAGE, &values)
}

/// The block of data, and the empty table for it.
fn drawn(table: &Table<'_>, room: usize) -> (String, String) {
    let (data, shortened) = data::block(table.columns, table.filters, room, table.rows);
    let all = count(table.count, table.noun);
    let notice = shortened.map(|longest| {
        format!("<p class=\"why\">Texts of more than {longest} characters are shortened here; the JSON has them whole.</p>\n")
    });
    let no_script = format!("The table of all {all} needs JavaScript; without it, this page shows the parts above.");
    let values = [
        ("title", format!("All {all}")),
        ("what", format!("{}s", table.noun)),
        ("no-script", no_script),
        ("notice", notice.unwrap_or_default()),
    ];
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    (data, fill(ROWS, &values))
}

/// How a policy names a script or a style that may run.
fn hash(source: &str) -> String {
    format!("sha256-{}", STANDARD.encode(digest(&SHA256, source.as_bytes())))
}
