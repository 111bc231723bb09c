//! The results so far, one per action, and the condition that stops new actions.
//!
//! Owned outside of the executor, so that the results can be read even if the executor is abandoned. Knows neither journal nor CAKE. The
//! invariant: one slot per action, by its index in the plan.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use crate::offer::OfferId;
use crate::plan::{Action, Plan};
use crate::state::JournalError;

use super::outcome::{ActionOutcome, ActionResult, Execution, HaltReason};

/// Results so far, one per action, and the condition that stops new actions.
#[derive(Debug)]
pub struct ActionTracker {
    progress: RefCell<Vec<ActionProgress>>,
    /// CAKE's answers that the journal could not record, by index. They count once the state is published.
    deferred: RefCell<BTreeMap<usize, ActionResult>>,
    halted: RefCell<Option<HaltReason>>,
    /// The actions whose replies were about another offer, by index.
    mismatched: RefCell<BTreeSet<usize>>,
    /// The actions with a reply that is no success and says that CAKE took the write on (of a create also: that it was done), by index.
    accepted: RefCell<BTreeSet<usize>>,
    /// The offers that creates made, by index.
    created: RefCell<BTreeMap<usize, OfferId>>,
    /// Consecutive writes without a reply that says what happened.
    misses: Cell<usize>,
}

#[derive(Debug, Clone)]
enum ActionProgress {
    Waiting,
    InFlight,
    Ended(ActionResult),
}

impl ActionTracker {
    /// A tracker for this many actions, none of them started.
    pub fn new(actions: usize) -> Self {
        Self {
            progress: RefCell::new(vec![ActionProgress::Waiting; actions]),
            deferred: RefCell::default(),
            halted: RefCell::default(),
            mismatched: RefCell::default(),
            accepted: RefCell::default(),
            created: RefCell::default(),
            misses: Cell::new(0),
        }
    }

    /// An intent of the action is about to be written.
    pub(super) fn start(&self, place: usize) {
        if let Some(progress @ ActionProgress::Waiting) = self.progress.borrow_mut().get_mut(place) {
            *progress = ActionProgress::InFlight;
        }
    }

    /// The action has ended, possibly a second time: requests add up, and otherwise the last result counts.
    pub fn end(&self, place: usize, result: ActionResult) {
        if let Some(progress) = self.progress.borrow_mut().get_mut(place) {
            let before = if let ActionProgress::Ended(earlier) = progress { earlier.attempts } else { 0 };
            *progress =
                ActionProgress::Ended(ActionResult { attempts: before.saturating_add(result.attempts), ..result });
        }
    }

    /// CAKE's answer to the action could not be recorded; it counts once the state is published.
    pub(super) fn defer(&self, place: usize, answer: ActionResult) {
        self.deferred.borrow_mut().insert(place, answer);
    }

    /// The published state has every answer, including those that the journal could not record.
    pub fn commit_deferred(&self) {
        for (place, answer) in std::mem::take(&mut *self.deferred.borrow_mut()) {
            if let Some(progress) = self.progress.borrow_mut().get_mut(place) {
                *progress = ActionProgress::Ended(answer);
            }
        }
    }

    /// The indexes of the updates that CAKE's replies neither confirm nor contradict: they show values in unreadable forms.
    pub fn unreadable(&self) -> Vec<usize> {
        let is_unreadable = |progress: &ActionProgress| {
            matches!(progress, ActionProgress::Ended(result) if result.outcome == ActionOutcome::Rejected
                && !result.contradictions.is_empty()
                && result.contradictions.iter().all(|shown| shown.is_unreadable))
        };
        let progress = self.progress.borrow();
        progress.iter().enumerate().filter(|(_, progress)| is_unreadable(progress)).map(|(place, _)| place).collect()
    }

    /// The indexes of the actions that ended in doubt.
    pub fn in_doubt(&self) -> Vec<usize> {
        let is_in_doubt = |progress: &ActionProgress| matches!(progress, ActionProgress::Ended(result) if result.outcome == ActionOutcome::InDoubt);
        let progress = self.progress.borrow();
        progress.iter().enumerate().filter(|(_, progress)| is_in_doubt(progress)).map(|(place, _)| place).collect()
    }

    /// The reason to start no more actions, other than cancellation.
    pub(super) fn halt_message(&self) -> Option<String> {
        self.halted.borrow().as_ref().map(|reason| match reason {
            HaltReason::Journal(_) => "not started: the journal could not be written".to_owned(),
            HaltReason::KeyRefused(_) => "not started: CAKE refused the API key".to_owned(),
            HaltReason::Unreachable(why) => format!("not started: CAKE cannot be reached ({why})"),
            HaltReason::Unanswered(why) => format!("not started: CAKE does not answer as expected ({why})"),
            HaltReason::Mismatch(_) => {
                "not started: CAKE's reply to another write was about the wrong offer".to_owned()
            }
        })
    }

    #[cfg(test)]
    fn is_halted(&self) -> bool {
        self.halted.borrow().is_some()
    }

    /// The journal could not be written. Replaces any other reason: nothing can be recorded from here on.
    pub fn journal_failed(&self, error: JournalError) {
        let mut halted = self.halted.borrow_mut();
        if !matches!(*halted, Some(HaltReason::Journal(_))) {
            *halted = Some(HaltReason::Journal(error));
        }
    }

    pub(super) fn key_refused(&self, message: String) {
        self.halted.borrow_mut().get_or_insert(HaltReason::KeyRefused(message));
    }

    /// A reply was about another offer: the ids of the state may be wrong, so nothing else is written by them.
    pub(super) fn mismatched(&self, place: usize, message: String) {
        self.mismatched.borrow_mut().insert(place);
        self.halted.borrow_mut().get_or_insert(HaltReason::Mismatch(message));
    }

    /// CAKE's reply to a write says what happened.
    pub(super) fn answered(&self) {
        self.misses.set(0);
    }

    /// No attempt of a write brought such a reply. After `limit` of them in a row no more are started, because they would end in
    /// the same way.
    pub(super) fn missed(&self, why: HaltReason, limit: usize) {
        self.misses.set(self.misses.get().saturating_add(1));
        if self.misses.get() >= limit {
            self.halted.borrow_mut().get_or_insert(why);
        }
    }

    /// The result of an action that has ended.
    pub fn result(&self, place: usize) -> Option<ActionResult> {
        match self.progress.borrow().get(place) {
            Some(ActionProgress::Ended(result)) => Some(result.clone()),
            _ => None,
        }
    }

    /// The reply to a create named the offer that it made.
    pub(super) fn note_created(&self, place: usize, offer_id: OfferId) {
        self.created.borrow_mut().insert(place, offer_id);
    }

    /// The offer that the create of an action made by its reply.
    pub fn created(&self, place: usize) -> Option<OfferId> {
        self.created.borrow().get(&place).copied()
    }

    /// Whether the reply to the action was about another offer. Then what CAKE shows of the offer does not prove that it was the one
    /// that was meant.
    pub fn is_mismatched(&self, place: usize) -> bool {
        self.mismatched.borrow().contains(&place)
    }

    /// The reply to a write of the action said that CAKE took it on.
    pub(super) fn note_accepted(&self, place: usize) {
        self.accepted.borrow_mut().insert(place);
    }

    /// Whether it said so: then a list that does not show the effect proves nothing.
    pub fn is_accepted(&self, place: usize) -> bool {
        self.accepted.borrow().contains(&place)
    }

    /// Whether the reply to any action was about another offer.
    pub fn has_mismatch(&self) -> bool {
        !self.mismatched.borrow().is_empty()
    }

    /// Whether CAKE can still be asked.
    pub fn may_look(&self) -> bool {
        !matches!(*self.halted.borrow(), Some(HaltReason::Journal(_) | HaltReason::KeyRefused(_)))
    }

    /// One result per action, in plan order; actions without an outcome count as interrupted.
    pub fn finish(self, plan: &Plan) -> Execution {
        let progress = self.progress.into_inner();
        let result = |(action, progress): (&Action, ActionProgress)| match progress {
            ActionProgress::Ended(result) => result,
            ActionProgress::Waiting => ActionResult::skipped(action, "not started: interrupted"),
            ActionProgress::InFlight => {
                let message = "interrupted before its reply came; the next apply continues from there";
                ActionResult::of(action, ActionOutcome::InDoubt, message)
            }
        };
        Execution { results: plan.actions.iter().zip(progress).map(result).collect(), halted: self.halted.into_inner() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::Key;
    use crate::plan::Verb;

    fn result(outcome: ActionOutcome) -> ActionResult {
        let key = Key::new("a").unwrap();
        ActionResult {
            key,
            verb: Verb::Create,
            offer_id: None,
            outcome,
            message: None,
            attempts: 2,
            content_refused: false,
            is_half_done: false,
            is_waiting: false,
            contradictions: Vec::new(),
            due_since: None,
            done_at: None,
        }
    }

    #[test]
    fn requests_of_all_tries_add_up_and_the_last_result_counts() {
        let tracker = ActionTracker::new(1);
        tracker.end(0, result(ActionOutcome::InDoubt));
        assert_eq!(tracker.in_doubt(), [0]);
        tracker.end(0, result(ActionOutcome::Done));
        assert!(tracker.in_doubt().is_empty());
        let ActionProgress::Ended(ended) = tracker.progress.borrow()[0].clone() else { panic!("not ended") };
        assert_eq!((ended.outcome, ended.attempts), (ActionOutcome::Done, 4));
    }

    #[test]
    fn only_consecutive_misses_mean_that_cake_cannot_be_reached() {
        let tracker = ActionTracker::new(0);
        let missed = || tracker.missed(HaltReason::Unreachable("no connection".to_owned()), 2);
        missed();
        tracker.answered();
        missed();
        assert!(!tracker.is_halted());
        missed();
        assert_eq!(tracker.halt_message().as_deref(), Some("not started: CAKE cannot be reached (no connection)"));
    }

    #[test]
    fn the_first_reason_to_halt_stays_unless_the_journal_fails() {
        let tracker = ActionTracker::new(0);
        tracker.key_refused("Invalid API Key".to_owned());
        tracker.missed(HaltReason::Unreachable("no connection".to_owned()), 1);
        assert_eq!(tracker.halt_message().as_deref(), Some("not started: CAKE refused the API key"));
        tracker.journal_failed(JournalError::Closed);
        assert_eq!(tracker.halt_message().as_deref(), Some("not started: the journal could not be written"));
    }

    #[test]
    fn an_answer_that_the_journal_did_not_take_counts_once_the_state_is_published() {
        let tracker = ActionTracker::new(1);
        tracker.end(0, result(ActionOutcome::InDoubt));
        tracker.defer(0, result(ActionOutcome::Done));
        assert_eq!(tracker.in_doubt(), [0]);
        tracker.commit_deferred();
        assert!(tracker.in_doubt().is_empty());
    }
}
