//! A diagnostic as JSON, and the schema of it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::{Diagnostic, Label, Severity};

/// A problem.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Diagnostic", deny_unknown_fields)]
struct DiagnosticDocument<'a> {
    severity: Severity,
    /// Stable; `offersync explain CODE` explains it.
    code: &'a str,
    message: &'a str,
    file: Option<&'a str>,
    /// 1-based; `null` where the file as a whole is meant.
    line: Option<u32>,
    /// 1-based, in characters.
    column: Option<u32>,
    /// What to do.
    help: Option<&'a str>,
    /// The other places that it is about, such as that of the limit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<RelatedDocument<'a>>,
}

/// A further place of a problem.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RelatedPlace", deny_unknown_fields)]
struct RelatedDocument<'a> {
    file: &'a str,
    /// 1-based; `null` where the file as a whole is meant.
    line: Option<u32>,
    /// 1-based, in characters.
    column: Option<u32>,
    /// What is there, in a few words; may be empty.
    message: &'a str,
}

impl<'a> From<&'a Label> for RelatedDocument<'a> {
    fn from(label: &'a Label) -> Self {
        let known = |number: u32| (number > 0).then_some(number);
        let place = &label.place;
        Self { file: place.file.as_str(), line: known(place.line), column: known(place.column), message: &label.text }
    }
}

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = self.place();
        let document = DiagnosticDocument {
            severity: self.severity,
            code: self.code.name,
            message: &self.message,
            file: place.map(|place| place.file.as_str()),
            line: place.map(|place| place.line).filter(|line| *line > 0),
            column: place.map(|place| place.column).filter(|column| *column > 0),
            help: self.help.as_deref(),
            related: self.labels.iter().skip(1).map(RelatedDocument::from).collect(),
        };
        document.serialize(serializer)
    }
}

impl JsonSchema for Diagnostic {
    fn schema_name() -> Cow<'static, str> {
        DiagnosticDocument::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        DiagnosticDocument::json_schema(generator)
    }
}
