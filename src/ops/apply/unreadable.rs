//! The look at updates whose replies show values in forms that cannot be read.
//!
//! Such a reply neither confirms nor contradicts. Invariant: an update is done only if CAKE's listing shows every value that was sent;
//! otherwise it stays as the reply left it, and the next plan has it again.

use crate::apply::{ActionOutcome, ActionResult, ActionTracker, CompleteListing, Purpose, Scope, UpdateFinding};
use crate::plan::Plan;
use crate::state::{JournalError, Session};

use super::driver::ApplyDriver;

impl ApplyDriver<'_> {
    /// Looks once: CAKE has answered, so nothing is waited for.
    pub(super) async fn read_again(
        &self,
        plan: &Plan,
        session: &mut Session,
        tracker: &ActionTracker,
    ) -> Result<(), JournalError> {
        let places = tracker.unreadable();
        if places.is_empty() || !tracker.may_look() || self.stop.is_cancelled() || session.publish().is_err() {
            return Ok(());
        }
        let recorded = session.recorded();
        let update = |place: &usize| Some((*place, self.update_in_doubt(&plan.actions[*place], &recorded)?));
        let updates: Vec<_> = places.iter().filter_map(update).collect();
        if updates.is_empty() {
            return Ok(());
        }
        let records = updates.iter().filter_map(|(_, update)| recorded.offers.get(update.key));
        let scope = Scope::of(records.map(|record| &record.fields));
        let reader = self.cake.client.reader();
        let listing = CompleteListing::read(&reader, &scope, &recorded, Purpose::Records, self.observer).await;
        let Ok(listing) = listing else { return Ok(()) };
        for (place, update) in updates {
            let Some((UpdateFinding::Done, change)) = update.answered(&recorded, &listing) else { continue };
            session.journal().change_state(vec![change]).await?;
            if let Some(earlier) = tracker.result(place) {
                let message = Some("CAKE's reply could not be read; its listing shows the new values".to_owned());
                let contradictions = Vec::new();
                let outcome = ActionOutcome::Done;
                let done =
                    ActionResult { outcome, message, contradictions, attempts: 0, is_half_done: false, ..earlier };
                tracker.end(place, done);
            }
        }
        Ok(())
    }
}
