//! The result of a write in doubt after the look at what it has done. Pure.
//!
//! Invariant: what CAKE has accepted is not called rejected by a look.

use crate::apply::{ActionOutcome, ActionResult, ActionTracker, RecoverySummary, Undecided, UpdateFinding};
use crate::plan::Action;

/// Ends the action once more, if the look decided or says more of it; a create that was found goes on as a task.
pub(super) fn settle(
    place: usize,
    action: &Action,
    finding: Option<&UpdateFinding>,
    looked: &RecoverySummary,
    tracker: &ActionTracker,
) {
    let Some(earlier) = tracker.result(place) else { return };
    let creates = action.kind.create().is_some();
    let is_absent = creates && looked.absent.contains(&action.key);
    let result = match looked.undecided.get(&action.key).filter(|_| creates) {
        Some(Undecided::NamedOther { shown, .. }) => {
            let why = earlier.message.clone().unwrap_or_default();
            Some(ActionResult { message: Some(format!("{why}; CAKE shows {shown}")), attempts: 0, ..earlier })
        }
        _ => settled_result(finding, is_absent, tracker.is_accepted(place), earlier),
    };
    if let Some(result) = result {
        tracker.end(place, result);
    }
}

/// The result of a write that ended in doubt, if the lookup decided.
fn settled_result(
    finding: Option<&UpdateFinding>,
    is_absent: bool,
    is_accepted: bool,
    earlier: ActionResult,
) -> Option<ActionResult> {
    let why = earlier.message.clone().unwrap_or_default();
    let (outcome, message) = match finding {
        Some(UpdateFinding::Done) => {
            (ActionOutcome::Done, "its reply was lost; CAKE's listing shows the new values".to_owned())
        }
        Some(UpdateFinding::NotDone(shown)) => {
            let shown = shown.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            // Only a person can know whether what was accepted still comes.
            let outcome = if is_accepted { ActionOutcome::InDoubt } else { ActionOutcome::Rejected };
            (outcome, format!("{why}; afterwards CAKE shows {shown}"))
        }
        Some(UpdateFinding::NotShown(fields)) => {
            let fields = fields.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            (ActionOutcome::InDoubt, format!("{why}; CAKE's listing does not show {fields}"))
        }
        None if is_absent => (ActionOutcome::Rejected, format!("{why}; CAKE's listing shows that it made nothing")),
        None => return None,
    };
    let is_half_done = earlier.is_half_done && outcome != ActionOutcome::Done;
    Some(ActionResult { outcome, message: Some(message), attempts: 0, is_half_done, ..earlier })
}
