//! The reports of applies that end before their first write.

use crate::apply::{ActionResult, RecoverySummary, Report, RunOutcome};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::{Action, Plan, StateBinding, Verb};
use crate::state::Session;

use super::{basis, messages};
use crate::ops::schedule;

pub(super) fn binding(session: &Session) -> StateBinding {
    StateBinding { lineage: Some(session.lineage().to_string()), digest: Some(session.digest().to_owned()) }
}

/// Each result is that of the action at its place in the plan.
fn finished(session: &Session, outcome: RunOutcome, results: Vec<ActionResult>) -> Report {
    Report { results, state: binding(session), ..Report::new(outcome) }
}

/// Says what that is based on. What CAKE shows otherwise, or not at all, is in the warnings of a plan that was made against it.
pub(super) fn nothing_to_do(session: &Session, plan: Plan, of_state: impl FnOnce() -> String) -> Report {
    let kept = [codes::apply::NOT_IN_SAVED_PLAN, codes::plan::UNSETTLED];
    let is_kept = |problem: &Diagnostic| kept.contains(&problem.code);
    let held = schedule::held_back(&plan);
    let (basis, diagnostics) = match (plan.refreshed, plan.diagnostics.is_empty()) {
        (true, true) => (basis::OF_CAKE.to_owned(), Vec::new()),
        (true, false) => (basis::COMPARED.to_owned(), plan.diagnostics),
        (false, _) => (of_state(), plan.diagnostics.into_iter().filter(is_kept).collect()),
    };
    let notes = [basis].into_iter().chain(held).collect();
    Report { diagnostics, notes, ..finished(session, RunOutcome::NothingToDo, Vec::new()) }
}

/// A blocked change, or a broken guardrail, refuses the whole plan: an apply of the rest would not be what was reviewed.
pub(super) fn blocked(session: &Session, plan: &Plan, earlier: RecoverySummary) -> Report {
    let skipped = |action: &Action| match (action.verb(), &action.reason) {
        (Verb::Blocked, reason) => ActionResult::skipped(action, reason.as_deref().unwrap_or("blocked")),
        _ if plan.is_blocked() => ActionResult::skipped(action, "not started: the plan has blocked changes"),
        _ => ActionResult::skipped(action, "not started: the plan breaks guardrails"),
    };
    let results = plan.actions.iter().map(skipped).collect();
    let mut diagnostics = messages::of_blocked(plan);
    diagnostics.push(messages::refused(plan));
    let notes = messages::settled(&earlier);
    diagnostics.extend(messages::in_doubt(&session.recorded(), &[earlier]));
    let plan = Some(Box::new(plan.clone()));
    Report { plan, diagnostics, notes, ..finished(session, RunOutcome::Refused, results) }
}

/// Cancelled before the first write.
pub(super) fn interrupted(session: &Session, plan: Option<&Plan>) -> Report {
    let skipped = |action: &Action| ActionResult::skipped(action, "not started: interrupted");
    let results = plan.iter().flat_map(|plan| &plan.actions).map(skipped).collect();
    let notes = vec!["Interrupted before anything was sent.".to_owned()];
    let plan = plan.cloned().map(Box::new);
    Report { plan, notes, ..finished(session, RunOutcome::Interrupted, results) }
}
