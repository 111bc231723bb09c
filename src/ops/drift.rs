//! `drift`: observed against recorded against desired. Writes nothing.

use crate::apply::Observer;
use crate::offer::{DesiredSet, Observed, Recorded};
use crate::plan::{self, Drift, Selection, StateBinding, Unrecorded, check_selection};

use super::connect::{Cake, Control};
use super::error::Error;
use super::inputs::{Desired, read_desired};
use super::observe::observe;
use super::recorded::{RecordedState, read_recorded};
use super::repository::Repository;

/// The drift, and what it was compared with.
#[derive(Debug)]
pub(crate) struct Drifted {
    pub(crate) drift: Drift,
    /// The offers in CAKE that no key owns.
    pub(crate) unrecorded: Vec<Unrecorded>,
    pub(crate) desired: Desired,
    pub(crate) state: StateBinding,
}

/// Compares what CAKE shows with the state and the YAML.
pub(crate) async fn drift(
    repository: &Repository,
    selection: &Selection,
    allow_empty: bool,
    control: Control<'_>,
) -> Result<Drifted, Error> {
    let state = read_recorded(repository);
    let recorded = state.as_ref().ok().map(RecordedState::recorded);
    let desired = read_desired(repository, allow_empty, recorded)?;
    let state = state?;
    let recorded = state.recorded();
    let in_cake = control
        .with_cake(repository, async |cake: &Cake| {
            observe_checked(&desired.set, recorded, selection, cake, control.observer).await
        })
        .await?;
    let mut drift = plan::drift(&desired.set, recorded, &in_cake, selection);
    drift.leave_out_ended(recorded, repository.time_rules().civil(repository.now()));
    let unrecorded = plan::unrecorded(recorded, &in_cake, selection);
    Ok(Drifted { drift, unrecorded, desired, state: state.binding() })
}

/// The drift of offers that are read already.
pub(crate) async fn compare(
    set: &DesiredSet,
    recorded: &Recorded,
    selection: &Selection,
    cake: &Cake,
    observer: &dyn Observer,
) -> Result<Drift, Error> {
    let in_cake = observe_checked(set, recorded, selection, cake, observer).await?;
    Ok(plan::drift(set, recorded, &in_cake, selection))
}

/// What CAKE shows, once the selection is known to match something.
async fn observe_checked(
    set: &DesiredSet,
    recorded: &Recorded,
    selection: &Selection,
    cake: &Cake,
    observer: &dyn Observer,
) -> Result<Observed, Error> {
    let unmatched = check_selection(set, recorded, selection);
    if !unmatched.is_empty() {
        return Err(Error::Invalid(unmatched));
    }
    observe(cake, recorded, observer).await
}
