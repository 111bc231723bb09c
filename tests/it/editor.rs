//! An editor with the schema beside the offers: the real yaml-language-server marks what `validate` refuses and completes what
//! an offer may say.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use crate::harness::Workspace;

/// A whole offer, to which a line is added or in which a field is given another value.
const OFFER: &str = "\
offer_name: Home Warranty
advertiser_id: 101
vertical_id: 7
offer_url: https://track.example.com/c?o={offer_id}&a={aff_id}
";

/// Lines that both take.
const GOOD: &[(&str, &str)] = &[
    ("plain", ""),
    ("status", "offer_status: pending"),
    ("money", "payout: 24.00\npayout_type: cpa\nrevenue: 30\nrevenue_type: revshare"),
    ("quoted-money", "payout: \"24.00\""),
    ("zero", "payout: 0"),
    ("date", "expiration_date: 2026-12-31 23:59:59"),
    ("quoted-date", "expiration_date: \"2026-12-31 23:59:59\""),
    ("text", "offer_description: |\n  Pays on a qualified lead.\n  Two lines."),
    ("currency", "currency_id: 1\nsession_hours: 24"),
    ("preview", "preview_url: https://www.example.com/"),
    ("sync", "sync:\n  protect: true\n  on_create_only_change: replace\n  ignore_changes: [payout]"),
    (
        "schedule",
        "sync:\n  schedule:\n    - at: 2150-12-01 00:00:00\n      payout: 30.00\n      offer_status: inactive",
    ),
    ("renamed", "sync:\n  renamed_from: old-key"),
    ("upper-case", "payout_type: CPA"),
];

/// Lines that neither takes.
const BAD: &[(&str, &str)] = &[
    ("unknown-field", "payuot: 24.00"),
    ("unknown-status", "offer_status: paused"),
    ("unknown-type", "payout_type: cps"),
    ("money-text", "payout: a lot"),
    ("negative", "payout: -1"),
    ("thousands", "payout: 1,000.00"),
    ("exponent", "payout: \"1e3\""),
    ("half-a-date", "expiration_date: 2026-12-31"),
    ("date-text", "expiration_date: tomorrow"),
    ("zero-hours", "session_hours: 0"),
    ("hours-text", "session_hours: a day"),
    ("id-text", "currency_id: dollars"),
    ("relative-url", "preview_url: /landing"),
    ("list", "offer_description: [a, b]"),
    ("sync-unknown", "sync:\n  protected: true"),
    ("sync-word", "sync:\n  on_create_only_change: recreate"),
    ("sync-flag", "sync:\n  protect: maybe"),
    ("sync-field", "sync:\n  ignore_changes: [pay]"),
    ("schedule-no-list", "sync:\n  schedule: {at: 2150-12-01 00:00:00, payout: 1}"),
    ("schedule-no-time", "sync:\n  schedule:\n    - payout: 30.00"),
    ("schedule-no-value", "sync:\n  schedule:\n    - at: 2150-12-01 00:00:00"),
    ("schedule-half-a-time", "sync:\n  schedule:\n    - at: 2150-12-01\n      payout: 30.00"),
    ("schedule-create-only", "sync:\n  schedule:\n    - at: 2150-12-01 00:00:00\n      session_hours: 48"),
    ("schedule-unknown", "sync:\n  schedule:\n    - at: 2150-12-01 00:00:00\n      payuot: 30.00"),
    ("both-forms", "vertical: home-services"),
    ("repeated", "payout: 1\npayout: 2"),
    ("not-yaml", "payout: [1"),
];

/// The server that `YAML_LANGUAGE_SERVER` names, which then has to work, or the one on the path.
fn server() -> Option<String> {
    if let Ok(named) = std::env::var("YAML_LANGUAGE_SERVER") {
        return Some(named);
    }
    let name = "yaml-language-server";
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file()).then(|| name.to_owned())
}

fn ask(request: &Json) -> Json {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/editor/check.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    node.stdin.take().unwrap().write_all(request.to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A repository as `init` makes it, with one file a case.
fn repository() -> Workspace {
    let workspace = Workspace::empty();
    workspace.run(&["init", "--ci", "none"]).exits(0);
    workspace.remove("offers/sample-offer.yaml");
    for (kind, cases) in [("good", GOOD), ("bad", BAD)] {
        for (name, lines) in cases {
            let text = format!("# yaml-language-server: $schema=../.schema.json\n{OFFER}{lines}\n");
            workspace.write(&format!("offers/{kind}/{name}.yaml"), &text.replace("Home Warranty", name));
        }
    }
    workspace
}

fn path(workspace: &Workspace, kind: &str, name: &str) -> String {
    workspace.path(&format!("offers/{kind}/{name}.yaml")).display().to_string()
}

#[test]
fn validate_judges_the_table_as_it_says() {
    let workspace = repository();
    let document = workspace.run(&["validate", "--format", "json"]).exits(3).json();
    let errors = document["diagnostics"].as_array().unwrap().iter().filter(|d| d["severity"] == "error");
    let refused: Vec<_> = errors.map(|d| d["file"].as_str().unwrap()).collect();
    for (name, _) in GOOD {
        assert!(!refused.contains(&format!("offers/good/{name}.yaml").as_str()), "{name} is refused");
    }
    for (name, _) in BAD {
        assert!(refused.contains(&format!("offers/bad/{name}.yaml").as_str()), "{name} is taken");
    }
}

#[test]
fn a_language_server_agrees_with_validate_and_completes() {
    let Some(server) = server() else {
        println!("skipped: there is no yaml-language-server (npm install yaml-language-server)");
        return;
    };
    let workspace = repository();
    // What is being typed: a field, a value, a setting.
    let halves = ["pay", "payout_type: ", "sync:\n  on"].map(|text| {
        let name = format!("offers/half-{}.yaml", text.len());
        workspace.write(&name, &format!("# yaml-language-server: $schema=.schema.json\n{text}"));
        workspace.path(&name).display().to_string()
    });
    let files: Vec<String> = GOOD
        .iter()
        .map(|(name, _)| path(&workspace, "good", name))
        .chain(BAD.iter().map(|(name, _)| path(&workspace, "bad", name)))
        .chain(halves.iter().cloned())
        .collect();
    let at =
        |half: usize, line: u32, character: u32| json!({"file": halves[half], "line": line, "character": character});
    let answer =
        ask(&json!({"server": server, "files": files, "completions": [at(0, 1, 3), at(1, 1, 13), at(2, 2, 4)]}));
    let problems =
        |kind: &str, name: &str| answer["problems"][path(&workspace, kind, name)].as_array().unwrap().clone();
    let marked: Vec<_> = GOOD
        .iter()
        .filter(|(name, _)| !problems("good", name).is_empty())
        .map(|(name, _)| (name, problems("good", name)))
        .collect();
    assert!(marked.is_empty(), "marked, though valid: {marked:?}");
    let missed: Vec<_> =
        BAD.iter().filter(|(name, _)| problems("bad", name).is_empty()).map(|(name, _)| name).collect();
    assert!(missed.is_empty(), "not marked, though invalid: {missed:?}");
    let offered = |at: usize, label: &str| {
        let labels = answer["completions"][at].as_array().unwrap();
        assert!(labels.iter().any(|found| found == label), "{label} is not among {labels:?}");
    };
    offered(0, "payout");
    offered(0, "payout_type");
    offered(1, "cpa");
    offered(1, "revshare");
    offered(2, "on_create_only_change");
}
