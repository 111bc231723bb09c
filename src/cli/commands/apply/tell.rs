//! The end of an apply in words: notes, results that nobody waited for, and the printed report.

use crate::apply::{ActionOutcome, ActionResult, Execution, Report};
use crate::cli::args::{ApplyArgs, ReportFormat};
use crate::cli::context::{Context, Repository};
use crate::cli::failure::{Failure, with_causes};
use crate::cli::views::Views;
use crate::offer::Recorded;
use crate::plan::Plan;
use crate::report::{json, text};

/// What else a person should know.
pub(super) fn notes(execution: &Execution, recorded: &Recorded) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(words) = &execution.key_refused {
        notes.push(format!("CAKE refused the API key ({words}), so nothing more was sent."));
    }
    if let Some(error) = &execution.journal_error {
        notes.push(format!(
            "Stopped: {}. Nothing was begun that could not be written down; run the apply again when the disk is mended.",
            with_causes(error)
        ));
    }
    for (key, doubt) in &recorded.in_doubt {
        notes.push(format!(
            "The create of `{key}` is in doubt: {}. The next apply looks in CAKE before it creates anything for this key.",
            doubt.message
        ));
    }
    notes
}

/// The results where waiting for replies was given up: what the journal says of each action.
pub(super) fn abandoned(plan: &Plan, recorded: &Recorded) -> Execution {
    let result = |action: &crate::plan::Action| {
        let doubtful = recorded.in_doubt.contains_key(&action.key);
        let (outcome, message) = if doubtful {
            (ActionOutcome::InDoubt, "interrupted while its reply was waited for")
        } else {
            (ActionOutcome::Skipped, "interrupted; `offersync plan` shows what is still to do")
        };
        ActionResult {
            key: action.key.clone(),
            verb: action.verb(),
            offer_id: recorded.offers.get(&action.key).map(|record| record.offer_id),
            outcome,
            message: Some(message.to_owned()),
            attempts: 0,
        }
    };
    Execution { results: plan.actions.iter().map(result).collect(), ..Execution::default() }
}

/// Prints the report.
pub(super) fn print(
    context: &Context,
    args: &ApplyArgs,
    repository: &Repository,
    report: &Report,
) -> Result<(), Failure> {
    let views = Views { context, repository, full: args.full, max_chars: usize::MAX };
    context.print(&match args.format {
        ReportFormat::Json => json::report(report),
        ReportFormat::Text => views.text(context.terminal.colours_results(), |options| text::report(report, options)),
    })
}
