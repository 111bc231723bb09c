//! A builder of texts: lines, indentation, and one empty line between blocks, never two.

use crate::diagnostic::{Diagnostic, render};
use crate::inert;

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

    pub(super) fn finish(self) -> String {
        inert::styled(&self.text).into_owned()
    }
}
