//! What is certain after all attempts at a write.
//!
//! Owns the rule by which several failures become one outcome. Knows no request and no reply. Invariants: a write that may have
//! been executed stays in doubt however later attempts fail; *not sent* means that no attempt left this machine.

use jiff::Timestamp;

use crate::offer::WriteOutcome;

use super::attempt::AttemptFailure;
use super::backoff::counted;
use super::classify::Confirmed;
use super::echo::ShownIdentity;

/// The result of a write and of all its attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendReport {
    /// What is certain after all attempts.
    pub outcome: WriteOutcome,
    /// Requests started for it; 0 where it was cancelled before.
    pub attempts: u32,
    /// Whether CAKE refused the key: nothing else should be sent. Also set where an earlier attempt is in doubt.
    pub key_refused: bool,
    /// Whether CAKE throttled the last attempt: other requests would most likely fail in the same way.
    pub throttled: bool,
    /// Whether CAKE refused the write for its content: the offer has to be corrected before it is sent again.
    pub content_refused: bool,
    /// What the reply shows of the offer besides its id.
    pub identity: ShownIdentity,
    /// What the reply to a create says of waiting, beside Success and the id: the offer may not be active yet.
    pub waits: Option<String>,
}

impl SendReport {
    /// No request could be made.
    pub(super) fn unsent(message: String) -> Self {
        Self {
            outcome: WriteOutcome::NotSent { message },
            attempts: 0,
            key_refused: false,
            throttled: false,
            content_refused: false,
            identity: ShownIdentity::default(),
            waits: None,
        }
    }

    /// The failures are in the order of the attempts; if none of them is a success, the last one is the last attempt.
    pub(super) fn of(result: Result<Confirmed, AttemptFailure>, failures: &[AttemptFailure], attempts: u32) -> Self {
        let last = result.as_ref().err();
        let key_refused = last.is_some_and(AttemptFailure::is_key_refused);
        let throttled = last.is_some_and(AttemptFailure::is_throttled);
        let is_content = last.is_some_and(AttemptFailure::is_content_refused);
        let identity = result.as_ref().map(|confirmed| confirmed.identity).unwrap_or_default();
        let waits = result.as_ref().ok().and_then(|confirmed| confirmed.waits.clone());
        let outcome = match result {
            Ok(Confirmed { offer_id, contradictions, .. }) => {
                WriteOutcome::Done { offer_id, contradictions, lost_at: lost_at(failures) }
            }
            Err(last) => outcome_of(&last, failures),
        };
        let content_refused = is_content && matches!(outcome, WriteOutcome::Rejected { .. });
        Self { outcome, attempts, key_refused, throttled, content_refused, identity, waits }
    }
}

/// When the last attempt was sent that may have been executed.
fn lost_at(failures: &[AttemptFailure]) -> Option<Timestamp> {
    failures.iter().rev().find_map(|failure| match failure.outcome() {
        WriteOutcome::InDoubt { sent_at, .. } => *sent_at,
        _ => None,
    })
}

/// Whether a reply to any attempt said that CAKE did it or took it on.
fn was_accepted(failures: &[AttemptFailure]) -> bool {
    failures.iter().any(|failure| matches!(failure.outcome(), WriteOutcome::InDoubt { accepted: true, .. }))
}

fn outcome_of(last: &AttemptFailure, failures: &[AttemptFailure]) -> WriteOutcome {
    use WriteOutcome::{InDoubt, NotSent, Rejected};
    let latest = |matches: fn(&WriteOutcome) -> bool| failures.iter().rev().find(|failure| matches(failure.outcome()));
    let then = |first: &AttemptFailure| format!("{}; then: {}", first.message(), last.message());
    if !matches!(last.outcome(), InDoubt { .. })
        // That a later attempt was not executed proves nothing about an earlier one.
        && let Some(first) = latest(|outcome| matches!(outcome, InDoubt { .. }))
    {
        let (message, sent_at, accepted) = (then(first), lost_at(failures), was_accepted(failures));
        return InDoubt { message, sent_at, mismatch: false, accepted, named: None };
    }
    if matches!(last.outcome(), NotSent { .. })
        && let Some(first) = latest(|outcome| matches!(outcome, Rejected { .. }))
    {
        return Rejected { message: then(first) };
    }
    let all = failures.iter().map(AttemptFailure::message);
    let mut outcome = last.outcome().clone().map_message(|message| counted(message, message, all));
    if let InDoubt { accepted, .. } = &mut outcome {
        *accepted |= was_accepted(failures);
    }
    outcome
}
