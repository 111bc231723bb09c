//! The parts of an apply that talk to CAKE: the lookup of creates in doubt, the check for duplicates, and the writes with a
//! lookup after them.

use std::collections::BTreeSet;

use crate::apply::{
    ActionOutcome, ActionResult, ActionTracker, Executor, Observer, Recovery, RecoverySummary, Task, find_duplicates,
};
use tokio_util::sync::CancellationToken;

use crate::cake::ReadFailure;
use crate::config::{DuplicateCheck, Settings};
use crate::diagnostic::Diagnostic;
use crate::fault_point;
use crate::offer::{DesiredSet, Key, Recorded};
use crate::ops::connect::Cake;
use crate::ops::error::Error;
use crate::plan::{Action, ActionKind, Plan};
use crate::state::{JournalError, Session};

use super::messages;

/// How often a create is sent again within one apply, after a lookup showed that it made nothing.
pub(super) const MAX_CREATE_RETRIES: usize = 2;

/// Runs the steps of an apply that need CAKE.
pub(super) struct ApplyDriver<'a> {
    pub(super) cake: &'a Cake,
    pub(super) settings: &'a Settings,
    pub(super) desired: &'a DesiredSet,
    pub(super) stop: &'a CancellationToken,
    pub(super) observer: &'a dyn Observer,
}

impl ApplyDriver<'_> {
    /// Looks for creates that earlier applies left in doubt.
    pub(super) async fn recover(&self, session: &mut Session) -> Result<RecoverySummary, Error> {
        let summary = self.look(session).await?;
        if let Some(refused @ ReadFailure::KeyRefused { .. }) = summary.lookup_error {
            return Err(refused.into());
        }
        session.publish()?;
        Ok(summary)
    }

    async fn look(&self, session: &Session) -> Result<RecoverySummary, JournalError> {
        let (reader, recorded) = (self.cake.client.reader(), session.recorded());
        let listing_lag = fault_point::shortened(self.settings.cake.listing_lag);
        let (journal, stop, observer) = (session.journal(), self.stop, self.observer);
        Recovery { journal, reader: &reader, listing_lag, stop, observer }.look(&recorded).await
    }

    /// Before a create: CAKE may have no offer of its name and advertiser that no key owns. Returns a warning where this
    /// could not be checked and the configuration allows that.
    pub(super) async fn check_duplicates(&self, plan: &Plan, session: &Session) -> Result<Option<Diagnostic>, Error> {
        let check = self.settings.cake.duplicate_check;
        if check == DuplicateCheck::Off {
            return Ok(None);
        }
        let (reader, recorded) = (self.cake.client.reader(), session.recorded());
        let is_blocked = |key: &Key| create_block(self.desired, &recorded, key).is_some();
        match find_duplicates(plan, &recorded, &is_blocked, &reader, self.observer).await {
            Ok(duplicates) if duplicates.is_empty() => Ok(None),
            Ok(duplicates) => Err(Error::Exists(duplicates)),
            Err(ReadFailure::NoListing { message }) if check == DuplicateCheck::Auto => {
                Ok(Some(messages::duplicates_unchecked(&message)))
            }
            // The caller sees the cancellation itself.
            Err(ReadFailure::Stopped) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Carries the plan out. Creates that end in doubt are looked for at once; those that made nothing are sent again, and a
    /// replace whose new offer was found continues with its second half. Returns what the last lookup found.
    pub(super) async fn carry_out(
        &self,
        plan: &Plan,
        session: &mut Session,
        tracker: &ActionTracker,
    ) -> RecoverySummary {
        let writer = self.cake.client.writer();
        let max_in_flight = self.settings.cake.max_in_flight;
        let mut tasks = self.startable(plan, &session.recorded(), tracker);
        let mut state_changes = plan.state_changes.as_slice();
        let mut found = RecoverySummary::default();
        // After the last retry one more pass, for the second half of a replace whose create that lookup found.
        for pass in 0..=MAX_CREATE_RETRIES + 1 {
            let (journal, stop, observer) = (session.journal(), self.stop, self.observer);
            let executor = Executor { journal, writer: &writer, max_in_flight, stop, observer };
            executor.carry_out(&tasks, state_changes, tracker).await;
            state_changes = &[];
            tasks = creates_in_doubt(plan, &tasks, tracker);
            if tasks.is_empty() || tracker.is_halted() || self.stop.is_cancelled() || session.publish().is_err() {
                break;
            }
            let summary = match self.look(session).await {
                Ok(summary) => summary,
                Err(error) => {
                    tracker.journal_failed(error);
                    break;
                }
            };
            tasks = next_tasks(&tasks, &summary, tracker, pass >= MAX_CREATE_RETRIES);
            found = summary;
            if tasks.is_empty() {
                break;
            }
        }
        found
    }

    /// The plan's tasks without the creates that are blocked, which end here.
    fn startable<'p>(&self, plan: &'p Plan, recorded: &Recorded, tracker: &ActionTracker) -> Vec<Task<'p>> {
        let mut tasks = Vec::with_capacity(plan.actions.len());
        for place in 0..plan.actions.len() {
            let task = task(plan, place);
            match create_block(self.desired, recorded, &task.action.key).filter(|_| creates(&task.action.kind)) {
                None => tasks.push(task),
                Some(block) => tracker.end(place, block.result_of(task.action)),
            }
        }
        tasks
    }
}

/// Those of the tasks whose create ended in doubt.
fn creates_in_doubt<'p>(plan: &'p Plan, tasks: &[Task<'p>], tracker: &ActionTracker) -> Vec<Task<'p>> {
    let places: BTreeSet<usize> = tasks.iter().map(|task| task.place).collect();
    let in_doubt = tracker.in_doubt().into_iter().filter(|place| places.contains(place));
    in_doubt.map(|place| task(plan, place)).filter(|task| creates(&task.action.kind)).collect()
}

/// Why a create cannot be sent.
enum CreateBlock<'a> {
    /// An earlier one is in doubt.
    InDoubt,
    /// A create under the key that the offer is renamed from is in doubt: it may have made this very offer.
    RenamedFrom(&'a Key),
}

impl CreateBlock<'_> {
    fn result_of(&self, action: &Action) -> ActionResult {
        match self {
            Self::InDoubt => {
                let message = "not sent: an earlier create of it is in doubt";
                ActionResult::of(action, ActionOutcome::InDoubt, message)
            }
            Self::RenamedFrom(from) => ActionResult::skipped(
                action,
                &format!("not started: the create of `{from}`, from which it is renamed, is in doubt"),
            ),
        }
    }
}

/// Why a create of the key must not be sent, if so.
fn create_block<'a>(desired: &'a DesiredSet, recorded: &Recorded, key: &Key) -> Option<CreateBlock<'a>> {
    if recorded.in_doubt.contains_key(key) {
        return Some(CreateBlock::InDoubt);
    }
    let from = desired.get(key)?.sync.renamed_from.as_ref()?;
    let is_new = !recorded.offers.contains_key(key) && !recorded.offers.contains_key(from);
    (is_new && recorded.in_doubt.contains_key(from)).then_some(CreateBlock::RenamedFrom(from))
}

fn task(plan: &Plan, place: usize) -> Task<'_> {
    Task { place, action: &plan.actions[place], created: None }
}

fn creates(kind: &ActionKind) -> bool {
    kind.create().is_some()
}

/// What is left to do for creates that ended in doubt, by what the lookup found.
fn next_tasks<'a>(
    tasks: &[Task<'a>],
    summary: &RecoverySummary,
    tracker: &ActionTracker,
    is_last: bool,
) -> Vec<Task<'a>> {
    let mut next = Vec::new();
    for task in tasks {
        let key = &task.action.key;
        if let Some(id) = summary.found.get(key) {
            next.push(Task { created: Some(*id), ..*task });
        } else if summary.absent.contains(key) && is_last {
            let message = "its replies were lost, and CAKE's listing shows that it made nothing; apply again";
            tracker.end(task.place, ActionResult::of(task.action, ActionOutcome::NotSent, message));
        } else if summary.absent.contains(key) {
            next.push(*task);
        }
    }
    next
}
