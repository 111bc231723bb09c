//! What `edit`, `fmt` and `import` did to files, as JSON. The schemas are derived from the types here.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::import::{Adoption, Import, Origin, Update};
use crate::offer::{Field, Key, OfferId, Value};

use super::import::{notes, problems};
use super::json::pretty;

const EDIT: &str = "offersync-edit";
const FMT: &str = "offersync-fmt";
const IMPORT: &str = "offersync-import";
const VERSION: u32 = 1;

/// A file whose text changes.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ChangedFile<'a> {
    pub file: &'a str,
    /// As `git diff` would show it.
    pub diff: String,
}

/// A change that a person has to make.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RejectedChange<'a> {
    pub key: &'a Key,
    pub field: Field,
    pub file: &'a str,
    /// The line that prevents it.
    pub line: u32,
    pub reason: &'a str,
    /// What to write there.
    pub write: &'a str,
}

/// What `offersync edit --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Edit", deny_unknown_fields)]
pub struct EditDocument<'a> {
    #[schemars(extend("const" = EDIT))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// Whether nothing was written.
    dry_run: bool,
    /// How many offers match.
    offers: usize,
    /// How many values change.
    values: usize,
    files: Vec<ChangedFile<'a>>,
    rejected: Vec<RejectedChange<'a>>,
    /// Fields among the changed ones that CAKE's API cannot change for offers that exist.
    create_only: &'a [Field],
}

/// The numbers of an edit.
#[derive(Debug, Clone, Copy)]
pub struct EditCounts {
    pub offers: usize,
    pub values: usize,
}

/// An edit as JSON.
pub fn edit(
    dry_run: bool,
    EditCounts { offers, values }: EditCounts,
    files: Vec<ChangedFile<'_>>,
    rejected: Vec<RejectedChange<'_>>,
    create_only: &[Field],
) -> String {
    pretty(&EditDocument { format: EDIT, version: VERSION, dry_run, offers, values, files, rejected, create_only })
}

/// What `offersync fmt --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Fmt", deny_unknown_fields)]
pub struct FmtDocument {
    #[schemars(extend("const" = FMT))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// Whether nothing was written.
    check: bool,
    files: Vec<FormattedFile>,
}

/// A file, and what became of it.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FormattedFile {
    pub file: String,
    pub outcome: FormatOutcome,
    /// The line for which it was skipped.
    pub line: Option<u32>,
    /// Why it was skipped.
    pub reason: Option<String>,
    /// As `git diff` would show it, where its text changes.
    pub diff: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormatOutcome {
    /// Its text changes.
    Changed,
    /// It is formatted already.
    Unchanged,
    /// It cannot be formatted safely, and is as it was.
    Skipped,
}

/// The formatting of files as JSON.
pub fn fmt(check: bool, files: Vec<FormattedFile>) -> String {
    pretty(&FmtDocument { format: FMT, version: VERSION, check, files })
}

/// What `offersync import --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Import", deny_unknown_fields)]
pub struct ImportDocument<'a> {
    #[schemars(extend("const" = IMPORT))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// Whether nothing was written.
    dry_run: bool,
    new_files: Vec<&'a str>,
    changed_files: Vec<ChangedFile<'a>>,
    /// The values that change in offers that exist.
    updates: Vec<UpdatedField<'a>>,
    recorded: Vec<RecordedOffer<'a>>,
    /// How many offers are there already, as they are in CAKE or in the spreadsheet.
    already_there: usize,
    /// The ids of the offers that are left out; the diagnostics say why.
    left_out: Vec<OfferId>,
    /// Further notes, in full sentences.
    notes: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct UpdatedField<'a> {
    key: &'a Key,
    field: Field,
    after: &'a Value,
}

impl<'a> From<&'a Update> for UpdatedField<'a> {
    fn from(Update { key, field, value }: &'a Update) -> Self {
        Self { key, field: *field, after: value }
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RecordedImport", deny_unknown_fields)]
struct RecordedOffer<'a> {
    key: &'a Key,
    offer_id: OfferId,
    yaml: YamlOrigin,
}

/// Where the YAML of a recorded offer comes from.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum YamlOrigin {
    /// This import writes it.
    New,
    /// Equal YAML was there.
    Found,
    /// YAML without a record was matched.
    Matched,
}

impl<'a> From<&'a Adoption> for RecordedOffer<'a> {
    fn from(adoption: &'a Adoption) -> Self {
        let yaml = match adoption.origin {
            Origin::Written(_) => YamlOrigin::New,
            Origin::Found => YamlOrigin::Found,
            Origin::Matched => YamlOrigin::Matched,
        };
        Self { key: &adoption.key, offer_id: adoption.record.offer_id, yaml }
    }
}

/// An import as JSON.
pub fn import(import: &Import, changed_files: Vec<ChangedFile<'_>>, dry_run: bool) -> String {
    pretty(&ImportDocument {
        format: IMPORT,
        version: VERSION,
        dry_run,
        new_files: import.files.iter().map(|file| file.path.as_str()).collect(),
        changed_files,
        updates: import.updates.iter().map(UpdatedField::from).collect(),
        recorded: import.adoptions.iter().map(RecordedOffer::from).collect(),
        already_there: import.skipped,
        left_out: import.left_out.iter().map(|left_out| left_out.offer_id).collect(),
        notes: notes(import),
        diagnostics: problems(import),
    })
}
