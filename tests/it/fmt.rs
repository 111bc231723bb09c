//! `fmt`: the canonical form, without a loss.

use std::path::Path;
use std::process::Command;

use crate::harness::{Project, complete_offer};

const UNTIDY: &str = "payout:   20.00   # for now\n\n\n\n# the name\noffer_name: A\nvertical_id: 7\nadvertiser: acme-home   \noffer_url: https://x.example.com/";
const TIDY: &str = "# the name\noffer_name: A\nadvertiser: acme-home\nvertical_id: 7\noffer_url: https://x.example.com/\npayout: 20.00 # for now\n";

#[test]
fn files_become_canonical_and_then_stay() {
    let project =
        Project::with_files(&[("a.yaml", UNTIDY), ("x/_defaults.yaml", "vertical_id: 7\nadvertiser: acme-home\n")]);
    let before = project.files("");
    project
        .run(&["fmt", "--check"])
        .exits(3)
        .says("+payout: 20.00   # for now")
        .says("2 would change, 0 already formatted, 0 skipped");
    let document = project.run(&["fmt", "--check", "--format", "json"]).exits(3).json();
    assert_eq!(
        (&document["files"][0]["file"], &document["files"][0]["outcome"]),
        (&"offers/a.yaml".into(), &"changed".into())
    );
    assert_eq!(project.files(""), before);
    let plan = project.run(&["plan", "--format", "json"]).exits(0).json();
    project.run(&["fmt"]).exits(0).says("offers/a.yaml");
    let text = project.read("offers/a.yaml");
    assert!(
        text.contains("# for now")
            && text.contains("# the name\noffer_name: A\nadvertiser: acme-home\nvertical_id: 7\n"),
        "{text}"
    );
    assert_eq!(text.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().len(), TIDY.lines().count());
    assert_eq!(project.read("offers/x/_defaults.yaml"), "advertiser: acme-home\nvertical_id: 7\n");
    // The values stay, their lines do not.
    let changes = |plan: &serde_json::Value| {
        let changes = plan["actions"][0]["changes"].as_array().unwrap().clone();
        changes.into_iter().map(|change| (change["field"].clone(), change["after"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(changes(&project.run(&["plan", "--format", "json"]).exits(0).json()), changes(&plan));
    let before = project.files("");
    project.run(&["fmt", "--check"]).exits(0).says("0 would change");
    project.run(&["fmt"]).exits(0);
    assert_eq!(project.files(""), before);
}

#[test]
fn named_files_alone_are_formatted() {
    let project = Project::with_files(&[("a.yaml", UNTIDY), ("b.yaml", UNTIDY), ("c.yaml", &complete_offer("C"))]);
    project.run(&["fmt", "offers/b.yaml"]).exits(0);
    assert_eq!(project.read("offers/a.yaml"), UNTIDY);
    project.run(&["fmt", "--check", "offers/b.yaml"]).exits(0);
    project.run(&["fmt", "--check", "offers/a.yaml"]).exits(3);
    project.run(&["fmt", "offers/none.yaml"]).exits(1).says("offers/none.yaml");
}

#[test]
fn what_cannot_be_formatted_is_skipped_and_the_rest_is_formatted() {
    let project =
        Project::with_files(&[("a.yaml", UNTIDY), ("broken.yaml", "offer_name: [\n"), ("list.yaml", "- a\n")]);
    project.write_bytes("offers/latin.yaml", b"offer_name: caf\xe9\n");
    project
        .run(&["fmt"])
        .exits(3)
        .says("broken.yaml")
        .says("list.yaml")
        .says("latin.yaml: skipped")
        .says("1 formatted, 0 already formatted, 3 skipped");
    assert_ne!(project.read("offers/a.yaml"), UNTIDY);
    assert_eq!(project.read("offers/broken.yaml"), "offer_name: [\n");
}

#[test]
fn the_sample_offers_of_this_repository_are_canonical() {
    let run = Command::new(env!("CARGO_BIN_EXE_offersync"))
        .args(["fmt", "--check"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stdout));
}
