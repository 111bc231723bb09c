//! Documents that the binary prints, held against the schemas that the binary prints.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use jsonschema::Validator;
use serde_json::Value as Json;

use super::run::{PROGRAM, clean, finish};

/// The formats that `offersync schema` knows, by the `format` member of a document.
const SUBJECTS: [&str; 14] = [
    "plan",
    "report",
    "diagnostics",
    "drift",
    "links",
    "names",
    "state-list",
    "record",
    "import",
    "offers",
    "edit",
    "fmt",
    "schedule",
    "log",
];

fn validator(subject: &'static str) -> Validator {
    let folder = std::env::temp_dir();
    let printed = finish(clean(PROGRAM, &folder).args(["schema", subject])).exits(0).stdout;
    jsonschema::draft202012::new(&serde_json::from_str(&printed).unwrap()).unwrap()
}

/// Panics where a document does not fit its schema. A document of another format is not checked.
#[track_caller]
pub(super) fn check(document: &Json) {
    static VALIDATORS: OnceLock<Mutex<HashMap<&'static str, Validator>>> = OnceLock::new();
    let format = document["format"].as_str().and_then(|format| format.strip_prefix("offersync-"));
    let Some(subject) = SUBJECTS.into_iter().find(|subject| Some(*subject) == format) else { return };
    let mut validators = VALIDATORS.get_or_init(Mutex::default).lock().unwrap();
    let validator = validators.entry(subject).or_insert_with(|| validator(subject));
    let wrong: Vec<_> = validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    drop(validators);
    assert!(wrong.is_empty(), "{wrong:?} in {document:#}");
}
