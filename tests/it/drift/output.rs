//! How drift is printed, and that nothing is written.

use crate::harness::{Project, complete_offer};

#[test]
fn markdown_is_a_table_and_cannot_be_broken() {
    let project = Project::one();
    project.in_cake("a", |offer| offer.offer_name = "</details>|`@everyone`".into());
    let page = project.run(&["drift", "--format", "markdown"]).exits(0);
    page.says("| offer | field |");
    assert!(!page.stdout.contains("</details>") && !page.stdout.contains("@everyone"), "{}", page.stdout);
}

#[test]
fn failures_are_reported_in_the_requested_format() {
    let project = Project::one();
    for (listing_absent, total_offset) in [(true, 0), (false, 3)] {
        project.cake.change_quirks(|quirks| {
            quirks.listing_absent = listing_absent;
            quirks.total_offset = total_offset;
        });
        for command in [&["drift"][..], &["plan", "--refresh"], &["apply", "--refresh", "--auto-approve"]] {
            project.run(command).exits(1);
        }
        project.run(&["drift", "--accept"]).exits(1);
        let json = project.run(&["drift", "--format", "json"]).exits(1).json();
        assert_eq!(json["format"], "offersync-diagnostics");
    }
    project.run(&["drift", "typo*"]).exits(3).says("`typo*` matches no offer");
    project.run(&["drift", "--accept", "--format", "json"]).exits(64);
    project.cake.set_api_key(Some("other".to_owned()));
    project.run(&["drift"]).exits(9);
}

#[test]
fn drift_writes_nothing_anywhere() {
    let project = Project::one();
    project.in_cake("a", |offer| offer.payout = Some("25".parse().unwrap()));
    let before = project.files("");
    for arguments in [
        &["drift"][..],
        &["drift", "--format", "json"],
        &["drift", "--format", "markdown"],
        &["drift", "--accept", "--dry-run"],
        &["plan", "--refresh"],
    ] {
        project.run(arguments).exits(0);
        assert_eq!(project.files(""), before, "{arguments:?}");
    }
    assert_eq!(project.cake.counters().updates, 0);
}

#[test]
fn keys_and_globs_narrow() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    for key in ["a", "b"] {
        project.in_cake(key, |offer| offer.payout = Some("25".parse().unwrap()));
    }
    project.run(&["drift", "a"]).exits(0).says("a  offer").never_says("b  offer");
    project.run(&["drift", "--accept", "--exclude", "a"]).exits(0);
    assert!(
        project.read("offers/b.yaml").contains("payout: 25\n")
            && project.read("offers/a.yaml").contains("payout: 20.00\n")
    );
}
