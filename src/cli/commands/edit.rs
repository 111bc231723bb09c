//! `edit`: prints the edits and writes them.

use crate::cli::args::{EditArgs, ReportFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printable::Printable;
use crate::cli::rewrites;
use crate::ops;
use crate::ops::edit::{EditOptions, Edits, edit};
use crate::report::{self, rewrites::EditCounts};

/// Edits the files, or with `--dry-run` shows what would be edited.
pub(in crate::cli) fn run(context: &Context, args: &EditArgs) -> Result<Exit, Failure> {
    let repository = context.repository(false)?;
    let options = EditOptions {
        selection: ops::selection(context.directory(), &args.keys, &args.exclude)?,
        assignments: &args.set,
        condition: args.r#where.as_deref(),
        decimals: args.decimals,
        at: args.at.as_deref(),
    };
    let edits = edit(&repository, &options)?;
    let exit = if edits.rewrites.rejected.is_empty() { Exit::Done } else { Exit::Partial };
    if args.format == ReportFormat::Json {
        if !args.dry_run {
            edits.rewrites.write()?;
        }
        context.print(Printable::json(document(&edits, args.dry_run)))?;
        return Ok(exit);
    }
    if edits.offers == 0 {
        context.terminal.note("No offer matches the condition; nothing was changed.");
        return Ok(Exit::Done);
    }
    rewrites::print(context, &edits.rewrites)?;
    for field in &edits.create_only {
        context.terminal.note(format!(
            "`{field}` is create-only: CAKE's API cannot change it for existing offers. Run `offersync plan` to see which are \
             blocked."
        ));
    }
    let count = rewrites::count(&edits.rewrites);
    if args.dry_run {
        context.terminal.note(format!("Would change {count}."));
    } else {
        edits.rewrites.write()?;
        context.terminal.note(format!("Changed {count}. Run `offersync plan` to review."));
    }
    Ok(exit)
}

fn document(edits: &Edits, dry_run: bool) -> String {
    let counts = EditCounts { offers: edits.offers, values: edits.rewrites.values };
    let (files, rejected) = (rewrites::changed_files(&edits.rewrites), rewrites::rejected_changes(&edits.rewrites));
    report::rewrites::edit(dry_run, counts, files, rejected, &edits.create_only)
}
