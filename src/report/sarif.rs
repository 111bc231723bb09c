//! Diagnostics as SARIF 2.1.0, which code scanning takes.
//!
//! Knows no file: a problem without a place is at the configuration, because GitHub refuses a result that is nowhere.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Label};
use crate::source::Place;

/// What a problem without a place belongs to.
const CONFIGURATION: &str = "offersync.toml";

/// Diagnostics as one run. `folder` is the folder of `offersync.toml` inside the repository, empty for its root: paths begin there.
pub fn diagnostics(diagnostics: &[Diagnostic], folder: &str) -> String {
    let codes: BTreeMap<&str, Code> = diagnostics.iter().map(|problem| (problem.code.name, problem.code)).collect();
    let rules: Vec<Value> = codes.values().copied().map(rule).collect();
    let index_of = |code: &str| codes.keys().position(|name| *name == code);
    let results: Vec<Value> =
        diagnostics.iter().map(|problem| result(problem, index_of(problem.code.name), folder)).collect();
    let driver = json!({
        "name": "offersync",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    let run = json!({ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results });
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    super::json::pretty(&document)
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.name,
        "shortDescription": { "text": code.title },
        "help": { "text": code.explanation },
    })
}

fn result(problem: &Diagnostic, rule: Option<usize>, folder: &str) -> Value {
    let text = match &problem.help {
        Some(help) => format!("{}\n\nhelp: {help}", problem.message),
        None => problem.message.clone(),
    };
    let place = problem.place().cloned().unwrap_or_else(|| Place::whole_file(CONFIGURATION.into()));
    json!({
        "ruleId": problem.code.name,
        "ruleIndex": rule,
        "level": problem.severity.word(),
        "message": { "text": text },
        "locations": [location(&place, folder)],
        "relatedLocations": problem.labels.iter().skip(1).map(|label| related(label, folder)).collect::<Vec<_>>(),
    })
}

fn related(label: &Label, folder: &str) -> Value {
    let mut related = location(&label.place, folder);
    related["message"] = json!({ "text": label.text });
    related
}

fn location(place: &Place, folder: &str) -> Value {
    let separator = if folder.is_empty() { "" } else { "/" };
    let uri = encoded(&format!("{folder}{separator}{}", place.file));
    let mut physical = json!({ "artifactLocation": { "uri": uri, "uriBaseId": "%SRCROOT%" } });
    if place.line > 0 {
        let mut region = json!({ "startLine": place.line });
        if place.column > 0 {
            region["startColumn"] = place.column.into();
            region["endColumn"] = (place.column + place.length.max(1)).into();
        }
        physical["region"] = region;
    }
    json!({ "physicalLocation": physical })
}

/// A path as a URI: every byte that a path of a URI does not have is written as `%20`.
fn encoded(path: &str) -> String {
    let byte = |byte: u8| match byte {
        b'/' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    path.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::codes;
    use crate::source::Span;

    #[test]
    fn every_problem_has_a_rule_a_level_and_a_place() {
        let place = |file: &str, line| Place::new(file.into(), Span { line, column: 3, length: 4 });
        let problems = [
            Diagnostic::error(codes::import::CELL, "a bad cell").help("fix it").label(place("offers/ä b.yaml", 2)),
            Diagnostic::warning(codes::import::SPREADSHEET, "nowhere"),
        ];
        let document: Value = serde_json::from_str(&diagnostics(&problems, "sub")).unwrap();
        let run = &document["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
        let first = &run["results"][0];
        assert_eq!((&first["level"], &first["ruleId"]), (&json!("error"), &json!("import::cell")));
        assert_eq!(first["message"]["text"], "a bad cell\n\nhelp: fix it");
        let physical = &first["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "sub/offers/%C3%A4%20b.yaml");
        assert_eq!(physical["region"], json!({"startLine": 2, "startColumn": 3, "endColumn": 7}));
        let second = &run["results"][1];
        assert_eq!(second["level"], "warning");
        let physical = &second["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "sub/offersync.toml");
        for result in [first, second] {
            let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
        }
    }
}
