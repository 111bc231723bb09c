//! What became of each action so far, and why nothing new is begun, if so.
//!
//! Filled while an apply runs and read whenever it ends, also where waiting for replies was given up in the middle: it lives
//! outside of the work that fills it. Knows neither journal nor CAKE. Invariant: one entry an action, found by its place in
//! the plan, so that thousands of results cost no search.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::plan::{Action, Plan};
use crate::state::JournalError;

use super::outcome::{ActionOutcome, ActionResult, Execution};

/// The book of one apply.
#[derive(Debug)]
pub struct Ledger {
    entries: RefCell<Vec<Entry>>,
    /// What CAKE answered where that could not be written down, by place.
    unwritten: RefCell<BTreeMap<usize, ActionResult>>,
    journal_error: RefCell<Option<JournalError>>,
    key_refused: RefCell<Option<String>>,
    unreachable: RefCell<Option<String>>,
    /// Writes in a row that ended without having been sent.
    misses: Cell<usize>,
}

#[derive(Debug, Clone)]
enum Entry {
    Waiting,
    UnderWay,
    Ended(ActionResult),
}

impl Ledger {
    /// An empty book for that many actions.
    pub fn new(actions: usize) -> Self {
        Self {
            entries: RefCell::new(vec![Entry::Waiting; actions]),
            unwritten: RefCell::default(),
            journal_error: RefCell::default(),
            key_refused: RefCell::default(),
            unreachable: RefCell::default(),
            misses: Cell::new(0),
        }
    }

    /// A request of the action is about to be written down.
    pub(super) fn begin(&self, place: usize) {
        if let Some(entry @ Entry::Waiting) = self.entries.borrow_mut().get_mut(place) {
            *entry = Entry::UnderWay;
        }
    }

    /// The action has ended, perhaps once more: requests add up, otherwise the last word counts.
    pub fn end(&self, place: usize, result: ActionResult) {
        if let Some(entry) = self.entries.borrow_mut().get_mut(place) {
            let before = if let Entry::Ended(earlier) = entry { earlier.attempts } else { 0 };
            *entry = Entry::Ended(ActionResult { attempts: before.saturating_add(result.attempts), ..result });
        }
    }

    /// CAKE's answer to the action could not be written down; it counts once the state is published.
    pub(super) fn remember(&self, place: usize, answer: ActionResult) {
        self.unwritten.borrow_mut().insert(place, answer);
    }

    /// The state that is in place now holds every answer, also those that the journal did not take.
    pub fn published(&self) {
        for (place, answer) in std::mem::take(&mut *self.unwritten.borrow_mut()) {
            if let Some(entry) = self.entries.borrow_mut().get_mut(place) {
                *entry = Entry::Ended(answer);
            }
        }
    }

    /// The places of the actions that ended in doubt.
    pub fn in_doubt(&self) -> Vec<usize> {
        let is_doubtful =
            |entry: &Entry| matches!(entry, Entry::Ended(result) if result.outcome == ActionOutcome::InDoubt);
        let entries = self.entries.borrow();
        entries.iter().enumerate().filter(|(_, entry)| is_doubtful(entry)).map(|(place, _)| place).collect()
    }

    /// Why nothing new is begun, the stop signal aside.
    pub(super) fn halt(&self) -> Option<String> {
        if self.journal_error.borrow().is_some() {
            Some("not begun: the journal could not be written".to_owned())
        } else if self.key_refused.borrow().is_some() {
            Some("not begun: CAKE refused the API key".to_owned())
        } else {
            let unreachable = self.unreachable.borrow();
            unreachable.as_ref().map(|why| format!("not begun: CAKE cannot be reached ({why})"))
        }
    }

    /// Whether nothing new is begun, the stop signal aside.
    pub fn is_halted(&self) -> bool {
        self.halt().is_some()
    }

    pub(super) fn journal_failed(&self, error: JournalError) {
        self.journal_error.borrow_mut().get_or_insert(error);
    }

    pub(super) fn key_was_refused(&self, words: String) {
        self.key_refused.borrow_mut().get_or_insert(words);
    }

    /// A write reached CAKE, whatever became of it.
    pub(super) fn reached(&self) {
        self.misses.set(0);
    }

    /// A write did not get through to CAKE, with all its attempts. After `patience` of them in a row nothing new is begun:
    /// each would only wait through its attempts like these did.
    pub(super) fn missed(&self, why: &str, patience: usize) {
        self.misses.set(self.misses.get().saturating_add(1));
        if self.misses.get() >= patience {
            self.unreachable.borrow_mut().get_or_insert_with(|| why.to_owned());
        }
    }

    /// Closes the book: one result an action, in the plan's order. What was not begun or has no outcome was interrupted.
    pub fn close(self, plan: &Plan) -> Execution {
        let entries = self.entries.into_inner();
        let result = |(action, entry): (&Action, Entry)| match entry {
            Entry::Ended(result) => result,
            Entry::Waiting => ActionResult::skipped(action, "not begun: interrupted"),
            Entry::UnderWay => {
                let message = "interrupted while its reply was waited for; the next apply goes on from there";
                ActionResult::of(action, ActionOutcome::InDoubt, message)
            }
        };
        Execution {
            results: plan.actions.iter().zip(entries).map(result).collect(),
            journal_error: self.journal_error.into_inner(),
            key_refused: self.key_refused.into_inner(),
            unreachable: self.unreachable.into_inner(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::Key;
    use crate::plan::Verb;

    fn result(outcome: ActionOutcome) -> ActionResult {
        let key = Key::new("a").unwrap();
        ActionResult { key, verb: Verb::Create, offer_id: None, outcome, message: None, attempts: 2 }
    }

    #[test]
    fn requests_of_all_rounds_add_up_and_the_last_word_counts() {
        let ledger = Ledger::new(1);
        ledger.end(0, result(ActionOutcome::InDoubt));
        assert_eq!(ledger.in_doubt(), [0]);
        ledger.end(0, result(ActionOutcome::Done));
        assert!(ledger.in_doubt().is_empty());
        let Entry::Ended(ended) = ledger.entries.borrow()[0].clone() else { panic!("not ended") };
        assert_eq!((ended.outcome, ended.attempts), (ActionOutcome::Done, 4));
    }

    #[test]
    fn only_misses_in_a_row_say_that_cake_cannot_be_reached() {
        let ledger = Ledger::new(0);
        ledger.missed("no connection", 2);
        ledger.reached();
        ledger.missed("no connection", 2);
        assert!(!ledger.is_halted());
        ledger.missed("no connection", 2);
        assert_eq!(ledger.halt().as_deref(), Some("not begun: CAKE cannot be reached (no connection)"));
    }

    #[test]
    fn an_answer_that_the_journal_did_not_take_counts_once_the_state_is_in_place() {
        let ledger = Ledger::new(1);
        ledger.end(0, result(ActionOutcome::InDoubt));
        ledger.remember(0, result(ActionOutcome::Done));
        assert_eq!(ledger.in_doubt(), [0]);
        ledger.published();
        assert!(ledger.in_doubt().is_empty());
    }
}
