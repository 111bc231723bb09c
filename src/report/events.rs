//! The events of an apply as lines of JSON (NDJSON), for programs that watch it. The schema is derived from the types here.
//!
//! Invariant: every line is a whole document, and the last one is the report or the problems that took its place.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::apply::{ActionOutcome, ActionResult, Event, Report};
use crate::diagnostic::Diagnostic;
use crate::offer::{Key, OfferId};
use crate::plan::{Plan, PlanDocument, Verb};

use super::json::ReportDocument;

/// One line of `offersync apply --format ndjson`.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
#[schemars(title = "Event")]
pub(super) enum Line<'a> {
    /// The number of actions is known. After a wait for what was in doubt, there may be another one.
    Started {
        #[schemars(with = "String")]
        at: Timestamp,
        actions: usize,
    },
    /// The apply waits until CAKE can no longer be working on requests whose replies were lost.
    Waiting {
        #[schemars(with = "String")]
        at: Timestamp,
        seconds: u64,
        reason: &'a str,
    },
    /// What is about to be done is on disk, and its request is sent.
    Intent {
        #[schemars(with = "String")]
        at: Timestamp,
        key: &'a Key,
        action: Verb,
    },
    /// An attempt failed, and the request will be sent again.
    Retry {
        #[schemars(with = "String")]
        at: Timestamp,
        key: &'a Key,
        /// The failed attempt, from 1.
        attempt: u32,
        /// The wait before the next one, in milliseconds.
        pause_ms: u64,
        reason: &'a str,
    },
    /// An action has ended.
    Outcome {
        #[schemars(with = "String")]
        at: Timestamp,
        key: &'a Key,
        action: Verb,
        /// The offer's id in CAKE, where it is known.
        offer_id: Option<OfferId>,
        outcome: ActionOutcome,
        /// CAKE's message, or offersync's.
        message: Option<&'a str>,
        /// The number of requests sent.
        attempts: u32,
    },
    /// The last line: the report, as `--format json` prints it.
    Done { report: ReportDocument<'a> },
    /// The last line where there is no report.
    Failed { diagnostics: &'a [Diagnostic] },
}

/// An event as a line; `None` for those that only move a bar.
pub fn event(event: &Event, at: Timestamp) -> Option<String> {
    let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    Some(line(&match event {
        Event::Started { actions } => Line::Started { at, actions: *actions },
        Event::Settling { wait, reason } => Line::Waiting { at, seconds: wait.as_secs(), reason },
        Event::Sending { key, verb } => Line::Intent { at, key, action: *verb },
        Event::Retrying { key, attempt, pause, reason } => {
            Line::Retry { at, key, attempt: *attempt, pause_ms: millis(*pause), reason }
        }
        Event::Finished(ActionResult { key, verb, offer_id, outcome, message, attempts, .. }) => Line::Outcome {
            at,
            key,
            action: *verb,
            offer_id: *offer_id,
            outcome: *outcome,
            message: message.as_deref(),
            attempts: *attempts,
        },
        Event::Listing { .. } | Event::FollowingLinks { .. } => return None,
    }))
}

/// The report as the last line.
pub fn report(report: &Report) -> String {
    line(&Line::Done { report: report.into() })
}

/// The problems as the last line.
pub fn diagnostics(diagnostics: &[Diagnostic]) -> String {
    line(&Line::Failed { diagnostics })
}

/// A plan as a line, the same document as in JSON.
pub fn plan(plan: &Plan) -> String {
    line(&PlanDocument::from(plan))
}

fn line(document: &impl Serialize) -> String {
    // Serializing strings and numbers cannot fail.
    serde_json::to_string(document).unwrap_or_default() + "\n"
}
