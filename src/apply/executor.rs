//! Carries out a plan: notes first, then the writes in the plan's order, several in flight.
//!
//! Decides nothing but when to stop: on the stop signal, when CAKE refuses the key, and when the journal cannot be written.
//! The invariant: each request goes intent on disk → send → outcome on disk, and there is no other way to a request.

use std::cell::RefCell;
use std::collections::HashMap;

use futures_util::{StreamExt, stream};

use crate::cake::{Retrying, Stop, WriteFailure, Writer};
use crate::offer::{Key, OfferId};
use crate::plan::{Action, Plan};
use crate::state::{Journal, JournalError, Note, Outcome, Purpose};

use super::event::{Event, Observer};
use super::outcome::{ActionOutcome, ActionResult};
use super::purpose::{Course, course, note_of_settlement};

/// Intents are synced ahead of their turn, so that the disk works while CAKE answers: twice as many actions are under way as
/// requests may be. A crash leaves at most that many intents without an outcome.
const AHEAD: usize = 2;

/// What it takes to carry a plan out.
pub struct Executor<'a> {
    /// The journal of the state that is applied to.
    pub journal: &'a Journal,
    /// The half of the connection that writes.
    pub writer: &'a Writer,
    /// How many requests may be in flight.
    pub max_in_flight: usize,
    /// The signal to begin nothing new.
    pub stop: &'a Stop,
    /// Who watches.
    pub observer: &'a dyn Observer,
}

impl std::fmt::Debug for Executor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executor").field("max_in_flight", &self.max_in_flight).finish_non_exhaustive()
    }
}

/// What became of the actions, and why nothing new was begun, if so.
#[derive(Debug, Default)]
pub struct Execution {
    /// One result an action, in the plan's order.
    pub results: Vec<ActionResult>,
    /// The journal failed: what was done until then is on disk, and nothing was begun after it.
    pub journal_error: Option<JournalError>,
    /// CAKE refused the key, with its words.
    pub key_refused: Option<String>,
}

/// Why no new action is begun.
#[derive(Debug, Default)]
struct Halt {
    journal: RefCell<Option<JournalError>>,
    key: RefCell<Option<String>>,
}

impl Halt {
    fn reason(&self, stop: &Stop) -> Option<&'static str> {
        if self.journal.borrow().is_some() {
            Some("not begun: the journal could not be written")
        } else if self.key.borrow().is_some() {
            Some("not begun: CAKE refused the API key")
        } else {
            stop.is_stopped().then_some("not begun: interrupted")
        }
    }

    fn journal_failed(&self, error: JournalError) {
        self.journal.borrow_mut().get_or_insert(error);
    }
}

impl Executor<'_> {
    /// Carries out every action of the plan that can be; blocked ones are left alone.
    pub async fn carry_out(&self, plan: &Plan) -> Execution {
        self.observer.notice(&Event::Started { actions: plan.actions.len() });
        let halt = Halt::default();
        self.write_notes(plan, &halt).await;
        let mut results: Vec<(usize, ActionResult)> = stream::iter(by_key(&plan.actions))
            .map(|group| self.act_in_turn(group, &halt))
            .buffer_unordered(self.max_in_flight.saturating_mul(AHEAD).max(1))
            .concat()
            .await;
        results.sort_unstable_by_key(|(place, _)| *place);
        let results = results.into_iter().map(|(_, result)| result).collect();
        Execution { results, journal_error: halt.journal.take(), key_refused: halt.key.take() }
    }

    /// Everything that concerns the state alone, with one sync; renames come before what is sent under the new keys.
    async fn write_notes(&self, plan: &Plan, halt: &Halt) {
        let of_actions = plan.actions.iter().filter_map(|action| match course(action) {
            Course::Note(note) => Some(note),
            Course::Send(_) | Course::Replace { .. } | Course::Nothing => None,
        });
        let notes: Vec<Note> = of_actions.chain(plan.settlements.iter().map(note_of_settlement)).collect();
        if !notes.is_empty()
            && let Err(error) = self.journal.notes(notes).await
        {
            halt.journal_failed(error);
        }
    }

    /// The actions of one key, one after another: the journal takes one write of a key at a time.
    async fn act_in_turn(&self, group: Vec<(usize, &Action)>, halt: &Halt) -> Vec<(usize, ActionResult)> {
        let mut results = Vec::with_capacity(group.len());
        for (place, action) in group {
            results.push((place, self.act(action, halt).await));
        }
        results
    }

    async fn act(&self, action: &Action, halt: &Halt) -> ActionResult {
        let result = match course(action) {
            Course::Nothing => skipped(action, "blocked: a person has to decide"),
            Course::Note(_) => match halt.reason(self.stop) {
                Some(reason) if halt.journal.borrow().is_some() => skipped(action, reason),
                _ => done(action, action.kind.offer_id(), 0),
            },
            Course::Send(purpose) => self.step(action, purpose, halt).await,
            Course::Replace { create, retire } => self.replace(action, create, retire, halt).await,
        };
        self.observer.notice(&Event::Finished(result.clone()));
        result
    }

    /// The new offer first: until it is there, the old one goes on earning.
    async fn replace(&self, action: &Action, create: Purpose, retire: Purpose, halt: &Halt) -> ActionResult {
        let created = self.step(action, create, halt).await;
        if created.outcome != ActionOutcome::Done {
            return created;
        }
        let retired = self.step(action, retire, halt).await;
        let attempts = created.attempts.saturating_add(retired.attempts);
        if retired.outcome == ActionOutcome::Done {
            return ActionResult { attempts, ..created };
        }
        let old = action.kind.offer_id().map(|id| id.to_string()).unwrap_or_default();
        let why = retired.message.unwrap_or_default();
        let message = format!("the new offer is there; the old one, {old}, is still to be made inactive: {why}");
        ActionResult { outcome: retired.outcome, message: Some(message), attempts, ..created }
    }

    /// Intent on disk, send, outcome on disk.
    async fn step(&self, action: &Action, purpose: Purpose, halt: &Halt) -> ActionResult {
        if let Some(reason) = halt.reason(self.stop) {
            return skipped(action, reason);
        }
        let intent = match self.journal.intend(action.key.clone(), purpose).await {
            Ok(intent) => intent,
            Err(error @ (JournalError::Write { .. } | JournalError::Closed)) => {
                halt.journal_failed(error);
                return skipped(action, "not begun: the journal could not be written");
            }
            // What is recorded forbids it, for this key alone.
            Err(error) => return skipped(action, &format!("not begun: {error}")),
        };
        let notice = |retrying: Retrying| self.notice_retry(&action.key, retrying);
        let report = self.writer.send(&intent, notice).await;
        if report.key_refused {
            let words = report.result.as_ref().err().map(|failure| failure.message().to_owned());
            halt.key.borrow_mut().get_or_insert(words.unwrap_or_default());
        }
        let outcome = outcome_of(report.result);
        match self.journal.outcome(intent, outcome.clone()).await {
            // As it is recorded: an id that some key has already is no proof of a create.
            Ok(recorded) => result_of(action, recorded, report.attempts),
            Err(error) => {
                halt.journal_failed(error);
                unrecorded(result_of(action, outcome, report.attempts))
            }
        }
    }

    fn notice_retry(&self, key: &Key, Retrying { attempt, wait, reason }: Retrying) {
        self.observer.notice(&Event::Retrying { key: key.clone(), attempt, pause: wait, reason });
    }
}

fn outcome_of(result: Result<OfferId, WriteFailure>) -> Outcome {
    match result {
        Ok(offer_id) => Outcome::Done { offer_id },
        Err(WriteFailure::Rejected { message, .. } | WriteFailure::KeyRefused { message }) => {
            Outcome::Rejected { message }
        }
        Err(WriteFailure::NotSent { message }) => Outcome::NotSent { message },
        Err(WriteFailure::InDoubt { message }) => Outcome::InDoubt { message },
    }
}

fn result_of(action: &Action, outcome: Outcome, attempts: u32) -> ActionResult {
    let (outcome, message) = match outcome {
        Outcome::Done { offer_id } => return done(action, Some(offer_id), attempts),
        Outcome::Rejected { message } => (ActionOutcome::Rejected, message),
        Outcome::NotSent { message } => (ActionOutcome::NotSent, message),
        Outcome::InDoubt { message } => (ActionOutcome::InDoubt, message),
    };
    let (key, verb, offer_id) = (action.key.clone(), action.verb(), action.kind.offer_id());
    ActionResult { key, verb, offer_id, outcome, message: Some(message), attempts }
}

/// The actions of each key together, in the order in which the plan first names it.
fn by_key(actions: &[Action]) -> Vec<Vec<(usize, &Action)>> {
    let mut groups: Vec<Vec<(usize, &Action)>> = Vec::new();
    let mut group_of: HashMap<&Key, usize> = HashMap::new();
    for (place, action) in actions.iter().enumerate() {
        let group = *group_of.entry(&action.key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push((place, action));
    }
    groups
}

/// CAKE answered, but the answer is not on disk: to whoever comes next, the request is in doubt.
fn unrecorded(result: ActionResult) -> ActionResult {
    let id = result.offer_id.map(|id| format!(", offer {id}")).unwrap_or_default();
    let said = match result.outcome {
        ActionOutcome::Done => format!("CAKE did it{id}, but that could not be written down"),
        _ => format!("{}, and that could not be written down", result.message.as_deref().unwrap_or("it failed")),
    };
    ActionResult { outcome: ActionOutcome::InDoubt, message: Some(said), ..result }
}

fn done(action: &Action, offer_id: Option<OfferId>, attempts: u32) -> ActionResult {
    let (key, verb) = (action.key.clone(), action.verb());
    ActionResult { key, verb, offer_id, outcome: ActionOutcome::Done, message: None, attempts }
}

fn skipped(action: &Action, reason: &str) -> ActionResult {
    let (key, verb, offer_id) = (action.key.clone(), action.verb(), action.kind.offer_id());
    let message = Some(reason.to_owned());
    ActionResult { key, verb, offer_id, outcome: ActionOutcome::Skipped, message, attempts: 0 }
}
