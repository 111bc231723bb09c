//! Prints edits of YAML files, and the edits that must be made by hand.

use similar::TextDiff;

use crate::ops::fmt::{Formatted, FormattedFile};
use crate::ops::rewrite::{RejectedEdit, Rewrites};
use crate::report::rewrites::{self, ChangedFile, FormatOutcome, RejectedChange};
use crate::words;

use super::context::Context;
use super::failure::Failure;

/// Prints what changes in each file, and the edits that cannot be made.
pub(super) fn print(context: &Context, rewrites: &Rewrites) -> Result<(), Failure> {
    for file in &rewrites.files {
        for shown in &file.shown {
            context.print(unified_diff(shown.as_str(), &file.before, &file.after))?;
        }
    }
    for rejected in &rewrites.rejected {
        context.terminal.alert(rejection(rejected));
    }
    Ok(())
}

/// The files that change, for a program.
pub(super) fn changed_files(rewrites: &Rewrites) -> Vec<ChangedFile<'_>> {
    let files = rewrites.files.iter().flat_map(|file| file.shown.iter().map(move |shown| (shown.as_str(), file)));
    files
        .map(|(shown, file)| ChangedFile { file: shown, diff: unified_diff(shown, &file.before, &file.after) })
        .collect()
}

/// The edits that must be made by hand, for a program.
pub(super) fn rejected_changes(rewrites: &Rewrites) -> Vec<RejectedChange<'_>> {
    let mut changes = Vec::with_capacity(rewrites.rejected.len());
    for RejectedEdit { key, field, shown, refused } in &rewrites.rejected {
        let (line, reason, write) = (refused.line, &*refused.reason, &*refused.what_to_write);
        changes.push(RejectedChange { key, field: *field, file: shown.as_str(), line, reason, write });
    }
    changes
}

/// What formatting did to a file, for a program.
pub(super) fn formatted_file(FormattedFile { shown: file, outcome }: FormattedFile) -> rewrites::FormattedFile {
    let (outcome, line, reason, diff) = match outcome {
        Formatted::Unchanged => (FormatOutcome::Unchanged, None, None, None),
        Formatted::Changed { before, after } => {
            (FormatOutcome::Changed, None, None, Some(unified_diff(&file, &before, &after)))
        }
        Formatted::Skipped { line, reason } => (FormatOutcome::Skipped, line, Some(reason), None),
    };
    rewrites::FormattedFile { file, outcome, line, reason, diff }
}

/// How many values change in how many files.
pub(super) fn count(rewrites: &Rewrites) -> String {
    format!("{} in {}", words::count(rewrites.values, "value"), words::count(rewrites.files.len(), "file"))
}

/// A change of a file, as `git diff` would show it.
pub(super) fn unified_diff(shown: &str, before: &str, after: &str) -> String {
    let (old, new) = (format!("a/{shown}"), format!("b/{shown}"));
    TextDiff::from_lines(before, after).unified_diff().context_radius(2).header(&old, &new).to_string()
}

fn rejection(RejectedEdit { key, field, shown, refused }: &RejectedEdit) -> String {
    let (line, reason) = (refused.line, words::one_line(&refused.reason));
    let lines = refused.what_to_write.replace('\n', "\n    ");
    format!("{shown}:{line}: `{field}` of `{key}` cannot be edited safely: {reason}. Write by hand:\n    {lines}\n")
}
