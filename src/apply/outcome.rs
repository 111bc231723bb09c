//! The outcome of an apply: of each action, and of the whole.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::offer::{Contradiction, Field, Key, OfferId, Request};
use crate::plan::{Action, ActionKind, Verb};
use crate::state::JournalError;

/// The outcome of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionOutcome {
    /// CAKE confirmed it, or it concerned the state alone; it is recorded.
    Done,
    /// CAKE refused it, or certainly did not do it as it was sent.
    Rejected,
    /// No request of it left this machine.
    NotSent,
    /// It was sent, and whether CAKE executed it is unknown.
    InDoubt,
    /// It was not started: the apply stopped before it, or was refused as a whole.
    Skipped,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionResult {
    /// The offer's key.
    pub key: Key,
    /// The planned action.
    pub verb: Verb,
    /// The offer's id in CAKE, where it is known.
    pub offer_id: Option<OfferId>,
    /// The outcome.
    pub outcome: ActionOutcome,
    /// CAKE's message, or the reason for the outcome.
    pub message: Option<String>,
    /// How many requests were sent.
    pub attempts: u32,
    /// Whether CAKE refused the write for its content: the offer has to be corrected.
    pub content_refused: bool,
    /// Whether CAKE did a part of it: the new offer of a replace is there, and the rest is not done.
    pub is_half_done: bool,
    /// Whether CAKE has accepted the update and was not seen to have done it: it is not sent again.
    pub is_waiting: bool,
    /// What CAKE shows of the offer otherwise than it was sent: the next plan has it again.
    pub contradictions: Vec<Contradiction>,
    /// Since when a schedule wants the change, the earliest time of its fields.
    pub due_since: Option<DateTime>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
}

impl ActionResult {
    /// A result without a request.
    pub fn of(action: &Action, outcome: ActionOutcome, message: &str) -> Self {
        let (key, verb, offer_id) = (action.key.clone(), action.verb(), action.kind.offer_id());
        Self {
            key,
            verb,
            offer_id,
            outcome,
            message: Some(message.to_owned()),
            attempts: 0,
            content_refused: false,
            is_half_done: false,
            is_waiting: false,
            contradictions: Vec::new(),
            due_since: action.changes.iter().filter_map(|change| change.due_since).min(),
            done_at: (outcome == ActionOutcome::Done).then(Timestamp::now),
        }
    }

    /// The action was not started.
    pub fn skipped(action: &Action, reason: &str) -> Self {
        Self::of(action, ActionOutcome::Skipped, reason)
    }

    /// The same with what CAKE shows otherwise. An update of such a value is not done, while an offer that was created exists.
    #[must_use]
    pub fn contradicted(self, contradictions: Vec<Contradiction>, action: &Action, is_create: bool) -> Self {
        if contradictions.is_empty() {
            return self;
        }
        let shown = contradictions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let is_planned = contradictions.iter().any(|contradiction| !contradiction.field.is_create_only());
        let again = if is_planned { "; the next plan has it again" } else { ", which its API cannot change" };
        let message = Some(format!("CAKE shows {shown}{again}"));
        let is_sent = |field: Field| match &action.kind {
            ActionKind::Write(operation) => match operation.request(None) {
                Request::Update { update, .. } => update.changes().get(field).is_some(),
                Request::Create(_) => true,
            },
            ActionKind::StateOnly(_) | ActionKind::Blocked { .. } => true,
        };
        let is_done = is_create || !contradictions.iter().any(|contradiction| is_sent(contradiction.field));
        let outcome = if is_done { self.outcome } else { ActionOutcome::Rejected };
        Self { outcome, message, contradictions, done_at: self.done_at.filter(|_| is_done), ..self }
    }

    /// The same with what an earlier attempt was answered, where the action is done all the same.
    #[must_use]
    pub(super) fn retried(self, reason: Option<String>) -> Self {
        let message = self.message.or_else(|| Some(format!("an earlier attempt failed: {}", reason?)));
        Self { message, ..self }
    }

    pub(super) fn done(action: &Action, offer_id: Option<OfferId>, attempts: u32) -> Self {
        Self { offer_id, message: None, attempts, ..Self::of(action, ActionOutcome::Done, "") }
    }
}

/// Why an apply started no more actions, other than cancellation.
#[derive(Debug, Clone)]
pub enum HaltReason {
    /// The journal could not be written: what was done before is recorded, and nothing was started after it.
    Journal(JournalError),
    /// CAKE refused the key, with its message.
    KeyRefused(String),
    /// Several writes in a row never reached CAKE; why the last one did not.
    Unreachable(String),
    /// Several writes in a row ended in doubt; why the last one did.
    Unanswered(String),
    /// A reply was about another offer than the request.
    Mismatch(String),
}

/// The results of all actions.
#[derive(Debug, Default)]
pub struct Execution {
    /// One result per action, in plan order.
    pub results: Vec<ActionResult>,
    /// Why the rest was not started.
    pub halted: Option<HaltReason>,
}

/// The outcome of an apply as a whole. The report's word and the exit code both follow from it, so they always agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// There was nothing to do.
    NothingToDo,
    /// Everything was done.
    Complete,
    /// Refused as a whole: nothing was sent.
    Refused,
    /// Some writes were rejected, not sent or not started.
    Partial,
    /// The journal or the state could not be written.
    NotRecorded,
    /// An outcome is in doubt.
    InDoubt,
    /// CAKE refused the key.
    KeyRefused,
    /// A signal stopped it.
    Interrupted,
}

impl RunOutcome {
    /// Every name in reports.
    const WORDS: [&str; 6] = ["nothing_to_do", "complete", "refused", "partial", "in_doubt", "interrupted"];

    /// The outcome of an execution. The reason for an early end takes precedence, because an interrupted
    /// apply usually leaves creates in doubt, and the next apply looks for them.
    pub fn of(execution: &Execution, interrupted: bool, in_doubt: bool) -> Self {
        let any = |outcome| execution.results.iter().any(|result| result.outcome == outcome);
        let is_contradicted = execution.results.iter().any(|result| !result.contradictions.is_empty());
        let unfinished = is_contradicted
            || any(ActionOutcome::Rejected)
            || any(ActionOutcome::NotSent)
            || any(ActionOutcome::Skipped);
        let in_doubt = in_doubt || any(ActionOutcome::InDoubt);
        match &execution.halted {
            Some(HaltReason::Journal(_)) => Self::NotRecorded,
            _ if interrupted && (unfinished || in_doubt) => Self::Interrupted,
            Some(HaltReason::KeyRefused(_)) => Self::KeyRefused,
            _ if in_doubt => Self::InDoubt,
            _ if unfinished => Self::Partial,
            _ if execution.results.is_empty() => Self::NothingToDo,
            _ => Self::Complete,
        }
    }

    /// The name in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::NothingToDo => "nothing_to_do",
            Self::Complete => "complete",
            Self::Refused => "refused",
            Self::Partial | Self::NotRecorded | Self::KeyRefused => "partial",
            Self::InDoubt => "in_doubt",
            Self::Interrupted => "interrupted",
        }
    }
}

/// As its name in reports.
impl serde::Serialize for RunOutcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl schemars::JsonSchema for RunOutcome {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("RunOutcome")
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"enum": Self::WORDS})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn execution(outcomes: &[ActionOutcome], halted: Option<HaltReason>) -> Execution {
        let result = |outcome: &ActionOutcome| ActionResult {
            key: Key::new("a").unwrap(),
            verb: Verb::Create,
            offer_id: None,
            outcome: *outcome,
            message: None,
            attempts: 1,
            content_refused: false,
            is_half_done: false,
            is_waiting: false,
            contradictions: Vec::new(),
            due_since: None,
            done_at: None,
        };
        Execution { results: outcomes.iter().map(result).collect(), halted }
    }

    fn refused() -> HaltReason {
        HaltReason::KeyRefused("Invalid API Key".to_owned())
    }

    #[test]
    fn the_gravest_reason_names_the_outcome() {
        use ActionOutcome::{Done, InDoubt, NotSent, Rejected, Skipped};
        let of = |outcomes: &[ActionOutcome], halted, interrupted, in_doubt| {
            RunOutcome::of(&execution(outcomes, halted), interrupted, in_doubt)
        };
        assert_eq!(of(&[], None, false, false), RunOutcome::NothingToDo);
        assert_eq!(of(&[Done], None, false, false), RunOutcome::Complete);
        assert_eq!(of(&[Done], None, true, false), RunOutcome::Complete, "a signal after the last reply stops nothing");
        assert_eq!(of(&[Done], None, false, true), RunOutcome::InDoubt, "an earlier create is still in doubt");
        for unfinished in [Rejected, NotSent, Skipped] {
            assert_eq!(of(&[Done, unfinished], None, false, false), RunOutcome::Partial, "{unfinished:?}");
            assert_eq!(of(&[Done, unfinished], None, true, false), RunOutcome::Interrupted, "{unfinished:?}");
            assert_eq!(of(&[unfinished, InDoubt], None, false, false), RunOutcome::InDoubt, "{unfinished:?}");
        }
        assert_eq!(of(&[InDoubt], None, true, false), RunOutcome::Interrupted);
        assert_eq!(of(&[Rejected, InDoubt], Some(refused()), false, false), RunOutcome::KeyRefused);
        assert_eq!(of(&[Rejected], Some(refused()), true, false), RunOutcome::Interrupted);
        let unwritten = || Some(HaltReason::Journal(JournalError::Closed));
        assert_eq!(of(&[InDoubt], unwritten(), true, true), RunOutcome::NotRecorded);
    }
}
