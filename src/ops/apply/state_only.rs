//! A plan that only renames records or changes their protection: CAKE has no part in it, so neither a key nor a connection is needed.

use crate::apply::{ActionResult, ActionTracker, RecoverySummary, Report, recorded_result};
use crate::config::Verify;
use crate::offer::StateChange;
use crate::ops::error::Error;
use crate::ops::inputs::Desired;
use crate::ops::removals;
use crate::plan::{ActionKind, Plan};
use crate::state::Session;

use super::Apply;
use super::ended_early::interrupted;
use super::preflight::Looked;

impl Apply<'_> {
    /// Whether the plan can be carried out without CAKE. A lost update, or a comparison of all offers, needs it all the same.
    pub(super) fn needs_no_cake(&self, plan: &Plan, session: &Session) -> bool {
        let is_of_state =
            |change: &StateChange| matches!(change, StateChange::Rename { .. } | StateChange::Protect { .. });
        !plan.is_empty()
            && !plan.refreshed
            && plan.state_changes.is_empty()
            && self.repository.settings.cake.verify != Verify::All
            && session.recorded().unsettled_offers().next().is_none()
            && plan
                .actions
                .iter()
                .all(|action| matches!(&action.kind, ActionKind::StateOnly(change) if is_of_state(change)))
    }

    /// Records the changes of the plan.
    pub(super) async fn change_state(
        &self,
        session: Session,
        desired: &Desired,
        plan: Plan,
        approve: impl AsyncFnOnce(&Plan) -> Result<bool, Error>,
    ) -> Result<Report, Error> {
        if !self.is_confirmed {
            removals::check(self.repository, desired, &session.recorded(), &plan)?;
        }
        let Some(approved) = self.control.cancellation.stop.run_until_cancelled(approve(&plan)).await else {
            return Ok(interrupted(&session, Some(&plan)));
        };
        if !approved? {
            return Err(Error::NotConfirmed);
        }
        self.refuse_outdated(&session, &plan)?;
        let tracker = ActionTracker::new(plan.actions.len());
        for (place, action) in plan.actions.iter().enumerate() {
            let ActionKind::StateOnly(change) = &action.kind else { continue };
            let result = match session.journal().change_state(vec![change.clone()]).await {
                Ok(()) => recorded_result(action),
                Err(error) => {
                    let result = ActionResult::skipped(action, &format!("not started: {error}"));
                    tracker.journal_failed(error);
                    result
                }
            };
            tracker.end(place, result);
        }
        let nothing = [RecoverySummary::default(), RecoverySummary::default()];
        Ok(self.finish(session, plan, tracker, false, &nothing, Looked::default()))
    }
}
