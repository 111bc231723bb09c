//! `drift`: observed against recorded against desired. Writes nothing.

use crate::apply::Observer;
use crate::offer::{DesiredSet, Recorded};
use crate::plan::{self, Drift, Selection, StateBinding, check_selection};

use super::connect::{Cake, Control};
use super::error::Error;
use super::inputs::{Desired, read_desired};
use super::observe::observe;
use super::recorded::read_recorded;
use super::repository::Repository;

/// The drift, and what it was compared with.
#[derive(Debug)]
pub(crate) struct Drifted {
    pub(crate) drift: Drift,
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
    let desired = read_desired(repository, allow_empty)?;
    let state = read_recorded(repository)?;
    let comparing =
        async |cake: &Cake| compare(&desired.set, state.recorded(), selection, cake, control.observer).await;
    let drift = control.with_cake(repository, comparing).await?;
    Ok(Drifted { drift, desired, state: state.binding() })
}

/// The drift of offers that are read already.
pub(crate) async fn compare(
    set: &DesiredSet,
    recorded: &Recorded,
    selection: &Selection,
    cake: &Cake,
    observer: &dyn Observer,
) -> Result<Drift, Error> {
    let unmatched = check_selection(set, recorded, selection);
    if !unmatched.is_empty() {
        return Err(Error::Invalid(unmatched));
    }
    let in_cake = observe(cake, observer).await?;
    Ok(plan::drift(set, recorded, &in_cake, selection))
}
