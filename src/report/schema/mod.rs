//! JSON Schema (2020-12) of all input files and JSON output.
//!
//! The documents' schemas are derived from the types that are serialized; those of an offer's YAML and of the configuration are
//! made from the tables of fields and keys that the readers follow. So a schema cannot differ from the program.

mod config;
mod offer;
mod values;

#[cfg(test)]
mod tests;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use crate::config::Names;
use crate::import::spreadsheet::OffersDocument;
use crate::plan::PlanDocument;
use crate::state::StateDocument;

use super::drift::DriftDocument;
use super::events::Line;
use super::json::{DiagnosticsDocument, ReportDocument};
use super::links::LinksDocument;
use super::log::LogDocument;
use super::names::NamesDocument;
use super::recorded::{ListDocument, ShownDocument};
use super::rewrites::{EditDocument, FmtDocument, ImportDocument};
use super::schedule::ScheduleDocument;

/// Documents that have a schema, by their names on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Subject {
    /// An offer or a _defaults.yaml
    Offer,
    /// offersync.toml
    Config,
    /// A plan, printed or saved
    Plan,
    /// The report of an apply
    Report,
    /// A line of apply --format ndjson
    Events,
    /// The problems that validate prints
    Diagnostics,
    /// The output of drift
    Drift,
    /// The output of check-links
    Links,
    /// The output of import
    Import,
    /// The output of export
    Offers,
    /// The output of edit
    Edit,
    /// The output of fmt
    Fmt,
    /// The output of names pull
    Names,
    /// The output of schedule
    Schedule,
    /// The output of log
    Log,
    /// The state file
    State,
    /// The output of state list
    StateList,
    /// The output of state show
    Record,
}

/// The schema as a value.
pub fn schema(subject: Subject) -> serde_json::Value {
    match subject {
        Subject::Offer => offer::schema(None),
        Subject::Config => config::schema(),
        Subject::Plan => root::<PlanDocument<'_>>().to_value(),
        Subject::Report => root::<ReportDocument<'_>>().to_value(),
        Subject::Events => root::<Line<'_>>().to_value(),
        Subject::Diagnostics => root::<DiagnosticsDocument<'_>>().to_value(),
        Subject::Drift => root::<DriftDocument<'_>>().to_value(),
        Subject::Links => root::<LinksDocument<'_>>().to_value(),
        Subject::Import => root::<ImportDocument<'_>>().to_value(),
        Subject::Offers => root::<OffersDocument<'_>>().to_value(),
        Subject::Edit => root::<EditDocument<'_>>().to_value(),
        Subject::Fmt => root::<FmtDocument>().to_value(),
        Subject::Names => root::<NamesDocument<'_>>().to_value(),
        Subject::Schedule => root::<ScheduleDocument>().to_value(),
        Subject::Log => root::<LogDocument>().to_value(),
        Subject::State => root::<StateDocument>().to_value(),
        Subject::StateList => root::<ListDocument<'_>>().to_value(),
        Subject::Record => root::<ShownDocument<'_>>().to_value(),
    }
}

/// The schema as text, as `offersync schema` prints it.
pub fn text(subject: Subject) -> String {
    format!("{:#}\n", schema(subject))
}

/// The schema of an offer with the names of a configuration.
pub(crate) fn offer_text(names: &Names) -> String {
    format!("{:#}\n", offer::schema(Some(names)))
}

fn root<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}
