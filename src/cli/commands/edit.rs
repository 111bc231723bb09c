//! `edit`: the same change to many offers' YAML, exact and minimal; a plan and a review follow as for any change.

use crate::cli::args::EditArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::inputs::{read_desired, selection};
use crate::cli::rewrite::{Wish, rewrite};
use crate::cli::terms::{Assignment, Condition};

/// Edits the files, or with `--dry-run` shows what would be edited.
pub(in crate::cli) fn run(context: &Context, args: &EditArgs) -> Result<Exit, Failure> {
    let repository = context.repository(false)?;
    let selection = selection(&args.keys, &args.exclude)?;
    let desired = read_desired(&repository, false)?;
    let names = &repository.settings.names;
    let condition = args.r#where.as_deref().map(|text| Condition::parse(text, names)).transpose()?;
    let assignments =
        args.set.iter().map(|text| Assignment::parse(text, names, args.decimals)).collect::<Result<Vec<_>, _>>()?;

    let mut wishes = Vec::new();
    for offer in desired.set.offers.iter().filter(|offer| selection.contains(&offer.key)) {
        if condition.as_ref().is_some_and(|condition| !condition.holds(offer)) {
            continue;
        }
        for assignment in &assignments {
            let value = assignment.value_for(offer)?;
            if offer.fields.get(assignment.field) != Some(&value) {
                wishes.push(Wish { offer, field: assignment.field, value });
            }
        }
    }
    let rewrites = rewrite(&repository, &desired.set, &wishes)?;
    for file in &rewrites.files {
        context.print(&file.diff())?;
    }
    for undone in &rewrites.undone {
        context.terminal.alert(&undone.text());
    }
    let (done, files) = (wishes.len() - rewrites.undone.len(), rewrites.files.len());
    if args.dry_run {
        context.terminal.note(&format!("Would change {done} values in {files} files."));
        return Ok(Exit::Done);
    }
    for file in &rewrites.files {
        file.write()?;
    }
    context.terminal.note(&format!("Changed {done} values in {files} files. `offersync plan` shows what they mean."));
    Ok(if rewrites.undone.is_empty() { Exit::Done } else { Exit::Partial })
}
