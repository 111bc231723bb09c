//! Updates that CAKE has accepted and was not seen to have done: the look at the beginning of an apply, and what is not sent again.
//!
//! Invariant: no value that CAKE has accepted is sent again by itself; it would wait for a second approval.

use crate::apply::{ActionOutcome, ActionResult, Recovery, RecoverySummary, Task};
use crate::config::Verify;
use crate::offer::Request;
use crate::ops::error::Error;
use crate::ops::unsettled::{WaitingOffers, accepted};
use crate::plan::ActionKind;
use crate::state::Session;

use super::driver::ApplyDriver;

impl ApplyDriver<'_> {
    /// Looks whether CAKE has done what it had accepted.
    pub(super) async fn look_at_waiting(&self, session: &Session) -> Result<RecoverySummary, Error> {
        let recorded = session.recorded();
        if self.settings.cake.verify == Verify::Off || recorded.waiting_offers().next().is_none() {
            return Ok(RecoverySummary::default());
        }
        let (journal, stop, observer, reader) =
            (session.journal(), self.stop, self.observer, self.cake.client.reader());
        let recovery = Recovery { journal, reader: &reader, settling: self.settling(), stop, observer };
        Ok(recovery.look_at_waiting(&recorded, self.desired).await?)
    }
}

/// The result of a task whose values CAKE has accepted already.
pub(super) fn waiting_result(task: &Task<'_>, waiting: &WaitingOffers<'_>) -> Option<ActionResult> {
    let ActionKind::Write(planned) = &task.action.kind else { return None };
    let left = match task.shown {
        Some(shown) => shown.rest.as_ref()?,
        None => planned,
    };
    let waiting = waiting.get(&left.offer_id()?)?;
    let Request::Update { update, .. } = left.request(None) else { return None };
    let waits: Option<Vec<_>> = update.changes().iter().map(|(field, value)| waiting.waits_for(field, value)).collect();
    let last = waits?.into_iter().max_by_key(|update| update.sent_at)?;
    let message = format!("not sent again: {}, and it may still carry that out", accepted(last));
    Some(ActionResult::of(task.action, ActionOutcome::InDoubt, &message))
}
