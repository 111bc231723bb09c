//! `edit --at`, edits under a due entry, and `fmt --prune-schedule`: what is written, what is refused, and that no plan changes by it.

use crate::harness::{self, Project};

/// One that goes on for long enough.
fn complete_offer(name: &str) -> String {
    harness::complete_offer(name).replace("2031-", "2150-")
}

/// An offer with a past entry, which is due, and one that is still to come.
fn scheduled() -> String {
    complete_offer("A")
        + "\n# ours\nsync:\n  schedule:\n    # the raise\n    - at: 2020-01-01 00:00:00 # due\n      payout: 21.00\n    - at: 2099-01-01 00:00:00\n      payout: 25.00 # later\n"
}

#[test]
fn a_value_goes_into_the_entry_of_its_time_and_the_rest_stays() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A"))]);
    let before = complete_offer("A");
    project
        .run(&["edit", "--at", "2099-06-01 00:00:00", "--set", "payout=+10%", "--set", "offer_status=inactive"])
        .exits(0)
        .says("Changed 2 values in 1 file");
    let added =
        "sync:\n  schedule:\n    - at: 2099-06-01 00:00:00\n      offer_status: inactive\n      payout: 22.00\n";
    assert_eq!(project.read("offers/a.yaml"), format!("{before}{added}"));
    project.plan_is_empty();
    project.run(&["plan", "--at", "2099-06-01 00:00:00"]).exits(0).says("22.00");
    // Relative to the value that is wanted just before that time, also where the entry has a value already.
    project.run(&["edit", "--at", "2099-07-01 00:00:00", "--set", "payout=+10%"]).exits(0).says("24.20");
    project.run(&["edit", "--at", "2099-07-01 00:00:00", "--set", "payout=+10%"]).exits(0).says("Changed 0 values");
    project
        .run(&["edit", "--at", "2099-06-01 00:00:00", "--set", "payout=+20%", "--where", "payout == 20"])
        .exits(0)
        .says("24.00");
    project
        .run(&["edit", "--at", "2099-07-01 00:00:00", "--set", "payout=1", "--where", "payout == 20"])
        .says("No offer matches");
    let before = project.files("");
    project
        .run(&["edit", "--at", "2098-01-01 00:00:00", "--set", "payout=1", "--dry-run"])
        .exits(0)
        .says("+    - at: 2098");
    assert_eq!(project.files(""), before);
}

#[test]
fn times_that_mean_no_moment_and_fields_that_no_update_changes_are_refused() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A"))]);
    let toml = project.read("offersync.toml");
    project.write("offersync.toml", &toml.replace("\"UTC\"", "\"America/New_York\""));
    let before = project.files("");
    for (at, set, said) in [
        ("2027-03-14 02:30:00", "payout=1", "2027-03-14 01:30:00 or 2027-03-14 03:30:00"),
        ("2027-11-07 01:30:00", "payout=1", "2027-11-07 00:30:00 or 2027-11-07 02:30:00"),
        ("2027-02-30 00:00:00", "payout=1", "is no time"),
        ("2027-02-01T00:00:00Z", "payout=1", "is no time"),
        ("2027-02-01 00:00:00", "session_hours=48", "`session_hours` cannot be scheduled"),
    ] {
        project.run(&["edit", "--at", at, "--set", set]).exits(64).says(said);
    }
    assert_eq!(project.files(""), before);
}

#[test]
fn an_inherited_entry_stays_and_the_offers_own_one_wins() {
    let entry = "sync:\n  schedule:\n    - at: 2099-01-01 00:00:00\n      payout: 25.00\n";
    let project = Project::applied(&[("_defaults.yaml", entry), ("a.yaml", &complete_offer("A"))]);
    project.run(&["edit", "--at", "2099-01-01 00:00:00", "--set", "payout=25"]).exits(0).says("Changed 0 values");
    project.run(&["edit", "--at", "2099-01-01 00:00:00", "--set", "payout=26"]).exits(0);
    assert_eq!(project.read("offers/_defaults.yaml"), entry);
    assert_eq!(project.read("offers/a.yaml"), complete_offer("A") + &entry.replace("25.00", "26"));
    project.run(&["plan", "--at", "2099-01-01 00:00:00"]).exits(0).says("26");
}

#[test]
fn what_cannot_be_edited_safely_is_left_to_a_person() {
    let alias = "sync: &s\n  protect: true\n";
    let project = Project::with_files(&[("a.yaml", &(complete_offer("A") + alias))]);
    let before = project.files("");
    let run = project.run(&["edit", "--at", "2099-01-01 00:00:00", "--set", "payout=26"]).exits(7);
    run.says("`payout` of `a` cannot be edited safely").says("- at: 2099-01-01 00:00:00");
    assert_eq!(project.files(""), before);
}

#[test]
fn an_edit_of_a_value_that_an_entry_overrides_is_refused_with_what_to_do() {
    let project = Project::applied(&[("a.yaml", &scheduled()), ("b.yaml", &complete_offer("B"))]);
    let before = project.files("");
    project
        .run(&["edit", "--set", "payout=23.00"])
        .exits(64)
        .says("error[schedule::overridden]")
        .says("`payout` of `a` is `21.00` since 2020-01-01 00:00:00")
        .says("offers/a.yaml:")
        .says("offersync edit a --at \"2020-01-01 00:00:00\" --set payout=")
        .says("offersync fmt --prune-schedule");
    assert_eq!(project.files(""), before);
    // The value that it has already, and other fields, are no edit under an entry.
    project.run(&["edit", "--set", "payout=21.00", "--where", "payout == 21"]).exits(0).says("Changed 0 values");
    project.run(&["edit", "a", "--set", "revenue=31"]).exits(0);
    project.run(&["edit", "a", "--at", "2020-01-01 00:00:00", "--set", "payout=+2"]).exits(0).says("22.00 ");
    project.run(&["plan", "a"]).exits(0).says("22.00");
    // Neither has an entry before it an effect.
    let before = project.files("");
    let run = project.run(&["edit", "a", "--at", "2019-01-01 00:00:00", "--set", "payout=25"]).exits(64);
    run.says("since 2020-01-01 00:00:00").says("an entry of 2019-01-01 00:00:00 has no effect");
    assert_eq!(project.files(""), before);
    project.run(&["edit", "a", "--at", "2019-01-01 00:00:00", "--set", "revenue=32"]).exits(0);
}

#[test]
fn a_status_that_the_end_overrides_is_refused_too() {
    let offer = complete_offer("A").replace("2150-", "2020-");
    assert!(offer.contains("expiration_date: 2020-"), "{offer}");
    let project = Project::with_files(&[("a.yaml", &offer)]);
    let toml = project.read("offersync.toml");
    project.write("offersync.toml", &format!("{toml}\n[expired]\naction = \"retire\"\n"));
    project
        .run(&["edit", "--set", "offer_status=pending"])
        .exits(64)
        .says("schedule::overridden")
        .says("set a later `expiration_date`")
        .never_says("prune-schedule");
    // The end takes the place of `active` alone, so that the present value does not show it.
    let offer = offer.replace("offer_status: active", "offer_status: inactive");
    project.write("offers/a.yaml", &offer);
    project
        .run(&["edit", "--set", "offer_status=active"])
        .exits(64)
        .says("schedule::overridden")
        .says("set a later `expiration_date`");
    assert_eq!(project.read("offers/a.yaml"), offer);
}

#[test]
fn drift_under_a_due_entry_is_not_accepted_and_other_values_are() {
    let project = Project::applied(&[("a.yaml", &scheduled())]);
    project.in_cake("a", |offer| {
        offer.payout = Some("27.00".parse().unwrap());
        offer.revenue = Some("40.00".parse().unwrap());
    });
    let run = project.run(&["drift", "--accept"]).exits(7);
    run.says("`payout` of `a` is `21.00` since 2020-01-01 00:00:00")
        .says("offersync fmt --prune-schedule")
        .says("Accepted 1 value in 1 file");
    assert_eq!(project.read("offers/a.yaml"), scheduled().replace("revenue: 30.00", "revenue: 40.00"));
    // As it says: with the entry gone, the value is accepted.
    project.run(&["fmt", "--prune-schedule"]).exits(0);
    project.run(&["drift", "--accept"]).exits(0);
    assert!(project.read("offers/a.yaml").contains("payout: 27.00\n"));
    project.plan_is_empty();
}

#[test]
fn past_entries_become_the_offers_own_values() {
    let project = Project::applied(&[("a.yaml", &scheduled()), ("b.yaml", &complete_offer("B"))]);
    project
        .run(&["validate"])
        .exits(0)
        .says("1 entry of schedules in 1 file is past")
        .says("offersync fmt --prune-schedule");
    project.run(&["validate", "offers/b.yaml"]).exits(0).never_says("is past");
    project.run(&["plan"]).exits(0).never_says("is past");
    let (before, plan) =
        (project.files(""), project.run(&["plan", "--at", "2099-02-01 00:00:00", "--format", "json"]).json());
    project
        .run(&["fmt", "--prune-schedule", "--check"])
        .exits(3)
        .says("-      payout: 21.00")
        .says("Would take 1 entry out of 1 file");
    assert_eq!(project.files(""), before);
    project.run(&["fmt", "--prune-schedule"]).exits(0).says("offers/a.yaml").says("Took 1 entry out of 1 file");
    let expected = scheduled()
        .replace("payout: 20.00", "payout: 21.00")
        .replace("    # the raise\n    - at: 2020-01-01 00:00:00 # due\n      payout: 21.00\n", "");
    assert_eq!(project.read("offers/a.yaml"), expected);
    project.plan_is_empty();
    let after = project.run(&["plan", "--at", "2099-02-01 00:00:00", "--format", "json"]).json();
    let changes = |plan: &serde_json::Value| {
        let actions = plan["actions"].as_array().unwrap().iter();
        actions.map(|action| (action["key"].clone(), action["changes"][0]["after"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(changes(&after), changes(&plan));
    project.run(&["fmt", "--prune-schedule", "--check"]).exits(0).says("Would take 0 entries");
    project.run(&["validate"]).exits(0).never_says("is past");
}

#[test]
fn nothing_is_left_of_sync_but_its_comment_where_the_last_entry_goes() {
    let only = scheduled().replace("    - at: 2099-01-01 00:00:00\n      payout: 25.00 # later\n", "");
    let project = Project::applied(&[("a.yaml", &only)]);
    project.run(&["fmt", "--prune-schedule", "offers/a.yaml"]).exits(0);
    let kept = format!("{}\n# ours\n", complete_offer("A").replace("payout: 20.00", "payout: 21.00"));
    assert_eq!(project.read("offers/a.yaml"), kept);
    project.plan_is_empty();
}

#[test]
fn entries_that_are_not_applied_yet_stay() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A"))]);
    project.write("offers/a.yaml", &scheduled());
    let before = project.files("");
    project.run(&["fmt", "--prune-schedule"]).exits(0).says("1 past entry is left").says("Run `offersync apply` first");
    project.run(&["validate"]).exits(0).never_says("is past");
    assert_eq!(project.files(""), before);
    project.apply().exits(0);
    project.run(&["fmt", "--prune-schedule"]).exits(0).says("Took 1 entry");
    project.plan_is_empty();
}

#[test]
fn inherited_entries_stay_and_keep_what_they_need() {
    let of = |at: &str, payout: &str| format!("sync:\n  schedule:\n    - at: {at}\n      payout: {payout}\n");
    // An inherited entry before the own one, at its time, and after it.
    for (inherited, own_goes) in
        [("2019-01-01 00:00:00", false), ("2020-01-01 00:00:00", false), ("2021-01-01 00:00:00", true)]
    {
        let defaults = of(inherited, "18.00");
        let own = complete_offer("A") + &of("2020-01-01 00:00:00", "21.00");
        let project = Project::applied(&[("_defaults.yaml", &defaults), ("a.yaml", &own)]);
        let run = project.run(&["fmt", "--prune-schedule"]).exits(0);
        if !inherited.starts_with("2020") {
            run.says("Past entries in 1 `_defaults.yaml` file are left");
        }
        assert_eq!(project.read("offers/_defaults.yaml"), defaults);
        let expected = if own_goes { complete_offer("A") } else { own };
        assert_eq!(project.read("offers/a.yaml"), expected, "{inherited}");
        project.plan_is_empty();
    }
}

#[test]
fn an_export_has_the_values_of_now_and_says_what_it_leaves_out() {
    let project = Project::with_files(&[("a.yaml", &scheduled()), ("b.yaml", &complete_offer("B"))]);
    let run = project.run(&["export", "--format", "csv"]).exits(0);
    assert!(run.stdout.contains("21.00") && !run.stdout.contains("25.00"), "{}", run.stdout);
    assert!(run.stderr.contains("scheduled values of 1 offer that are still to come"), "{}", run.stderr);
    project.remove("offers/a.yaml");
    project.run(&["export", "--format", "csv"]).exits(0).never_says("still to come");
}

#[test]
fn an_import_beside_offers_with_schedules_leaves_them_as_they_are() {
    let project = Project::applied(&[("a.yaml", &scheduled())]);
    let before = project.read("offers/a.yaml");
    project.run(&["import"]).exits(0);
    assert_eq!(project.read("offers/a.yaml"), before);
    // Matched by name, where the record is lost: the schedule still decides what is wanted.
    project.remove("offersync.state.json");
    project.run(&["import", "--match"]).exits(0);
    assert_eq!(project.read("offers/a.yaml"), before);
    project.plan_is_empty();
    project.run(&["export", "--format", "csv", "-o", "offers.csv"]).exits(0);
    project.run(&["import", "--from-csv", "offers.csv", "--dry-run"]).exits(0);
    assert_eq!(project.read("offers/a.yaml"), before);
}

#[test]
fn an_import_matches_the_name_that_cake_has_also_where_a_scheduled_one_is_due() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A"))]);
    let entry = "sync:\n  schedule:\n    - at: 2020-01-01 00:00:00\n      offer_name: Another\n";
    project.write("offers/a.yaml", &(complete_offer("A") + entry));
    project.remove("offersync.state.json");
    project.run(&["import"]).exits(7).says("`a`, which is not recorded");
    project.run(&["import", "--match"]).exits(0).says("1 matched");
    project.apply().exits(0);
    project.plan_is_empty();
    assert_eq!(project.cake.offers().len(), 1);
}

#[test]
fn the_canonical_form_of_an_entry_begins_with_its_time() {
    let own = complete_offer("A")
        + "sync:\n  schedule:\n    # later\n    - payout: 25.00 # much\n      at: 2099-01-01 00:00:00\n    - at: 2098-01-01 00:00:00\n      payout: 24.00\n";
    let project = Project::with_files(&[("a.yaml", &own)]);
    project.run(&["fmt", "--check"]).exits(3);
    project.run(&["fmt"]).exits(0);
    let (first, second) = (
        "- payout: 25.00 # much\n      at: 2099-01-01 00:00:00\n",
        "- at: 2099-01-01 00:00:00\n      payout: 25.00 # much\n",
    );
    assert_eq!(project.read("offers/a.yaml"), own.replace(first, second));
    project.run(&["fmt", "--check"]).exits(0);
}

#[test]
fn a_review_of_entries_that_were_taken_out_warns_of_nothing() {
    let project = Project::applied(&[("a.yaml", &scheduled())]);
    project.git(&["init", "-q", "-b", "main"]).exits(0);
    project.commit("before");
    project.run(&["fmt", "--prune-schedule"]).exits(0).says("Took 1 entry");
    project.run(&["plan", "--since", "HEAD"]).exits(0).never_says("warning");
}
