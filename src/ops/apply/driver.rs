//! The parts of an apply that talk to CAKE: the lookup of writes in doubt, the checks before the first write, and the writes with a
//! lookup after them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::apply::{
    ActionTracker, Executor, Identification, Observer, Recovery, RecoverySummary, Settling, Task, Unconfirmed,
    UpdateInDoubt, wait,
};
use crate::cake::ReadFailure;
use crate::config::{DuplicateCheck, Settings, Verify};
use crate::fault_point;
use crate::offer::{DesiredSet, Field, FieldSet, Fields, Key, Operation, Recorded, Request, StateChange};
use crate::ops::connect::{Cake, Control};
use crate::ops::error::Error;
use crate::ops::unsettled::waiting_by_id;
use crate::plan::{Action, ActionKind, Plan, Selection};
use crate::state::{JournalError, Session};

use super::create_block::{CreateBlock, create_block};
use super::preflight::Looked;
use super::settled::settle;
use super::waiting::{held_back, waiting_result};
use super::{Apply, Planning};

/// Runs the steps of an apply that need CAKE.
pub(super) struct ApplyDriver<'a> {
    pub(super) cake: &'a Cake,
    pub(super) settings: &'a Settings,
    /// Leaves records out of a comparison of all.
    pub(super) excluded: Option<&'a Selection>,
    pub(super) desired: &'a DesiredSet,
    pub(super) stop: &'a CancellationToken,
    pub(super) observer: &'a dyn Observer,
}

impl<'a> ApplyDriver<'a> {
    pub(super) fn of(apply: &'a Apply<'_>, cake: &'a Cake, desired: &'a DesiredSet) -> Self {
        let excluded = match &apply.planning {
            Planning::Saved(_) => None,
            Planning::Fresh { selection, .. } => Some(selection).filter(|selection| selection.has_exclusions()),
        };
        let Control { cancellation, observer, .. } = apply.control;
        Self { cake, settings: &apply.repository.settings, excluded, desired, stop: &cancellation.stop, observer }
    }

    /// Looks for creates that earlier applies left in doubt.
    pub(super) async fn recover(&self, session: &mut Session) -> Result<RecoverySummary, Error> {
        let waiting = self.look_at_waiting(session).await?;
        let summary = self.look(session, &[]).await?;
        let lookup_error = summary.lookup_error.or(waiting.lookup_error);
        let summary = RecoverySummary { done: waiting.done, reactivated: waiting.reactivated, lookup_error, ..summary };
        if let Some(refused @ ReadFailure::KeyRefused { .. }) = summary.lookup_error {
            return Err(refused.into());
        }
        session.publish()?;
        Ok(summary)
    }

    async fn look(&self, session: &Session, updates: &[UpdateInDoubt<'_>]) -> Result<RecoverySummary, JournalError> {
        let (reader, recorded) = (self.cake.client.reader(), session.recorded());
        let (journal, stop, observer) = (session.journal(), self.stop, self.observer);
        let adopts = self.settings.cake.duplicate_check != DuplicateCheck::Off;
        let recovery = Recovery { journal, reader: &reader, settling: self.settling(), adopts, stop, observer };
        if adopts {
            return recovery.look(&recorded, updates).await;
        }
        // The configuration says that a person looks for creates, so none is taken over or given up but for what CAKE itself has named.
        let (named, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
            recorded.in_doubt.clone().into_iter().partition(|(_, doubt)| doubt.named.is_some());
        let without = |in_doubt| Recorded { offers: recorded.offers.clone(), in_doubt, ..Recorded::default() };
        let mut summary = recovery.look(&without(named), updates).await?;
        summary.undecided.extend(RecoverySummary::not_looked(&without(others)).undecided);
        Ok(summary)
    }

    pub(super) fn settling(&self) -> Settling {
        let cake = &self.settings.cake;
        // What an in-process sandbox was still working on ended with its process.
        let settle = if self.cake.is_in_process() { Duration::ZERO } else { fault_point::shortened(cake.settle) };
        Settling { settle, listing_lag: fault_point::shortened(cake.listing_lag) }
    }

    /// Waits until no lost update can change a field any more that the plan writes. Returns whether the wait was not cancelled.
    pub(super) async fn wait_for_unsettled(&self, plan: &Plan, recorded: &Recorded) -> bool {
        let settling = self.settling();
        let by_id: BTreeMap<_, _> = recorded.unsettled_offers().map(|(_, id, unsettled)| (id, unsettled)).collect();
        let waits = plan.actions.iter().filter_map(|action| {
            // By id, because a rename is planned under the new key.
            let id = action.kind.offer_id()?;
            let time = match &action.kind {
                ActionKind::Write(operation) => {
                    let unsettled = by_id.get(&id).filter(|unsettled| may_overwrite(operation, unsettled.fields))?;
                    settling.remaining(Some(unsettled.sent_at))
                }
                // What is forgotten can be recorded again, and nothing would be known of the lost update then.
                ActionKind::StateOnly(StateChange::Forget { .. }) => {
                    let record = recorded.offers.values().find(|record| record.offer_id == id)?;
                    settling.of_all(record.unsettled_offers().map(|(_, unsettled)| unsettled))
                }
                ActionKind::StateOnly(_) | ActionKind::Blocked { .. } => return None,
            };
            Some((&action.key, time))
        });
        let Some((key, time)) = waits.max_by_key(|(_, time)| *time) else { return true };
        let reason = format!("CAKE may still be working on an earlier update of `{key}`");
        wait(time, reason, self.stop, self.observer).await
    }

    /// Waits until no lost update can change anything any more, so that what CAKE shows stays true.
    pub(super) async fn wait_for_all_unsettled(&self, recorded: &Recorded) -> bool {
        let time = self.settling().of_all(recorded.unsettled_offers().map(|(_, _, unsettled)| unsettled));
        let reason = "CAKE may still be working on an earlier update".to_owned();
        wait(time, reason, self.stop, self.observer).await
    }

    /// Lost updates that can change nothing any more leave the state, in an apply that writes it anyway.
    async fn forget_settled(&self, session: &Session) -> Result<(), JournalError> {
        let (recorded, settling) = (session.recorded(), self.settling());
        let settled = recorded.unsettled_offers().filter_map(|(key, offer_id, unsettled)| {
            // What no look has settled and no write has sent again may have been accepted, and still come.
            let fields = recorded.offers.get(key).and_then(|record| record.fields_of(offer_id));
            let is_known =
                unsettled.fields.iter().all(|field| fields.is_some_and(|fields| fields.get(field).is_some()));
            let is_settled = is_known && settling.remaining(Some(unsettled.sent_at)).is_zero();
            let key = key.clone();
            is_settled.then(|| StateChange::Settled { key, offer_id, fields: Fields::default(), retired: false })
        });
        let settled: Vec<_> = settled.collect();
        if settled.is_empty() { Ok(()) } else { session.journal().change_state(settled).await }
    }

    /// Carries the plan out. Writes that end in doubt are looked for when CAKE can no longer be working on them, and a replace
    /// whose new offer was found continues with its second half. Nothing that may have reached CAKE is sent again, except
    /// updates. Returns what the lookup found.
    pub(super) async fn carry_out(
        &self,
        plan: &Plan,
        looked: &Looked,
        session: &mut Session,
        tracker: &ActionTracker,
    ) -> RecoverySummary {
        let tasks = self.startable(plan, looked, &session.recorded(), tracker);
        if let Err(error) = self.forget_settled(session).await {
            tracker.journal_failed(error);
        }
        let is_looked_for = self.settings.cake.duplicate_check != DuplicateCheck::Off;
        let identification = Identification::of(plan, looked.baselines.highest, is_looked_for);
        self.execute(&tasks, plan, (looked, &identification), session, tracker).await;
        let unconfirmed = match self.confirm(plan, (&looked.baselines, &identification), session, tracker).await {
            Ok(unconfirmed) => unconfirmed,
            Err(error) => {
                tracker.journal_failed(error);
                Unconfirmed::default()
            }
        };
        if let Err(error) = self.read_again(plan, session, tracker).await {
            tracker.journal_failed(error);
        }
        let confirmed = RecoverySummary { unconfirmed, ..RecoverySummary::default() };
        let places: BTreeSet<usize> = tasks.iter().map(|task| task.place).collect();
        let in_doubt: Vec<usize> = tracker.in_doubt().into_iter().filter(|place| places.contains(place)).collect();
        if in_doubt.is_empty() || !tracker.may_look() || self.stop.is_cancelled() || session.publish().is_err() {
            return confirmed;
        }
        let to_look_at = in_doubt.iter().filter(|place| !tracker.is_mismatched(**place));
        let recorded = session.recorded();
        let updates: BTreeMap<usize, UpdateInDoubt<'_>> = to_look_at
            .filter_map(|place| {
                let update = self.update_in_doubt(&plan.actions[*place], &recorded)?;
                Some((*place, UpdateInDoubt { is_accepted: tracker.is_accepted(*place), ..update }))
            })
            .collect();
        let summary = match self.look(session, &updates.values().cloned().collect::<Vec<_>>()).await {
            Ok(summary) => RecoverySummary { unconfirmed: confirmed.unconfirmed, ..summary },
            Err(error) => {
                tracker.journal_failed(error);
                return confirmed;
            }
        };
        for place in &in_doubt {
            let finding = updates.get(place).and_then(UpdateInDoubt::offer_id).and_then(|id| summary.updates.get(&id));
            settle(*place, &plan.actions[*place], finding, &summary, tracker);
        }
        let found = in_doubt.iter().map(|place| task(plan, *place));
        let found: Vec<_> = found
            .filter(|task| creates(&task.action.kind))
            .filter_map(|task| Some(Task { created: Some(summary.found.get(&task.action.key)?), ..task }))
            .collect();
        if !found.is_empty() && session.publish().is_ok() {
            self.execute(&found, plan, (looked, &identification), session, tracker).await;
        }
        summary
    }

    async fn execute(
        &self,
        tasks: &[Task<'_>],
        plan: &Plan,
        (looked, identification): (&Looked, &Identification),
        session: &Session,
        tracker: &ActionTracker,
    ) {
        let writer = self.cake.client.writer();
        let max_in_flight = self.settings.cake.max_in_flight;
        let (journal, stop, observer) = (session.journal(), self.stop, self.observer);
        let seen = &looked.seen;
        let executor = Executor { journal, writer: &writer, max_in_flight, seen, identification, stop, observer };
        let is_first = tasks.iter().all(|task| task.created.is_none());
        let state_changes = if is_first { plan.state_changes.as_slice() } else { &[] };
        executor.carry_out(tasks, state_changes, tracker).await;
    }

    /// The update of an action, if a look can tell what it did.
    pub(super) fn update_in_doubt<'p>(&self, action: &'p Action, recorded: &Recorded) -> Option<UpdateInDoubt<'p>> {
        if self.settings.cake.verify == Verify::Off {
            return None;
        }
        match &action.kind {
            ActionKind::Write(
                operation @ (Operation::Update { .. }
                | Operation::Retire { .. }
                | Operation::Restore { .. }
                | Operation::RetireReplaced { .. }),
            ) => Some(UpdateInDoubt { key: &action.key, operation: operation.clone(), is_accepted: false }),
            // Of a replace, the create is done and the second half is in doubt.
            ActionKind::Write(Operation::Create(create)) => {
                let is_half_done = recorded.offers.get(&action.key).is_some_and(|record| {
                    record.replaced.iter().any(|old| Some(old.offer_id) == create.replaces && !old.inactive)
                });
                let operation = create.retirement().filter(|_| is_half_done)?;
                Some(UpdateInDoubt { key: &action.key, operation, is_accepted: false })
            }
            ActionKind::StateOnly(_) | ActionKind::Blocked { .. } => None,
        }
    }

    /// The plan's tasks without the creates that are blocked, which end here.
    fn startable<'p>(
        &self,
        plan: &'p Plan,
        looked: &'p Looked,
        recorded: &Recorded,
        tracker: &ActionTracker,
    ) -> Vec<Task<'p>> {
        let mut tasks = Vec::with_capacity(plan.actions.len());
        let waiting = waiting_by_id(recorded);
        for place in 0..plan.actions.len() {
            let task = Task { shown: looked.seen.shown(place), ..task(plan, place) };
            let block = task.action.kind.create().and_then(|create| self.block(recorded, &task.action.key, create));
            match block {
                None => match waiting_result(&task, &waiting).or_else(|| held_back(&task, recorded)) {
                    None => tasks.push(task),
                    Some(result) => tracker.end(place, result),
                },
                Some(block) => tracker.end(place, block.result_of(task.action)),
            }
        }
        tasks
    }

    pub(super) fn block<'b>(
        &'b self,
        recorded: &'b Recorded,
        key: &Key,
        create: &crate::offer::CreateRequest,
    ) -> Option<CreateBlock<'b>> {
        create_block(self.desired, recorded, key, create)
    }
}

/// Whether the write changes one of these fields.
fn may_overwrite(operation: &Operation, unsettled: FieldSet) -> bool {
    match operation.request(None) {
        Request::Update { update, .. } => update.changes().iter().any(|(field, _)| unsettled.contains(field)),
        // The second half of a replace writes the status.
        Request::Create(_) => unsettled.contains(Field::OfferStatus),
    }
}

fn task(plan: &Plan, place: usize) -> Task<'_> {
    Task { place, action: &plan.actions[place], created: None, shown: None }
}

fn creates(kind: &ActionKind) -> bool {
    kind.create().is_some()
}
