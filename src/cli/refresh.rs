//! `--refresh`: a plan made against what CAKE shows now, and the guard against overwriting what nobody has reviewed.

use crate::apply::Observer;
use crate::diagnostic::codes;
use crate::offer::Recorded;
use crate::plan::{Drift, Plan, Selection, StateBinding, overwritten_keys};
use crate::report::progress::Progress;

use super::connect::Cake;
use super::context::{Context, Repository};
use super::exit::Exit;
use super::failure::Failure;
use super::inputs::{Desired, make_refreshed_plan};
use super::observe::observe;
use super::runtime::block_on;
use super::signals::Signals;

/// `plan --refresh`: connects, lists, plans; writes nothing.
pub(super) fn plan(
    context: &Context,
    repository: &Repository,
    desired: &Desired,
    (recorded, state): (&Recorded, StateBinding),
    selection: &Selection,
) -> Result<Plan, Failure> {
    repository.prepare_sandbox()?;
    let progress = Progress::new(context.terminal.shows_progress());
    let listed = block_on(async {
        let signals = Signals::new();
        let cake = Cake::connect(repository, signals.stop()).await?;
        let observed = signals.run(observe(&cake, &progress), || {}).await;
        cake.close().await;
        observed.unwrap_or_else(|| Err(interrupted()))
    })?;
    make_refreshed_plan(repository, desired, recorded, state, selection, &listed?).map(|(plan, _)| plan)
}

/// `apply --refresh`: the same over the connection that the writes will take.
pub(super) async fn plan_with(
    cake: &Cake,
    observer: &dyn Observer,
    repository: &Repository,
    desired: &Desired,
    (recorded, state): (&Recorded, StateBinding),
    selection: &Selection,
) -> Result<(Plan, Drift), Failure> {
    let listed = observe(cake, observer).await?;
    make_refreshed_plan(repository, desired, recorded, state, selection, &listed)
}

/// Refuses to overwrite changes made in CAKE that nobody has seen: with a question, or with a saved plan, somebody has.
pub(super) fn guard(plan: &Plan, drift: &Drift) -> Result<(), Failure> {
    let keys = overwritten_keys(plan, drift);
    if keys.is_empty() {
        return Ok(());
    }
    let shown = keys.iter().take(20).map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    let more = if keys.len() > 20 { format!(" and {} more", keys.len() - 20) } else { String::new() };
    let message = format!("the apply would overwrite what was changed in CAKE: {shown}{more}");
    Err(Failure::new(Exit::Refused, codes::plan::OVERWRITES, message).help(
        "nothing was written. Take CAKE's values over with `offersync drift --accept`, or review a saved plan (`plan --refresh \
         --out FILE`, then `apply FILE`), or say --overwrite-drift",
    ))
}

pub(super) fn interrupted() -> Failure {
    Failure::new(Exit::Interrupted, codes::world::OTHER, "interrupted while the offers were listed")
}
