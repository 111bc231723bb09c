//! A refused edit: why, where, and what a person should write instead.

use std::fmt;

/// Why a text cannot be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The line that prevents the edit, from 1.
    pub line: u32,
    /// The reason, a fragment such as "the value has an anchor".
    pub reason: String,
    /// The lines that a person should write there, or what to do; may hold line breaks.
    pub what_to_write: String,
}

impl Refused {
    pub(super) fn new(line: usize, reason: impl Into<String>) -> Self {
        Self { line: u32::try_from(line).unwrap_or(u32::MAX), reason: reason.into(), what_to_write: String::new() }
    }

    /// The same refusal with what to write, unless it has something more exact.
    pub(super) fn or_write(mut self, what: impl Into<String>) -> Self {
        if self.what_to_write.is_empty() {
            self.what_to_write = what.into();
        }
        self
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for Refused {}
