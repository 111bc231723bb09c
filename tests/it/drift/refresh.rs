//! `apply --refresh`: a change made in CAKE is overwritten only where the reviewed plan showed it.

use crate::harness::drift::{Bench, full};

fn payout(amount: &str) -> impl FnOnce(&mut offersync::sandbox::Offer) {
    let amount = amount.parse().unwrap();
    move |offer| offer.payout = Some(amount)
}

fn save(bench: &Bench) {
    bench.run(&["plan", "--refresh", "--out", "plan.json"]).ends_with(0);
}

#[test]
fn a_saved_plan_that_showed_the_change_is_carried_out_exactly() {
    for flags in [&["apply", "plan.json", "--auto-approve"][..], &["apply", "plan.json", "--refresh", "--auto-approve"]]
    {
        let bench = Bench::one();
        bench.in_cake("a", payout("25"));
        bench.run(&["plan", "--refresh", "--out", "plan.json"]).ends_with(0).says("payout was 20.00 and is 25");
        bench.run(flags).ends_with(0);
        assert_eq!(bench.offer("a").payout.unwrap().as_str(), "20.00");
        bench.plan_is_empty();
    }
}

#[test]
fn a_saved_plan_is_stale_once_cake_has_moved_again() {
    let bench = Bench::one();
    bench.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    // Nothing had moved in CAKE when the plan was made: the values before are those of the state, and still it is stale.
    save(&bench);
    bench.in_cake("a", payout("25"));
    let writes = bench.writes();
    for flags in [&["apply", "plan.json", "--auto-approve"][..], &["apply", "plan.json", "--refresh", "--auto-approve"]]
    {
        bench.run(flags).ends_with(5).says("`a`");
    }
    assert_eq!(bench.writes(), writes);
    save(&bench);
    bench.in_cake("a", |offer| offer.revenue = Some("31".parse().unwrap()));
    bench.run(&["apply", "plan.json", "--auto-approve"]).ends_with(5);
    save(&bench);
    bench.run(&["apply", "plan.json", "--auto-approve", "--overwrite-drift", "--refresh"]).ends_with(0);
    assert_eq!(bench.offer("a").payout.unwrap().as_str(), "21.00");
    bench.plan_is_empty();
}

#[test]
fn a_plan_that_was_saved_without_looking_is_stale_for_an_apply_that_looks() {
    let bench = Bench::one();
    bench.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    bench.run(&["plan", "--out", "plan.json"]).ends_with(0);
    bench.in_cake("a", payout("25"));
    bench.run(&["apply", "plan.json", "--refresh", "--auto-approve"]).ends_with(5);
    assert_eq!(bench.offer("a").payout.unwrap().as_str(), "25");
}

#[test]
fn what_moved_in_offers_that_the_saved_plan_leaves_alone_is_left_alone() {
    let bench = Bench::applied(&[("a.yaml", &full("A")), ("b.yaml", &full("B"))]);
    bench.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    save(&bench);
    bench.in_cake("b", payout("25"));
    bench.run(&["apply", "plan.json", "--auto-approve"]).ends_with(0);
    assert_eq!(bench.offer("a").payout.unwrap().as_str(), "21.00");
    assert_eq!(bench.offer("b").payout.unwrap().as_str(), "25");
}

#[test]
fn a_saved_plan_settles_what_both_sides_changed_alike() {
    let bench = Bench::applied(&[("a.yaml", &full("A")), ("b.yaml", &full("B"))]);
    bench.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    bench.replace("offers/b.yaml", "payout: 20.00", "payout: 25.00");
    bench.in_cake("b", payout("25"));
    save(&bench);
    bench.run(&["apply", "plan.json", "--auto-approve"]).ends_with(0);
    bench.plan_is_empty();
}

#[test]
fn an_apply_that_does_not_look_says_nothing_of_cake() {
    let bench = Bench::one();
    bench.in_cake("a", payout("25"));
    bench.run(&["plan", "--detailed-exitcode"]).ends_with(0);
    let listings = bench.handle().counters().listings;
    bench.run(&["apply", "--auto-approve"]).ends_with(0);
    assert_eq!(bench.handle().counters().listings, listings);
    bench.run(&["apply", "--overwrite-drift", "--auto-approve"]).ends_with(64);
}

#[test]
fn a_change_in_git_alone_needs_no_permission() {
    let bench = Bench::one();
    bench.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(0);
    assert_eq!(bench.offer("a").payout.unwrap().as_str(), "21.00");
    bench.plan_is_empty();
}

#[test]
fn a_conflict_is_refused_and_shown_with_all_three_values() {
    let bench = Bench::one();
    bench.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    bench.in_cake("a", payout("25"));
    for format in ["text", "json", "markdown"] {
        bench
            .run(&["plan", "--refresh", "--format", format])
            .ends_with(0)
            .says("was 20.00, is 25 in CAKE and 21.00 in git");
    }
    let refused = bench.run(&["apply", "--refresh", "--auto-approve", "--format", "json"]).ends_with(4).json();
    assert_eq!(refused["diagnostics"][0]["code"], "plan::overwrites", "{refused:#}");
    assert_eq!(bench.offer("a").payout.unwrap().as_str(), "25");
}

#[test]
fn retiring_an_offer_that_somebody_made_inactive_overwrites_nothing() {
    let bench = Bench::applied(&[("a.yaml", &full("A")), ("b.yaml", &full("B"))]);
    bench.in_cake("a", |offer| offer.offer_status = "inactive".into());
    std::fs::remove_file(bench.path().join("offers/a.yaml")).unwrap();
    bench.run(&["apply", "--refresh", "--auto-approve"]).ends_with(0);
    assert_eq!(bench.state()["offers"]["a"]["status"], "retired");
    bench.plan_is_empty();
}

#[test]
fn the_sandbox_asks_no_question_and_still_overwrites_nothing_unseen() {
    let bench = Bench::new(&[("a.yaml", &full("A"))]);
    bench.run(&["apply", "--sandbox"]).ends_with(0);
    bench.run(&["apply", "--sandbox", "--refresh"]).ends_with(0);
    bench.run(&["drift", "--sandbox", "--detailed-exitcode"]).ends_with(0);
    assert!(!bench.path().join("offersync.state.json").exists());
}
