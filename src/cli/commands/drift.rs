//! `drift`: prints what was changed in CAKE. What `--accept` does with it is in [`accept`](super::accept).

use crate::cli::args::{DriftArgs, DriftFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::cli::printable::Printable;
use crate::cli::runtime::block_on;
use crate::cli::terminal::Target;
use crate::ops::drift::{Drifted, drift};
use crate::ops::{self, Control};
use crate::report;

/// Shows the drift, or accepts it.
pub(in crate::cli) fn run(context: &Context, args: &DriftArgs) -> Result<Exit, Failure> {
    let repository = context.repository(args.selection.sandbox)?;
    let selection = ops::selection(context.directory(), &args.keys, &args.selection.exclude)?;
    let allow_empty = args.selection.allow_empty;
    if args.accept {
        return super::accept::run(context, args, &repository, &selection);
    }
    let drifting = async |control: Control<'_>| drift(&repository, &selection, allow_empty, control).await;
    let Drifted { drift, unrecorded, desired, state } = observing::run(context, drifting)?;
    context.show(&desired.warnings);
    let colour = context.terminal.colours(Target::Stdout);
    context.print(match args.format {
        DriftFormat::Text => Printable::styled(report::drift::text(&drift, &unrecorded, colour), colour),
        DriftFormat::Json => Printable::json(report::drift::json(&drift, &unrecorded, &repository.cake, &state)),
        DriftFormat::Markdown => {
            let (environment, _) = repository.environment();
            report::drift::markdown(&drift, &unrecorded, &environment, args.max_chars).into()
        }
    })?;
    if !drift.is_empty() {
        let document = || report::drift::json(&drift, &unrecorded, &repository.cake, &state);
        let (environment, _) = repository.environment();
        let message = || report::notification::drift(&drift, &environment, &document());
        context.show(block_on(repository.notify(message))?.as_slice());
    }
    Ok(if args.detailed_exitcode && !drift.is_empty() { Exit::Changes } else { Exit::Done })
}
