//! Observed against recorded against desired, for every kind of field, in every format.

use offersync::testing::sandbox::{Offer, StatusSpelling};

use super::movers;
use crate::harness::{Project, complete_offer};

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

/// The only drifted field: which side changed it, and what is shown.
fn only(project: &Project, mover: &str, case: &Case) -> serde_json::Value {
    let drift = project.drift();
    assert_eq!(movers(&drift), [format!("{}:{mover}", case.field)], "{drift:#}");
    drift["offers"][0]["fields"][0].clone()
}

#[test]
fn nothing_has_changed() {
    let project = Project::one();
    let before = project.files("");
    assert_eq!(movers(&project.drift()), [""; 0]);
    assert_eq!(project.run(&["schema", "drift"]).exits(0).json()["title"], "Drift");
    project.run(&["drift", "--detailed-exitcode"]).exits(0).says("No drift: 1 offer ");
    assert_eq!(project.files(""), before);
}

#[test]
fn an_updatable_field_is_changed_in_git_in_cake_or_in_both() {
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
fn an_updatable_field_changed_in_cake_alone_is_drift_and_is_overwritten_only_on_request() {
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
fn a_create_only_field_changed_in_cake_is_not_planned() {
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
fn a_field_that_the_listing_does_not_show_is_no_drift() {
    let project = Project::one();
    project.cake.change_quirks(|quirks| quirks.all_fields = false);
    project.in_cake("a", |offer| {
        offer.session_hours = Some(24);
        offer.expiration_date = Some("2033-01-01 00:00:00".parse().unwrap());
        offer.offer_description = Some("Changed, but not in the listing".to_owned());
    });
    assert_eq!(movers(&project.drift()), [""; 0]);
    project.plan_is_empty();
}

#[test]
fn ignored_and_unmanaged_fields_are_no_drift() {
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
fn quirks_of_case_wrapper_date_and_digits_are_no_drift() {
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
