//! `plan`: what would change, in any of its views; no network, no key, nothing written but what was asked for.

use crate::cli::args::{PlanArgs, PlanFormat};
use crate::cli::context::{Context, Repository};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::inputs::{make_plan, read_both, selection};
use crate::cli::views::Views;
use crate::cli::{files, refresh, since, views};
use crate::plan::Plan;

/// Makes the plan and prints it.
pub(in crate::cli) fn run(context: &Context, args: &PlanArgs) -> Result<Exit, Failure> {
    let repository = context.repository(args.selection.sandbox)?;
    let selection = selection(&args.keys, &args.selection.exclude)?;
    let (desired, state) = read_both(&repository, args.selection.allow_empty)?;
    let (recorded, binding) = (state.recorded(), state.binding());
    let plan = if args.refresh {
        refresh::plan(context, &repository, &desired, (recorded, binding), &selection)?
    } else if let Some(reference) = &args.since {
        since::plan(&repository, &desired, (recorded, binding), &selection, reference)?
    } else {
        make_plan(&repository, &desired, recorded, binding, &selection)?
    };
    show(context, args, &repository, &plan)?;
    let exit = exit_of(&plan, args.detailed_exitcode);
    // The process ends here: giving back millions of small pieces of memory one by one would only take time.
    std::mem::forget((desired, state, plan));
    Ok(exit)
}

fn exit_of(plan: &Plan, detailed: bool) -> Exit {
    if plan.is_blocked() {
        Exit::Refused
    } else if detailed && !plan.is_empty() {
        Exit::Changes
    } else {
        Exit::Done
    }
}

/// Files first: when one of them cannot be written, what is printed last says so.
fn show(context: &Context, args: &PlanArgs, repository: &Repository, plan: &Plan) -> Result<(), Failure> {
    let views = Views { context, repository, full: args.full, max_chars: args.max_chars };
    let write = |path: &std::path::Path, text: &str| {
        let path = context.path(path);
        files::replace(&path, text.as_bytes()).map_err(|error| Failure::disk("write", &path, &error))
    };
    if let Some(file) = &args.out {
        write(file, &views.of_plan(plan, PlanFormat::Json, false))?;
    }
    for output in &args.output {
        write(&output.file, &views.of_plan(plan, output.format, false))?;
    }
    views::append_step_summary(context, args.format, || views.step_summary(plan))?;
    context.print(&views.of_plan(plan, args.format, context.terminal.colours_results()))
}
