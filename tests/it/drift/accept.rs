//! `drift --accept`: CAKE's values in the YAML by the smallest edits, in the state too, and every other byte as it was.

use std::fs::File;

use super::payout;
use crate::harness::{Project, clean, complete_offer, finish};

#[test]
fn only_the_bytes_of_the_value_change() {
    let texts = [
        "# head\n\noffer_name: 'A'   # said so\nadvertiser_id: 101\nvertical_id: 7\noffer_url: https://x.example.com/\n\npayout:   20.00  # for now\n# tail\n",
        "\u{feff}offer_name: A\r\nadvertiser_id: 101\r\nvertical_id: 7\r\noffer_url: https://x.example.com/\r\n\r\n# money\r\npayout: \"20.00\" # quoted\r\n",
        "{offer_name: A, advertiser_id: 101, vertical_id: 7, offer_url: 'https://x.example.com/', payout: 20.00}",
    ];
    for text in texts {
        let project = Project::applied(&[("a.yaml", text)]);
        project.in_cake("a", payout("25.50"));
        project.run(&["drift", "--accept"]).exits(0).says("Accepted 1 value in 1 file");
        let wanted = if text.contains("\"20.00\"") {
            text.replace("\"20.00\"", "\"25.50\"")
        } else {
            text.replace("20.00", "25.50")
        };
        assert_eq!(project.read("offers/a.yaml"), wanted);
        project.plan_is_empty();
        project.run(&["drift", "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn every_field_is_accepted_and_recorded() {
    let project = Project::one();
    project.in_cake("a", |offer| {
        offer.offer_name = "Tom's: \"best\" #1".into();
        offer.advertiser_id = 204;
        offer.vertical_id = 9;
        offer.offer_url = "https://other.example.com/?a={aff_id}#x".into();
        offer.preview_url = Some("https://p.example.com/".to_owned());
        offer.offer_status = "Inactive".into();
        offer.payout = Some("0.1".parse().unwrap());
        offer.payout_type = Some("CPM".to_owned());
        offer.revenue = Some("100000000000000.01".parse().unwrap());
        offer.revenue_type = Some("RevShare".to_owned());
        offer.currency_id = Some(3);
        offer.session_hours = Some(48);
        offer.expiration_date = Some("2040-02-29 12:00:00".parse().unwrap());
        offer.offer_description = Some("Two lines:\n  - of text\n".to_owned());
    });
    // So much is another offer, as far as anyone can tell.
    project.run(&["drift", "--accept"]).exits(7).says("may be another one").says("`offersync drift --accept a`");
    project.run(&["drift", "--accept", "a"]).exits(0).says("Accepted 14 values in 1 file");
    let text = project.read("offers/a.yaml");
    assert!(text.contains("advertiser: bright\n"), "the configured name is used: {text}");
    assert!(text.contains("currency_id: 3\n"), "an id without a name stays an id: {text}");
    assert_eq!(project.state()["offers"]["a"]["fields"]["revenue"], "100000000000000.01");
    project.plan_is_empty();
    project.run(&["drift", "--detailed-exitcode"]).exits(0);
    assert_eq!(project.cake.counters().updates, 0, "nothing is ever written to CAKE");
}

#[test]
fn an_inherited_value_is_overridden_in_the_offers_own_file() {
    let defaults = "# for all\nadvertiser: acme-home\nvertical_id: 7\npayout: 20.00\n";
    let own = |name: &str| format!("# own\noffer_name: {name}\noffer_url: \"https://x.example.com/\" # url\n");
    let project = Project::applied(&[("_defaults.yaml", defaults), ("a.yaml", &own("A")), ("b.yaml", &own("B"))]);
    project.in_cake("a", |offer| {
        offer.payout = Some("25".parse().unwrap());
        offer.advertiser_id = 999;
    });
    project.run(&["drift", "--accept", "a"]).exits(0);
    assert_eq!(project.read("offers/_defaults.yaml"), defaults);
    assert_eq!(project.read("offers/b.yaml"), own("B"));
    let text = "# own\noffer_name: A\nadvertiser_id: 999\noffer_url: \"https://x.example.com/\" # url\npayout: 25\n";
    assert_eq!(project.read("offers/a.yaml"), text);
    project.plan_is_empty();
}

#[test]
fn documents_of_one_file_are_edited_each_for_itself() {
    let document = |key: &str| {
        format!(
            "sync: {{key: {key}}} # {key}\noffer_name: {key}\nadvertiser_id: 101\nvertical_id: 7\noffer_url: https://x.example.com/\npayout: 20.00\n"
        )
    };
    let text = format!("{}---\n{}---\n{}", document("one"), document("two"), document("three"));
    let project = Project::applied(&[("many.yaml", &text)]);
    for (key, amount) in [("one", "21.00"), ("three", "23.00")] {
        project.in_cake(key, |offer| {
            payout(amount)(offer);
            offer.revenue = None;
            offer.expiration_date = None;
        });
    }
    project.run(&["drift", "--accept"]).exits(0);
    let wanted = format!(
        "{}---\n{}---\n{}",
        document("one").replace("20.00", "21.00"),
        document("two"),
        document("three").replace("20.00", "23.00")
    );
    assert_eq!(project.read("offers/many.yaml"), wanted);
    project.plan_is_empty();
}

#[test]
fn what_cannot_be_edited_safely_is_reported_with_what_to_write() {
    let text = "offer_name: A\nadvertiser_id: 101\nvertical_id: 7\noffer_url: https://x.example.com/\npayout: &money 20.00\nrevenue: *money\n";
    let project = Project::with_files(&[("a.yaml", text), ("b.yaml", &complete_offer("B"))]);
    project.apply().exits(0);
    for key in ["a", "b"] {
        project.in_cake(key, payout("25"));
    }
    project.run(&["drift", "--accept"]).exits(7).says("offers/a.yaml:5").says("payout: 25").says("Accepted 1 value");
    assert_eq!(project.read("offers/a.yaml"), text);
    project.run(&["drift", "a", "--detailed-exitcode"]).exits(2);
    project.run(&["drift", "b", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_dry_run_shows_the_edit_and_makes_none() {
    let project = Project::one();
    project.in_cake("a", payout("25"));
    let before = project.files("");
    project
        .run(&["drift", "--accept", "--dry-run"])
        .exits(0)
        .says("-payout: 20.00")
        .says("+payout: 25")
        .says("Would accept 1 value");
    assert_eq!(project.files(""), before);
    project.run(&["drift", "--dry-run"]).exits(64);
}

#[test]
fn accepting_twice_changes_nothing_more() {
    let project = Project::one();
    project.in_cake("a", payout("25"));
    project.run(&["drift", "--accept"]).exits(0);
    let before = project.files("");
    project.run(&["drift", "--accept"]).exits(0).says("Accepted 0 values in 0 files");
    assert_eq!(project.files(""), before);
}

#[test]
fn a_value_that_git_changed_as_well_is_taken_over_only_where_its_key_is_named() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    let text = project.read("offers/a.yaml");
    for key in ["a", "b"] {
        project.in_cake(key, payout("25"));
    }
    let advice =
        "payout is \"25\" in CAKE and \"21.00\" in git. To take CAKE's value over, run `offersync drift --accept a`";
    project.run(&["drift", "--accept", "--dry-run"]).exits(7).says(advice);
    // A pattern names no offer.
    project.run(&["drift", "--accept", "*"]).exits(7).says(advice).says("Accepted 1 value in 1 file");
    assert_eq!(project.read("offers/a.yaml"), text);
    assert!(project.read("offers/b.yaml").contains("payout: 25\n"));
    project.run(&["drift", "--accept", "a"]).exits(0).says("Accepted 1 value in 1 file");
    assert!(project.read("offers/a.yaml").contains("payout: 25\n"));
    project.plan_is_empty();
}

#[test]
fn a_file_with_changes_that_are_not_committed_is_left_alone() {
    let document = |key: &str| format!("sync: {{key: {key}}}\n{}", complete_offer(key));
    let two = format!("{}---\n{}", document("one"), document("two"));
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("many.yaml", &two)]);
    project.write("offers/new/b.yaml", &complete_offer("B"));
    project.apply().exits(0);
    let git = |arguments: &[&str]| project.git(arguments).exits(0);
    git(&["init", "--quiet"]);
    git(&["add", "offersync.toml", "offers/a.yaml", "offers/many.yaml"]);
    git(&["commit", "--quiet", "--message", "first"]);
    project.replace("offers/many.yaml", "{key: one}", "{key: one} # a note");
    for key in ["a", "b", "one"] {
        project.in_cake(key, payout("25"));
    }
    let before = (project.read("offers/many.yaml"), project.read("offers/new/b.yaml"));
    let run = project.run(&["drift", "--accept"]).exits(7);
    run.says("offers/many.yaml has changes that are not committed, so CAKE's values of `one` are not written into it");
    run.says("offers/new/b.yaml has changes that are not committed");
    run.says("Accepted 1 value in 1 file");
    assert!(project.read("offers/a.yaml").contains("payout: 25\n"));
    assert_eq!(before, (project.read("offers/many.yaml"), project.read("offers/new/b.yaml")));
    assert_eq!(project.state()["offers"]["b"]["fields"]["payout"], "20.00", "what is not written is not recorded");
    // Committed, or insisted on.
    git(&["add", "--all", "--", "offers"]);
    git(&["commit", "--quiet", "--message", "second"]);
    project.run(&["drift", "--accept", "b"]).exits(0);
    project.replace("offers/many.yaml", "# a note", "# another note");
    project.run(&["drift", "--accept", "--force"]).exits(0).says("Accepted 1 value in 1 file");
    project.plan_is_empty();
    project.run(&["drift", "--force"]).exits(64);
}

#[test]
fn a_file_that_git_does_not_look_at_is_left_alone() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A"))]);
    project.git(&["init", "--quiet"]).exits(0);
    project.commit("first");
    project.in_cake("a", payout("25"));
    for bit in ["--assume-unchanged", "--skip-worktree"] {
        project.git(&["update-index", bit, "offers/a.yaml"]).exits(0);
        project.replace("offers/a.yaml", "payout: 20.00", "payout: 20.00 # a note");
        let text = project.read("offers/a.yaml");
        let refused = project.run(&["drift", "--accept"]).exits(7);
        refused.says("git does not look for changes of offers/a.yaml");
        assert_eq!(project.read("offers/a.yaml"), text);
        let command = refused.said().split('`').find(|part| part.contains("update-index")).unwrap().to_owned();
        finish(clean("sh", project.folder()).args(["-c", &command])).exits(0);
        project.run(&["drift", "--accept"]).exits(7).says("changes that are not committed");
        project.git(&["checkout", "--quiet", "--", "offers/a.yaml"]).exits(0);
    }
    project.run(&["drift", "--accept"]).exits(0);
    project.plan_is_empty();
}

#[test]
fn a_conflict_is_settled_for_cake_and_agreement_is_recorded_with_it() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    project.replace("offers/b.yaml", "payout: 20.00", "payout: 25.00");
    for key in ["a", "b"] {
        project.in_cake(key, payout("25"));
    }
    project.run(&["drift", "--accept", "a", "b"]).exits(0).says("Accepted 1 value in 1 file");
    assert!(project.read("offers/a.yaml").contains("payout: 25\n"));
    assert!(project.read("offers/b.yaml").contains("payout: 25.00\n"), "the author's spelling stays");
    project.plan_is_empty();
}

#[test]
fn a_change_in_git_that_is_not_applied_yet_stays_one() {
    let project = Project::one();
    project.replace("offers/a.yaml", "revenue: 30.00", "revenue: 35.00");
    project.in_cake("a", payout("25"));
    project.run(&["drift", "--accept"]).exits(0);
    let plan = project.run(&["plan", "--format", "json"]).exits(0).json();
    assert_eq!(plan["actions"][0]["changes"].as_array().unwrap().len(), 1);
    assert_eq!(plan["actions"][0]["changes"][0]["field"], "revenue");
}

#[test]
fn an_offer_without_yaml_can_accept_nothing() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.remove("offers/a.yaml");
    project.in_cake("a", payout("25"));
    project.run(&["drift", "--accept"]).exits(7).says("`a` has no YAML");
}

#[test]
fn a_locked_state_is_reported_before_a_file_is_written() {
    let project = Project::one();
    project.in_cake("a", payout("25"));
    let lock = File::options().write(true).open(project.path("offersync.state.json.lock")).unwrap();
    lock.try_lock().unwrap();
    let text = project.read("offers/a.yaml");
    project.run(&["drift", "--accept"]).exits(6);
    assert_eq!(project.read("offers/a.yaml"), text);
    project.run(&["drift"]).exits(0).says("changed in CAKE");
}
