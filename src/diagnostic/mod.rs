//! Diagnostics: problems as data, with severity, stable code, message, places and help. Rendered in rustc's format.
//!
//! Owns the format and the table of codes. Knows nothing of offers, files on disk or terminals.

mod code;
pub mod codes;
mod document;
mod render;
mod source;

pub use code::Code;
pub use render::{TextForm, render, render_all};
pub use source::SourceText;

use crate::source::{Place, SourcePath};

/// The severity of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
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

/// A place and what is said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub place: Place,
    /// The text of the line, without its end; `None` where it is not known.
    pub source_line: Option<Box<str>>,
    /// The comment on the place; may be empty.
    pub text: String,
}

impl Label {
    /// A label without text.
    pub fn at(place: Place) -> Self {
        Self { place, source_line: None, text: String::new() }
    }

    /// The file as a whole.
    pub fn file(file: SourcePath) -> Self {
        Self::at(Place::whole_file(file))
    }

    /// The same label with the text of its line.
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

impl From<Place> for Label {
    fn from(place: Place) -> Self {
        Self::at(place)
    }
}

/// A problem in what the user wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its severity.
    pub severity: Severity,
    /// Its stable code, which `offersync explain` explains.
    pub code: Code,
    /// The problem, in one sentence without a full stop.
    pub message: String,
    /// The first label is the place of the problem, the others show what it conflicts with.
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
    pub fn label(mut self, label: impl Into<Label>) -> Self {
        self.labels.push(label.into());
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
    pub fn place(&self) -> Option<&Place> {
        self.labels.first().map(|label| &label.place)
    }
}

/// Sorts by file, line, column, code and message, so that the order is deterministic.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    fn place(diagnostic: &Diagnostic) -> Option<(&SourcePath, u32, u32)> {
        diagnostic.place().map(|place| (&place.file, place.line, place.column))
    }
    diagnostics.sort_by(|a, b| {
        (place(a), a.severity, a.code.name, &a.message).cmp(&(place(b), b.severity, b.code.name, &b.message))
    });
}

/// In how many problems of a kind a similar name is looked for where there may be thousands of names: each look takes a while.
pub const MOST_SUGGESTIONS: usize = 20;

/// Longer words get no suggestion.
const MAX_SUGGESTED_LENGTH: usize = 200;

/// The candidate that the author most likely meant, for a did-you-mean: one with nearly the same spelling, else one that is a
/// prefix of the word or has it as a prefix.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The distance costs the product of both lengths, and a word may be a whole file.
    let lower = if word.len() <= MAX_SUGGESTED_LENGTH { word.to_lowercase() } else { return None };
    let letters = Letters::of(&lower);
    let distance = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let most = (candidate.chars().count().max(3) / 3).max(1);
        let begins = lower.len() >= MIN_PREFIX_LENGTH && candidate.starts_with(&lower)
            || candidate.len() >= MIN_PREFIX_LENGTH && lower.starts_with(&candidate);
        // Among thousands of names nearly all end here, long before the distance is known.
        if !begins && letters.fewest_edits(&Letters::of(&candidate)) > most {
            return None;
        }
        let edits = strsim::damerau_levenshtein(&lower, &candidate);
        let near = edits <= most;
        (near || begins).then_some((!near, edits))
    };
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= MAX_SUGGESTED_LENGTH)
        .filter_map(|candidate| Some((distance(candidate)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How often a word has each letter. Letters beyond ASCII share a count, which makes two words look nearer than they are, never farther.
struct Letters([u16; 64]);

impl Letters {
    fn of(word: &str) -> Self {
        let mut counts = [0; 64];
        for letter in word.chars() {
            let count: &mut u16 = &mut counts[(u32::from(letter) % 64) as usize];
            *count = count.saturating_add(1);
        }
        Self(counts)
    }

    /// No fewer edits make one word of the other: each changes the count of one letter, or of two, down by one and up by one.
    fn fewest_edits(&self, other: &Self) -> usize {
        let pairs = || self.0.iter().zip(&other.0);
        let missing: usize = pairs().map(|(one, other)| usize::from(one.saturating_sub(*other))).sum();
        let surplus: usize = pairs().map(|(one, other)| usize::from(other.saturating_sub(*one))).sum();
        missing.max(surplus)
    }
}

/// Shorter prefixes match too much to be a hint.
const MIN_PREFIX_LENGTH: usize = 4;

#[cfg(test)]
mod tests {
    use super::{Letters, closest};

    proptest::proptest! {
        #[test]
        fn the_letters_never_say_more_edits_than_there_are(one in "[a-zé日-]{0,12}", other in "[a-zé日-]{0,12}") {
            let edits = strsim::damerau_levenshtein(&one, &other);
            proptest::prop_assert!(Letters::of(&one).fewest_edits(&Letters::of(&other)) <= edits);
        }
    }

    #[test]
    fn the_nearest_word_wins_and_a_beginning_counts() {
        let names = ["acme-home", "brightline-insurance", "payout", "payout_type"];
        assert_eq!(closest("payot", names), Some("payout"));
        assert_eq!(closest("Payout", names), Some("payout"));
        assert_eq!(closest("brightline", names), Some("brightline-insurance"));
        assert_eq!(closest("xyz", names), None);
        assert_eq!(closest("b", names), None);
        assert_eq!(closest(&"payout".repeat(100_000), names), None, "a whole file is not compared");
    }
}
