//! Collects the problems of one file. Their number is limited, to bound the cost of a file with many mistakes.

use crate::config::{looks_like_secret, redacted};
use crate::diagnostic::{Code, Diagnostic, Label, SourceText, codes};
use crate::source::{Place, Span};

/// More problems in one file are not reported one by one.
const MOST: usize = 1000;

pub(super) struct Problems<'s, 'a> {
    source: &'s SourceText<'a>,
    found: Vec<Diagnostic>,
    errors: usize,
}

impl<'s, 'a> Problems<'s, 'a> {
    pub(super) fn new(source: &'s SourceText<'a>) -> Self {
        Self { source, found: Vec::new(), errors: 0 }
    }

    pub(super) fn source(&self) -> &'s SourceText<'a> {
        self.source
    }

    pub(super) fn place(&self, span: Span) -> Place {
        Place::new(self.source.file().clone(), Span { length: span.length.max(1), ..span })
    }

    /// A label in this file, with its source line.
    pub(super) fn label(&self, span: Span) -> Label {
        let mut label = self.source.label(span);
        label.source_line = label.source_line.map(|line| redacted(&line, looks_like_secret).into_boxed_str());
        label
    }

    pub(super) fn error(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let label = self.label(span);
        self.push(Diagnostic::error(code, message).label(label).help(help));
    }

    pub(super) fn push(&mut self, problem: Diagnostic) {
        self.errors += usize::from(problem.is_error());
        if self.found.len() < MOST {
            self.found.push(problem);
        }
    }

    /// The number of errors so far.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// Whether the limit is reached.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= MOST
    }

    pub(super) fn into_vec(mut self) -> Vec<Diagnostic> {
        if self.is_full() {
            let label = Label::file(self.source.file().clone());
            let message = format!("reading stopped after {MOST} problems; there may be more in this file");
            self.found.push(Diagnostic::error(codes::tree::TOO_MANY_PROBLEMS, message).label(label));
        }
        self.found
    }
}
