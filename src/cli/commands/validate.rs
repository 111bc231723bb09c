//! `validate`: prints every problem in configuration, offers and state.

use crate::cli::args::{ProblemFormat, ValidateArgs};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, exit_of};
use crate::cli::printable::Printable;
use crate::cli::terminal::Target;
use crate::ops::validate::validate;
use crate::report;
use crate::words::count;

pub(in crate::cli) fn run(context: &Context, args: &ValidateArgs) -> Result<Exit, Failure> {
    let repository = context.repository(false)?;
    let named: Vec<_> = args.files.iter().map(|file| context.path(file)).collect();
    let validation = validate(&repository, args.allow_empty, &named)?;
    let diagnostics = &validation.diagnostics;
    let form = context.terminal.form(Target::Stdout);
    context.print(match args.format {
        ProblemFormat::Json => Printable::json(report::json::diagnostics(diagnostics)),
        ProblemFormat::Sarif => {
            Printable::json(report::sarif::diagnostics(diagnostics, &context.folder_in_workspace()))
        }
        ProblemFormat::Github => {
            Printable::annotations(report::github::diagnostics(diagnostics, &context.folder_in_workspace()))
        }
        ProblemFormat::Gitlab => {
            Printable::json(report::gitlab::diagnostics(diagnostics, &context.folder_in_workspace()))
        }
        ProblemFormat::Text if diagnostics.is_empty() => {
            let are = if validation.offers == 1 { "is" } else { "are" };
            format!("{} {are} valid.\n", count(validation.offers, "offer")).into()
        }
        ProblemFormat::Text => Printable::styled(report::text::diagnostics(diagnostics, form), form.colour),
    })?;
    if validation.left_out > 0 {
        let left_out = count(validation.left_out, "problem");
        context
            .terminal
            .note(format!("{left_out} of other files not shown: run `offersync validate` without a file to see all."));
    }
    Ok(match &validation.state_error {
        _ if validation.is_invalid() => Exit::Invalid,
        Some(error) => exit_of(error),
        None => Exit::Done,
    })
}
