//! Diagnostics: problems as data, with severity, stable code, message, places and help. Rendered in rustc's format.
//!
//! Owns the format and the table of codes. Knows nothing of offers, files on disk or terminals.

mod code;
pub mod codes;
mod render;
mod source;

use std::sync::Arc;

pub use code::Code;
pub use render::{render, render_all};
pub use source::SourceText;

/// The severity of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The command stops until it is fixed.
    Error,
    /// Worth a review; the command continues.
    Warning,
}

impl Severity {
    /// Name used in text and JSON output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A place in a file with an optional comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The path as messages show it: `/`-separated, relative to the folder of `offersync.toml`.
    pub file: Arc<str>,
    /// 1-based line; 0 for the whole file.
    pub line: u32,
    /// 1-based column, in characters; 0 for the whole line or file.
    pub column: u32,
    /// Length in characters, within the line.
    pub length: u32,
    /// The text of the line without its end, once known.
    pub source_line: Option<Box<str>>,
    /// The comment on the place; may be empty.
    pub text: String,
}

impl Label {
    /// The whole file.
    pub fn file(file: Arc<str>) -> Self {
        Self { file, line: 0, column: 0, length: 0, source_line: None, text: String::new() }
    }

    /// A place on a line.
    pub fn at(file: Arc<str>, line: u32, column: u32, length: u32) -> Self {
        Self { file, line, column, length: length.max(1), source_line: None, text: String::new() }
    }

    /// The same place with the text of its line.
    #[must_use]
    pub fn with_source(mut self, line: &str) -> Self {
        self.source_line = Some(Box::from(line));
        self
    }

    /// The same place with a comment.
    #[must_use]
    pub fn saying(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }
}

/// A problem to report to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its severity.
    pub severity: Severity,
    /// Its stable code, which `offersync explain` explains.
    pub code: Code,
    /// The problem, in one sentence without a full stop.
    pub message: String,
    /// The first label is the place of the problem; the others are related places.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error of that code.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, message: message.into(), labels: Vec::new(), help: None }
    }

    /// A warning of that code.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Adds a place.
    #[must_use]
    pub fn label(mut self, label: Label) -> Self {
        self.labels.push(label);
        self
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Where it is.
    pub fn place(&self) -> Option<&Label> {
        self.labels.first()
    }
}

/// Sorts by file, line, column, code and message, so that the order is deterministic.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        let place = |d: &Diagnostic| d.place().map(|l| (Arc::clone(&l.file), l.line, l.column));
        (place(a), a.severity, a.code.name, &a.message).cmp(&(place(b), b.severity, b.code.name, &b.message))
    });
}

/// No suggestions for words longer than this.
const LONGEST_GUESSED: usize = 200;

/// The best suggestion for a misspelled word: a candidate with a similar spelling, else one that is a prefix of the word or has the word
/// as a prefix.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The time is the product of both lengths, and the word may be as long as a file.
    let lower = if word.len() <= LONGEST_GUESSED { word.to_lowercase() } else { return None };
    let distance = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let edits = strsim::damerau_levenshtein(&lower, &candidate);
        let near = edits <= (candidate.chars().count().max(3) / 3).max(1);
        let begins = lower.len() >= SHORTEST_BEGINNING && candidate.starts_with(&lower)
            || candidate.len() >= SHORTEST_BEGINNING && lower.starts_with(&candidate);
        (near || begins).then_some((!near, edits))
    };
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST_GUESSED)
        .filter_map(|candidate| Some((distance(candidate)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// An object with `severity`, `code`, `message`, `file`, `line`, `column`, `help`; absent places are `null`.
impl serde::Serialize for Diagnostic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let place = self.place();
        let number = |n: Option<u32>| n.filter(|n| *n > 0);
        let mut object = serializer.serialize_struct("Diagnostic", 7)?;
        object.serialize_field("severity", self.severity.word())?;
        object.serialize_field("code", self.code.name)?;
        object.serialize_field("message", &self.message)?;
        object.serialize_field("file", &place.map(|l| &*l.file))?;
        object.serialize_field("line", &number(place.map(|l| l.line)))?;
        object.serialize_field("column", &number(place.map(|l| l.column)))?;
        object.serialize_field("help", &self.help)?;
        object.end()
    }
}

/// Shorter prefixes match too many candidates.
const SHORTEST_BEGINNING: usize = 4;

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn the_nearest_word_wins_and_a_beginning_counts() {
        let names = ["acme-home", "brightline-insurance", "payout", "payout_type"];
        assert_eq!(closest("payot", names), Some("payout"));
        assert_eq!(closest("Payout", names), Some("payout"));
        assert_eq!(closest("brightline", names), Some("brightline-insurance"));
        assert_eq!(closest("xyz", names), None);
        assert_eq!(closest("b", names), None);
        assert_eq!(closest(&"payout".repeat(100_000), names), None, "nobody guesses at a whole file");
    }
}
