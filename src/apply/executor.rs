//! Runs planned actions: changes of the state alone first, then the writes in plan order, several in flight.
//!
//! Decides nothing but when to stop: on cancellation, when CAKE refuses the key or cannot be reached, and when the journal
//! cannot be written. The invariant: every request is sent after its intent is on disk, and its outcome is then written to disk.

use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use crate::cake::{Retrying, Writer};
use crate::offer::{Contradiction, CreateRequest, Field, Key, Operation, StateChange, WriteOutcome};
use crate::plan::ActionKind;
use crate::state::{DurableIntent, Journal, JournalError};

use super::event::{Event, Observer};
use super::identification::Identification;
use super::outcome::{ActionOutcome, ActionResult, HaltReason};
use super::results::{
    StepResult, partial_replace_result, recorded_result, recovered_result, result_of, unrecorded_result,
};
use super::seen::Seen;
use super::task::{Task, in_turn};
use super::tracker::ActionTracker;

/// Intents are synced in advance, so that the disk works while CAKE answers: the number of actions in progress per request in flight. A
/// crash leaves at most that many intents without an outcome.
const INTENT_LOOKAHEAD: usize = 2;

/// Circuit breaker: consecutive writes without a reply that says what happened before no new one is started. At least
/// `max_in_flight`, because one lost connection fails all of them together.
const CONSECUTIVE_FAILURE_LIMIT: usize = 5;

/// Runs planned actions: journal the intent, send, journal the outcome.
pub struct Executor<'a> {
    /// The journal of the state.
    pub journal: &'a Journal,
    /// The writer of the client.
    pub writer: &'a Writer,
    /// The maximum number of requests in flight.
    pub max_in_flight: usize,
    /// What CAKE showed before the first write.
    pub seen: &'a Seen,
    /// Which replies to creates tell their offers apart.
    pub identification: &'a Identification,
    /// Cancels actions that are not started.
    pub stop: &'a CancellationToken,
    /// Receives the progress events.
    pub observer: &'a dyn Observer,
}

impl std::fmt::Debug for Executor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executor").field("max_in_flight", &self.max_in_flight).finish_non_exhaustive()
    }
}

/// Tasks that run together.
struct TaskRun<'a> {
    executor: &'a Executor<'a>,
    tracker: &'a ActionTracker,
    slots: Semaphore,
}

impl Executor<'_> {
    /// Runs every task; blocked actions are skipped. The results are in the tracker.
    pub async fn carry_out(&self, tasks: &[Task<'_>], state_changes: &[StateChange], tracker: &ActionTracker) {
        self.observer.notice(&Event::Started { actions: tasks.len() });
        let slots = Semaphore::new(self.max_in_flight.clamp(1, Semaphore::MAX_PERMITS));
        let run = TaskRun { executor: self, tracker, slots };
        run.record_state_changes(tasks, state_changes).await;
        stream::iter(in_turn(tasks))
            .map(|group| run.run_in_turn(group))
            .buffer_unordered(self.journal.lookahead(self.max_in_flight.saturating_mul(INTENT_LOOKAHEAD).max(1)))
            .collect::<()>()
            .await;
    }
}

impl TaskRun<'_> {
    /// Changes of the state alone. Renames come before requests under the new keys. Written together, so that the journal needs few syncs,
    /// but as separate entries, so that a rejected one does not affect the others.
    async fn record_state_changes(&self, tasks: &[Task<'_>], state_changes: &[StateChange]) {
        let planned = tasks.iter().filter_map(|task| match &task.action.kind {
            ActionKind::StateOnly(change) => Some((*task, change)),
            ActionKind::Write(_) | ActionKind::Blocked { .. } => None,
        });
        let planned = planned.chain(tasks.iter().filter_map(|task| Some((*task, &task.shown?.change))));
        let planned = join_all(planned.map(|(task, change)| async move { (task, self.record(change).await) }));
        let silent = join_all(state_changes.iter().map(|change| self.journal_state_change(change)));
        let (written, silent) = tokio::join!(planned, silent);
        // No action reports these, so an error of any kind ends the apply and is reported as the reason.
        for error in silent.into_iter().filter_map(Result::err) {
            self.tracker.journal_failed(error);
        }
        for (task, result) in written {
            match result {
                Ok(()) if task.is_to_send() => {}
                Ok(()) => self.end(task.place, recorded_result(task.action)),
                Err(why) => self.end(task.place, ActionResult::skipped(task.action, &why)),
            }
        }
    }

    async fn record(&self, change: &StateChange) -> Result<(), String> {
        self.journal_state_change(change).await.map_err(|error| self.not_written(error))
    }

    async fn journal_state_change(&self, change: &StateChange) -> Result<(), JournalError> {
        self.executor.journal.change_state(vec![change.clone()]).await
    }

    /// Handles a failed entry: a disk error stops everything, a contradiction with the record only this key.
    fn not_written(&self, error: JournalError) -> String {
        if !error.is_final() {
            return format!("not started: {error}");
        }
        self.tracker.journal_failed(error);
        "not started: the journal could not be written".to_owned()
    }

    /// The reason to start nothing new.
    fn halt(&self) -> Option<String> {
        let stopped = || self.executor.stop.is_cancelled().then(|| "not started: interrupted".to_owned());
        self.tracker.halt_message().or_else(stopped)
    }

    /// The same for an intent that is on disk.
    fn halt_of(&self, intent: &DurableIntent) -> Option<String> {
        if let Err(error) = intent.check() {
            self.tracker.journal_failed(JournalError::Claim(error));
        }
        self.halt()
    }

    fn end(&self, place: usize, result: ActionResult) {
        self.executor.observer.notice(&Event::Finished(result.clone()));
        self.tracker.end(place, result);
    }

    /// The tasks of a group, one after another. After a create in doubt no other create of its group is started: its reply may still come,
    /// and be taken for the other's.
    async fn run_in_turn(&self, group: Vec<Task<'_>>) {
        let mut in_doubt: Option<&Key> = None;
        let mut not_active: Option<&Key> = None;
        for task in group.into_iter().filter(Task::is_to_send) {
            let creates = task.action.kind.create();
            let StepResult { result, unrecorded_outcome, is_named } = match (&task.action.kind, creates, in_doubt) {
                // Recorded with the other changes of the state.
                (ActionKind::StateOnly(_), ..) => continue,
                (ActionKind::Blocked { .. }, ..) => {
                    ActionResult::skipped(task.action, "blocked: a person has to decide").into()
                }
                (ActionKind::Write(_), Some(_), Some(other)) => {
                    let why = format!("not started: the create of `{other}`, with such a name, is in doubt");
                    ActionResult::skipped(task.action, &why).into()
                }
                // The old offer earns until the new one does.
                (ActionKind::Write(Operation::RetireReplaced { .. }), ..) if not_active == Some(&task.action.key) => {
                    ActionResult::skipped(task.action, "the new offer was not made active").into()
                }
                (ActionKind::Write(operation), create, _) => match create.and_then(CreateRequest::retirement) {
                    None => self.create(task, task.rest().unwrap_or(operation).clone()).await,
                    Some(retire) => self.replace(task, operation.clone(), retire).await,
                },
            };
            if creates.is_some() && result.outcome == ActionOutcome::InDoubt && !is_named && !result.is_half_done {
                in_doubt = Some(&task.action.key);
            }
            if result.outcome != ActionOutcome::Done && task.writes_status() {
                not_active = Some(&task.action.key);
            }
            if let Some(answer) = unrecorded_outcome {
                self.tracker.defer(task.place, answer);
            }
            self.end(task.place, result);
        }
    }

    /// Sends the request of an action, or returns the result that is already known.
    async fn create(&self, task: Task<'_>, operation: Operation) -> StepResult {
        match task.created {
            Some(found) => recovered_result(task.action, found).into(),
            None => self.step(task, operation).await,
        }
    }

    /// Creates the new offer first, because the old one earns until then.
    async fn replace(&self, task: Task<'_>, create: Operation, retire: Operation) -> StepResult {
        let created = self.create(task, create).await;
        let half = |created: ActionResult, retired: ActionResult| partial_replace_result(task.action, created, retired);
        // An offer that is not as it was sent does not take the place of one that is: the next plan corrects it first.
        // What no update corrects, and a name that CAKE stores otherwise, stays so and must not keep both offers active.
        let is_otherwise = |shown: &Contradiction| !shown.field.is_create_only() && shown.field != Field::OfferName;
        if created.result.outcome == ActionOutcome::Done && created.result.contradictions.iter().any(is_otherwise) {
            let rest = ActionResult::skipped(task.action, "the new offer is not as it was sent");
            return StepResult { result: half(created.result, rest), ..created };
        }
        if created.result.outcome != ActionOutcome::Done {
            let reason = self.halt().unwrap_or_default();
            let rest = ActionResult::skipped(task.action, &reason);
            let unrecorded_outcome = created.unrecorded_outcome.map(|answer| match answer.outcome {
                ActionOutcome::Done => half(answer, rest),
                _ => answer,
            });
            return StepResult { unrecorded_outcome, ..created };
        }
        let StepResult { result, unrecorded_outcome, .. } = self.step(task, retire).await;
        let unrecorded_outcome = unrecorded_outcome.map(|retired| half(created.result.clone(), retired));
        StepResult { result: half(created.result, result), unrecorded_outcome, is_named: false }
    }

    /// Intent on disk, send, outcome on disk.
    async fn step(&self, task: Task<'_>, operation: Operation) -> StepResult {
        let action = task.action;
        if let Some(reason) = self.halt() {
            return ActionResult::skipped(action, &reason).into();
        }
        self.tracker.start(task.place);
        let is_create = matches!(operation, Operation::Create(_));
        let (ignored, identity) = (operation.ignored(), self.executor.seen.identity(&operation));
        let intent = match self.executor.journal.intend(action.key.clone(), operation).await {
            Ok(intent) => intent.with_identity(identity),
            Err(error) => return ActionResult::skipped(action, &self.not_written(error)).into(),
        };
        let slot = self.slot().await;
        // Checked again after the wait: nothing is sent after a refused key, a failed journal or a lost claim.
        if let Some(reason) = self.halt_of(&intent) {
            self.take_back(intent, &reason).await;
            return ActionResult::skipped(action, &reason).into();
        }
        let retried = Mutex::new(None);
        let notice = |Retrying { attempt, wait, reason }: Retrying| {
            let key = action.key.clone();
            *retried.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.clone());
            self.executor.observer.notice(&Event::Retrying { key, attempt, pause: wait, reason });
        };
        self.executor.observer.notice(&Event::Sending { key: action.key.clone(), verb: action.kind.verb() });
        let mut report = self.executor.writer.send(&intent, notice).await;
        report.outcome.ignore_contradictions_of(ignored);
        self.executor.identification.check(task.action.kind.create().filter(|_| is_create), &mut report);
        // Noted before the next request is sent, which might change the wrong offer.
        if let WriteOutcome::InDoubt { message, mismatch: true, .. } = &report.outcome {
            self.tracker.mismatched(task.place, format!("`{}`: {message}", action.key));
        }
        if matches!(report.outcome, WriteOutcome::InDoubt { accepted: true, .. }) {
            self.tracker.note_accepted(task.place);
        }
        // The next request is sent while this outcome is synced.
        drop(slot);
        if report.key_refused {
            self.tracker.key_refused(report.outcome.message().unwrap_or_default().to_owned());
        }
        match self.executor.journal.outcome(intent, report.outcome.clone()).await {
            // As recorded: an id that another key already owns does not prove a create.
            Ok(recorded) => {
                if let WriteOutcome::Done { offer_id, .. } = &recorded
                    && is_create
                {
                    self.tracker.note_created(task.place, *offer_id);
                }
                let is_named = matches!(recorded, WriteOutcome::InDoubt { named: Some(_), .. });
                self.note_reply(task, &recorded, report.throttled);
                let retried = retried.into_inner().unwrap_or_else(PoisonError::into_inner);
                let result = result_of(action, recorded, report.attempts, is_create).retried(retried);
                let result = ActionResult { content_refused: report.content_refused, ..result };
                StepResult { result, unrecorded_outcome: None, is_named }
            }
            Err(error) => {
                self.tracker.journal_failed(error);
                let answer = result_of(action, report.outcome, report.attempts, is_create);
                let result = unrecorded_result(answer.clone());
                StepResult { result, unrecorded_outcome: Some(answer), is_named: false }
            }
        }
    }

    /// Waits for a free slot; cancellation ends the wait.
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
            self.tracker.journal_failed(error);
        }
    }

    fn note_reply(&self, task: Task<'_>, outcome: &WriteOutcome, throttled: bool) {
        let limit = CONSECUTIVE_FAILURE_LIMIT.max(self.executor.max_in_flight);
        match outcome {
            // A canceled request gives no information about CAKE.
            WriteOutcome::NotSent { .. } if self.executor.stop.is_cancelled() => {}
            WriteOutcome::NotSent { message } => self.tracker.missed(HaltReason::Unreachable(message.clone()), limit),
            WriteOutcome::InDoubt { message, mismatch: true, .. } => {
                self.tracker.mismatched(task.place, format!("`{}`: {message}", task.action.key));
            }
            // CAKE has answered; only whose offer it named is open.
            WriteOutcome::InDoubt { named: Some(_), .. } => self.tracker.answered(),
            WriteOutcome::InDoubt { message, .. } => {
                self.tracker.missed(HaltReason::Unanswered(message.clone()), limit);
            }
            WriteOutcome::Rejected { message } if throttled => {
                self.tracker.missed(HaltReason::Unreachable(message.clone()), limit);
            }
            WriteOutcome::Done { .. } | WriteOutcome::Rejected { .. } => self.tracker.answered(),
        }
    }
}
