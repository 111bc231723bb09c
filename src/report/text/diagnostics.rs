//! Problems as text: each with its source lines, and a line that counts them.

use crate::diagnostic::{Diagnostic, render_all};
use crate::report::escape::without_commands;

/// The diagnostics as text; the last line counts them. Nothing at all where there are none.
pub fn diagnostics(diagnostics: &[Diagnostic], colour: bool) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    without_commands(format!("{}{}\n", render_all(diagnostics, colour), count(diagnostics)))
}

/// `2 errors, 1 warning`
pub(in crate::report) fn count(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|problem| problem.is_error()).count();
    let word = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        many => Some(format!("{many} {word}s")),
    };
    let words = [word(errors, "error"), word(diagnostics.len() - errors, "warning")];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
