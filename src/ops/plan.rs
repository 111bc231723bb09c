//! `plan`: what would change, from the files alone or against what CAKE shows now. Writes nothing.

use crate::offer::{DesiredSet, Recorded};
use crate::plan::{Plan, Selection};

use super::condition::narrowed;
use super::connect::{Cake, Control};
use super::error::Error;
use super::inputs::{Desired, add_judged, make_plan, make_refreshed_plan, read_both};
use super::observe::observe;
use super::recorded::RecordedState;
use super::repository::Repository;
use super::since;

/// What a plan is made of.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// Which offers; all by default.
    pub selection: Selection,
    /// Only offers of which this condition holds, in the language of `edit --where`; `was.FIELD` is the recorded value.
    pub condition: Option<String>,
    /// Whether an offers folder without offers is accepted.
    pub allow_empty: bool,
    /// Only what differs from the offers at this git commit.
    pub since: Option<String>,
    /// Whether a person has seen what else differs from that commit: settings and records.
    pub accept_config: bool,
}

impl PlanOptions {
    /// The selected offers of which the condition holds.
    pub(super) fn narrowed(
        &self,
        repository: &Repository,
        desired: &DesiredSet,
        recorded: &Recorded,
    ) -> Result<Selection, Error> {
        narrowed(&self.selection, self.condition.as_deref(), &repository.settings.names, desired, recorded)
    }
}

impl Repository {
    /// The plan: desired offers against the recorded state. Needs neither a key nor a network.
    pub fn plan(&self, options: &PlanOptions) -> Result<Plan, Error> {
        self.plan_with_inputs(options).map(|(plan, _)| plan)
    }

    /// The same, with what it was made of, so that the caller decides when to free it.
    pub(crate) fn plan_with_inputs(&self, options: &PlanOptions) -> Result<(Plan, PlanSources), Error> {
        let PlanOptions { allow_empty, since, .. } = options;
        if let Some(reference) = since {
            return since::plan(self, options, reference);
        }
        read_both(self, *allow_empty, |desired, state| {
            let selection = options.narrowed(self, &desired.set, state.recorded())?;
            let mut plan = make_plan(self, &desired, state.recorded(), state.binding(), &selection)?;
            add_judged(self, &desired, state.recorded(), &mut plan, selection.is_everything());
            Ok((plan, (desired, state)))
        })
    }
}

/// The desired offers and the state that a plan was made of.
type PlanSources = (Desired, RecordedState);

/// The plan against what CAKE shows now.
pub(crate) async fn refreshed(
    repository: &Repository,
    options: &PlanOptions,
    control: Control<'_>,
) -> Result<Plan, Error> {
    let (desired, state) = read_both(repository, options.allow_empty, |desired, state| Ok((desired, state)))?;
    let (recorded, binding) = (state.recorded(), state.binding());
    let observing = async |cake: &Cake| observe(cake, recorded, control.observer).await;
    let in_cake = control.with_cake(repository, observing).await?;
    let selection = options.narrowed(repository, &desired.set, recorded)?;
    let (mut plan, _) = make_refreshed_plan(repository, &desired, recorded, binding, &selection, &in_cake)?;
    add_judged(repository, &desired, recorded, &mut plan, selection.is_everything());
    Ok(plan)
}
