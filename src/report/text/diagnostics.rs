//! Problems as text: each with its source lines, and a line that counts them.

use crate::diagnostic::{Diagnostic, TextForm, render_all};
use crate::inert;
use crate::report::view::problem_counts;

/// The diagnostics as text; the last line counts them. Empty if there are none.
pub fn diagnostics(diagnostics: &[Diagnostic], form: TextForm) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let text = format!("{}{}\n", render_all(diagnostics, form), problem_counts(diagnostics));
    inert::styled(&text).into_owned()
}
