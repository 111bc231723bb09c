//! `drift`: observed against recorded against desired. What `--accept` does with it is next door, in `accept`.

use crate::cli::args::{DriftArgs, DriftFormat};
use crate::cli::connect::Cake;
use crate::cli::context::{Context, Repository, invalid};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::inputs::{check_selection, read_desired, selection};
use crate::cli::observe::observe;
use crate::cli::recorded::{locked, read_recorded, refused};
use crate::cli::refresh::interrupted;
use crate::cli::signals::Signals;
use crate::offer::{DesiredSet, Observed, Recorded};
use crate::plan::{self, Drift, Selection};
use crate::report;
use crate::report::progress::Progress;
use crate::state::{Session, Store};

use super::accept::accept;

/// Shows the drift, or accepts it.
pub(in crate::cli) async fn run(context: &Context, args: &DriftArgs) -> Result<Exit, Failure> {
    let repository = context.repository(args.selection.sandbox)?;
    let selection = selection(&args.keys, &args.selection.exclude)?;
    let desired = read_desired(&repository, args.selection.allow_empty)?;
    repository.prepare_sandbox()?;
    if args.accept && !args.dry_run {
        // The lock first: what is accepted is recorded, and nobody records anything else in between.
        let lock = Store::new(&repository.state)
            .lock(context.lock_timeout(), &Context::variable)
            .map_err(|error| locked(&error))?;
        let mut session = Session::open(lock, &repository.cake).map_err(|error| refused(&error))?;
        let drift = look(context, &repository, &desired.set, &session.recorded(), &selection).await?;
        return accept(context, &repository, &desired.set, &drift, Some(&mut session)).await;
    }
    let state = read_recorded(&repository)?;
    let drift = look(context, &repository, &desired.set, state.recorded(), &selection).await?;
    if args.accept {
        return accept(context, &repository, &desired.set, &drift, None).await;
    }
    context.show(&desired.warnings);
    context.print(&match args.format {
        DriftFormat::Text => report::drift::text(&drift, context.terminal.colours_results()),
        DriftFormat::Json => report::drift::json(&drift, &repository.cake, &state.binding()),
        DriftFormat::Markdown => report::drift::markdown(&drift, args.max_chars),
    })?;
    Ok(if args.detailed_exitcode && !drift.is_empty() { Exit::Changes } else { Exit::Done })
}

/// Compares with what CAKE shows now.
async fn look(
    context: &Context,
    repository: &Repository,
    set: &DesiredSet,
    recorded: &Recorded,
    selection: &Selection,
) -> Result<Drift, Failure> {
    let unmatched = check_selection(selection, set, recorded);
    if !unmatched.is_empty() {
        return Err(invalid(unmatched));
    }
    let observed = list(context, repository).await?;
    Ok(plan::drift(set, recorded, &observed, selection))
}

async fn list(context: &Context, repository: &Repository) -> Result<Observed, Failure> {
    let signals = Signals::new();
    let cake = Cake::connect(repository, signals.stop()).await?;
    let progress = Progress::new(context.terminal.shows_progress());
    let observed = signals.run(observe(&cake, &progress), || {}).await;
    cake.close().await;
    observed.unwrap_or_else(|| Err(interrupted()))
}
