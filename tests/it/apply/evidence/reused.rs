//! Offers that were retired or replaced, and that a person has made active again in CAKE, or uses for something else.

use offersync::testing::sandbox::Offer;

use super::replies::exchange_ids;
use super::{nothing_is_doubled, offers, project, replacing};
use crate::harness::{DesiredOffer, Project};

fn reactivate(project: &Project, id: u64) {
    project.cake.change(id, |offer| "active".clone_into(&mut offer.offer_status)).unwrap();
}

/// A person uses the offer for something else.
fn reuse(project: &Project, id: u64) {
    project
        .cake
        .change(id, |offer: &mut Offer| {
            "active".clone_into(&mut offer.offer_status);
            "Zeta Brand New".clone_into(&mut offer.offer_name);
            offer.payout = Some("99.00".parse().unwrap());
        })
        .unwrap();
}

/// A project in which `a` was retired, and its id.
fn retired() -> (Project, u64) {
    let mut desired = offers(&["a", "c"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    let id = project.cake.ids("Offer a")[0];
    desired.remove("a");
    project.desire(&desired);
    project.apply().exits(0);
    (project, id)
}

/// The YAML of `a` under another key.
fn want_again(project: &Project, key: &str, name: &str) {
    let mut desired = offers(&["c"]);
    desired.insert(key.to_owned(), DesiredOffer::new(name));
    project.desire(&desired);
}

#[test]
fn a_new_offer_like_a_retired_one_is_told_and_the_command_brings_that_one_back() {
    let (project, id) = retired();
    want_again(&project, "b", "Offer a");
    let run = project.run(&["plan"]).exits(0);
    run.says("warning[plan::like-retired]").says(&format!("`a`, which was retired (offer {id})"));
    run.says("`offersync state mv a b`");
    project.run(&["state", "mv", "a", "b"]).exits(0);
    project.run(&["plan"]).exits(0).says("restore").never_says("like-retired");
    project.apply().exits(0);
    assert_eq!((project.id("b"), project.cake.ids("Offer a").len()), (id, 1));
    project.plan_is_empty();
    want_again(&project, "d", "Offer d");
    project.run(&["plan"]).exits(0).never_says("like-retired");
}

#[test]
fn no_second_offer_is_created_beside_a_retired_one_that_is_active_again() {
    for name in ["Offer a", "Offer  A"] {
        let (project, id) = retired();
        reactivate(&project, id);
        want_again(&project, "b", name);
        let run = project.run(&["apply", "--auto-approve"]).exits(4);
        run.says("cake::exists").says("was retired as `a`, and is active in CAKE again").says("state mv a b");
        nothing_is_doubled(&project, name);
        project.run(&["state", "mv", "a", "b"]).exits(0);
        project.run(&["apply", "--auto-approve", "--refresh"]);
        assert_eq!((project.id("b"), project.cake.offers().len()), (id, 2));
    }
}

#[test]
fn no_second_offer_is_created_beside_a_replaced_one_that_is_active_again() {
    let (project, mut desired, old) = replacing();
    project.apply().exits(0);
    reactivate(&project, old);
    desired.remove("a");
    desired.insert("b".to_owned(), DesiredOffer::new("Offer a"));
    desired.insert("c".to_owned(), DesiredOffer::new("Offer c"));
    project.desire(&desired);
    // Without the rename that a plan would ask for.
    project.run(&["apply", "a", "c", "--auto-approve"]);
    let creates = project.cake.counters().creates;
    let run = project.run(&["apply", "b", "--auto-approve"]).exits(4);
    assert_eq!(project.cake.counters().creates, creates, "{run:?}");
}

#[test]
fn a_replaced_offer_that_is_used_for_something_else_is_not_taken_back() {
    let (project, mut desired, old) = replacing();
    project.apply().exits(0);
    let new = project.id("a");
    reuse(&project, old);
    desired.insert("a".to_owned(), DesiredOffer::new("Offer a"));
    project.desire(&desired);
    let run = project.run(&["plan"]).exits(4);
    run.says(&format!("offersync state adopt a --offer-id {old}"));
    let run = project.run(&["state", "adopt", "a", "--offer-id", &old.to_string()]).exits(1);
    run.says("state::replaced-reused").says("“Zeta Brand New”");
    assert_eq!(project.id("a"), new);
    // Renamed only, and named as it was again: then it is.
    project.cake.change(old, |offer| "Offer a".clone_into(&mut offer.offer_name)).unwrap();
    project.run(&["state", "adopt", "a", "--offer-id", &old.to_string()]).exits(0);
}

#[test]
fn a_replaced_offer_that_is_used_for_something_else_is_shown_and_stays_active() {
    for verify in ["touched", "off"] {
        let (project, _, old) = replacing();
        project.replace("offersync.toml", "[cake]\n", &format!("[cake]\nverify = \"{verify}\"\n"));
        project.apply().exits(0);
        reuse(&project, old);
        project.cake.change(old, |offer| "https://zeta.example/".clone_into(&mut offer.offer_url)).unwrap();
        project.run(&["drift"]).exits(0).says("Zeta Brand New");
        let run = project.run(&["drift", "--accept"]).exits(7);
        run.says("It may be used for something else").says(&format!("`offersync state rm a --replaced {old}`"));
        run.never_says("overwrite-drift");
        project.run(&["plan", "--refresh", "--out", "plan.json"]).exits(0).says("Zeta Brand New");
        project.run(&["apply", "plan.json", "--auto-approve"]).exits(4);
        project.run(&["apply", "--refresh", "--overwrite-drift", "--auto-approve"]).exits(4);
        assert_eq!(project.cake.offers().iter().find(|offer| offer.offer_id == old).unwrap().offer_status, "active");
        project.run(&["state", "rm", "a", "--replaced", &old.to_string()]).exits(0);
        project.run(&["drift", "--detailed-exitcode"]).exits(0).says("Zeta Brand New");
    }
}

#[test]
fn exchanged_ids_are_not_made_to_look_right_by_accepting_the_names() {
    let mut desired = offers(&["a", "b"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    exchange_ids(&project);
    let yaml = [project.read("offers/a.yaml"), project.read("offers/b.yaml")];
    let run = project.run(&["drift", "--accept"]).exits(7);
    run.says("has the name in CAKE that `b` is recorded with, so nothing of either is accepted");
    run.says("`offersync state show a`");
    assert_eq!([project.read("offers/a.yaml"), project.read("offers/b.yaml")], yaml);
    desired.get_mut("a").unwrap().payout = Some("12.00".to_owned());
    project.desire(&desired);
    project.apply().exits(4);
    assert_eq!(project.cake.counters().updates, 0);
}
