//! Workflow commands of GitHub Actions, which annotate lines in a pull request. Content is escaped, so that it cannot add commands.

use std::fmt::Write as _;

use crate::diagnostic::{Diagnostic, Severity};
use crate::inert;
use crate::plan::Plan;
use crate::source::Place;

use super::escape::visible;
use super::markdown::{self, MarkdownOptions};
use super::view::{PlanView, ViewContext};
use crate::words::count;

/// GitHub shows this many annotations of a severity for a step and silently drops the rest.
const MOST: usize = 10;
/// The maximum size of a step summary, in bytes.
const SUMMARY_BYTES: usize = 1024 * 1024;

/// The plan as annotations of blocked changes and warnings, and its summary as a plain line.
pub fn plan(plan: &Plan, folder: &str) -> String {
    let view = PlanView::of(plan, ViewContext::default());
    format!("{}{}\n", diagnostics(&plan.diagnostics, folder), view.verdict.sentence())
}

/// Diagnostics as annotations. `folder` is the folder of `offersync.toml` inside the repository, empty for the repository's
/// root: GitHub's paths begin there.
pub fn diagnostics(diagnostics: &[Diagnostic], folder: &str) -> String {
    let mut text = String::new();
    for severity in [Severity::Error, Severity::Warning] {
        let problems: Vec<_> = diagnostics.iter().filter(|problem| problem.severity == severity).collect();
        for problem in problems.iter().take(MOST) {
            text.push_str(&command(problem, folder));
            text.push('\n');
        }
        if let Some(more) = problems.len().checked_sub(MOST).filter(|more| *more > 0) {
            let more = count(more, &format!("more {}", severity.word()));
            _ = writeln!(text, "and {more} that GitHub would not show as annotations:");
            for problem in problems.iter().skip(MOST) {
                text.push_str(&inert::text(&format!("  {}\n", plain(problem))));
            }
        }
    }
    text
}

/// The plan for `GITHUB_STEP_SUMMARY`: the markdown, within GitHub's limit for a step.
pub fn step_summary(plan: &Plan, options: &MarkdownOptions<'_>) -> String {
    markdown::plan(plan, &MarkdownOptions { max_chars: SUMMARY_BYTES, ..*options })
}

fn command(problem: &Diagnostic, folder: &str) -> String {
    let mut properties = Vec::new();
    if let Some(place) = problem.place() {
        properties.push(format!("file={}", property(&path(place, folder))));
        if place.line > 0 {
            properties.push(format!("line={}", place.line));
        }
        if place.line > 0 && place.column > 0 {
            properties.push(format!("col={}", place.column));
        }
    }
    properties.push(format!("title={}", property(problem.code.name)));
    let mut lines: Vec<String> = problem.message.lines().map(|line| visible(line).into_owned()).collect();
    if let Some(help) = &problem.help {
        lines.extend(format!("help: {help}").lines().map(|line| visible(line).into_owned()));
    }
    format!("::{} {}::{}", problem.severity.word(), properties.join(","), message(&lines.join("\n")))
}

fn path(place: &Place, folder: &str) -> String {
    match folder.trim_matches('/') {
        "" => place.file.to_string(),
        folder => format!("{folder}/{}", place.file),
    }
}

/// `offers/a.yaml:3:5: payout is negative`
fn plain(problem: &Diagnostic) -> String {
    let place = problem.place().map_or_else(String::new, |place| match (place.line, place.column) {
        (0, _) => format!("{}: ", place.file),
        (line, 0) => format!("{}:{line}: ", place.file),
        (line, column) => format!("{}:{line}:{column}: ", place.file),
    });
    visible(&format!("{place}{}", problem.message)).into_owned()
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
mod tests {
    use super::*;
    use crate::diagnostic::codes;
    use crate::source::Span;

    fn problem(file: &str, message: &str) -> Diagnostic {
        Diagnostic::error(codes::plan::CREATE_ONLY, message)
            .label(Place::new(file.into(), Span { line: 4, column: 12, length: 3 }))
    }

    #[test]
    fn an_annotation_points_at_the_line() {
        let text = diagnostics(&[problem("offers/a.yaml", "100 % wrong").help("do\nthis")], "infra/cake");
        insta::assert_snapshot!(text, @"::error file=infra/cake/offers/a.yaml,line=4,col=12,title=plan%3A%3Acreate-only::100 %25 wrong%0Ahelp: do%0Athis");
    }

    #[test]
    fn content_is_never_a_command() {
        let nasty = "x\n::set-env name=PATH::/tmp\r::error::y ##[add-mask]z";
        let mut many = vec![problem("a,line=1::\n::error::.yaml", nasty); 13];
        many.push(Diagnostic::warning(codes::plan::UNPROTECTED, nasty));
        let text = diagnostics(&many, "");
        let commands: Vec<_> = text.lines().filter(|line| line.trim_start().starts_with("::")).collect();
        assert_eq!(commands.len(), 11);
        assert!(commands[..10].iter().all(|line| {
            line.starts_with("::error file=a%2Cline=1%3A%3A%0A%3A%3Aerror%3A%3A.yaml,line=4,col=12,title=")
        }));
        assert!(commands[10].starts_with("::warning title=plan%3A%3Aunprotected::x%0A"));
        assert_eq!(text.matches("##[").count(), 0, "{text}");
        assert!(text.contains("and 3 more errors"));
    }
}
