//! Observed against recorded against desired, for every kind of field, in every format.

use offersync::sandbox::{Offer, StatusSpelling};

use crate::harness::drift::{Bench, fits, full, movers};

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

fn git(bench: &Bench, case: &Case) {
    bench.replace("offers/a.yaml", case.old, case.new);
}

/// One field of one offer: who moved it, and what is shown.
fn only(bench: &Bench, mover: &str, case: &Case) -> serde_json::Value {
    let drift = bench.drift();
    assert_eq!(movers(&drift), [format!("{}:{mover}", case.field)], "{drift:#}");
    drift["offers"][0]["fields"][0].clone()
}

#[test]
fn nothing_has_moved() {
    let bench = Bench::one();
    let before = bench.snapshot();
    assert_eq!(movers(&bench.drift()), [""; 0]);
    assert_eq!(bench.run(&["schema", "drift"]).ends_with(0).json()["title"], "Drift");
    bench.run(&["drift", "--detailed-exitcode"]).ends_with(0).says("No drift: 1 offers");
    assert_eq!(bench.snapshot(), before);
}

#[test]
fn an_updatable_field_moves_in_three_ways() {
    for case in &UPDATABLE {
        let bench = Bench::one();
        git(&bench, case);
        only(&bench, "git", case);
        bench.run(&["drift", "--detailed-exitcode"]).ends_with(0).says("changed in git");
        bench.run(&["plan", "--refresh", "--detailed-exitcode"]).ends_with(2).never_says("overwrites");

        bench.in_cake("a", case.other);
        let cell = only(&bench, "conflict", case);
        assert_eq!(cell["observed"], case.shown);
        assert!(cell["recorded"] != cell["desired"] && cell["desired"] != cell["observed"]);
        bench.run(&["drift", "--detailed-exitcode"]).ends_with(2).says("changed on both sides").says("1 in conflict");
        bench.run(&["plan", "--refresh"]).ends_with(0).says("overwrites what was changed in CAKE").says("in git");

        bench.in_cake("a", case.alike);
        only(&bench, "both_alike", case);
        bench.run(&["plan", "--refresh", "--detailed-exitcode"]).ends_with(0);
        let writes = bench.writes();
        bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(0);
        assert_eq!(bench.writes(), writes, "it settles without a write");
        bench.plan_is_empty();
        assert_eq!(movers(&bench.drift()), [""; 0]);
    }
}

#[test]
fn an_updatable_field_that_moved_in_cake_alone_is_drift_and_can_be_put_back_on_purpose() {
    for case in &UPDATABLE {
        let bench = Bench::one();
        bench.in_cake("a", case.other);
        assert_eq!(only(&bench, "cake", case)["observed"], case.shown);
        bench.run(&["drift", "--detailed-exitcode"]).ends_with(2).says("changed in CAKE");
        let writes = bench.writes();
        bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(4).says("--overwrite-drift").says("`a`");
        assert_eq!(bench.writes(), writes);
        bench.run(&["apply", "--refresh", "--auto-approve", "--overwrite-drift"]).ends_with(0);
        assert_eq!(bench.writes(), writes + 1);
        bench.plan_is_empty();
        assert_eq!(movers(&bench.drift()), [""; 0]);
    }
}

#[test]
fn a_create_only_field_is_never_fought_over() {
    for case in &CREATE_ONLY {
        let bench = Bench::one();
        bench.in_cake("a", case.other);
        let shown = only(&bench, "cake", case)["observed"].clone();
        assert_eq!(shown.as_str().map_or_else(|| shown.to_string(), str::to_owned), case.shown);
        bench.run(&["plan", "--refresh", "--detailed-exitcode"]).ends_with(0).says("drift --accept");
        bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(0);

        git(&bench, case);
        only(&bench, "conflict", case);
        bench.run(&["plan", "--refresh"]).ends_with(4).says("was changed in CAKE");

        bench.in_cake("a", case.alike);
        only(&bench, "both_alike", case);
        bench.run(&["plan"]).ends_with(4);
        bench.run(&["plan", "--refresh", "--detailed-exitcode"]).ends_with(2).says("CAKE shows these values already");
        bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(0);
        bench.plan_is_empty();
    }
}

#[test]
fn what_the_listing_does_not_show_speaks_for_nobody() {
    let bench = Bench::one();
    bench.handle().change_quirks(|quirks| quirks.all_fields = false);
    bench.in_cake("a", |offer| {
        offer.session_hours = Some(24);
        offer.expiration_date = Some("2033-01-01 00:00:00".parse().unwrap());
        offer.offer_description = Some("Changed where nobody sees it".to_owned());
    });
    assert_eq!(movers(&bench.drift()), [""; 0]);
    bench.plan_is_empty();
}

#[test]
fn what_is_ignored_and_what_is_not_managed_is_nobodys_business() {
    let bench = Bench::one();
    bench.write("offers/a.yaml", &(full("A") + "sync:\n  ignore_changes: [payout]\n"));
    bench.in_cake("a", |offer| offer.payout = Some("99".parse().unwrap()));
    assert_eq!(movers(&bench.drift()), [""; 0]);

    let bench = Bench::one();
    bench.replace("offers/a.yaml", "revenue: 30.00\n", "");
    bench.in_cake("a", |offer| offer.revenue = Some("99".parse().unwrap()));
    assert_eq!(movers(&bench.drift()), [""; 0]);
    bench.run(&["drift", "--accept"]).ends_with(0).says("Accepted 0 values");
    assert!(!bench.read("offers/a.yaml").contains("revenue:"));
    bench.run(&["plan", "--refresh"]).ends_with(0).says("no longer managed").never_says("overwrites");
}

#[test]
fn a_field_that_is_newly_managed_is_planned_against_what_cake_shows() {
    let bench = Bench::one();
    bench.replace("offers/a.yaml", "revenue: 30.00\n", "");
    bench.apply();
    bench.in_cake("a", |offer| offer.revenue = Some("33".parse().unwrap()));
    bench.write("offers/a.yaml", &full("A"));
    let plan = bench.run(&["plan", "--refresh", "--format", "json"]).ends_with(0).json();
    assert_eq!(plan["actions"][0]["changes"][0]["before"], "33", "{plan:#}");
}

#[test]
fn oddities_of_case_wrapper_date_and_digits_are_no_drift() {
    let bench = Bench::applied(&[("a.yaml", &full("A")), ("b.yaml", &full("B").replace(": active", ": inactive"))]);
    for words in [StatusSpelling::Upper, StatusSpelling::Capitalized, StatusSpelling::PausedForInactive] {
        bench.handle().change_quirks(|quirks| {
            quirks.status_spelling = words;
            quirks.iso_dates = true;
            quirks.nulls = true;
            quirks.money_decimals = 4;
            quirks.wrapper = offersync::sandbox::Wrapper::UnderResponse;
            quirks.repeat_first_row = true;
        });
        assert_eq!(movers(&bench.drift()), [""; 0], "{words:?}");
        bench.plan_is_empty();
    }
}

#[test]
fn paused_in_cake_is_inactive() {
    let bench = Bench::one();
    bench.in_cake("a", |offer| offer.offer_status = "Paused".into());
    let drift = bench.drift();
    assert_eq!(drift["offers"][0]["fields"][0]["observed"], "Paused");
    bench.run(&["drift", "--accept"]).ends_with(0);
    assert!(bench.read("offers/a.yaml").contains("offer_status: inactive\n"));
    bench.plan_is_empty();
}

#[test]
fn a_word_that_is_none_of_ours_is_drift_that_cannot_be_accepted() {
    let bench = Bench::one();
    bench.in_cake("a", |offer| {
        offer.payout_type = Some("CPS".to_owned());
        offer.offer_status = "Archived".into();
    });
    assert_eq!(movers(&bench.drift()), ["offer_status:cake", "payout_type:cake"]);
    let before = bench.snapshot();
    bench
        .run(&["drift", "--accept"])
        .ends_with(7)
        .says("`CPS`")
        .says("`Archived`")
        .says("ignore_changes: [payout_type]");
    assert_eq!(bench.snapshot()["offers/a.yaml"], before["offers/a.yaml"]);
    bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(4).says("`a`");
}

#[test]
fn an_offer_that_expired_by_itself_rests_until_git_gives_it_a_date() {
    let bench = Bench::one();
    bench.in_cake("a", |offer| offer.offer_status = "Expired".into());
    let drift = bench.drift();
    assert_eq!(drift["offers"][0]["expired"], true);
    bench.run(&["drift"]).ends_with(0).says("expired in CAKE");
    bench.run(&["plan", "--refresh", "--detailed-exitcode"]).ends_with(0).says("is expired in CAKE");
    bench.run(&["drift", "--accept"]).ends_with(7).says("`Expired` cannot be written back");

    bench.replace("offers/a.yaml", "2031-06-30 23:59:59", "2040-01-01 00:00:00");
    bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(0);
    assert_eq!(bench.offer("a").offer_status, "active");
    bench.plan_is_empty();
}

#[test]
fn an_offer_that_is_gone_is_told_and_nothing_takes_its_place() {
    let bench = Bench::applied(&[("a.yaml", &full("A")), ("b.yaml", &full("B"))]);
    bench.handle().remove(bench.id("a")).unwrap();
    let drift = bench.drift();
    assert_eq!((&drift["offers"][0]["gone"], &drift["summary"]["gone"]), (&true.into(), &1.into()));
    bench.run(&["drift", "--detailed-exitcode"]).ends_with(2).says("Not in CAKE's list");
    bench.run(&["plan", "--refresh", "--detailed-exitcode"]).ends_with(0).says("plan::gone");
    bench.run(&["drift", "--accept"]).ends_with(0).says("not in CAKE's list");
    assert!(bench.state()["offers"]["a"].is_object());
}

#[test]
fn a_key_that_sees_fewer_offers_is_suspected_once() {
    let names: Vec<(String, String)> = (0..60)
        .map(|n| {
            (
                format!("o{n:02}.yaml"),
                full(&format!("O{n}")).replace("acme-home", if n < 50 { "acme-home" } else { "bright" }),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = names.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let bench = Bench::restricted(&files, [204]);
    let drift = bench.run_with_key("restricted", &["drift"]).ends_with(0).says("and 40 more");
    assert_eq!(drift.stdout.matches("may see fewer offers").count(), 1);
    assert!(drift.stdout.lines().count() < 20, "{}", drift.stdout);
    let plan = bench.run_with_key("restricted", &["plan", "--refresh"]).ends_with(0).says("50 recorded offers");
    assert_eq!((plan.stdout + &plan.stderr).matches("may see fewer offers").count(), 1);
    let json = bench.run_with_key("restricted", &["drift", "--format", "json"]).ends_with(0).json();
    fits(&json);
    assert_eq!(json["summary"]["gone"], 50);
}

#[test]
fn a_retired_offer_is_watched_for_coming_alive() {
    let bench = Bench::applied(&[("a.yaml", &full("A")), ("b.yaml", &full("B"))]);
    std::fs::remove_file(bench.path().join("offers/a.yaml")).unwrap();
    bench.apply();
    bench.in_cake("a", |offer| offer.payout = Some("99".parse().unwrap()));
    assert_eq!(movers(&bench.drift()), [""; 0], "nobody cares what a retired offer would pay");
    bench.in_cake("a", |offer| offer.offer_status = "active".into());
    let drift = bench.drift();
    assert_eq!((movers(&drift), &drift["offers"][0]["retired"]), (vec!["offer_status:cake".to_owned()], &true.into()));
    bench.run(&["drift", "--accept"]).ends_with(7).says("active in CAKE again");
    bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(4);
    bench.run(&["apply", "--refresh", "--auto-approve", "--overwrite-drift"]).ends_with(0);
    assert_eq!(bench.offer("a").offer_status, "inactive");
    assert_eq!(bench.state()["offers"]["a"]["status"], "retired");
    bench.handle().remove(bench.id("a")).unwrap();
    assert_eq!(movers(&bench.drift()), [""; 0], "and it may go for good");
}

#[test]
fn what_changed_while_an_offer_was_retired_is_seen_when_its_yaml_is_back() {
    let bench = Bench::applied(&[("a.yaml", &full("A")), ("b.yaml", &full("B"))]);
    std::fs::remove_file(bench.path().join("offers/a.yaml")).unwrap();
    bench.apply();
    bench.in_cake("a", |offer| {
        offer.payout = Some("99".parse().unwrap());
        offer.offer_status = "active".into();
    });
    bench.write("offers/a.yaml", &full("A"));
    assert_eq!(movers(&bench.drift()), ["offer_status:both_alike", "payout:cake"]);
    bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(4);
    bench.run(&["apply", "--refresh", "--auto-approve", "--overwrite-drift"]).ends_with(0);
    assert_eq!(bench.offer("a").payout.unwrap().as_str(), "20.00");
    bench.plan_is_empty();
}

#[test]
fn markdown_is_a_table_and_cannot_be_broken() {
    let bench = Bench::one();
    bench.in_cake("a", |offer| offer.offer_name = "</details>|`@everyone`".into());
    let page = bench.run(&["drift", "--format", "markdown"]).ends_with(0).says("| offer | field |");
    assert!(!page.stdout.contains("</details>") && !page.stdout.contains("@everyone"), "{}", page.stdout);
}

#[test]
fn failures_are_told_in_the_format_that_was_asked_for() {
    let bench = Bench::one();
    for (listing_absent, total_offset) in [(true, 0), (false, 3)] {
        bench.handle().change_quirks(|quirks| {
            quirks.listing_absent = listing_absent;
            quirks.total_offset = total_offset;
        });
        for command in [&["drift"][..], &["plan", "--refresh"], &["apply", "--refresh", "--auto-approve"]] {
            bench.run(command).ends_with(1);
        }
        bench.run(&["drift", "--accept"]).ends_with(1);
        let json = bench.run(&["drift", "--format", "json"]).ends_with(1).json();
        assert_eq!(json["format"], "offersync-diagnostics");
    }
    bench.run(&["drift", "typo*"]).ends_with(3).says("`typo*` matches no offer");
    bench.run(&["drift", "--accept", "--format", "json"]).ends_with(64);
    bench.handle().set_api_key(Some("other".to_owned()));
    bench.run(&["drift"]).ends_with(9);
}

#[test]
fn drift_writes_nothing_anywhere() {
    let bench = Bench::one();
    bench.in_cake("a", |offer| offer.payout = Some("25".parse().unwrap()));
    let before = bench.snapshot();
    for arguments in [
        &["drift"][..],
        &["drift", "--format", "json"],
        &["drift", "--format", "markdown"],
        &["drift", "--accept", "--dry-run"],
        &["plan", "--refresh"],
    ] {
        bench.run(arguments).ends_with(0);
        assert_eq!(bench.snapshot(), before, "{arguments:?}");
    }
    assert_eq!(bench.handle().counters().updates, 0);
}

#[test]
fn keys_and_globs_narrow() {
    let bench = Bench::applied(&[("a.yaml", &full("A")), ("b.yaml", &full("B"))]);
    for key in ["a", "b"] {
        bench.in_cake(key, |offer| offer.payout = Some("25".parse().unwrap()));
    }
    bench.run(&["drift", "a"]).ends_with(0).says("a  offer").never_says("b  offer");
    bench.run(&["drift", "--accept", "--exclude", "a"]).ends_with(0);
    assert!(
        bench.read("offers/b.yaml").contains("payout: 25\n") && bench.read("offers/a.yaml").contains("payout: 20.00\n")
    );
}

#[test]
fn a_rename_that_is_not_applied_yet_hides_no_drift() {
    let bench = Bench::one();
    let old = bench.id("a");
    bench.in_cake("a", |offer| offer.payout = Some("25".parse().unwrap()));
    std::fs::remove_file(bench.path().join("offers/a.yaml")).unwrap();
    bench.write("offers/new.yaml", &(full("A") + "sync:\n  renamed_from: a\n"));
    let drift = bench.drift();
    assert_eq!((movers(&drift), &drift["offers"][0]["renamed_to"]), (vec!["payout:cake".to_owned()], &"new".into()));
    bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(4).says("`new`");
    bench.run(&["drift", "--accept", "new"]).ends_with(0);
    assert!(bench.read("offers/new.yaml").contains("payout: 25\n"));
    bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(0);
    assert_eq!(bench.id("new"), old);
    bench.plan_is_empty();
}
