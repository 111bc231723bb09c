//! `edit`: the same change to many offers' YAML, exact and minimal; a plan and a review follow as for any change.

use crate::cli::args::EditArgs;
use crate::cli::context::{Context, invalid};
use crate::cli::edit_expr::{Assignment, Condition};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::rewrite::{FieldEdit, rewrite};
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{DesiredOffer, Recorded};
use crate::ops::Repository;
use crate::ops::{Desired, check_selection, read_desired, selection};
use crate::plan::Selection;

/// Edits the files, or with `--dry-run` shows what would be edited.
pub(in crate::cli) fn run(context: &Context, args: &EditArgs) -> Result<Exit, Failure> {
    let repository = context.repository(false)?;
    let selection = selection(&args.keys, &args.exclude)?;
    let (assignments, condition) = read_expressions(args, &repository)?;
    let desired = read_desired(&repository, false)?;
    let chosen = choose(&desired, &selection, condition.as_ref())?;
    if chosen.is_empty() {
        context.terminal.note("No offer fits the condition, so nothing was changed.");
        return Ok(Exit::Done);
    }
    let edits = edits(&chosen, &assignments)?;
    let rewrites = rewrite(&repository, &desired.set, &edits)?;
    for file in &rewrites.files {
        context.print(&file.diff())?;
    }
    for rejected in &rewrites.rejected {
        context.terminal.alert(&rejected.text());
    }
    for assignment in assignments.iter().filter(|assignment| assignment.field.is_create_only() && !edits.is_empty()) {
        context.terminal.note(&format!(
            "`{}` is create-only: CAKE's API cannot change it for offers that exist. `offersync plan` shows which are blocked.",
            assignment.field
        ));
    }
    let (done, files) = (edits.len() - rewrites.rejected.len(), rewrites.files.len());
    if args.dry_run {
        context.terminal.note(&format!("Would change {done} values in {files} files."));
    } else {
        for file in &rewrites.files {
            file.write()?;
        }
        context
            .terminal
            .note(&format!("Changed {done} values in {files} files. `offersync plan` shows what they mean."));
    }
    Ok(if rewrites.rejected.is_empty() { Exit::Done } else { Exit::Partial })
}

fn read_expressions(args: &EditArgs, repository: &Repository) -> Result<(Vec<Assignment>, Option<Condition>), Failure> {
    let names = &repository.settings.names;
    let condition = args.r#where.as_deref().map(|text| Condition::parse(text, names)).transpose()?;
    let mut assignments: Vec<Assignment> = Vec::new();
    for text in &args.set {
        let assignment = Assignment::parse(text, names, args.decimals)?;
        if assignments.iter().any(|other| other.field == assignment.field) {
            return Err(Failure::usage(format!("`{}` is set twice", assignment.field)));
        }
        assignments.push(assignment);
    }
    Ok((assignments, condition))
}

fn choose<'a>(
    desired: &'a Desired,
    selection: &Selection,
    condition: Option<&Condition>,
) -> Result<Vec<&'a DesiredOffer>, Failure> {
    let unmatched = check_selection(selection, &desired.set, &Recorded::default());
    if !unmatched.is_empty() {
        return Err(invalid(unmatched));
    }
    let chosen = desired.set.offers.iter().filter(|offer| selection.contains(&offer.key));
    Ok(chosen.filter(|offer| condition.is_none_or(|condition| condition.holds(offer))).collect())
}

/// What is to change; every offer for which there is no new value is told, and then nothing is changed at all.
fn edits<'a>(chosen: &[&'a DesiredOffer], assignments: &[Assignment]) -> Result<Vec<FieldEdit<'a>>, Failure> {
    let (mut edits, mut impossible) = (Vec::new(), Vec::new());
    for (offer, assignment) in chosen.iter().flat_map(|offer| assignments.iter().map(move |set| (*offer, set))) {
        let field = assignment.field;
        match assignment.value_for(offer) {
            Ok(value) if offer.fields.get(field) == Some(&value) => {}
            Ok(value) => edits.push(FieldEdit { offer, field, value }),
            Err(why) => impossible.push(
                Diagnostic::error(codes::world::USAGE, format!("`{field}` of `{}` {why}", offer.key))
                    .help("nothing was changed; leave the offer out with --where or --exclude"),
            ),
        }
    }
    if impossible.is_empty() { Ok(edits) } else { Err(Failure { exit: Exit::Usage, diagnostics: impossible }) }
}
