//! `plan`: what would change, from the files alone or against what CAKE shows now. Writes nothing.

use jiff::{SignedDuration, Timestamp};

use crate::offer::{DesiredSet, Recorded};
use crate::plan::{Plan, Selection, UpcomingKind};
use crate::policy::Occasion;

use super::ci::unmerged_states;
use super::condition::narrowed;
use super::connect::{Cake, Control};
use super::error::Error;
use super::inputs::{Desired, make_plan, make_refreshed_plan, read_both};
use super::judged::add_judged;
use super::observe::observe;
use super::recorded::RecordedState;
use super::repository::Repository;
use super::since;

/// What becomes due later than this after the moment of a plan is counted.
const DAYS_SHOWN: SignedDuration = SignedDuration::from_hours(30 * 24);

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
    /// The moment to plan for, where it is not now.
    pub at: Option<Timestamp>,
    /// Until when changes of schedules are shown that become due later; 30 days where that is not said.
    pub until: Option<Timestamp>,
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

    /// Leaves out what becomes due later than is asked for, and counts it.
    fn limit_upcoming(&self, repository: &Repository, plan: &mut Plan) {
        let rules = repository.time_rules();
        let until = self.until.unwrap_or_else(|| plan.at.checked_add(DAYS_SHOWN).unwrap_or(Timestamp::MAX));
        let all = plan.upcoming.len();
        plan.upcoming.retain(|upcoming| upcoming.kind != UpcomingKind::Due || rules.moment_of(upcoming.at) <= until);
        plan.upcoming_later = all - plan.upcoming.len();
    }
}

impl Repository {
    /// The plan: desired offers against the recorded state. Needs neither a key nor a network.
    pub fn plan(&self, options: &PlanOptions) -> Result<Plan, Error> {
        self.plan_with_inputs(options).map(|(plan, _)| plan)
    }

    /// The same, with what it was made of, so that the caller decides when to free it.
    pub(crate) fn plan_with_inputs(&self, options: &PlanOptions) -> Result<(Plan, PlanSources), Error> {
        let PlanOptions { allow_empty, since, at, .. } = options;
        if let Some(reference) = since {
            return since::plan(self, options, reference);
        }
        read_both(self, *allow_empty, (Occasion::Apply, *at), |desired, state| {
            let selection = options.narrowed(self, &desired.set, state.recorded())?;
            let mut plan = make_plan(self, &desired, state.recorded(), state.binding(), &selection)?;
            add_judged(self, &desired, state.recorded(), &mut plan, selection.is_everything());
            options.limit_upcoming(self, &mut plan);
            plan.diagnostics.extend(unmerged_states(self));
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
    let (desired, state) =
        read_both(repository, options.allow_empty, (Occasion::Apply, options.at), |desired, state| {
            Ok((desired, state))
        })?;
    let (recorded, binding) = (state.recorded(), state.binding());
    let observing = async |cake: &Cake| observe(cake, recorded, control.observer).await;
    let in_cake = control.with_cake(repository, observing).await?;
    let selection = options.narrowed(repository, &desired.set, recorded)?;
    let (mut plan, _) = make_refreshed_plan(repository, &desired, recorded, binding, &selection, &in_cake)?;
    add_judged(repository, &desired, recorded, &mut plan, selection.is_everything());
    options.limit_upcoming(repository, &mut plan);
    Ok(plan)
}
