//! `check-links`: prints where links lead.

use std::time::Duration;

use crate::cli::args::{CheckLinksArgs, ProblemFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::cli::printable::Printable;
use crate::cli::terminal::Target;
use crate::links::{CheckedLinks, Outcome};
use crate::ops::check_links::{CheckLinksOptions, check_links};
use crate::ops::{self, Control};
use crate::report;

pub(in crate::cli) fn run(context: &Context, args: &CheckLinksArgs) -> Result<Exit, Failure> {
    let repository = context.repository(false)?;
    let options = CheckLinksOptions {
        selection: ops::selection(context.directory(), &args.keys, &args.exclude)?,
        condition: args.r#where.as_deref(),
        allow_empty: args.allow_empty,
        timeout: Duration::from_secs(args.timeout),
    };
    let checking = async |control: Control<'_>| check_links(&repository, &options, control).await;
    let (checked, warnings) = observing::run(context, checking)?;
    context.show(&warnings);
    let form = context.terminal.form(Target::Stdout);
    context.print(match args.format {
        ProblemFormat::Text => Printable::styled(report::links::text(&checked, form), form.colour),
        ProblemFormat::Json => Printable::json(report::links::json(&checked)),
        ProblemFormat::Gitlab => {
            let folder = context.folder_in_workspace();
            Printable::json(report::gitlab::diagnostics(&checked.diagnostics, &folder))
        }
        ProblemFormat::Sarif => {
            Printable::json(report::sarif::diagnostics(&checked.diagnostics, &context.folder_in_workspace()))
        }
        ProblemFormat::Github => {
            let folder = context.folder_in_workspace();
            Printable::annotations(report::github::diagnostics(&checked.diagnostics, &folder))
        }
    })?;
    Ok(exit_of(&checked))
}

/// A link that could not be checked is no success; a broken one counts more.
fn exit_of(checked: &CheckedLinks) -> Exit {
    match [Outcome::Failed, Outcome::NotChecked].map(|outcome| checked.count(outcome)) {
        [0, 0] => Exit::Done,
        [0, _] => Exit::Partial,
        _ => Exit::Refused,
    }
}
