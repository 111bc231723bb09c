//! `apply`: asks, shows progress, and prints the report.

mod ask;

use crate::apply::RunOutcome;
use crate::cli::args::{ApplyArgs, ResultFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing::Watching;
use crate::cli::signals::Signals;
use crate::cli::views::{self, Views};
use crate::ops::{self, Apply, ApplyOptions, Control, Requested};
use crate::report::markdown::COMMENT;
use crate::report::notification;

pub(in crate::cli) async fn run(context: &Context, args: &ApplyArgs) -> Result<Exit, Failure> {
    let requested = Requested::read(context.directory(), &args.plan_or_keys, &args.selection.exclude, args.skip_done)?;
    let repository = context.repository(args.selection.sandbox)?;
    views::check_report_files(context, &repository, args)?;
    let planning = requested.planning(&repository, args.overwrite_drift || ask::asks(args))?;
    ask::check(context, args)?;
    let options = ApplyOptions { allow_empty: args.selection.allow_empty, lock_timeout: context.lock_timeout() };
    let signals = Signals::new();
    let views = Views { context, repository: &repository, full: args.full, max_chars: COMMENT };
    let watching = Watching::new(context).with_lines(args.format == ResultFormat::Ndjson);
    let stopping = || watching.note("Stopping: waiting for the replies to requests that were sent…");
    let apply = Apply {
        repository: &repository,
        options: &options,
        planning,
        refresh: args.refresh,
        is_confirmed: ask::asks(args),
        control: Control { observer: &watching, user: &context.terminal, cancellation: &signals.cancellation },
    };
    let report = signals.drive(apply.run(async |plan| ask::ask(context, args, views, plan).await), stopping).await;
    drop(watching);
    let report = match report {
        Err(ops::Error::NotConfirmed) if args.format == ResultFormat::Text => {
            context.terminal.alert("Cancelled. Nothing was changed.");
            return Ok(Exit::Error);
        }
        // Who has cancelled it knows.
        Err(error @ ops::Error::NotConfirmed) => return Err(error.into()),
        Err(error) => {
            let failure = Failure::from(error);
            let (environment, _) = repository.environment();
            let message = || notification::failure(&environment, &failure.diagnostics);
            context.show(repository.notify(message).await.as_slice());
            return Err(failure);
        }
        Ok(report) => report,
    };
    let shown = views.show_report(&report, args);
    if report.outcome != RunOutcome::NothingToDo {
        context.show(repository.notify(|| views.notification(&report)).await.as_slice());
    }
    shown?;
    Ok(report.outcome.into())
}
