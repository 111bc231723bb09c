//! Which plan an apply carries out, and how it is made: by the state alone, or against what CAKE shows.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::DateTime;

use crate::apply::{RecoverySummary, gone_and_touched, unexplained};
use crate::offer::{Key, Observed};
use crate::ops::error::Error;
use crate::ops::inputs::{Desired, make_plan, make_refreshed_plan};
use crate::ops::judged::add_judged;
use crate::ops::observe::{observe, wait_for_listing};
use crate::plan::{Action, Plan, Selection, Verb, overwritten_keys};
use crate::policy;
use crate::state::Session;

use super::driver::ApplyDriver;
use super::ended_early::binding;
use super::saved::{SavedPlan, SavedPlanError};
use super::{Apply, messages};

/// Which plan is carried out.
pub(crate) enum Planning<'a> {
    /// A reviewed plan, exactly or not at all.
    Saved(&'a SavedPlan),
    /// A plan that is made now.
    Fresh {
        selection: Selection,
        /// Whether changes that were made in CAKE may be overwritten although no plan shows them to a person.
        overwrite_drift: bool,
    },
}

impl Apply<'_> {
    /// The plan, where it can be made without CAKE: no create is in doubt, no update waits there, and nothing is compared with what CAKE
    /// shows.
    pub(super) fn plan_by_state(&self, session: &Session, desired: &Desired) -> Result<Option<Plan>, Error> {
        let recorded = session.recorded();
        let is_unclear = !recorded.in_doubt.is_empty() || recorded.waiting_offers().next().is_some();
        if self.is_refreshing() || is_unclear {
            return Ok(None);
        }
        let plan = make_plan(self.repository, desired, &recorded, binding(session), self.selection())?;
        self.to_carry_out(plan, session, &RecoverySummary::default(), desired).map(Some)
    }

    /// Fails where what a person has confirmed is not what would be done now: time brings entries and freezes while an answer is waited for.
    pub(super) fn refuse_outdated(&self, session: &Session, plan: &Plan) -> Result<(), Error> {
        if !self.is_confirmed {
            return Ok(());
        }
        let desired = self.read(&session.recorded())?;
        match self.plan_by_state(session, &desired)? {
            Some(now) if now.actions != plan.actions || now.is_refused() => Err(SavedPlanError::Outdated.into()),
            _ => Ok(()),
        }
    }

    /// Whether the plan is made against what CAKE shows. One that was saved like that is.
    fn is_refreshing(&self) -> bool {
        self.refresh || matches!(&self.planning, Planning::Saved(saved) if saved.is_refreshed())
    }

    /// The offers that are planned. A saved plan is narrowed by its own keys.
    fn selection(&self) -> &Selection {
        static EVERYTHING: LazyLock<Selection> = LazyLock::new(Selection::default);
        match &self.planning {
            Planning::Saved(_) => &EVERYTHING,
            Planning::Fresh { selection, .. } => selection,
        }
    }

    /// The plan to carry out, and what CAKE shows, where the plan is made against that. Where there is a saved one, today's plan must
    /// contain it, and is narrowed to it.
    pub(super) async fn plan(
        &self,
        driver: &ApplyDriver<'_>,
        session: &Session,
        earlier: &RecoverySummary,
        desired: &Desired,
    ) -> Result<(Plan, Observed), Error> {
        let (plan, in_cake) = self.fresh_plan(driver, session, desired).await?;
        Ok((self.to_carry_out(plan, session, earlier, desired)?, in_cake))
    }

    fn to_carry_out(
        &self,
        plan: Plan,
        session: &Session,
        earlier: &RecoverySummary,
        desired: &Desired,
    ) -> Result<Plan, Error> {
        tracing::info!(actions = plan.actions.len(), unchanged = plan.unchanged, "planned");
        let (mut plan, is_whole) = match &self.planning {
            Planning::Saved(saved) => {
                let now: BTreeSet<Key> = plan.actions.iter().map(|action| action.key.clone()).collect();
                let rules = self.repository.time_rules();
                let guardrails = &self.repository.settings.guardrails;
                // A freeze may have held it back when the plan was saved.
                let was_not_due = |key: &Key, since: DateTime| {
                    let waivers = desired.set.get(key).map_or(&[][..], |offer| &offer.waivers);
                    let is_held = |now| policy::held_back(guardrails, waivers, Verb::Update, since, now).is_some();
                    saved.at().is_some_and(|at| rules.moment_of(since) > at || is_held(rules.civil(at)))
                };
                let fell_due = |action: &&Action| {
                    action.changes.iter().filter_map(|it| it.due_since).any(|since| was_not_due(&action.key, since))
                };
                let fallen_due: BTreeSet<Key> = plan.actions.iter().filter(fell_due).map(|it| it.key.clone()).collect();
                let mut plan =
                    saved.narrow(plan, &earlier.found).map_err(|error| error.after(messages::settled(earlier)))?;
                // A saved plan may be of a part on purpose, but not without what was found, or fell due, after it.
                let is_left_out = |key: &&Key| {
                    (plan.is_empty() || earlier.has_changed(key) || fallen_due.contains(*key))
                        && !plan.actions.iter().any(|action| action.key == **key)
                };
                let left_out: Vec<&Key> = now.iter().filter(is_left_out).collect();
                plan.diagnostics.extend(messages::not_in_saved_plan(&left_out));
                (plan, false)
            }
            Planning::Fresh { selection, .. } => (plan, selection.is_everything()),
        };
        add_judged(self.repository, desired, &session.recorded(), &mut plan, is_whole);
        Ok(plan)
    }

    async fn fresh_plan(
        &self,
        driver: &ApplyDriver<'_>,
        session: &Session,
        desired: &Desired,
    ) -> Result<(Plan, Observed), Error> {
        let (repository, recorded, state) = (self.repository, session.recorded(), binding(session));
        let selection = self.selection();
        if !self.is_refreshing() {
            return Ok((make_plan(repository, desired, &recorded, state, selection)?, Observed::default()));
        }
        let guarded = matches!(self.planning, Planning::Fresh { overwrite_drift: false, .. });
        driver.wait_for_all_unsettled(&recorded).await;
        wait_for_listing(repository, self.control).await?;
        let in_cake = observe(driver.cake, &recorded, self.control.observer).await?;
        let (plan, drift) = make_refreshed_plan(repository, desired, &recorded, state, selection, &in_cake)?;
        // Overwriting means values. What is not there is never written to, nor replaced by half.
        let gone = gone_and_touched(&plan, &recorded, &drift);
        if !gone.is_empty() {
            return Err(Error::Differs(gone));
        }
        let otherwise = unexplained(&plan, &recorded, &drift, !guarded);
        if !otherwise.is_empty() {
            return Err(Error::Differs(otherwise));
        }
        if guarded {
            let keys = overwritten_keys(&plan, &drift);
            if !keys.is_empty() {
                return Err(Error::Overwrites(keys.into_iter().cloned().collect()));
            }
        }
        Ok((plan, in_cake))
    }
}
