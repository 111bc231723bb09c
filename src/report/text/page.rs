//! A builder of texts: lines, indentation, and one empty line between blocks, never two.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, TextForm, render};
use crate::inert;
use crate::report::escape::visible;
use crate::words::{more, wrap_sentence};

use super::TextOptions;

/// How much further in the rest of a line begins that is wrapped.
const HANGING: usize = 4;

/// So many problems of a code are shown with their source lines.
const OF_A_CODE: usize = 5;

/// So many of a code are shown at all; the others are counted.
const MOST_OF_A_CODE: usize = 20;

#[derive(Debug)]
pub(super) struct TextBuilder {
    text: String,
    form: TextForm,
}

impl TextBuilder {
    pub(super) fn new(form: TextForm) -> Self {
        Self { text: String::new(), form }
    }

    /// A line, wrapped where a terminal has no room for it.
    pub(super) fn line(&mut self, indent: usize, text: &str) {
        let wrapped =
            self.form.columns.map(|columns| wrap_sentence(text, columns.saturating_sub(indent), indent + HANGING));
        self.whole_line(indent, wrapped.as_deref().unwrap_or(text));
    }

    /// A line as it is.
    fn whole_line(&mut self, indent: usize, text: &str) {
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
    pub(super) fn diagnostics<'d>(&mut self, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) {
        for problem in diagnostics {
            self.gap();
            for line in render(problem, self.form).lines() {
                self.whole_line(0, line);
            }
        }
    }

    /// The same, where those of a code that come after the first few are a line each, and after more of them a count: they say the same of
    /// other offers.
    pub(super) fn folded_diagnostics(&mut self, diagnostics: &[&Diagnostic], options: &TextOptions<'_>) {
        if options.full {
            return self.diagnostics(diagnostics.iter().copied());
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut folded = Vec::new();
        for problem in diagnostics {
            let count = counts.entry(problem.code.name).or_default();
            *count += 1;
            if *count <= OF_A_CODE {
                self.diagnostics([*problem]);
            } else if *count <= MOST_OF_A_CODE {
                folded.push(in_a_line(problem));
            }
        }
        if !folded.is_empty() {
            self.gap();
        }
        let more = counts.iter().filter_map(|(code, count)| {
            let more = more(*count, MOST_OF_A_CODE)?;
            Some(format!("{more} of {code}; all are in the output of --full and of --format json"))
        });
        for line in folded.into_iter().chain(more) {
            self.line(0, &line);
        }
    }

    pub(super) fn finish(self) -> String {
        inert::styled(&self.text).into_owned()
    }
}

fn in_a_line(problem: &Diagnostic) -> String {
    let place = problem.place().map(|place| match place.line {
        0 => format!(" ({})", place.file),
        line => format!(" ({}:{line})", place.file),
    });
    let (word, place) = (problem.severity.word(), place.unwrap_or_default());
    visible(&format!("{word}[{}]: {}{place}", problem.code, problem.message)).into_owned()
}
