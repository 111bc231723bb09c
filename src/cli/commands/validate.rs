//! `validate`: every problem in configuration, offers and state; no network, no key.

use crate::cli::args::{ProblemFormat, ValidateArgs};
use crate::cli::context::{Context, Repository};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::inputs;
use crate::cli::recorded::read_recorded;
use crate::desired;
use crate::diagnostic::{Diagnostic, sort};
use crate::offer::Recorded;
use crate::report;

/// Checks everything and prints what is wrong.
pub(in crate::cli) fn run(context: &Context, args: &ValidateArgs) -> Result<Exit, Failure> {
    let repository = context.repository(false)?;
    let mut reading = inputs::read(&repository, args.allow_empty);
    let mut problems = repository.warnings.clone();
    problems.append(&mut reading.diagnostics);
    let offers = reading.set.offers.len();
    let state = read_recorded(&repository);
    if let Ok(state) = &state {
        check_against(&repository, &reading.set, state.recorded(), &mut problems);
    }
    let invalid = problems.iter().any(Diagnostic::is_error);
    let exit = match state {
        _ if invalid => Exit::Invalid,
        Ok(_) => Exit::Done,
        Err(ref failure) => failure.exit,
    };
    problems.extend(state.err().map(|failure| failure.diagnostics).unwrap_or_default());
    sort(&mut problems);
    let text = match args.format {
        ProblemFormat::Json => report::json::diagnostics(&problems),
        ProblemFormat::Github => report::github::diagnostics(&problems, &context.folder_in_workspace()),
        ProblemFormat::Text if problems.is_empty() && offers == 1 => "1 offer is valid.\n".to_owned(),
        ProblemFormat::Text if problems.is_empty() => format!("{offers} offers are valid.\n"),
        ProblemFormat::Text => report::text::diagnostics(&problems, context.terminal.colours_results()),
    };
    context.print(&text)?;
    Ok(exit)
}

/// Names can only be judged where every offer could be read, and against what is recorded.
fn check_against(
    repository: &Repository,
    set: &crate::offer::DesiredSet,
    recorded: &Recorded,
    problems: &mut Vec<Diagnostic>,
) {
    if !problems.iter().any(Diagnostic::is_error) {
        let mut names = desired::check_names(set, &|key| recorded.offers.contains_key(key));
        desired::fill_source_lines(&mut names, &repository.settings.root);
        problems.append(&mut names);
    }
}
