//! A builder of texts: lines, indentation, and one empty line between blocks, never two.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, render};
use crate::inert;
use crate::report::escape::visible;

use super::TextOptions;

/// So many problems of a code are shown with their source lines.
const OF_A_CODE: usize = 5;

#[derive(Debug, Default)]
pub(super) struct TextBuilder {
    text: String,
}

impl TextBuilder {
    pub(super) fn line(&mut self, indent: usize, text: &str) {
        let blank = text.is_empty();
        if !blank {
            self.text.extend(std::iter::repeat_n(' ', indent));
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Adds an empty line, unless there is one already or the text is empty.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Problems with their source lines, each after an empty line.
    pub(super) fn diagnostics<'d>(&mut self, diagnostics: impl IntoIterator<Item = &'d Diagnostic>, colour: bool) {
        for problem in diagnostics {
            self.gap();
            for line in render(problem, colour).lines() {
                self.line(0, line);
            }
        }
    }

    /// The same, where those of a code that come after the first few are a line each: they say the same of other offers.
    pub(super) fn folded_diagnostics(&mut self, diagnostics: &[&Diagnostic], options: &TextOptions<'_>) {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let mut is_shown = |problem: &&Diagnostic| {
            let count = counts.entry(problem.code.name).or_default();
            *count += 1;
            options.full || *count <= OF_A_CODE
        };
        let (shown, folded): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
            diagnostics.iter().partition(|problem| is_shown(problem));
        self.diagnostics(shown, options.colour);
        if !folded.is_empty() {
            self.gap();
        }
        for problem in folded {
            let place = problem.place().map(|place| match place.line {
                0 => format!(" ({})", place.file),
                line => format!(" ({}:{line})", place.file),
            });
            let text = format!(
                "{}[{}]: {}{}",
                problem.severity.word(),
                problem.code,
                problem.message,
                place.unwrap_or_default()
            );
            self.line(0, &visible(&text));
        }
    }

    pub(super) fn finish(self) -> String {
        inert::styled(&self.text).into_owned()
    }
}
