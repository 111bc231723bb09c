//! Updates that CAKE has accepted and was not seen to have done: the look at the beginning of an apply, and what is not sent again.
//!
//! Invariant: no value that CAKE has accepted is sent again by itself; it would wait for a second approval.

use crate::apply::{ActionOutcome, ActionResult, ActionTracker, Recovery, RecoverySummary, Task};
use crate::offer::{DesiredOffer, Field, Operation, Recorded, Request, WaitingUpdate};
use crate::ops::error::Error;
use crate::ops::unsettled::{WaitingOffers, accepted, waiting_by_id};
use crate::plan::{ActionKind, Plan};
use crate::state::Session;

use super::driver::ApplyDriver;
use super::preflight::Looked;

impl ApplyDriver<'_> {
    /// Looks whether CAKE has done what it had accepted.
    pub(super) async fn look_at_waiting(&self, session: &Session) -> Result<RecoverySummary, Error> {
        let recorded = session.recorded();
        if recorded.waiting_offers().next().is_none() {
            return Ok(RecoverySummary::default());
        }
        let (journal, stop, observer, reader) =
            (session.journal(), self.stop, self.observer, self.cake.client.reader());
        let settling = self.settling();
        let recovery = Recovery { journal, reader: &reader, settling, adopts: false, stop, observer };
        Ok(recovery.look_at_waiting(&recorded, self.desired).await?)
    }

    /// Carries the plan out. What was left out of an update because it waits in CAKE is not done, although the rest is.
    pub(super) async fn run(
        &self,
        plan: &Plan,
        looked: &Looked,
        session: &mut Session,
        tracker: &ActionTracker,
    ) -> RecoverySummary {
        let is_waiting = session.recorded().waiting_offers().next().is_some();
        let summary = self.carry_out(plan, looked, session, tracker).await;
        for place in tracker.in_doubt().into_iter().filter(|place| tracker.is_accepted(*place)) {
            // A create in doubt has commands of its own.
            let is_update = |result: &ActionResult| plan.actions[place].kind.create().is_none() || result.is_half_done;
            if let Some(result) = tracker.result(place).filter(is_update) {
                tracker.end(place, ActionResult { is_waiting: true, attempts: 0, ..result });
            }
        }
        // What the journal has by now is in the record only after that.
        if !is_waiting || session.publish().is_err() {
            return summary;
        }
        let recorded = session.recorded();
        let waiting = waiting_by_id(&recorded);
        for (place, action) in plan.actions.iter().enumerate() {
            let ActionKind::Write(Operation::Update { update }) = &action.kind else { continue };
            let wanted = self.desired.get(&action.key).into_iter().flat_map(DesiredOffer::managed);
            let waits = waiting.get(&update.offer_id()).and_then(|waiting| {
                wanted.filter_map(|(field, value)| waiting.waits_for(field, value)).max_by_key(|update| update.sent_at)
            });
            let result = tracker.result(place).filter(|result| result.outcome == ActionOutcome::Done);
            if let Some((waits, result)) = waits.zip(result) {
                let message = format!("the rest is done; {}", not_sent_again(waits));
                let (outcome, message) = (ActionOutcome::InDoubt, Some(message));
                tracker.end(place, ActionResult { outcome, is_waiting: true, message, attempts: 0, ..result });
            }
        }
        summary
    }
}

fn not_sent_again(update: &WaitingUpdate) -> String {
    format!("not sent again: {}, and it may still carry that out", accepted(update))
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
    let result = ActionResult::of(task.action, ActionOutcome::InDoubt, &not_sent_again(last));
    Some(ActionResult { is_waiting: true, ..result })
}

/// The result of making a replaced offer inactive while CAKE has not yet done what makes the new one active.
pub(super) fn held_back(task: &Task<'_>, recorded: &Recorded) -> Option<ActionResult> {
    let ActionKind::Write(Operation::RetireReplaced { update }) = &task.action.kind else { return None };
    // By id, because a rename is planned under the new key.
    let present = recorded.offers.get(recorded.owner_of(update.offer_id())?)?;
    let is_unknown = present.fields.get(Field::OfferStatus).is_none();
    present.unsettled.as_ref().filter(|_| is_unknown)?.waiting_for(Field::OfferStatus)?;
    Some(ActionResult::skipped(task.action, "CAKE has not been seen to make the new offer active yet"))
}
