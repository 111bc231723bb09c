//! `fmt`: prints what was formatted, or with `--check` what would be.

use crate::cli::args::{FmtArgs, ReportFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printable::Printable;
use crate::cli::rewrites::{formatted_file, unified_diff};
use crate::ops::Repository;
use crate::ops::fmt::{Formatted, FormattedFile, format};
use crate::report::rewrites::{self, FormatOutcome};

/// Formats every file of the tree, or the named ones.
pub(in crate::cli) fn run(context: &Context, args: &FmtArgs) -> Result<Exit, Failure> {
    let repository = context.repository(false)?;
    if args.prune_schedule {
        return super::prune::run(context, &repository, args);
    }
    if args.format == ReportFormat::Json {
        return json(context, &repository, args);
    }
    let (mut changed, mut unchanged, mut skipped) = (0_usize, 0_usize, 0_usize);
    for file in format(&repository, context.directory(), &args.files, !args.check) {
        let FormattedFile { shown, outcome } = file?;
        match outcome {
            Formatted::Unchanged => unchanged += 1,
            Formatted::Changed { before, after } => {
                changed += 1;
                context.print(&if args.check {
                    unified_diff(&shown, &before, &after)
                } else {
                    format!("{shown}\n")
                })?;
            }
            Formatted::Skipped { line, reason } => {
                skipped += 1;
                let line = line.map_or_else(String::new, |line| format!(":{line}"));
                context.terminal.alert(format!("{shown}{line}: skipped: {reason}"));
            }
        }
    }
    let word = if args.check { "would change" } else { "formatted" };
    context.terminal.note(format!("{changed} {word}, {unchanged} already formatted, {skipped} skipped."));
    Ok(if skipped > 0 || (args.check && changed > 0) { Exit::Invalid } else { Exit::Done })
}

/// The same for a program.
fn json(context: &Context, repository: &Repository, args: &FmtArgs) -> Result<Exit, Failure> {
    let formatted = format(repository, context.directory(), &args.files, !args.check);
    let files = formatted.map(|file| Ok(formatted_file(file?))).collect::<Result<Vec<_>, Failure>>()?;
    let is = |outcome| files.iter().any(|file| file.outcome == outcome);
    let is_invalid = is(FormatOutcome::Skipped) || (args.check && is(FormatOutcome::Changed));
    context.print(Printable::json(rewrites::fmt(args.check, files)))?;
    Ok(if is_invalid { Exit::Invalid } else { Exit::Done })
}
