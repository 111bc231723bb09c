//! Files of earlier versions: what 0.1.0 has written, this version reads with the same meaning.
//!
//! `tests/files_of_0.1.0` was written by the binary of that version: `settled` after an apply, with a saved plan that renames an offer;
//! `interrupted` is what a killed apply left, a journal with one create done and two in doubt.

use std::fs;
use std::path::Path;

use crate::harness::Workspace;

const WITHOUT_KEY: [(&str, &str); 1] = [("CAKE_API_KEY", "")];

fn files_of(name: &str) -> Workspace {
    let workspace = Workspace::empty();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files_of_0.1.0").join(name);
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
            let name = if name == "journal" { "offersync.state.json.journal" } else { name };
            workspace.write_bytes(name, &fs::read(&path).unwrap());
        }
    }
    workspace
}

#[test]
fn a_configuration_and_a_state_of_0_1_0_are_read() {
    let workspace = files_of("settled");
    workspace.run_with(&["validate"], &WITHOUT_KEY).exits(0).says("3 offers are valid.");
    let listed = workspace.run_with(&["state", "list", "--format", "json"], &WITHOUT_KEY).exits(0).json();
    let text = listed.to_string();
    for known in ["\"roof\"", "\"solar\"", "\"warranty\"", "12345"] {
        assert!(text.contains(known), "{known} in {text}");
    }
    workspace.run_with(&["plan"], &WITHOUT_KEY).exits(0).says("Plan: 1 to rename, 2 unchanged.");
}

#[test]
fn a_plan_that_0_1_0_saved_is_carried_out() {
    let workspace = files_of("settled");
    let run = workspace.run_with(&["apply", "plan.json", "--auto-approve"], &WITHOUT_KEY).exits(0);
    run.says("> rename roof-us").says("production: Applied: 1 done.");
    workspace.run_with(&["plan"], &WITHOUT_KEY).exits(0).says("Nothing to do: 3 offers are as desired");
}

#[test]
fn a_report_of_0_1_0_fits_the_schema_of_today() {
    let workspace = files_of("settled");
    let report: serde_json::Value = serde_json::from_str(&workspace.read("report.json")).unwrap();
    let schema = workspace.run(&["schema", "report"]).exits(0).stdout;
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    jsonschema::validate(&schema, &report).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_journal_that_0_1_0_left_is_replayed() {
    let workspace = files_of("interrupted");
    let run = workspace.run_with(&["state", "list"], &WITHOUT_KEY).exits(0);
    run.says("roof-us 12345 live").says("1 offer recorded, 2 in doubt.");
    let run = workspace.run_with(&["plan"], &WITHOUT_KEY).exits(0);
    run.says("Plan: 2 to create, 1 unchanged.").says("an earlier create of `solar` is in doubt");
}

#[test]
fn a_format_of_a_later_version_is_refused_by_name() {
    let workspace = files_of("settled");
    workspace.replace("offersync.state.json", "\"version\": 1", "\"version\": 2");
    workspace.run_with(&["plan"], &WITHOUT_KEY).exits(1).says("version 2").says("offersync");
}
