//! Workflow commands of GitHub Actions, which annotate lines in a pull request. Content is escaped, so that it cannot add commands.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use crate::apply::{ActionOutcome, Report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::inert;
use crate::plan::{Plan, Verb, YamlLocation};

use super::escape::visible;
use super::markdown::{self, MarkdownOptions};
use super::view::{
    ApplyView, Environment, FieldChangeText, Group, PlanView, ResultView, ToReview, UpcomingRow, ViewContext,
};
use crate::words::count;

/// GitHub shows this many annotations of a severity for a step and silently drops the rest.
const MOST: usize = 10;
/// The maximum size of a step summary, in bytes.
pub const SUMMARY_BYTES: usize = 1024 * 1024;

/// The plan as annotations: errors, then the flagged changes, the gravest first, then warnings; and its summary as a plain line.
pub fn plan(plan: &Plan, folder: &str, environment: Environment<'_>) -> String {
    let view = PlanView::of(plan, ViewContext { environment, ..ViewContext::default() });
    let (errors, warnings): (Vec<_>, Vec<_>) = plan.diagnostics.iter().partition(|problem| problem.is_error());
    let mut first = flagged(&view);
    first.extend(moved(&view));
    first.extend(one_of_each_code(&warnings));
    let mut text = annotations(Severity::Error, &one_of_each_code(&errors), folder);
    text.push_str(&annotations(Severity::Warning, &first, folder));
    format!("{text}{}\n", environment.before(&view.verdict.sentence()))
}

/// The report of an apply as annotations: problems, then what is not done, the worst first; and its verdict as a plain line.
pub fn report(report: &Report, folder: &str, context: ViewContext<'_>) -> String {
    let view = ApplyView::of(report, context);
    let of = |severity| view.diagnostics.iter().filter(move |problem| problem.severity == severity).collect::<Vec<_>>();
    let not_done = view.worst_first().filter(|view| view.result.outcome != ActionOutcome::Done);
    let mut errors = one_of_each_code(&of(Severity::Error));
    errors.extend(not_done.map(|result| of_result(&view, result)));
    let mut text = annotations(Severity::Error, &errors, folder);
    text.push_str(&annotations(Severity::Warning, &one_of_each_code(&of(Severity::Warning)), folder));
    for note in &view.notes {
        _ = writeln!(text, "{}", inert::text(&visible(&format!("note: {note}"))));
    }
    format!("{text}{}\n", context.environment.before(&view.verdict))
}

/// What is not done, on the line of its YAML. What was not started has its reason elsewhere.
fn of_result(apply: &ApplyView<'_>, view: ResultView<'_>) -> Annotation {
    let (result, environment) = (view.result, apply.context.environment);
    let changes = view.action.zip(apply.plan.as_ref()).map(|(action, plan)| plan.changes(&Group::single(action)));
    let source = view.action.and_then(|action| Group::single(action).source());
    let mut lines = vec![format!("{} {}: {}", result.verb.word(), result.key, view.outcome_text())];
    lines.extend(result.message.iter().flat_map(|message| message.lines()).map(str::to_owned));
    lines.extend(changes.iter().flatten().filter(|change| change.before.is_some()).filter_map(change));
    lines.extend(view.advice().map(|advice| format!("help: {advice}")));
    Annotation {
        file: source.map(|source| source.file.to_string()),
        line: source.map_or(0, |source| source.line),
        column: 0,
        title: environment.before(view.outcome_text()),
        lines,
        is_repeated: result.outcome == ActionOutcome::Skipped,
    }
}

/// Diagnostics as annotations. `folder` is the folder of `offersync.toml` inside the repository, empty for the repository's
/// root: GitHub's paths begin there.
pub fn diagnostics(diagnostics: &[Diagnostic], folder: &str) -> String {
    let of = |severity| {
        let problems: Vec<_> = diagnostics.iter().filter(|problem| problem.severity == severity).collect();
        annotations(severity, &one_of_each_code(&problems), folder)
    };
    [Severity::Error, Severity::Warning].map(of).concat()
}

/// One annotation.
struct Annotation {
    file: Option<String>,
    /// Zero where it is not known, the column as well.
    line: u32,
    column: u32,
    title: String,
    lines: Vec<String>,
    /// Whether another one stands for it.
    is_repeated: bool,
}

impl Annotation {
    fn of(problem: &Diagnostic) -> Self {
        let place = problem.place();
        let help = problem.help.as_ref().map(|help| format!("help: {help}"));
        let lines = problem.message.lines().map(str::to_owned);
        Self {
            file: place.map(|place| place.file.to_string()),
            line: place.map_or(0, |place| place.line),
            column: place.map_or(0, |place| place.column),
            title: problem.code.name.to_owned(),
            lines: lines.chain(help.iter().flat_map(|help| help.lines().map(str::to_owned))).collect(),
            is_repeated: false,
        }
    }
}

/// The problems in their order. Where there are more than GitHub shows, the first of a code stands for the others of it, which come last.
fn one_of_each_code(problems: &[&Diagnostic]) -> Vec<Annotation> {
    if problems.len() <= MOST {
        return problems.iter().map(|problem| Annotation::of(problem)).collect();
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for problem in problems {
        *counts.entry(problem.code.name).or_default() += 1;
    }
    let mut seen = HashSet::new();
    let (first, repeated): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        problems.iter().partition(|problem| seen.insert(problem.code.name));
    let first = first.into_iter().map(|problem| {
        let mut annotation = Annotation::of(problem);
        let others = counts.get(problem.code.name).map_or(0, |count| count - 1);
        annotation.lines.extend((others > 0).then(|| format!("and {} of this code", count(others, "other problem"))));
        annotation
    });
    first
        .chain(repeated.into_iter().map(|problem| Annotation { is_repeated: true, ..Annotation::of(problem) }))
        .collect()
}

/// Flagged changes of which the same is to be said.
struct Row<'v, 'a> {
    why: String,
    changes: Vec<ToReview<'v, 'a>>,
    offers: usize,
    lines: usize,
}

/// The flagged changes, each on the line that gives the value. Of those of which the same is to be said the first one stands for all where
/// there is no room for each.
fn flagged(view: &PlanView<'_>) -> Vec<Annotation> {
    let mut rows: Vec<Row<'_, '_>> = Vec::new();
    let mut known: HashMap<(bool, String), usize> = HashMap::new();
    for change in view.to_review() {
        let (is_later, why) = match change {
            // A blocked change has its error.
            ToReview::Now(group) if group.verb == Verb::Blocked => continue,
            ToReview::Now(group) => (false, group.why().join("; ")),
            ToReview::Later(row) => (true, row.why.join("; ")),
        };
        let at = *known.entry((is_later, why.clone())).or_insert(rows.len());
        if at == rows.len() {
            rows.push(Row { why, changes: Vec::new(), offers: 0, lines: 0 });
        }
        rows[at].changes.push(change);
        rows[at].offers += change.len();
        rows[at].lines += change.lines();
    }
    let mut room = MOST.saturating_sub(rows.len());
    let mut annotations = Vec::new();
    for Row { why, changes, offers, lines } in rows {
        let others = offers - 1;
        let of_line = |group: &Group<'_>| review_first(view, group, &why, group.len() - 1);
        if lines - 1 <= room {
            room -= lines - 1;
            annotations.extend(changes.into_iter().flat_map(|change| match change {
                ToReview::Now(group) => group.by_line().iter().map(of_line).collect(),
                ToReview::Later(row) => vec![review_later(view, row, 0)],
            }));
        } else {
            annotations.extend(changes.first().map(|change| match change {
                ToReview::Now(group) => review_first(view, group, &why, others),
                ToReview::Later(row) => review_later(view, row, offers - row.keys.len()),
            }));
        }
    }
    annotations
}

/// Files that inherit other values from the folder to which they have moved, as far as no flag tells it.
fn moved(view: &PlanView<'_>) -> impl Iterator<Item = Annotation> {
    let moved = view.groups.iter().filter(|group| group.flags.is_empty() && group.verb != Verb::Blocked);
    moved.filter_map(|group| {
        let mut lines = vec![format!("{}: moved from {}", group.first.key, group.moved_from()?)];
        lines.extend(view.changes(group).iter().filter_map(change));
        lines.extend(alike(group.len() - 1));
        Some(at_line(view.context.environment.before("moved to another folder"), group.source(), lines))
    })
}

/// What becomes due later, on the line that gives the value.
fn review_later(view: &PlanView<'_>, row: &UpcomingRow<'_>, others: usize) -> Annotation {
    let mut lines = vec![format!("{} {}: {}", row.time(), row.offers(), row.why.join("; "))];
    lines.extend(row.changes.iter().cloned());
    lines.extend(alike(others));
    review(view, row.source, lines)
}

fn review_first(view: &PlanView<'_>, group: &Group<'_>, why: &str, others: usize) -> Annotation {
    let mut lines = vec![format!("{}: {why}", group.first.key)];
    lines.extend(group.moved_from().map(|from| format!("moved from {from}")));
    lines.extend(view.flagged_changes(group).iter().filter_map(change));
    lines.extend(alike(others));
    review(view, group.source(), lines)
}

/// Those that have no annotation of their own.
fn alike(others: usize) -> Option<String> {
    (others > 0).then(|| format!("and {} of which the same is to be said", count(others, "other offer")))
}

fn review(view: &PlanView<'_>, source: Option<&YamlLocation>, lines: Vec<String>) -> Annotation {
    at_line(view.context.environment.before("review first"), source, lines)
}

fn at_line(title: String, source: Option<&YamlLocation>, lines: Vec<String>) -> Annotation {
    let (file, line) = (source.map(|source| source.file.to_string()), source.map_or(0, |source| source.line));
    Annotation { file, line, column: 0, title, lines, is_repeated: false }
}

/// `payout 20.00 → 24.00 (+4.00, +20.0 %)`
fn change(text: &FieldChangeText) -> Option<String> {
    let values: Vec<_> = text.before.iter().chain(&text.after).map(String::as_str).collect();
    let values = text.url.as_ref().map_or_else(|| values.join(" → "), |url| url.line(usize::MAX));
    let annotation = text.annotation.as_ref().map(|annotation| format!(" ({annotation})")).unwrap_or_default();
    text.after.is_some().then(|| format!("{} {values}{annotation}", text.field))
}

/// The commands of the first annotations, and the others as plain lines.
fn annotations(severity: Severity, all: &[Annotation], folder: &str) -> String {
    let mut text = String::new();
    let (own, repeated): (Vec<_>, Vec<_>) = all.iter().partition(|annotation| !annotation.is_repeated);
    for annotation in own.iter().take(MOST) {
        text.push_str(&command(severity, annotation, folder));
        text.push('\n');
    }
    let rest: Vec<_> = own.into_iter().skip(MOST).chain(repeated).collect();
    if !rest.is_empty() {
        let more = count(rest.len(), &format!("more {}", severity.word()));
        _ = writeln!(text, "and {more} that GitHub would not show as annotations:");
        for annotation in rest {
            text.push_str(&inert::text(&format!("  {}\n", plain(annotation))));
        }
    }
    text
}

/// The plan for `GITHUB_STEP_SUMMARY`: the markdown, within GitHub's limit for a step.
pub fn step_summary(plan: &Plan, options: &MarkdownOptions<'_>) -> String {
    markdown::plan(plan, &MarkdownOptions { max_chars: SUMMARY_BYTES, ..*options })
}

fn command(severity: Severity, annotation: &Annotation, folder: &str) -> String {
    let Annotation { file, line, column, title, lines, is_repeated: _ } = annotation;
    let mut properties = Vec::new();
    if let Some(file) = file {
        properties.push(format!("file={}", property(&path(file, folder))));
        if *line > 0 {
            properties.push(format!("line={line}"));
        }
        if *line > 0 && *column > 0 {
            properties.push(format!("col={column}"));
        }
    }
    properties.push(format!("title={}", property(title)));
    let lines: Vec<_> = lines.iter().map(|line| visible(line)).collect();
    format!("::{} {}::{}", severity.word(), properties.join(","), message(&lines.join("\n")))
}

fn path(file: &str, folder: &str) -> String {
    match folder.trim_matches('/') {
        "" => file.to_owned(),
        folder => format!("{folder}/{file}"),
    }
}

/// `offers/a.yaml:3:5: payout is negative`
fn plain(annotation: &Annotation) -> String {
    let Annotation { file, line, column, lines, .. } = annotation;
    let place = file.as_ref().map_or_else(String::new, |file| match (line, column) {
        (0, _) => format!("{file}: "),
        (line, 0) => format!("{file}:{line}: "),
        (line, column) => format!("{file}:{line}:{column}: "),
    });
    let first = lines.first().map(String::as_str).unwrap_or_default();
    visible(&format!("{place}{first}")).into_owned()
}

/// GitHub's escapes for the text of a command.
fn message(text: &str) -> String {
    // The older form of a command is recognized anywhere in a line.
    text.replace("##[", "##(").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// GitHub's escapes for a property of a command.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
