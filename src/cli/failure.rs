//! Why a command ended early: an exit code and the diagnostics that say why. The one place where errors of the rooms get
//! their heading, their help and their exit code.

use std::io;
use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, codes};

use super::exit::Exit;

/// A command that could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What the process tells its caller.
    pub(crate) exit: Exit,
    /// What people and machines are told.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// One problem.
    pub(crate) fn new(exit: Exit, code: Code, message: impl Into<String>) -> Self {
        Self { exit, diagnostics: vec![Diagnostic::error(code, message)] }
    }

    /// Invalid offers or configuration.
    pub(crate) fn invalid(diagnostics: Vec<Diagnostic>) -> Self {
        Self { exit: Exit::Invalid, diagnostics }
    }

    /// Wrong usage.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, codes::world::USAGE, message)
    }

    /// A file that could not be read or written.
    pub(crate) fn disk(what: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(Exit::Error, codes::world::DISK, format!("cannot {what} {}: {error}", path.display()))
    }

    /// The same failure with what to do about it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        if let Some(last) = self.diagnostics.last_mut() {
            last.help = Some(help.into());
        }
        self
    }
}

/// An error and its causes in one line, outermost first.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.ends_with(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}
