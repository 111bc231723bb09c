//! `edit`: many offers' YAML at once, exact, minimal, all or nothing.

use crate::harness::{Project, complete_offer};

const DEFAULTS: &str = "# for all\nadvertiser: acme-home\nvertical_id: 7\npayout_type: cpa\npayout: 19.95\n";

fn own(name: &str) -> String {
    format!("# {name}\noffer_name: \"{name}\"  # quoted\noffer_url: https://x.example.com/\n")
}

/// Three offers: one that inherits its payout, one with a whole number, one of another advertiser without any.
fn three_offers() -> Project {
    Project::with_files(&[
        ("acme/_defaults.yaml", DEFAULTS),
        ("acme/inherits.yaml", &own("In and out")),
        ("acme/whole.yaml", &(own("Whole") + "payout: 20 # round\n")),
        ("other.yaml", &(own("Other").replace("offer_url", "advertiser_id: 204\nvertical_id: 7\noffer_url"))),
    ])
}

#[test]
fn amounts_are_exact_and_everything_else_stays() {
    let project = three_offers();
    let before = project.files("");
    let condition = "advertiser = acme-home and payout_type = CPA";
    project
        .run(&["edit", "--set", "payout=+10%", "--where", condition])
        .exits(0)
        .says("+payout: 22.00 # round")
        .says("Changed 2 values in 2 files");
    assert_eq!(project.read("offers/acme/whole.yaml"), own("Whole") + "payout: 22.00 # round\n");
    // 21.945 is rounded half away from zero, into a line of the offer's own.
    assert_eq!(project.read("offers/acme/inherits.yaml"), own("In and out") + "payout: 21.95\n");
    let mut after = project.files("");
    for file in ["offers/acme/whole.yaml", "offers/acme/inherits.yaml"] {
        after.insert(file.to_owned(), before[file].clone());
    }
    assert_eq!(after, before);
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let project = three_offers();
    let before = project.files("");
    project.run(&["edit", "whole", "--set", "payout=+0.005", "--dry-run"]).exits(0).says("+payout: 20.005 # round");
    let document =
        project.run(&["edit", "whole", "--set", "payout=+0.005", "--dry-run", "--format", "json"]).exits(0).json();
    assert_eq!((&document["values"], &document["files"][0]["file"]), (&1.into(), &"offers/acme/whole.yaml".into()));
    assert!(document["files"][0]["diff"].as_str().unwrap().contains("+payout: 20.005 # round"), "{document}");
    project
        .run(&["edit", "whole", "--set", "payout=+0.005", "--decimals", "2", "--dry-run"])
        .exits(0)
        .says("+payout: 20.01 # round");
    assert_eq!(project.files(""), before);
}

#[test]
fn several_fields_are_set_at_once_and_equal_values_are_left_alone() {
    let project = three_offers();
    project
        .run(&["edit", "whole", "--set", "payout=20.00", "--set", "revenue=30", "--set", "offer_name=A: \"b\" # c"])
        .exits(0)
        .says("Changed 2 values in 1 file");
    let text = project.read("offers/acme/whole.yaml");
    assert!(text.contains("payout: 20 # round\nrevenue: 30\n"), "{text}");
    let listed = project.run(&["plan", "whole", "--format", "json"]).exits(0).stdout;
    assert!(listed.contains(r#""A: \"b\" # c""#), "{listed}");
}

#[test]
fn conditions_select_offers() {
    let project = three_offers();
    for (condition, files) in [
        ("offer_name = 'In and out'", 1),
        ("offer_name = \"In and out\" and payout < 20", 1),
        ("offer_name != 'In and out'", 2),
        ("advertiser != acme-home", 1),
        ("payout >= 19.95 AND payout <= 20.0", 2),
        ("payout > 20", 0),
        ("expiration_date < 2030-01-01 00:00:00", 0),
        ("offer_status = Active", 3),
    ] {
        let run = project.run(&["edit", "--set", "session_hours=48", "--where", condition, "--dry-run"]).exits(0);
        assert_eq!(run.stdout.matches("+session_hours: 48").count(), files, "{condition}: {}", run.stdout);
        assert_eq!(run.stderr.contains("No offer matches"), files == 0, "{condition}");
    }
}

#[test]
fn what_breaks_a_rule_for_one_offer_stops_all() {
    let project = three_offers();
    let before = project.files("");
    project
        .run(&["edit", "--set", "payout=-19.96", "--where", "payout > 0"])
        .exits(64)
        .says("would be negative")
        .says("`inherits`");
    project.run(&["edit", "--set", "payout=+10%"]).exits(64).says("`other`").says("no amount");
    assert_eq!(project.files(""), before);
}

#[test]
fn invalid_arguments_are_wrong_usage() {
    let project = three_offers();
    let before = project.files("");
    for arguments in [
        &["edit"][..],
        &["edit", "--set", "payout"],
        &["edit", "--set", "payot=1"],
        &["edit", "--set", "payout=--5"],
        &["edit", "--set", "payout=1,000"],
        &["edit", "--set", "payout=1", "--set", "payout=+10%"],
        &["edit", "--set", "advertiser=bright", "--set", "advertiser_id=101"],
        &["edit", "--set", "advertiser=brihgt"],
        &["edit", "--set", "payout=1", "--where", "payout >> 3"],
        &["edit", "--set", "payout=1", "--where", ""],
        &["edit", "--set", "payout=1", "--where", "offer_name = 'open"],
    ] {
        project.run(arguments).exits(64);
    }
    project.run(&["edit", "typo", "--set", "payout=1"]).exits(3).says("`typo` matches no offer");
    assert_eq!(project.files(""), before);
}

#[test]
fn an_edit_is_a_change_to_review_like_any_other() {
    let project = Project::one();
    project.run(&["edit", "--set", "payout=*1.1"]).exits(0);
    assert_eq!(project.read("offers/a.yaml"), complete_offer("A").replace("payout: 20.00", "payout: 22.00"));
    project.run(&["plan", "--detailed-exitcode"]).exits(2).says("22.00");
    project.apply().exits(0);
    project.plan_is_empty();
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_the_file_behind_it_is_edited() {
    use std::os::unix::fs::symlink;

    let project = Project::with_files(&[("_defaults.yaml", DEFAULTS)]);
    project.write("shared/linked.yaml", &own("Linked"));
    symlink("../shared/linked.yaml", project.path("offers/linked.yaml")).unwrap();
    project.run(&["edit", "--set", "payout=+0.05"]).exits(0).says("+++ b/offers/linked.yaml");
    assert!(project.path("offers/linked.yaml").is_symlink());
    assert_eq!(project.read("shared/linked.yaml"), own("Linked") + "payout: 20.00\n");
    project.write("shared/linked.yaml", &(own("Linked") + "payout:    20.00\n"));
    project.run(&["fmt"]).exits(0).says("2 formatted");
    assert!(project.path("offers/linked.yaml").is_symlink());
    assert!(project.read("shared/linked.yaml").ends_with("\npayout: 20.00\n"));
}

#[cfg(unix)]
#[test]
fn a_file_outside_of_the_repository_is_neither_read_nor_edited_through_a_link() {
    use std::os::unix::fs::symlink;

    let project = Project::with_files(&[("_defaults.yaml", DEFAULTS)]);
    let elsewhere = Project::with_files(&[("linked.yaml", &own("Linked"))]);
    symlink(elsewhere.path("offers/linked.yaml"), project.path("offers/linked.yaml")).unwrap();
    for command in [&["edit", "--set", "payout=20"][..], &["fmt"], &["plan"], &["validate"]] {
        let run = project.run(command);
        if command != ["fmt"] {
            assert_eq!(run.code, Some(3), "{run:?}");
            run.says("tree::outside").never_says("Linked");
        }
    }
    assert_eq!(elsewhere.read("offers/linked.yaml"), own("Linked"));
}
