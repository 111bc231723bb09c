//! Observed against recorded against desired, for every kind of field, in every format.

use offersync::testing::sandbox::{Offer, RestrictedKey, SandboxOptions, StatusSpelling};

use super::movers;
use crate::harness::{Project, Settings, complete_offer};

/// A field in YAML, changed in git and in CAKE to the same value, and in CAKE to another one.
struct Case {
    field: &'static str,
    old: &'static str,
    new: &'static str,
    alike: fn(&mut Offer),
    other: fn(&mut Offer),
    shown: &'static str,
}

const UPDATABLE: [Case; 5] = [
    Case {
        field: "offer_name",
        old: "offer_name: A\n",
        new: "offer_name: B\n",
        alike: |offer| offer.offer_name = "B".into(),
        other: |offer| offer.offer_name = "C".into(),
        shown: "C",
    },
    Case {
        field: "offer_status",
        old: "offer_status: active\n",
        new: "offer_status: pending\n",
        alike: |offer| offer.offer_status = "Pending".into(),
        other: |offer| offer.offer_status = "INACTIVE".into(),
        shown: "inactive",
    },
    Case {
        field: "payout",
        old: "payout: 20.00\n",
        new: "payout: 21\n",
        alike: |offer| offer.payout = Some("21.000".parse().unwrap()),
        other: |offer| offer.payout = Some("25.5".parse().unwrap()),
        shown: "25.5",
    },
    Case {
        field: "revenue",
        old: "revenue: 30.00\n",
        new: "revenue: 31.00\n",
        alike: |offer| offer.revenue = Some("31".parse().unwrap()),
        other: |offer| offer.revenue = Some("0".parse().unwrap()),
        shown: "0",
    },
    Case {
        field: "expiration_date",
        old: "expiration_date: 2031-06-30 23:59:59\n",
        new: "expiration_date: 2032-01-01 00:00:00\n",
        alike: |offer| offer.expiration_date = Some("2032-01-01 00:00:00".parse().unwrap()),
        other: |offer| offer.expiration_date = Some("2033-01-01 00:00:00".parse().unwrap()),
        shown: "2033-01-01 00:00:00",
    },
];

const CREATE_ONLY: [Case; 4] = [
    Case {
        field: "vertical_id",
        old: "vertical_id: 7\n",
        new: "vertical_id: 8\n",
        alike: |offer| offer.vertical_id = 8,
        other: |offer| offer.vertical_id = 9,
        shown: "9",
    },
    Case {
        field: "offer_url",
        old: "https://track.example.com/{offer_id}",
        new: "https://new.example.com/{offer_id}",
        alike: |offer| offer.offer_url = "https://new.example.com/{offer_id}".into(),
        other: |offer| offer.offer_url = "https://other.example.com/".into(),
        shown: "https://other.example.com/",
    },
    Case {
        field: "payout_type",
        old: "payout_type: cpa\n",
        new: "payout_type: cpc\n",
        alike: |offer| offer.payout_type = Some("CPC".to_owned()),
        other: |offer| offer.payout_type = Some("CPM".to_owned()),
        shown: "cpm",
    },
    Case {
        field: "offer_description",
        old: "Pays on a lead.",
        new: "Pays on a sale.",
        alike: |offer| offer.offer_description = Some("Pays on a sale.".to_owned()),
        other: |offer| offer.offer_description = Some("Pays\nnothing.".to_owned()),
        shown: "Pays\nnothing.",
    },
];

fn git(project: &Project, case: &Case) {
    project.replace("offers/a.yaml", case.old, case.new);
}

/// One field of one offer: who moved it, and what is shown.
fn only(project: &Project, mover: &str, case: &Case) -> serde_json::Value {
    let drift = project.drift();
    assert_eq!(movers(&drift), [format!("{}:{mover}", case.field)], "{drift:#}");
    drift["offers"][0]["fields"][0].clone()
}

#[test]
fn nothing_has_moved() {
    let project = Project::one();
    let before = project.files("");
    assert_eq!(movers(&project.drift()), [""; 0]);
    assert_eq!(project.run(&["schema", "drift"]).exits(0).json()["title"], "Drift");
    project.run(&["drift", "--detailed-exitcode"]).exits(0).says("No drift: 1 offers");
    assert_eq!(project.files(""), before);
}

#[test]
fn an_updatable_field_moves_in_three_ways() {
    for case in &UPDATABLE {
        let project = Project::one();
        git(&project, case);
        only(&project, "git", case);
        project.run(&["drift", "--detailed-exitcode"]).exits(0).says("changed in git");
        project.run(&["plan", "--refresh", "--detailed-exitcode"]).exits(2).never_says("overwrites");

        project.in_cake("a", case.other);
        let cell = only(&project, "conflict", case);
        assert_eq!(cell["observed"], case.shown);
        assert!(cell["recorded"] != cell["desired"] && cell["desired"] != cell["observed"]);
        project.run(&["drift", "--detailed-exitcode"]).exits(2).says("changed on both sides").says("1 in conflict");
        project.run(&["plan", "--refresh"]).exits(0).says("overwrites what was changed in CAKE").says("in git");

        project.in_cake("a", case.alike);
        only(&project, "both_alike", case);
        project.run(&["plan", "--refresh", "--detailed-exitcode"]).exits(0);
        let writes = project.cake.writes();
        project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
        assert_eq!(project.cake.writes(), writes, "it settles without a write");
        project.plan_is_empty();
        assert_eq!(movers(&project.drift()), [""; 0]);
    }
}

#[test]
fn an_updatable_field_that_moved_in_cake_alone_is_drift_and_can_be_put_back_on_purpose() {
    for case in &UPDATABLE {
        let project = Project::one();
        project.in_cake("a", case.other);
        assert_eq!(only(&project, "cake", case)["observed"], case.shown);
        project.run(&["drift", "--detailed-exitcode"]).exits(2).says("changed in CAKE");
        let writes = project.cake.writes();
        project.run(&["apply", "--refresh", "--auto-approve"]).exits(4).says("--overwrite-drift").says("`a`");
        assert_eq!(project.cake.writes(), writes);
        project.run(&["apply", "--refresh", "--auto-approve", "--overwrite-drift"]).exits(0);
        assert_eq!(project.cake.writes(), writes + 1);
        project.plan_is_empty();
        assert_eq!(movers(&project.drift()), [""; 0]);
    }
}

#[test]
fn a_create_only_field_is_never_fought_over() {
    for case in &CREATE_ONLY {
        let project = Project::one();
        project.in_cake("a", case.other);
        let shown = only(&project, "cake", case)["observed"].clone();
        assert_eq!(shown.as_str().map_or_else(|| shown.to_string(), str::to_owned), case.shown);
        project.run(&["plan", "--refresh", "--detailed-exitcode"]).exits(0).says("drift --accept");
        project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);

        git(&project, case);
        only(&project, "conflict", case);
        project.run(&["plan", "--refresh"]).exits(4).says("was changed in CAKE");

        project.in_cake("a", case.alike);
        only(&project, "both_alike", case);
        project.run(&["plan"]).exits(4);
        project.run(&["plan", "--refresh", "--detailed-exitcode"]).exits(2).says("CAKE shows these values already");
        project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
        project.plan_is_empty();
    }
}

#[test]
fn what_the_listing_does_not_show_speaks_for_nobody() {
    let project = Project::one();
    project.cake.change_quirks(|quirks| quirks.all_fields = false);
    project.in_cake("a", |offer| {
        offer.session_hours = Some(24);
        offer.expiration_date = Some("2033-01-01 00:00:00".parse().unwrap());
        offer.offer_description = Some("Changed where nobody sees it".to_owned());
    });
    assert_eq!(movers(&project.drift()), [""; 0]);
    project.plan_is_empty();
}

#[test]
fn what_is_ignored_and_what_is_not_managed_is_nobodys_business() {
    let project = Project::one();
    project.write("offers/a.yaml", &(complete_offer("A") + "sync:\n  ignore_changes: [payout]\n"));
    project.in_cake("a", |offer| offer.payout = Some("99".parse().unwrap()));
    assert_eq!(movers(&project.drift()), [""; 0]);

    let project = Project::one();
    project.replace("offers/a.yaml", "revenue: 30.00\n", "");
    project.in_cake("a", |offer| offer.revenue = Some("99".parse().unwrap()));
    assert_eq!(movers(&project.drift()), [""; 0]);
    project.run(&["drift", "--accept"]).exits(0).says("Accepted 0 values");
    assert!(!project.read("offers/a.yaml").contains("revenue:"));
    project.run(&["plan", "--refresh"]).exits(0).says("no longer managed").never_says("overwrites");
}

#[test]
fn a_field_that_is_newly_managed_is_planned_against_what_cake_shows() {
    let project = Project::one();
    project.replace("offers/a.yaml", "revenue: 30.00\n", "");
    project.apply().exits(0);
    project.in_cake("a", |offer| offer.revenue = Some("33".parse().unwrap()));
    project.write("offers/a.yaml", &complete_offer("A"));
    let plan = project.run(&["plan", "--refresh", "--format", "json"]).exits(0).json();
    assert_eq!(plan["actions"][0]["changes"][0]["before"], "33", "{plan:#}");
}

#[test]
fn oddities_of_case_wrapper_date_and_digits_are_no_drift() {
    let project = Project::applied(&[
        ("a.yaml", &complete_offer("A")),
        ("b.yaml", &complete_offer("B").replace(": active", ": inactive")),
    ]);
    for words in [StatusSpelling::Upper, StatusSpelling::Capitalized, StatusSpelling::PausedForInactive] {
        project.cake.change_quirks(|quirks| {
            quirks.status_spelling = words;
            quirks.iso_dates = true;
            quirks.nulls = true;
            quirks.money_decimals = 4;
            quirks.wrapper = offersync::testing::sandbox::Wrapper::UnderResponse;
            quirks.repeat_first_row = true;
        });
        assert_eq!(movers(&project.drift()), [""; 0], "{words:?}");
        project.plan_is_empty();
    }
}

#[test]
fn paused_in_cake_is_inactive() {
    let project = Project::one();
    project.in_cake("a", |offer| offer.offer_status = "Paused".into());
    let drift = project.drift();
    assert_eq!(drift["offers"][0]["fields"][0]["observed"], "Paused");
    project.run(&["drift", "--accept"]).exits(0);
    assert!(project.read("offers/a.yaml").contains("offer_status: inactive\n"));
    project.plan_is_empty();
}

#[test]
fn a_word_that_is_none_of_ours_is_drift_that_cannot_be_accepted() {
    let project = Project::one();
    project.in_cake("a", |offer| {
        offer.payout_type = Some("CPS".to_owned());
        offer.offer_status = "Archived".into();
    });
    assert_eq!(movers(&project.drift()), ["offer_status:cake", "payout_type:cake"]);
    let before = project.files("");
    project.run(&["drift", "--accept"]).exits(7).says("`CPS`").says("`Archived`").says("ignore_changes: [payout_type]");
    assert_eq!(project.files("")["offers/a.yaml"], before["offers/a.yaml"]);
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(4).says("`a`");
}

#[test]
fn an_offer_that_expired_by_itself_rests_until_git_gives_it_a_date() {
    let project = Project::one();
    project.in_cake("a", |offer| offer.offer_status = "Expired".into());
    let drift = project.drift();
    assert_eq!(drift["offers"][0]["expired"], true);
    project.run(&["drift"]).exits(0).says("expired in CAKE");
    project.run(&["plan", "--refresh", "--detailed-exitcode"]).exits(0).says("is expired in CAKE");
    project.run(&["drift", "--accept"]).exits(7).says("`Expired` cannot be written back");

    project.replace("offers/a.yaml", "2031-06-30 23:59:59", "2040-01-01 00:00:00");
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
    assert_eq!(project.offer("a").offer_status, "active");
    project.plan_is_empty();
}

#[test]
fn an_offer_that_is_gone_is_told_and_nothing_takes_its_place() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.cake.remove(project.id("a")).unwrap();
    let drift = project.drift();
    assert_eq!((&drift["offers"][0]["gone"], &drift["summary"]["gone"]), (&true.into(), &1.into()));
    project.run(&["drift", "--detailed-exitcode"]).exits(2).says("Not in CAKE's list");
    project.run(&["plan", "--refresh", "--detailed-exitcode"]).exits(0).says("plan::gone");
    project.run(&["drift", "--accept"]).exits(0).says("not in CAKE's list");
    assert!(project.state()["offers"]["a"].is_object());
}

#[test]
fn a_key_that_sees_fewer_offers_is_suspected_once() {
    let files: Vec<(String, String)> = (0..60)
        .map(|n| {
            (
                format!("o{n:02}.yaml"),
                complete_offer(&format!("O{n}")).replace("acme-home", if n < 50 { "acme-home" } else { "bright" }),
            )
        })
        .collect();
    let key = RestrictedKey { key: "restricted".to_owned(), advertisers: [204].into() };
    let options = SandboxOptions { restricted_keys: vec![key], ..SandboxOptions::default() };
    let project = Project::with(options, &Settings::default());
    for (name, text) in &files {
        project.write(&format!("offers/{name}"), text);
    }
    project.apply().exits(0);
    let drift = project.run_with(&["drift"], &[("CAKE_API_KEY", "restricted")]).exits(0);
    drift.says("and 40 more");
    assert_eq!(drift.stdout.matches("may see fewer offers").count(), 1);
    assert!(drift.stdout.lines().count() < 20, "{}", drift.stdout);
    let plan = project.run_with(&["plan", "--refresh"], &[("CAKE_API_KEY", "restricted")]).exits(0);
    plan.says("50 recorded offers");
    assert_eq!(plan.said().matches("may see fewer offers").count(), 1);
    let json = project.run_with(&["drift", "--format", "json"], &[("CAKE_API_KEY", "restricted")]).exits(0).json();
    assert_eq!(json["summary"]["gone"], 50);
}

#[test]
fn a_retired_offer_is_watched_for_coming_alive() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.remove("offers/a.yaml");
    project.apply().exits(0);
    project.in_cake("a", |offer| offer.payout = Some("99".parse().unwrap()));
    assert_eq!(movers(&project.drift()), [""; 0], "nobody cares what a retired offer would pay");
    project.in_cake("a", |offer| offer.offer_status = "active".into());
    let drift = project.drift();
    assert_eq!((movers(&drift), &drift["offers"][0]["retired"]), (vec!["offer_status:cake".to_owned()], &true.into()));
    project.run(&["drift", "--accept"]).exits(7).says("active in CAKE again");
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(4);
    project.run(&["apply", "--refresh", "--auto-approve", "--overwrite-drift"]).exits(0);
    assert_eq!(project.offer("a").offer_status, "inactive");
    assert_eq!(project.state()["offers"]["a"]["status"], "retired");
    project.cake.remove(project.id("a")).unwrap();
    assert_eq!(movers(&project.drift()), [""; 0], "and it may go for good");
}

#[test]
fn what_changed_while_an_offer_was_retired_is_seen_when_its_yaml_is_back() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.remove("offers/a.yaml");
    project.apply().exits(0);
    project.in_cake("a", |offer| {
        offer.payout = Some("99".parse().unwrap());
        offer.offer_status = "active".into();
    });
    project.write("offers/a.yaml", &complete_offer("A"));
    assert_eq!(movers(&project.drift()), ["offer_status:both_alike", "payout:cake"]);
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(4);
    project.run(&["apply", "--refresh", "--auto-approve", "--overwrite-drift"]).exits(0);
    assert_eq!(project.offer("a").payout.unwrap().as_str(), "20.00");
    project.plan_is_empty();
}

#[test]
fn markdown_is_a_table_and_cannot_be_broken() {
    let project = Project::one();
    project.in_cake("a", |offer| offer.offer_name = "</details>|`@everyone`".into());
    let page = project.run(&["drift", "--format", "markdown"]).exits(0);
    page.says("| offer | field |");
    assert!(!page.stdout.contains("</details>") && !page.stdout.contains("@everyone"), "{}", page.stdout);
}

#[test]
fn failures_are_told_in_the_format_that_was_asked_for() {
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

#[test]
fn a_rename_that_is_not_applied_yet_hides_no_drift() {
    let project = Project::one();
    let old = project.id("a");
    project.in_cake("a", |offer| offer.payout = Some("25".parse().unwrap()));
    project.remove("offers/a.yaml");
    project.write("offers/new.yaml", &(complete_offer("A") + "sync:\n  renamed_from: a\n"));
    let drift = project.drift();
    assert_eq!((movers(&drift), &drift["offers"][0]["renamed_to"]), (vec!["payout:cake".to_owned()], &"new".into()));
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(4).says("`new`");
    project.run(&["drift", "--accept", "new"]).exits(0);
    assert!(project.read("offers/new.yaml").contains("payout: 25\n"));
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
    assert_eq!(project.id("new"), old);
    project.plan_is_empty();
}
