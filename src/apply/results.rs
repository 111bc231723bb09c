//! The result of an action, from what became of its requests. Pure; knows neither CAKE nor the journal.

use crate::offer::WriteOutcome;
use crate::plan::{Action, ActionKind};

use super::outcome::{ActionOutcome, ActionResult};
use super::recovery::Found;

/// How a step ended.
pub(super) struct StepResult {
    pub(super) result: ActionResult,
    /// CAKE's answer if the journal could not record it: it counts once the state is published.
    pub(super) unrecorded_outcome: Option<ActionResult>,
    /// Whether it is a create whose reply has come: it names the offer, and does not tell it from others.
    pub(super) is_named: bool,
}

impl From<ActionResult> for StepResult {
    fn from(result: ActionResult) -> Self {
        Self { result, unrecorded_outcome: None, is_named: false }
    }
}

/// The result of one request.
pub(super) fn result_of(action: &Action, outcome: WriteOutcome, attempts: u32, is_create: bool) -> ActionResult {
    let (outcome, message) = match outcome {
        WriteOutcome::Done { offer_id, contradictions, .. } => {
            return ActionResult::done(action, Some(offer_id), attempts).contradicted(
                contradictions,
                action,
                is_create,
            );
        }
        WriteOutcome::Rejected { message } => (ActionOutcome::Rejected, message),
        WriteOutcome::NotSent { message } => (ActionOutcome::NotSent, message),
        WriteOutcome::InDoubt { message, .. } => (ActionOutcome::InDoubt, message),
    };
    ActionResult { attempts, ..ActionResult::of(action, outcome, &message) }
}

/// The result of an action that changed the record alone.
pub fn recorded_result(action: &Action) -> ActionResult {
    let result = ActionResult::done(action, action.kind.offer_id(), 0);
    let is_write = matches!(action.kind, ActionKind::Write(_));
    ActionResult { message: is_write.then(|| "CAKE shows it already: recorded, and not sent".to_owned()), ..result }
}

/// The result of a replace whose create is done, by the outcome of its second half.
pub(super) fn partial_replace_result(action: &Action, created: ActionResult, retired: ActionResult) -> ActionResult {
    let attempts = created.attempts.saturating_add(retired.attempts);
    if retired.outcome == ActionOutcome::Done {
        return ActionResult { attempts, ..created };
    }
    let old = action.kind.offer_id().map(|id| id.to_string()).unwrap_or_default();
    let why = retired.message.unwrap_or_default();
    let message = format!("the new offer is there; the old one, {old}, is still to be made inactive: {why}");
    let content_refused = retired.content_refused;
    let (outcome, message) = (retired.outcome, Some(message));
    ActionResult { outcome, message, attempts, content_refused, is_half_done: true, ..created }
}

/// The result of a create whose offer a lookup found.
pub(super) fn recovered_result(action: &Action, found: &Found) -> ActionResult {
    let result =
        ActionResult::done(action, Some(found.offer_id), 0).contradicted(found.contradictions.clone(), action, true);
    if found.is_named {
        return result;
    }
    let not_shown = found.not_shown.iter().map(|field| field.to_string()).collect::<Vec<_>>().join(", ");
    let lost = match not_shown.as_str() {
        "" => "its reply was lost; found in CAKE's listing".to_owned(),
        fields => {
            format!("its reply was lost; found in CAKE's listing, which does not show {fields}: recorded as sent")
        }
    };
    let message = result.message.map_or_else(|| lost.clone(), |message| format!("{lost}; {message}"));
    ActionResult { message: Some(message), ..result }
}

/// CAKE answered, but the answer is not on disk: to the next apply, the request is in doubt.
pub(super) fn unrecorded_result(result: ActionResult) -> ActionResult {
    let id = result.offer_id.map(|id| format!(", offer {id}")).unwrap_or_default();
    let said = match result.outcome {
        ActionOutcome::Done => format!("CAKE did it{id}, but that could not be recorded"),
        _ => format!("{}, and that could not be recorded", result.message.as_deref().unwrap_or("it failed")),
    };
    ActionResult { outcome: ActionOutcome::InDoubt, message: Some(said), ..result }
}
