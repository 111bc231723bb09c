//! The end of an apply in words: why it ended early, and the printed report.

use crate::apply::{Execution, Report};
use crate::cli::args::{ApplyArgs, ReportFormat};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::views::Views;
use crate::error_chain::with_causes;
use crate::ops::Repository;
use crate::report::{json, text};

/// Why an apply ended early.
pub(super) fn notes(execution: &Execution) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(words) = &execution.key_refused {
        notes.push(format!("CAKE refused the API key ({words}), so nothing more was sent."));
    }
    if let Some(why) = &execution.unreachable {
        notes.push(format!(
            "CAKE cannot be reached: several writes in a row did not get through ({why}), so the rest was not begun. Apply \
             again when CAKE is back."
        ));
    }
    if let Some(error) = &execution.journal_error {
        notes.push(format!(
            "Stopped: {}. Nothing was begun that could not be written down; run the apply again when the disk is mended.",
            with_causes(error)
        ));
    }
    notes
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
