//! The code quality report of GitLab: a JSON array of problems, each with the place that a merge request shows it at.

use std::collections::HashMap;

use serde_json::json;

use crate::diagnostic::{Diagnostic, Severity};
use crate::words::one_line;

/// A problem of no file is shown at the configuration, because GitLab takes none without a place.
const ELSEWHERE: &str = "offersync.toml";

/// The problems. `folder` is the folder of `offersync.toml` inside the repository, empty for the repository's root.
pub fn diagnostics(diagnostics: &[Diagnostic], folder: &str) -> String {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let entry = |problem: &Diagnostic| {
        let place = problem.place();
        let file = place.map_or_else(|| ELSEWHERE.to_owned(), |place| place.file.to_string());
        let path = if folder.is_empty() { file } else { format!("{folder}/{file}") };
        let help = problem.help.as_ref().map_or_else(String::new, |help| format!(". Help: {help}"));
        // The line is no part of it: GitLab compares two reports by it, and what moves down in its file is no other problem.
        let named = format!("{}\n{path}\n{}", problem.code.name, problem.message);
        let before = seen.entry(named.clone()).or_default();
        *before += 1;
        json!({
            "description": one_line(&format!("{}{help}", problem.message)),
            "check_name": problem.code.name,
            "fingerprint": blake3::hash(format!("{named}\n{before}").as_bytes()).to_hex().as_str(),
            "severity": if problem.severity == Severity::Error { "critical" } else { "minor" },
            "location": {"path": path, "lines": {"begin": place.map_or(1, |place| place.line.max(1))}},
        })
    };
    let entries: Vec<_> = diagnostics.iter().map(entry).collect();
    format!("{:#}\n", serde_json::Value::Array(entries))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::codes;

    #[test]
    fn equal_problems_have_fingerprints_of_their_own_and_every_one_has_a_place() {
        let problem = Diagnostic::warning(codes::url::HTTP, "not encrypted");
        let text = diagnostics(&[problem.clone(), problem], "us");
        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        let [first, second] = &report.as_array().unwrap()[..] else { panic!("{report}") };
        assert_ne!(first["fingerprint"], second["fingerprint"]);
        assert_eq!(first["location"], json!({"path": "us/offersync.toml", "lines": {"begin": 1}}));
        assert_eq!((&first["severity"], &first["check_name"]), (&json!("minor"), &json!("url::http")));
        assert_eq!(diagnostics(&[], ""), "[]\n");
    }
}
