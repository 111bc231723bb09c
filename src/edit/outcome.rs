//! What comes of an edit: the new text, or a refusal that tells a person what to write. Knows nothing of how edits are made.

use std::fmt;

/// A text after an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The whole new text.
    pub text: String,
    /// The line of the field in the new text, from 1.
    pub line: u32,
    /// The value that was there, as YAML reads it; `None` where the field was absent.
    pub before: Option<String>,
}

/// Why a text cannot be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The line that stands in the way, from 1.
    pub line: u32,
    /// The reason, a fragment such as "the value has an anchor".
    pub reason: String,
    /// The lines that a person should write there, or what to do; may hold line breaks.
    pub what_to_write: String,
}

impl Refused {
    pub(super) fn new(line: usize, reason: impl Into<String>) -> Self {
        Self { line: number(line), reason: reason.into(), what_to_write: String::new() }
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

/// A line number as it is shown.
pub(super) fn number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}
