//! Views of an import: what was imported, what was left out and why, and which values are not managed.

mod left_out;
mod not_managed;
mod summary;

use crate::diagnostic::Diagnostic;
use crate::import::Import;
use crate::report::escape::visible;
use crate::words::{first_and_more, shorten};

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
    first_and_more(items.iter().map(name), MOST_NAMED)
}

/// CAKE's text, escaped, on one line.
fn shortened(text: &str) -> String {
    visible(&shorten(text, MOST_CHARACTERS)).into_owned()
}
