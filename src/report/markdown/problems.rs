//! Problems: the guardrails that a plan breaks, what a branch changes besides offers, errors and warnings. The first ones stand open, the
//! others are folded.

use crate::diagnostic::{Diagnostic, codes};
use crate::plan::YamlLocation;
use crate::report::view::{PlanView, ViewContext, problem_counts};
use crate::words::{plural, shorten};

use super::budget::{Section, Unit};
use super::cells;
use super::escape::code;

/// The maximum length of a path.
const PATH: usize = 120;
/// So many of those that decide over a plan stand open.
const DECISIVE: usize = 5;
/// So many other errors stand open.
const OPEN: usize = 3;
/// So many stand open where there is no plan.
const ALL: usize = 20;

/// What the branch changes in the configuration and in the state.
pub(super) fn configuration(view: &PlanView<'_>) -> [Section; 2] {
    decisive(view, false, "Configuration and state", ("change", "changes"))
}

/// The guardrails that the plan breaks, waived or not.
pub(super) fn guardrails(view: &PlanView<'_>) -> [Section; 2] {
    decisive(view, true, "Guardrails", ("breach", "breaches"))
}

fn decisive(view: &PlanView<'_>, is_guardrail: bool, title: &str, unit: Unit) -> [Section; 2] {
    let is_one = |problem: &&&Diagnostic| codes::guardrail::ALL.contains(&problem.code) == is_guardrail;
    let problems: Vec<&Diagnostic> = view.decisive.iter().filter(is_one).copied().collect();
    let [open, folded] = lists(title, &problems, view.context, DECISIVE, unit);
    [Section { is_essential: true, ..open }, folded]
}

/// Errors and warnings. Only errors stand open: what a warning says of an amount is a flag, too.
pub(super) fn others(view: &PlanView<'_>) -> [Section; 2] {
    let errors = view.problems.iter().filter(|problem| problem.is_error()).count();
    lists("Problems", &view.problems, view.context, errors.min(OPEN), ("problem", "problems"))
}

/// Those of input that is invalid.
pub(super) fn all(problems: &[&Diagnostic], context: ViewContext<'_>) -> [Section; 2] {
    let [open, folded] = lists("", problems, context, ALL, ("problem", "problems"));
    [Section { is_essential: true, ..open }, folded]
}

/// Those of an apply: errors stand open.
pub(super) fn of_apply(problems: &[&Diagnostic], context: ViewContext<'_>) -> [Section; 2] {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let [open, folded] = lists("Problems", problems, context, errors.min(DECISIVE), ("problem", "problems"));
    [Section { is_essential: true, ..open }, folded]
}

/// A list of the first ones, and the others folded.
fn lists(title: &str, problems: &[&Diagnostic], context: ViewContext<'_>, most: usize, unit: Unit) -> [Section; 2] {
    let (first, rest) = problems.split_at(most.min(problems.len()));
    let rows = |problems: &[&Diagnostic]| problems.iter().map(|one| problem(one, context)).collect();
    let heading = if title.is_empty() { String::new() } else { format!("### {title}\n\n") };
    let open =
        Section { open: format!("\n{heading}"), rows: rows(first), more: ("- ", ""), unit, ..Section::default() };
    let kinds: Vec<Diagnostic> = rest.iter().map(|problem| (*problem).clone()).collect();
    let noun = format!("more {}", plural(rest.len(), unit.0));
    let summary = match title {
        "" | "Problems" if first.is_empty() => problem_counts(&kinds),
        "" | "Problems" => format!("More problems: {}", problem_counts(&kinds)),
        title => format!("{title}: {} {noun}", rest.len()),
    };
    [open, cells::folded(&summary, "", rows(rest), ("- ", ""), unit)]
}

fn problem(problem: &Diagnostic, context: ViewContext<'_>) -> String {
    let place = problem.place().map_or_else(String::new, |place| {
        let line = if place.line > 0 { format!(":{}", place.line) } else { String::new() };
        let shown = code(&format!("{}{line}", shorten(place.file.as_str(), PATH)));
        let location = YamlLocation { file: place.file.clone(), line: place.line };
        format!(" at {}", cells::linked(&shown, Some(&location), context))
    });
    let help = problem.help.as_deref().map(|help| format!("<br>{}", cells::sentence(help))).unwrap_or_default();
    let message = cells::sentence(&problem.message);
    format!("- **{}**{place}: {message}{help}\n", problem.severity.word())
}
