//! Prints edits of YAML files, and the edits that must be made by hand.

use similar::TextDiff;

use crate::ops::rewrite::{RejectedEdit, Rewrites};
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
