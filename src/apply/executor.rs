//! Carries actions out: notes first, then the writes in the plan's order, several in flight.
//!
//! Decides nothing but when to stop: on the stop signal, when CAKE refuses the key or cannot be reached, and when the journal
//! cannot be written. The invariant: each request goes intent on disk → send → outcome on disk, and there is no other way to
//! a request.

use std::collections::HashMap;

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use crate::cake::{Retrying, Writer};
use crate::offer::{CreateRequest, Key, OfferId, Operation, StateChange, WriteOutcome};
use crate::plan::{Action, ActionKind};
use crate::state::{DurableIntent, Journal, JournalError};

use super::event::{Event, Observer};
use super::ledger::Ledger;
use super::outcome::{ActionOutcome, ActionResult};

/// Intents are synced ahead of their turn, so that the disk works while CAKE answers: twice as many actions are under way as
/// requests may be. A crash leaves at most that many intents without an outcome.
const AHEAD: usize = 2;

/// So many writes in a row that did not get through mean that CAKE cannot be reached, and never fewer than may be in flight,
/// which all fail together when a connection goes.
const PATIENCE: usize = 5;

/// What it takes to carry actions out.
pub struct Executor<'a> {
    /// The journal of the state that is applied to.
    pub journal: &'a Journal,
    /// The half of the connection that writes.
    pub writer: &'a Writer,
    /// How many requests may be in flight.
    pub max_in_flight: usize,
    /// The signal to begin nothing new.
    pub stop: &'a CancellationToken,
    /// Who watches.
    pub observer: &'a dyn Observer,
}

impl std::fmt::Debug for Executor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executor").field("max_in_flight", &self.max_in_flight).finish_non_exhaustive()
    }
}

/// One action to carry out.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// Its place in the plan.
    pub place: usize,
    /// The action.
    pub action: &'a Action,
    /// The offer that its create turned out to have made: only what comes after the create is left to do.
    pub created: Option<OfferId>,
}

/// A round of tasks.
struct Round<'a> {
    executor: &'a Executor<'a>,
    ledger: &'a Ledger,
    slots: Semaphore,
}

/// How a step ended.
struct Ended {
    result: ActionResult,
    /// CAKE's answer, where it could not be written down: it counts once the state is in place.
    once_published: Option<ActionResult>,
}

impl From<ActionResult> for Ended {
    fn from(result: ActionResult) -> Self {
        Self { result, once_published: None }
    }
}

impl Executor<'_> {
    /// Carries out every task that can be; blocked actions are left alone. What becomes of each is in the ledger.
    pub async fn carry_out(&self, tasks: &[Task<'_>], state_changes: &[StateChange], ledger: &Ledger) {
        self.observer.notice(&Event::Started { actions: tasks.len() });
        let slots = Semaphore::new(self.max_in_flight.clamp(1, Semaphore::MAX_PERMITS));
        let round = Round { executor: self, ledger, slots };
        round.change_state(tasks, state_changes).await;
        stream::iter(by_key(tasks))
            .map(|group| round.act_in_turn(group))
            .buffer_unordered(self.max_in_flight.saturating_mul(AHEAD).max(1))
            .collect::<()>()
            .await;
    }
}

impl Round<'_> {
    /// Everything that concerns the state alone; renames come before what is sent under the new keys. Handed over together,
    /// so the journal takes it with few syncs, but each for itself: one that may not be says nothing about the others.
    async fn change_state(&self, tasks: &[Task<'_>], state_changes: &[StateChange]) {
        let planned = tasks.iter().filter_map(|task| match &task.action.kind {
            ActionKind::StateOnly(change) => Some((*task, change)),
            ActionKind::Write(_) | ActionKind::Blocked { .. } => None,
        });
        let planned = join_all(planned.map(|(task, change)| async move { (task, self.record(change).await) }));
        let silent = join_all(state_changes.iter().map(|change| self.record(change)));
        let (written, _) = tokio::join!(planned, silent);
        for (task, result) in written {
            let result = match result {
                Ok(()) => ActionResult::done(task.action, task.action.kind.offer_id(), 0),
                Err(why) => ActionResult::skipped(task.action, &why),
            };
            self.end(task.place, result);
        }
    }

    async fn record(&self, change: &StateChange) -> Result<(), String> {
        self.executor.journal.change_state(vec![change.clone()]).await.map_err(|error| self.not_written(error))
    }

    /// Why something is not begun that the journal did not take: the disk refuses everybody, what is recorded one key alone.
    fn not_written(&self, error: JournalError) -> String {
        match error {
            JournalError::Write { .. } | JournalError::Closed => {
                self.ledger.journal_failed(error);
                "not begun: the journal could not be written".to_owned()
            }
            error => format!("not begun: {error}"),
        }
    }

    /// Why nothing new is begun.
    fn halt(&self) -> Option<String> {
        let stopped = || self.executor.stop.is_cancelled().then(|| "not begun: interrupted".to_owned());
        self.ledger.halt().or_else(stopped)
    }

    fn end(&self, place: usize, result: ActionResult) {
        self.executor.observer.notice(&Event::Finished(result.clone()));
        self.ledger.end(place, result);
    }

    /// The tasks of one key, one after another: the journal takes one write of a key at a time.
    async fn act_in_turn(&self, group: Vec<Task<'_>>) {
        for task in group {
            let Ended { result, once_published } = match &task.action.kind {
                // Written down with the others, before.
                ActionKind::StateOnly(_) => continue,
                ActionKind::Blocked { .. } => {
                    ActionResult::skipped(task.action, "blocked: a person has to decide").into()
                }
                ActionKind::Write(operation) => match task.action.kind.create().and_then(CreateRequest::retirement) {
                    None => self.create(task, operation.clone()).await,
                    Some(retire) => self.replace(task, operation.clone(), retire).await,
                },
            };
            if let Some(answer) = once_published {
                self.ledger.remember(task.place, answer);
            }
            self.end(task.place, result);
        }
    }

    /// The one request of an action, or what is known of it.
    async fn create(&self, task: Task<'_>, operation: Operation) -> Ended {
        match task.created {
            Some(id) => found(task.action, id).into(),
            None => self.step(task, operation).await,
        }
    }

    /// The new offer first: until it is there, the old one goes on earning.
    async fn replace(&self, task: Task<'_>, create: Operation, retire: Operation) -> Ended {
        let created = self.create(task, create).await;
        let half = |created: ActionResult, retired: ActionResult| half_replaced(task.action, created, retired);
        if created.result.outcome != ActionOutcome::Done {
            let reason = self.halt().unwrap_or_default();
            let rest = ActionResult::skipped(task.action, &reason);
            let once_published = created.once_published.map(|answer| match answer.outcome {
                ActionOutcome::Done => half(answer, rest),
                _ => answer,
            });
            return Ended { once_published, ..created };
        }
        let Ended { result, once_published } = self.step(task, retire).await;
        let once_published = once_published.map(|retired| half(created.result.clone(), retired));
        Ended { result: half(created.result, result), once_published }
    }

    /// Intent on disk, send, outcome on disk.
    async fn step(&self, task: Task<'_>, operation: Operation) -> Ended {
        let action = task.action;
        if let Some(reason) = self.halt() {
            return ActionResult::skipped(action, &reason).into();
        }
        self.ledger.begin(task.place);
        let intent = match self.executor.journal.intend(action.key.clone(), operation).await {
            Ok(intent) => intent,
            Err(error) => return ActionResult::skipped(action, &self.not_written(error)).into(),
        };
        let slot = self.slot().await;
        // The world may have changed while it waited: nothing is sent after a refused key or a failed journal.
        if let Some(reason) = self.halt() {
            self.take_back(intent, &reason).await;
            return ActionResult::skipped(action, &reason).into();
        }
        let notice = |Retrying { attempt, wait, reason }: Retrying| {
            let key = action.key.clone();
            self.executor.observer.notice(&Event::Retrying { key, attempt, pause: wait, reason });
        };
        let report = self.executor.writer.send(&intent, notice).await;
        // The next request goes out while this outcome is synced.
        drop(slot);
        if report.key_refused {
            self.ledger.key_was_refused(report.outcome.message().unwrap_or_default().to_owned());
        }
        self.note_reach(&report.outcome);
        match self.executor.journal.outcome(intent, report.outcome.clone()).await {
            // As it is recorded: an id that some key has already is no proof of a create.
            Ok(recorded) => result_of(action, recorded, report.attempts).into(),
            Err(error) => {
                self.ledger.journal_failed(error);
                let answer = result_of(action, report.outcome, report.attempts);
                Ended { result: unrecorded(answer.clone()), once_published: Some(answer) }
            }
        }
    }

    /// A place among the requests in flight; the stop signal ends the wait too.
    async fn slot(&self) -> Option<SemaphorePermit<'_>> {
        tokio::select! {
            biased;
            () = self.executor.stop.cancelled() => None,
            slot = self.slots.acquire() => slot.ok(),
        }
    }

    /// The request of an intent is not sent after all.
    async fn take_back(&self, intent: DurableIntent, reason: &str) {
        if let Err(error) =
            self.executor.journal.outcome(intent, WriteOutcome::NotSent { message: reason.to_owned() }).await
        {
            self.ledger.journal_failed(error);
        }
    }

    fn note_reach(&self, outcome: &WriteOutcome) {
        match outcome {
            // Given up because of a cancellation says nothing about CAKE.
            WriteOutcome::NotSent { .. } if self.executor.stop.is_cancelled() => {}
            WriteOutcome::NotSent { message } => {
                self.ledger.missed(message, PATIENCE.max(self.executor.max_in_flight));
            }
            _ => self.ledger.reached(),
        }
    }
}

fn result_of(action: &Action, outcome: WriteOutcome, attempts: u32) -> ActionResult {
    let (outcome, message) = match outcome {
        WriteOutcome::Done { offer_id } => return ActionResult::done(action, Some(offer_id), attempts),
        WriteOutcome::Rejected { message } => (ActionOutcome::Rejected, message),
        WriteOutcome::NotSent { message } => (ActionOutcome::NotSent, message),
        WriteOutcome::InDoubt { message } => (ActionOutcome::InDoubt, message),
    };
    ActionResult { attempts, ..ActionResult::of(action, outcome, &message) }
}

/// The tasks of each key together, in the order in which the plan first names it.
fn by_key<'a>(tasks: &[Task<'a>]) -> Vec<Vec<Task<'a>>> {
    let mut groups: Vec<Vec<Task<'a>>> = Vec::new();
    let mut group_of: HashMap<&Key, usize> = HashMap::new();
    for task in tasks {
        let group = *group_of.entry(&task.action.key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(*task);
    }
    groups
}

/// A replace whose create is done, by what became of its second half.
fn half_replaced(action: &Action, created: ActionResult, retired: ActionResult) -> ActionResult {
    let attempts = created.attempts.saturating_add(retired.attempts);
    if retired.outcome == ActionOutcome::Done {
        return ActionResult { attempts, ..created };
    }
    let old = action.kind.offer_id().map(|id| id.to_string()).unwrap_or_default();
    let why = retired.message.unwrap_or_default();
    let message = format!("the new offer is there; the old one, {old}, is still to be made inactive: {why}");
    ActionResult { outcome: retired.outcome, message: Some(message), attempts, ..created }
}

fn found(action: &Action, id: OfferId) -> ActionResult {
    let message = Some("its reply was lost; found in CAKE's listing".to_owned());
    ActionResult { message, ..ActionResult::done(action, Some(id), 0) }
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
