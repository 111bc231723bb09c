//! Views of an import: what was imported, what was left out and why, and which values are not managed.

mod left_out;
mod not_managed;
mod summary;

use std::fmt::Write as _;

use crate::diagnostic::Diagnostic;
use crate::import::Import;

pub(crate) use not_managed::notes;
pub(crate) use summary::{csv_dry_run, csv_summary, dry_run, summary};

/// The maximum number of offers that a message names.
const MOST_NAMED: usize = 5;

/// The maximum length of CAKE's values in a message.
const MOST_CHARACTERS: usize = 60;

/// The problems of an import, one diagnostic for all offers with the same problem.
pub(crate) fn problems(import: &Import) -> Vec<Diagnostic> {
    let mut problems = left_out::problems(&import.left_out);
    problems.extend(not_managed::problems(import));
    problems.extend(import.warnings.iter().cloned());
    problems
}

fn some_of<T>(items: &[T], name: impl Fn(&T) -> String) -> String {
    let mut text = items.iter().take(MOST_NAMED).map(name).collect::<Vec<_>>().join(", ");
    let more = items.len().saturating_sub(MOST_NAMED);
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}

/// CAKE's text, escaped, on one line.
fn shortened(text: &str) -> String {
    let mut short = String::new();
    for c in text.chars().take(MOST_CHARACTERS) {
        if c.is_control() {
            short.extend(c.escape_debug());
        } else {
            short.push(c);
        }
    }
    if text.chars().nth(MOST_CHARACTERS).is_some() {
        short.push('…');
    }
    short
}
