//! A plan, or what became of it, as a pull-request comment: the verdict, the worst changes in one table, what the plan does, totals; everything
//! else folded away.
//!
//! The invariant: never longer than its size limit, and valid markdown at every limit: cut between rows, with a count of the missing ones.
//! No name, value or description can add markup. Without what is folded, it is at most a screen or two, however many changes there are.

mod budget;
mod cells;
mod details;
pub(super) mod escape;
mod height;
mod problems;
mod report;
mod summary;
mod tables;

#[cfg(test)]
mod tests;

use crate::diagnostic::Diagnostic;
use crate::plan::Plan;

pub use super::view::LABELS;
use super::view::{PlanView, SourceLinks, ViewContext, counted, problem_counts, short_commit};

pub use report::report;

/// The first line of every comment with a plan, by which a job finds its earlier comment of that environment and edits it.
pub fn marker(environment: &str) -> String {
    marked(PLAN, environment)
}

/// The same of a comment with the report of an apply.
pub fn report_marker(environment: &str) -> String {
    marked(APPLY, environment)
}

/// The same of an issue with the drift.
pub(in crate::report) fn drift_marker(environment: &str) -> String {
    marked(DRIFT, environment)
}

fn marked(subject: &str, environment: &str) -> String {
    // A name has no sign that could end the comment; of a host that is not checked here, none is kept.
    let name: String = environment.chars().filter(|c| c.is_ascii_alphanumeric() || "._-:[]".contains(*c)).collect();
    let name = if name.is_empty() { name } else { format!(" {name}") };
    format!("<!-- offersync-{subject}{name} -->")
}

/// What a comment is about.
const PLAN: &str = "plan";
const APPLY: &str = "apply";
const DRIFT: &str = "drift";

/// GitHub's limit for a comment.
pub const COMMENT: usize = 65_536;
/// The smallest limit, for which the first line still fits; smaller ones are raised to it.
pub const SMALLEST: usize = 500;

/// So many totals stand beside the verdict; a plan usually has one or two units of money.
const TOTALS: usize = 3;

/// The options of the markdown.
#[derive(Debug, Clone, Copy)]
pub struct MarkdownOptions<'a> {
    /// The limit in bytes of UTF-8, the strictest count: what fits in bytes also fits in characters and UTF-16 units.
    pub max_chars: usize,
    /// Inputs besides the plan.
    pub context: ViewContext<'a>,
}

impl Default for MarkdownOptions<'_> {
    fn default() -> Self {
        Self { max_chars: COMMENT, context: ViewContext::default() }
    }
}

/// The plan as markdown.
pub fn plan(plan: &Plan, options: &MarkdownOptions<'_>) -> String {
    let view = PlanView::of(plan, options.context);
    let [review, more_review, others, creates] = tables::changes(&view);
    let [config, more_config] = problems::configuration(&view);
    let [guardrails, more_guardrails] = problems::guardrails(&view);
    let [problems, more_problems] = problems::others(&view);
    let [totals, more_totals] = summary::totals(&view);
    let [upcoming, more_upcoming] = details::upcoming(&view);
    let mut sections =
        vec![config, review, guardrails, upcoming, problems, summary::effects(&view, others.rows.is_empty()), totals];
    sections.extend([more_config, more_review, more_guardrails, more_upcoming, more_problems, others, creates]);
    sections.extend([
        tables::pending(&view),
        more_totals,
        details::texts(&view),
        details::keys(&view),
        details::new_offers(&view),
    ]);
    sections.push(tables::notes(&view));
    budget::assemble(&head(&view), &sections, options.max_chars.max(SMALLEST), WHOLE)
}

/// The problems for which there is no plan, as a comment of the same environment.
pub fn diagnostics(diagnostics: &[Diagnostic], options: &MarkdownOptions<'_>) -> String {
    failure(PLAN, "no plan", diagnostics, options)
}

/// The problems for which there is no report: nothing was sent.
pub fn apply_diagnostics(diagnostics: &[Diagnostic], options: &MarkdownOptions<'_>) -> String {
    failure(APPLY, "nothing applied", diagnostics, options)
}

fn failure(subject: &str, what: &str, diagnostics: &[Diagnostic], options: &MarkdownOptions<'_>) -> String {
    let mut all: Vec<&Diagnostic> = diagnostics.iter().collect();
    all.sort_by_key(|problem| problem.severity);
    let counts = problem_counts(diagnostics);
    let head = [title(subject, options.context, SEVERE, &format!("{what}, {counts}")), commit(options.context)];
    let sections = problems::all(&all, options.context);
    budget::assemble(&head, &sections, options.max_chars.max(SMALLEST), WHOLE)
}

/// Where the rest is, if a plan is cut.
const WHOLE: &str = "`offersync plan --full` shows everything.";

/// In front of what is refused or cannot be planned, and of what has flags.
const SEVERE: &str = "🔴 ";
const FLAGGED: &str = "🟠 ";

/// The marker and the heading.
fn title(subject: &str, context: ViewContext<'_>, sign: &str, what: &str) -> String {
    format!("{}\n{}", marked(subject, context.environment.name), heading(context, sign, what))
}

fn heading(context: ViewContext<'_>, sign: &str, what: &str) -> String {
    let name = context.environment.name;
    let environment = if name.is_empty() { String::new() } else { format!("{}: ", escape::text(name)) };
    format!("### {sign}{environment}{what}\n")
}

/// The second line of a plan, for the labels of its pull request. A plan that could not be made has none: its labels are not known.
fn labels(view: &PlanView<'_>) -> String {
    let labels = if view.labels.is_empty() { "none".to_owned() } else { view.labels.join(", ") };
    format!("<!-- offersync-labels {labels} -->")
}

/// ` Commit 4f2c9d1.`, as a link where its address is known.
fn commit(context: ViewContext<'_>) -> String {
    let link = context.links.map(SourceLinks::commit);
    let link = link.map(|(commit, address)| format!(" Commit [<code>{commit}</code>]({address})."));
    let plain = || Some(format!(" Commit {}.", escape::code(short_commit(context.commit?))));
    link.or_else(plain).unwrap_or_default()
}

/// The verdict in parts, the most important first; the first part is short and never dropped.
fn head(view: &PlanView<'_>) -> Vec<String> {
    let to_review = view.count_to_review();
    let pending = view.elsewhere.as_ref().map_or(0, |rest| rest.count_to_review());
    let sign = match to_review + pending {
        _ if view.verdict.is_refused() => SEVERE,
        0 => "",
        _ => FLAGGED,
    };
    let heading = heading(view.context, sign, &view.verdict.headline(to_review, pending));
    let mut parts = vec![format!("{}\n{}\n{heading}", marker(view.context.environment.name), labels(view))];
    parts.push(view.verdict.sentence());
    let own = [("Flags", &view.flags), ("Flags of what is scheduled", &view.later_flags)];
    let rest = view.elsewhere.iter().map(|rest| ("Flags of what is pending anyway", &rest.flags));
    for (label, flags) in own.into_iter().chain(rest).filter(|(_, flags)| !flags.is_empty()) {
        let flags: Vec<_> = flags.iter().map(|(flag, count)| counted(*flag, *count)).collect();
        parts.push(format!(" **{label}:** {}.", flags.join(", ")));
    }
    let problems: Vec<Diagnostic> = view.decisive.iter().chain(&view.problems).map(|one| (*one).clone()).collect();
    if !problems.is_empty() {
        parts.push(format!(" **Checks:** {}.", problem_counts(&problems)));
    }
    let totals: Vec<_> = view.payout_texts().iter().map(|text| escape::prose(text)).collect();
    // Of more, there is the table.
    if (1..=TOTALS).contains(&totals.len()) {
        parts.push(format!(" {}.", totals.join("; ")));
    }
    parts.push(format!(" CAKE: {}.", escape::code(view.cake)));
    parts.push(commit(view.context));
    parts
}
