//! `apply`: carries a plan out. [`Apply::with_cake`] is the order of an apply, from top to bottom.
//!
//! Invariants: nothing is sent before the lock is held, earlier creates in doubt were looked for, the plan was approved and
//! duplicates were looked for; the state is published and a report is made, even if writes fail.

mod basis;
mod confirm;
mod create_block;
mod driver;
mod ended_early;
mod messages;
mod planning;
mod preflight;
mod requested;
mod saved;
mod settled;
mod state_only;
mod unreadable;
mod waiting;

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::Timestamp;

use crate::apply::{ActionOutcome, ActionTracker, HaltReason, RecoverySummary, Report, Run, RunOutcome, Seen};
use crate::cake::Cancellation;
use crate::config::Verify;
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::offer::{Key, Observed, Recorded};
use crate::plan::{Drift, Plan};
use crate::state::{Session, StateError};

use super::connect::{Cake, Control};
use super::diagnose;
use super::error::Error;
use super::inputs::{Desired, read_linted};
use super::removals;
use super::repository::Repository;
use super::schedule;
use super::session::open_session;

use driver::ApplyDriver;
use ended_early::{binding, blocked, interrupted, nothing_to_do};
pub(crate) use planning::Planning;
use preflight::Looked;
pub(crate) use requested::Requested;
pub use saved::{SavedPlan, SavedPlanError};

/// How a plan is carried out.
#[derive(Debug, Clone, Default)]
pub struct ApplyOptions {
    /// Whether an offers folder without offers is accepted.
    pub allow_empty: bool,
    /// How long to wait for another apply to end.
    pub lock_timeout: Duration,
}

/// An apply: what to carry out, and who watches and cancels it.
pub(crate) struct Apply<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) options: &'a ApplyOptions,
    pub(crate) planning: Planning<'a>,
    /// Whether the plan is made against what CAKE shows now.
    pub(crate) refresh: bool,
    /// Whether a person sees the plan and confirms it.
    pub(crate) is_confirmed: bool,
    pub(crate) control: Control<'a>,
}

impl Repository {
    /// Carries out a plan of this repository, exactly or not at all: a fresh plan is made under the state's lock, and where it
    /// is not the same, nothing is sent ([`SavedPlanError::Stale`]).
    ///
    /// Writes that CAKE rejected, or that are in doubt, are no error: the report has the outcome of each action.
    pub async fn apply(&self, plan: &Plan, options: &ApplyOptions) -> Result<Report, Error> {
        let (saved, cancellation) = (SavedPlan::of(plan)?, Cancellation::default());
        let apply = Apply {
            repository: self,
            options,
            planning: Planning::Saved(&saved),
            refresh: false,
            is_confirmed: false,
            control: Control { observer: &(), user: &(), cancellation: &cancellation },
        };
        apply.run(async |_| Ok(true)).await
    }
}

impl Apply<'_> {
    /// Runs the apply. `approve` is asked once, with the plan, before anything is sent.
    pub(crate) async fn run(&self, approve: impl AsyncFnOnce(&Plan) -> Result<bool, Error>) -> Result<Report, Error> {
        let started_at = Timestamp::now();
        // The commit of the offers that are about to be read.
        let checked_out = || super::ci::checked_out(&self.repository.settings.root);
        let commit = checked_out();
        let report = self.carry_out(approve).await?;
        // Where it has changed meanwhile, it is not known of which one the offers are.
        let commit = commit.filter(|commit| checked_out().as_ref() == Some(commit));
        let (cake, (environment, _)) = (self.repository.cake.clone(), self.repository.environment());
        Ok(Report { run: Run { cake, environment, commit, started_at, ended_at: Timestamp::now() }, ..report })
    }

    async fn carry_out(&self, approve: impl AsyncFnOnce(&Plan) -> Result<bool, Error>) -> Result<Report, Error> {
        self.repository.prepare_sandbox()?;
        let (mut session, desired) = loop {
            let session = open_session(self.repository, self.options.lock_timeout, self.control.cancellation).await?;
            // The files may have changed while the lock was waited for. They are read before anything is asked of CAKE, because
            // problems in them need no key.
            let desired = self.read(&session.recorded())?;
            // A pull brings newer files and a newer state.
            if session.is_current()? {
                break (session, desired);
            }
        };
        let mut planned = self.plan_by_state(&session, &desired)?;
        if let Some(plan) = &planned
            && let Some(report) = self.without_cake(&mut session, plan)?
        {
            return Ok(report);
        }
        if let Some(plan) = planned.take_if(|plan| self.needs_no_cake(plan, &session)) {
            return self.change_state(session, &desired, plan, approve).await;
        }
        let cake = Cake::connect(self.repository, self.control).await?;
        let report = Box::pin(self.with_cake(session, desired, planned, &cake, approve)).await;
        cake.close().await;
        report
    }

    fn read(&self, recorded: &Recorded) -> Result<Desired, Error> {
        let desired = read_linted(self.repository, self.options.allow_empty, recorded)?;
        if desired.tracked.unfinished.is_empty() || self.repository.sandbox.is_some() {
            return Ok(desired);
        }
        let refused = |warning: Diagnostic| Diagnostic { severity: Severity::Error, ..warning };
        Err(Error::Unready(desired.tracked.unfinished.into_iter().map(refused).collect()))
    }

    async fn with_cake(
        &self,
        mut session: Session,
        desired: Desired,
        planned: Option<Plan>,
        cake: &Cake,
        approve: impl AsyncFnOnce(&Plan) -> Result<bool, Error>,
    ) -> Result<Report, Error> {
        let driver = ApplyDriver::of(self, cake, &desired.set);

        let had_doubts = !session.recorded().in_doubt.is_empty();
        let earlier = self.control.cancellation.abandon.run_until_cancelled(driver.recover(&mut session)).await;
        if self.control.cancellation.stop.is_cancelled() {
            return Ok(interrupted(&session, None));
        }
        let earlier = earlier.unwrap_or_else(|| Ok(RecoverySummary::default()))?;

        // The lookup may have waited for minutes.
        let desired = if had_doubts { self.read(&session.recorded())? } else { desired };
        let driver = ApplyDriver::of(self, cake, &desired.set);
        let (plan, in_cake) = if let Some(plan) = planned {
            (plan, Observed::default())
        } else {
            let planning = self.plan(&driver, &session, &earlier, &desired);
            let Some(plan) = self.control.cancellation.stop.run_until_cancelled(planning).await else {
                return Ok(interrupted(&session, None));
            };
            plan?
        };
        if plan.is_refused() {
            return Ok(blocked(&session, &plan, earlier));
        }
        if !self.is_confirmed {
            removals::check(self.repository, &desired, &session.recorded(), &plan)?;
        }
        if self.is_nothing(&plan) && earlier.is_empty() {
            return Ok(self.nothing_to_do(&session, plan));
        }
        if !plan.is_empty() {
            let Some(approved) = self.control.cancellation.stop.run_until_cancelled(approve(&plan)).await else {
                return Ok(interrupted(&session, Some(&plan)));
            };
            if !approved? {
                return Err(Error::NotConfirmed);
            }
            self.refuse_outdated(&session, &plan)?;
        }
        driver.wait_for_unsettled(&plan, &session.recorded()).await;
        let looking = driver.preflight(&plan, &session);
        let looked = self.control.cancellation.abandon.run_until_cancelled(looking).await;
        if self.control.cancellation.stop.is_cancelled() {
            return Ok(interrupted(&session, Some(&plan)));
        }
        let mut looked = looked.unwrap_or_else(|| Ok(Looked::default()))?;
        if plan.refreshed {
            looked.seen = Seen::of(&plan, &in_cake, &Drift::default());
        }

        let tracker = ActionTracker::new(plan.actions.len());
        let own = self
            .control
            .cancellation
            .abandon
            .run_until_cancelled(driver.run(&plan, &looked, &mut session, &tracker))
            .await;
        let interrupted = own.is_none() || self.control.cancellation.stop.is_cancelled();
        let recoveries = [earlier, own.unwrap_or_default()];
        Ok(self.finish(session, plan, tracker, interrupted, &recoveries, looked))
    }

    /// The report of an apply that needs no CAKE, and so no key: there is nothing to do, or the plan is refused.
    fn without_cake(&self, session: &mut Session, plan: &Plan) -> Result<Option<Report>, Error> {
        if plan.is_refused() {
            return Ok(Some(blocked(session, plan, RecoverySummary::default())));
        }
        if !self.is_nothing(plan) {
            return Ok(None);
        }
        // What an interrupted apply has left in the journal is recorded.
        session.publish()?;
        Ok(Some(self.nothing_to_do(session, plan.clone())))
    }

    /// Whether nothing is to be done, nor compared.
    fn is_nothing(&self, plan: &Plan) -> bool {
        let is_verified = self.repository.settings.cake.verify == Verify::All && !plan.refreshed;
        plan.is_empty() && plan.state_changes.is_empty() && !is_verified
    }

    fn nothing_to_do(&self, session: &Session, plan: Plan) -> Report {
        let Repository { state, settings, .. } = self.repository;
        nothing_to_do(session, plan, || basis::of_state(state, &settings.root))
    }

    /// Publishes the state and makes the report, even if writes failed.
    fn finish(
        &self,
        mut session: Session,
        plan: Plan,
        tracker: ActionTracker,
        interrupted: bool,
        recoveries: &[RecoverySummary; 2],
        looked: Looked,
    ) -> Report {
        let published = session.publish();
        if matches!(published, Ok(_) | Err(StateError::JournalNotEmptied { .. })) {
            tracing::info!(state = %self.repository.state.display(), "published the state");
            tracker.commit_deferred();
        }
        let recorded = session.recorded();
        let mut execution = tracker.finish(&plan);
        let rules = self.repository.time_rules();
        execution.results.iter_mut().for_each(|result| messages::add_times(result, &rules));
        let concerns = |key: &Key| match &self.planning {
            Planning::Saved(_) => true,
            Planning::Fresh { selection, .. } => selection.contains(key),
        };
        let in_doubt = recorded.in_doubt.keys().any(concerns);
        let outcome = RunOutcome::of(&execution, interrupted, in_doubt);
        let is_saved = matches!(self.planning, Planning::Saved(_));
        // A saved create that was found otherwise than it was sent leaves something to do.
        let outcome = match outcome {
            RunOutcome::NothingToDo | RunOutcome::Complete if is_saved && recoveries[0].is_contradicted() => {
                RunOutcome::Partial
            }
            outcome => outcome,
        };
        let outcome = if published.is_ok() { outcome } else { RunOutcome::NotRecorded };
        let is_compared = looked.is_of_all && looked.diagnostics.is_empty() && looked.notes.is_empty();
        let mut diagnostics = looked.diagnostics;
        // A report in JSON comes without the plan that says what is not certain, and what CAKE did not show.
        diagnostics.extend(plan.diagnostics.iter().filter(|problem| is_of_evidence(&plan, problem)).cloned());
        let is_done = execution.results.iter().all(|result| result.outcome == ActionOutcome::Done);
        // A reason to stop that nothing came of is no problem any more.
        let stops = |reason: &&HaltReason| matches!(reason, HaltReason::Journal(_)) || !is_done;
        diagnostics.extend(execution.halted.as_ref().filter(stops).map(messages::halted));
        diagnostics.extend(published.err().as_ref().map(diagnose::state));
        // Creates of keys that are not in the plan do not make it fail.
        let is_elsewhere = matches!(outcome, RunOutcome::Complete | RunOutcome::NothingToDo);
        let severity = if is_elsewhere { Severity::Warning } else { Severity::Error };
        let in_doubt = messages::in_doubt(&recorded, recoveries).into_iter();
        diagnostics.extend(in_doubt.map(|doubt| Diagnostic { severity: doubt.severity.max(severity), ..doubt }));
        diagnostics.extend(messages::unconfirmed(&recoveries[1]));
        let mut notes = messages::settled(&recoveries[0]);
        notes.extend(looked.notes);
        notes.extend(schedule::held_back(&plan));
        if outcome == RunOutcome::NothingToDo && is_compared {
            notes.push(basis::OF_CAKE.to_owned());
        }
        let plan = Some(Box::new(plan));
        let (results, state) = (execution.results, binding(&session));
        Report { plan, results, state, diagnostics, notes, ..Report::new(outcome) }
    }
}

/// Whether a warning says what CAKE did not show, or may still do.
fn is_of_evidence(plan: &Plan, problem: &Diagnostic) -> bool {
    let is_of_look = [codes::plan::GONE, codes::plan::NOT_COMPARED].contains(&problem.code);
    let is_of_record = [codes::plan::UNSETTLED, codes::apply::NOT_IN_SAVED_PLAN].contains(&problem.code);
    is_of_record || (plan.refreshed && is_of_look)
}
