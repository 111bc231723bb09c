//! `apply`: asks, shows progress, and prints the report.

mod ask;

use std::path::Path;

use crate::cli::args::{ApplyArgs, ReportFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing::Watching;
use crate::cli::signals::Signals;
use crate::cli::views::Views;
use crate::ops::{self, Apply, ApplyOptions, Control, Planning, SavedPlan};
use crate::report::{json, text};

/// Applies a plan.
pub(in crate::cli) async fn run(context: &Context, args: &ApplyArgs) -> Result<Exit, Failure> {
    let (saved, globs) = saved_plan(context, args)?;
    let repository = context.repository(args.selection.sandbox)?;
    if let Some(saved) = &saved {
        saved.check_address(&repository.cake).map_err(ops::Error::from)?;
    }
    ask::check(context, args)?;
    let options = ApplyOptions { allow_empty: args.selection.allow_empty, lock_timeout: context.lock_timeout() };
    let planning = match &saved {
        Some(saved) => Planning::Saved(saved),
        None => Planning::Fresh {
            selection: ops::selection(globs, &args.selection.exclude)?,
            overwrite_drift: args.overwrite_drift || ask::shows_before_asking(args),
        },
    };
    let signals = Signals::new();
    let views = Views { context, repository: &repository, full: args.full, max_chars: usize::MAX };
    let watching = Watching::new(context);
    let stopping = || context.terminal.note("Stopping: waiting for the replies to requests that were sent…");
    let apply = Apply {
        repository: &repository,
        options: &options,
        planning,
        refresh: args.refresh,
        control: Control { observer: &watching, cancellation: &signals.cancellation },
    };
    let report = signals.drive(apply.run(async |plan| ask::ask(context, args, views, plan).await), stopping).await;
    drop(watching);
    let report = match report {
        Err(ops::Error::NotConfirmed) if args.format == ReportFormat::Text => {
            context.terminal.alert("Cancelled. Nothing was changed.");
            return Ok(Exit::Error);
        }
        report => report?,
    };
    context.print(&match args.format {
        ReportFormat::Json => json::report(&report),
        ReportFormat::Text => views.text(context.terminal.colours_results(), |options| text::report(&report, options)),
    })?;
    Ok(report.outcome.into())
}

/// The arguments of `apply`: one file is a saved plan, anything else are globs of keys.
fn saved_plan<'a>(context: &Context, args: &'a ApplyArgs) -> Result<(Option<SavedPlan>, &'a [String]), Failure> {
    let [one] = args.plan_or_keys.as_slice() else { return Ok((None, &args.plan_or_keys)) };
    let path = context.path(Path::new(one));
    // A key pattern has no path separator, and a name that ends in .json is meant as a plan file.
    let is_json = Path::new(one).extension().is_some_and(|ending| ending == "json");
    if !(one.contains(['/', '\\']) || is_json || path.exists()) {
        return Ok((None, &args.plan_or_keys));
    }
    if !args.selection.exclude.is_empty() {
        return Err(Failure::usage("a saved plan is carried out as a whole, so --exclude cannot go with it")
            .help("save a narrower plan: `offersync plan --exclude GLOB --out FILE`"));
    }
    Ok((Some(SavedPlan::read(&path)?), &[]))
}
