//! `fmt --prune-schedule`: prints which entries of schedules are taken out, or with `--check` would be.

use crate::cli::args::FmtArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::rewrites::unified_diff;
use crate::ops::Repository;
use crate::ops::prune::{UnprunedOffer, prune};
use crate::words::count;

pub(super) fn run(context: &Context, repository: &Repository, args: &FmtArgs) -> Result<Exit, Failure> {
    let pruning = prune(repository, context.directory(), &args.files)?;
    for file in &pruning.files {
        for shown in &file.shown {
            context.print(if args.check {
                unified_diff(shown.as_str(), &file.before, &file.after)
            } else {
                format!("{shown}\n")
            })?;
        }
    }
    for UnprunedOffer { key, shown, refused } in &pruning.rejected {
        let (line, reason, what) = (refused.line, &refused.reason, &refused.what_to_write);
        context.terminal.alert(format!("{shown}:{line}: `{key}`: skipped: {reason}. By hand: {what}"));
    }
    if !args.check {
        pruning.write()?;
    }
    let word = if args.check { "Would take" } else { "Took" };
    let (entries, files) = (count(pruning.entries, "entry"), count(pruning.files.len(), "file"));
    context.terminal.note(format!("{word} {entries} out of {files}."));
    for left in pruning.left.sentences() {
        context.terminal.note(left);
    }
    let is_changed = args.check && !pruning.files.is_empty();
    Ok(if is_changed || !pruning.rejected.is_empty() { Exit::Invalid } else { Exit::Done })
}
