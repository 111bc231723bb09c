//! `plan`: prints what would change, in any of its views.

use crate::cli::args::{PlanArgs, ResultFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printable::Printable;
use crate::cli::terminal::Target;
use crate::cli::views::Views;
use crate::cli::{next_step, observing, views};
use crate::ops::{self, Control, PlanOptions, Repository, output};
use crate::plan::Plan;

pub(in crate::cli) fn run(context: &Context, args: &PlanArgs) -> Result<Exit, Failure> {
    views::check_files(context, args)?;
    let repository = context.repository(args.selection.sandbox)?;
    let selection = ops::selection(context.directory(), &args.keys, &args.selection.exclude)?;
    let options = PlanOptions {
        selection,
        condition: args.r#where.clone(),
        allow_empty: args.selection.allow_empty,
        since: args.since.clone(),
        at: args.at.as_deref().map(|text| repository.moment(text)).transpose()?,
        until: args.until.as_deref().map(|text| repository.moment(text)).transpose()?,
        accept_config: args.accept_config,
    };
    let (plan, inputs) = if args.refresh {
        let planning = async |control: Control<'_>| ops::plan::refreshed(&repository, &options, control).await;
        (observing::run(context, planning)?, None)
    } else {
        let (plan, inputs) = repository.plan_with_inputs(&options)?;
        (plan, Some(inputs))
    };
    show(context, args, &repository, &plan)?;
    next_step::after_plan(context, args, &plan);
    let exit = Exit::of_plan(&plan, args.detailed_exitcode);
    std::mem::forget((inputs, plan)); // Freeing 100,000 offers is measurable, and the process exits now.
    Ok(exit)
}

/// Writes the files first, so that an error about a file is printed last.
fn show(context: &Context, args: &PlanArgs, repository: &Repository, plan: &Plan) -> Result<(), Failure> {
    let views = Views { context, repository, full: args.full, max_chars: args.max_chars };
    let files = args.out.iter().map(|file| (file, ResultFormat::Json));
    for (file, format) in files.chain(args.output.iter().map(|output| (&output.file, output.format))) {
        let text: Printable = views.of_plan(plan, format, Target::File);
        output::write(repository, &context.path(file), text.as_str().as_bytes())?;
    }
    views::append_step_summary(context, repository, args.format, || views.step_summary(plan))?;
    context.print(views.of_plan(plan, args.format, Target::Stdout))
}
