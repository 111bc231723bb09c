//! JSON Schema (2020-12) of everything that people write for offersync and that programs read from it.
//!
//! Owns the documents' descriptions. The offers' fields, the configuration's keys and the words of actions come from the tables
//! that the program itself follows, so a schema cannot know another set than the program does.

mod config;
mod documents;
mod offer;
mod recorded;
mod values;

#[cfg(test)]
mod tests;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An offer's YAML, or a `_defaults.yaml`.
    Offer,
    /// `offersync.toml`.
    Config,
    /// A plan, printed or saved.
    Plan,
    /// The report of an apply.
    Report,
    /// Problems in files.
    Diagnostics,
    /// Drift, as it is printed.
    Drift,
    /// The state.
    State,
}

#[cfg(test)]
impl Subject {
    /// Every subject.
    pub const ALL: [Self; 7] =
        [Self::Offer, Self::Config, Self::Plan, Self::Report, Self::Diagnostics, Self::Drift, Self::State];

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Config => "config",
            Self::Plan => "plan",
            Self::Report => "report",
            Self::Diagnostics => "diagnostics",
            Self::Drift => "drift",
            Self::State => "state",
        }
    }

    /// The subject of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.word() == word)
    }
}

/// The schema as a value.
pub fn schema(subject: Subject) -> serde_json::Value {
    match subject {
        Subject::Offer => offer::schema(),
        Subject::Config => config::schema(),
        Subject::Plan => root::<documents::Plan>().to_value(),
        Subject::Report => root::<documents::Report>().to_value(),
        Subject::Diagnostics => root::<documents::Problems>().to_value(),
        Subject::Drift => root::<documents::Drift>().to_value(),
        Subject::State => root::<recorded::State>().to_value(),
    }
}

/// The schema as text, as `offersync schema` prints it.
pub fn text(subject: Subject) -> String {
    format!("{:#}\n", schema(subject))
}

fn root<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}
