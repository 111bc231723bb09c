//! `fmt`: the canonical form, and that it loses nothing.

use std::path::Path;
use std::process::Command;

use crate::harness::drift::{Bench, full};

const UNTIDY: &str = "payout:   20.00   # for now\n\n\n\n# the name\noffer_name: A\nvertical_id: 7\nadvertiser: acme-home   \noffer_url: https://x.example.com/";
const TIDY: &str = "# the name\noffer_name: A\nadvertiser: acme-home\nvertical_id: 7\noffer_url: https://x.example.com/\npayout: 20.00 # for now\n";

#[test]
fn files_become_canonical_and_then_stay() {
    let bench = Bench::new(&[("a.yaml", UNTIDY), ("x/_defaults.yaml", "vertical_id: 7\nadvertiser: acme-home\n")]);
    let before = bench.snapshot();
    bench
        .run(&["fmt", "--check"])
        .ends_with(3)
        .says("+payout: 20.00   # for now")
        .says("2 would change, 0 already formatted, 0 skipped");
    assert_eq!(bench.snapshot(), before);
    let plan = bench.run(&["plan", "--format", "json"]).ends_with(0).json();
    bench.run(&["fmt"]).ends_with(0).says("offers/a.yaml");
    let text = bench.read("offers/a.yaml");
    assert!(
        text.contains("# for now")
            && text.contains("# the name\noffer_name: A\nadvertiser: acme-home\nvertical_id: 7\n"),
        "{text}"
    );
    assert_eq!(text.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().len(), TIDY.lines().count());
    assert_eq!(bench.read("offers/x/_defaults.yaml"), "advertiser: acme-home\nvertical_id: 7\n");
    let changes = |plan: &serde_json::Value| plan["actions"][0]["changes"].clone();
    assert_eq!(changes(&bench.run(&["plan", "--format", "json"]).ends_with(0).json()), changes(&plan));
    let before = bench.snapshot();
    bench.run(&["fmt", "--check"]).ends_with(0).says("0 would change");
    bench.run(&["fmt"]).ends_with(0);
    assert_eq!(bench.snapshot(), before);
}

#[test]
fn named_files_alone_are_formatted() {
    let bench = Bench::new(&[("a.yaml", UNTIDY), ("b.yaml", UNTIDY), ("c.yaml", &full("C"))]);
    bench.run(&["fmt", "offers/b.yaml"]).ends_with(0);
    assert_eq!(bench.read("offers/a.yaml"), UNTIDY);
    bench.run(&["fmt", "--check", "offers/b.yaml"]).ends_with(0);
    bench.run(&["fmt", "--check", "offers/a.yaml"]).ends_with(3);
    bench.run(&["fmt", "offers/none.yaml"]).ends_with(1).says("offers/none.yaml");
}

#[test]
fn what_cannot_be_formatted_is_left_alone_and_the_rest_is_not() {
    let bench = Bench::new(&[("a.yaml", UNTIDY), ("broken.yaml", "offer_name: [\n"), ("list.yaml", "- a\n")]);
    std::fs::write(bench.path().join("offers/latin.yaml"), b"offer_name: caf\xe9\n").unwrap();
    bench
        .run(&["fmt"])
        .ends_with(3)
        .says("broken.yaml")
        .says("list.yaml")
        .says("latin.yaml: skipped")
        .says("1 formatted, 0 already formatted, 3 skipped");
    assert_ne!(bench.read("offers/a.yaml"), UNTIDY);
    assert_eq!(bench.read("offers/broken.yaml"), "offer_name: [\n");
}

#[test]
fn the_sample_offers_of_this_repository_are_canonical() {
    let ran = Command::new(env!("CARGO_BIN_EXE_offersync"))
        .args(["fmt", "--check"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stdout));
}
