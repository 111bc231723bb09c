//! `apply --refresh`: a change made in CAKE is overwritten only where the reviewed plan showed it.

use super::payout;
use crate::harness::{Project, Settings, complete_offer};
use offersync::testing::sandbox::{Lag, Offer};

fn save(project: &Project) {
    project.run(&["plan", "--refresh", "--out", "plan.json"]).exits(0);
}

#[test]
fn a_saved_plan_that_showed_the_change_is_carried_out_exactly() {
    for flags in [&["apply", "plan.json", "--auto-approve"][..], &["apply", "plan.json", "--refresh", "--auto-approve"]]
    {
        let project = Project::one();
        project.in_cake("a", payout("25"));
        project.run(&["plan", "--refresh", "--out", "plan.json"]).exits(0).says("payout was 20.00 and is 25");
        project.run(flags).exits(0);
        assert_eq!(project.offer("a").payout.unwrap().as_str(), "20.00");
        project.plan_is_empty();
    }
}

#[test]
fn what_this_machine_has_just_written_is_waited_for_before_cake_is_asked() {
    let lagging = || {
        let project = Project::one();
        // Half a second for both.
        project.configure(&Settings { listing_lag_seconds: 50, ..Settings::default() });
        project.cake.change_quirks(|quirks| quirks.lag = Some(Lag::Millis(400)));
        project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
        project.apply().exits(0);
        project
    };
    let project = lagging();
    project.replace("offers/a.yaml", "payout: 21.00", "payout: 20.00");
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
    assert_eq!(project.offer("a").payout.unwrap().as_str(), "20.00");
    let project = lagging();
    project.run(&["drift", "--accept", "a"]).exits(0);
    assert!(project.read("offers/a.yaml").contains("payout: 21.00"));
    project.run(&["state", "rm", "a"]).exits(0);
    let id = project.cake.offers()[0].offer_id.to_string();
    project.run(&["state", "adopt", "a", "--offer-id", &id]).exits(0);
    assert_eq!(project.state()["offers"]["a"]["fields"]["payout"], "21.00");
}

#[test]
fn a_saved_plan_is_stale_once_cake_has_changed_again() {
    let project = Project::one();
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    // Nothing had changed in CAKE when the plan was made: the values before are those of the state, and still it is stale.
    save(&project);
    project.in_cake("a", payout("25"));
    let writes = project.cake.writes();
    for flags in [&["apply", "plan.json", "--auto-approve"][..], &["apply", "plan.json", "--refresh", "--auto-approve"]]
    {
        project.run(flags).exits(5).says("`a`");
    }
    assert_eq!(project.cake.writes(), writes);
    save(&project);
    project.in_cake("a", |offer| offer.revenue = Some("31".parse().unwrap()));
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(5);
    save(&project);
    project.run(&["apply", "plan.json", "--auto-approve", "--overwrite-drift", "--refresh"]).exits(0);
    assert_eq!(project.offer("a").payout.unwrap().as_str(), "21.00");
    project.plan_is_empty();
}

#[test]
fn a_plan_saved_without_refresh_is_stale_for_an_apply_with_refresh() {
    let project = Project::one();
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    project.run(&["plan", "--out", "plan.json"]).exits(0);
    project.in_cake("a", payout("25"));
    project.run(&["apply", "plan.json", "--refresh", "--auto-approve"]).exits(5);
    assert_eq!(project.offer("a").payout.unwrap().as_str(), "25");
}

#[test]
fn changes_in_cake_of_offers_outside_the_saved_plan_stay() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    save(&project);
    project.in_cake("b", payout("25"));
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(0);
    assert_eq!(project.offer("a").payout.unwrap().as_str(), "21.00");
    assert_eq!(project.offer("b").payout.unwrap().as_str(), "25");
}

#[test]
fn a_saved_plan_settles_what_both_sides_changed_alike() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    project.replace("offers/b.yaml", "payout: 20.00", "payout: 25.00");
    project.in_cake("b", payout("25"));
    save(&project);
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(0);
    project.plan_is_empty();
}

#[test]
fn an_apply_without_refresh_reads_no_listing() {
    let project = Project::one();
    project.in_cake("a", payout("25"));
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    let listings = project.cake.counters().listings;
    project.run(&["apply", "--auto-approve"]).exits(0);
    assert_eq!(project.cake.counters().listings, listings);
    project.run(&["apply", "--overwrite-drift", "--auto-approve"]).exits(64);
}

#[test]
fn a_change_in_git_alone_needs_no_permission() {
    let project = Project::one();
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
    assert_eq!(project.offer("a").payout.unwrap().as_str(), "21.00");
    project.plan_is_empty();
}

#[test]
fn a_conflict_is_refused_and_shown_with_all_three_values() {
    let project = Project::one();
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    project.in_cake("a", payout("25"));
    for format in ["text", "json", "markdown"] {
        project
            .run(&["plan", "--refresh", "--format", format])
            .exits(0)
            .says("was 20.00, is 25 in CAKE and 21.00 in git");
    }
    let refused = project.run(&["apply", "--refresh", "--auto-approve", "--format", "json"]).exits(4).json();
    assert_eq!(refused["diagnostics"][0]["code"], "plan::overwrites", "{refused:#}");
    assert_eq!(project.offer("a").payout.unwrap().as_str(), "25");
}

#[test]
fn retiring_an_offer_that_is_inactive_in_cake_already_overwrites_nothing() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.in_cake("a", |offer| offer.offer_status = "inactive".into());
    project.remove("offers/a.yaml");
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
    assert_eq!(project.state()["offers"]["a"]["status"], "retired");
    project.plan_is_empty();
}

#[test]
fn a_retired_offer_that_is_used_for_something_else_in_cake_stays_active() {
    type Reuse = fn(&mut Offer);
    let reused: [(&str, Reuse); 3] = [
        ("another advertiser", |offer| offer.advertiser_id = 777),
        ("another name and URL", |offer| {
            offer.offer_name = "Solar Panels".into();
            offer.offer_url = "https://solar.example/?s=#s2#".into();
        }),
        ("all of it", |offer| {
            offer.advertiser_id = 777;
            offer.offer_name = "Solar Panels".into();
            offer.offer_url = "https://solar.example/?s=#s2#".into();
        }),
    ];
    for (what, reuse) in reused {
        let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
        project.remove("offers/a.yaml");
        project.run(&["apply", "--auto-approve"]).exits(0);
        project.in_cake("a", |offer| {
            offer.offer_status = "active".into();
            reuse(offer);
        });
        let writes = project.cake.writes();
        save(&project);
        for apply in
            [&["apply", "plan.json"][..], &["apply", "--refresh", "--overwrite-drift"], &["apply", "--refresh"]]
        {
            let run = project.run(&[apply, &["--auto-approve", "--format", "json"]].concat());
            let code = run.json()["diagnostics"][0]["code"].as_str().unwrap().to_owned();
            assert!(["apply::differs", "plan::overwrites"].contains(&code.as_str()), "{what}: {code}");
        }
        assert_eq!((project.cake.writes(), project.offer("a").offer_status), (writes, "active".to_owned()), "{what}");
        project.run(&["drift", "--detailed-exitcode"]).exits(2);
    }
}

#[test]
fn the_sandbox_asks_no_question_and_still_overwrites_nothing_unseen() {
    let project = Project::with_files(&[("a.yaml", &complete_offer("A"))]);
    project.run(&["apply", "--sandbox"]).exits(0);
    project.run(&["apply", "--sandbox", "--refresh"]).exits(0);
    project.run(&["drift", "--sandbox", "--detailed-exitcode"]).exits(0);
    assert!(!project.path("offersync.state.json").exists());
}
