//! How an import is printed.

use crate::import::Import;
use crate::ops::import::Imported;
use crate::report;
use crate::words::more;

use super::args::{ImportArgs, ReportFormat};
use super::context::Context;
use super::failure::Failure;
use super::printable::Printable;
use super::rewrites;

/// More problems than this are counted.
const MOST_PROBLEMS: usize = 50;

/// Prints what an import did, or why it failed.
pub(super) fn show(context: &Context, args: &ImportArgs, imported: Imported) -> Result<(), Failure> {
    let Imported { import, rewrites, failure } = imported;
    if args.format == ReportFormat::Text || failure.is_some() {
        show_problems(context, &import);
    }
    if let Some(failure) = failure {
        return Err(failure.into());
    }
    if args.format == ReportFormat::Json {
        let document = report::rewrites::import(&import, rewrites::changed_files(&rewrites), args.dry_run);
        return context.print(Printable::json(document));
    }
    rewrites::print(context, &rewrites)?;
    context.print(&match (&args.from_csv, args.dry_run) {
        (None, true) => report::import::dry_run(&import),
        (None, false) => report::import::summary(&import),
        (Some(_), true) => report::import::csv_dry_run(&import, rewrites.files.len()),
        (Some(_), false) => report::import::csv_summary(&import, args.state_ids),
    })
}

fn show_problems(context: &Context, import: &Import) {
    let mut problems = report::import::problems(import);
    let more = more(problems.len(), problems.len().min(MOST_PROBLEMS));
    problems.truncate(MOST_PROBLEMS);
    context.show(&problems);
    if let Some(more) = more {
        context.terminal.alert(format!("{more} problems; narrow the import to see them."));
    }
    for note in report::import::notes(import) {
        context.terminal.note(&note);
    }
}
