//! One failed attempt at a write: what is certain after it, and whether and when another may follow.
//!
//! Invariant: the outcome is never `Done`; the constructors are the only way to make a failure.

use std::time::Duration;

use jiff::Timestamp;

use crate::offer::{Request, WriteOutcome};

/// How one attempt at a write failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttemptFailure {
    outcome: WriteOutcome,
    retry: Retry,
    retry_after: Option<Duration>,
    /// CAKE refused the API key, so every other request would fail too.
    key_refused: bool,
}

/// Whether a request may be sent again after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Retry {
    Never,
    /// CAKE did nothing.
    Always,
    /// CAKE did nothing, and all requests have to wait.
    AfterThrottle,
    /// CAKE may have done it: only where doing it twice is the same as doing it once.
    IfIdempotent,
}

impl AttemptFailure {
    pub(super) fn rejected(message: String) -> Self {
        Self::new(WriteOutcome::Rejected { message }, Retry::Never)
    }

    pub(super) fn key_refused(message: &str) -> Self {
        Self { key_refused: true, ..Self::rejected(format!("CAKE refused the API key: {message}")) }
    }

    pub(super) fn not_sent(message: String) -> Self {
        Self::new(WriteOutcome::NotSent { message }, Retry::Always)
    }

    /// Not sent because of a cancellation, or because CAKE asked for too long a pause.
    pub(super) fn given_up(message: String) -> Self {
        Self::new(WriteOutcome::NotSent { message }, Retry::Never)
    }

    pub(super) fn throttled(message: &str, retry_after: Option<Duration>) -> Self {
        let message = format!("CAKE throttles: {message}");
        Self { retry_after, ..Self::new(WriteOutcome::Rejected { message }, Retry::AfterThrottle) }
    }

    pub(super) fn in_doubt(message: String, retry_after: Option<Duration>) -> Self {
        Self { retry_after, ..Self::new(WriteOutcome::in_doubt(message), Retry::IfIdempotent) }
    }

    /// The reply is about another offer. Repeating the request could change that one once more.
    pub(super) fn mismatch(message: String) -> Self {
        Self::new(WriteOutcome::mismatch(message), Retry::Never)
    }

    /// The same failure, with a reply which says that CAKE did the write or took it on.
    pub(super) fn accepted(mut self) -> Self {
        if let WriteOutcome::InDoubt { accepted, .. } = &mut self.outcome {
            *accepted = true;
        }
        self
    }

    /// The same failure, of a request that was sent at this time.
    pub(super) fn sent_at(mut self, time: Timestamp) -> Self {
        if let WriteOutcome::InDoubt { sent_at, .. } = &mut self.outcome {
            *sent_at = Some(time);
        }
        self
    }

    fn new(outcome: WriteOutcome, retry: Retry) -> Self {
        Self { outcome, retry, retry_after: None, key_refused: false }
    }

    /// The same failure with another message.
    pub(super) fn map_message(self, reword: impl FnOnce(&str) -> String) -> Self {
        Self { outcome: self.outcome.map_message(reword), ..self }
    }

    /// What went wrong. May hold the key.
    pub(super) fn message(&self) -> &str {
        self.outcome.message().unwrap_or_default()
    }

    pub(super) fn outcome(&self) -> &WriteOutcome {
        &self.outcome
    }

    pub(super) fn is_key_refused(&self) -> bool {
        self.key_refused
    }

    /// Whether CAKE looked at the request and refused it for what it says.
    pub(super) fn is_content_refused(&self) -> bool {
        matches!(self.outcome, WriteOutcome::Rejected { .. }) && self.retry == Retry::Never && !self.key_refused
    }

    pub(super) fn is_throttled(&self) -> bool {
        self.retry == Retry::AfterThrottle
    }

    pub(super) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether that request may be sent again after this failure.
    pub(super) fn may_repeat(&self, request: Request<'_>) -> bool {
        match self.retry {
            Retry::Never => false,
            Retry::Always | Retry::AfterThrottle => true,
            // A create done twice is two offers, and an update that CAKE took on would wait for two approvals.
            Retry::IfIdempotent => {
                let is_accepted = matches!(self.outcome, WriteOutcome::InDoubt { accepted: true, .. });
                matches!(request, Request::Update { .. }) && !is_accepted
            }
        }
    }
}
