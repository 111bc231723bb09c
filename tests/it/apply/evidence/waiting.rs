//! An update that CAKE has accepted and does later, or never: a queue, or an approval.

use offersync::testing::sandbox::{Lag, Offer};

use super::{offers, outcome, project};
use crate::harness::{DesiredOffers, Project};

/// A project whose only offer was to get this payout, and CAKE has accepted that and shows the old one.
fn accepted(payout: &str) -> (Project, DesiredOffers) {
    let mut desired = offers(&["a"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    set(&project, &mut desired, payout);
    accept(&project);
    let run = project.apply().exits(8);
    assert_eq!(outcome(&run, "a"), "in_doubt");
    run.says("202").says("afterwards CAKE shows payout 10.00");
    (project, desired)
}

fn set(project: &Project, desired: &mut DesiredOffers, payout: &str) {
    desired.get_mut("a").unwrap().payout = Some(payout.to_owned());
    project.desire(desired);
}

/// From now on CAKE accepts updates, and does not do them yet.
fn accept(project: &Project) {
    project.cake.faults("update=success-202");
    project.cake.change_quirks(|quirks| quirks.lag = Some(Lag::Millis(600_000)));
}

/// From now on CAKE does at once what it is sent. What it had accepted is approved if `approves`.
fn answer(project: &Project, approves: bool) {
    project.cake.faults("");
    project.cake.change_quirks(|quirks| quirks.lag = None);
    if !approves {
        project.in_cake("a", |offer| offer.payout = Some("10.00".parse().unwrap()));
    }
}

/// The approval of an update comes, whatever was written meanwhile.
fn approve(project: &Project, payout: &str) {
    project.in_cake("a", |offer: &mut Offer| offer.payout = Some(payout.parse().unwrap()));
}

fn payout(project: &Project) -> String {
    project.state()["offers"]["a"]["fields"]["payout"].as_str().unwrap_or("unknown").to_owned()
}

#[test]
fn an_accepted_update_is_not_sent_again_and_is_recorded_once_cake_shows_it() {
    let (project, desired) = accepted("24.00");
    let before = project.cake.counters().updates;
    project.run(&["state", "list"]).exits(0).says("waits in CAKE since").says("payout 24.00");
    project.run(&["plan", "--detailed-exitcode"]).exits(2).says("plan::unsettled").says("CAKE accepted payout 24.00");
    for _ in 0..2 {
        let run = project.apply().exits(8);
        run.says("not sent again: CAKE accepted payout 24.00").says("plan::unsettled");
        assert_eq!(outcome(&run, "a"), "in_doubt");
    }
    assert_eq!(project.cake.counters().updates, before, "another one would wait for another approval");
    answer(&project, true);
    project.apply().exits(0).says("An earlier update of `a` is done");
    assert_eq!(project.cake.counters().updates, before);
    project.check(&desired, "approved");
    project.run(&["plan", "--detailed-exitcode"]).exits(0).never_says("unsettled");
    project.run(&["state", "list"]).exits(0).never_says("waits").never_says("unsettled");
}

#[test]
fn an_accepted_update_stays_recorded_beside_a_correction_that_cake_confirms() {
    let (project, mut desired) = accepted("99.00");
    answer(&project, false);
    set(&project, &mut desired, "21.00");
    project.apply().exits(0).says("CAKE accepted payout 99.00");
    // Nothing is to do, and yet the plan and each apply say what may still come.
    project.run(&["plan", "--detailed-exitcode"]).exits(0).says("CAKE accepted payout 99.00").says("--not-done");
    project.apply().exits(0).says("CAKE accepted payout 99.00");
    project.apply().exits(0).says("plan::unsettled");
    approve(&project, "99.00");
    // The next apply sees it and sends the YAML's value again.
    project.apply().exits(0).says("An earlier update of `a` is done: CAKE accepted payout 99.00");
    assert_eq!(payout(&project), "21.00");
    project.check(&desired, "corrected again");
    project.run(&["plan", "--detailed-exitcode"]).exits(0).never_says("unsettled");
}

#[test]
fn a_person_ends_the_wait_for_an_update_that_was_refused_in_cake() {
    let (project, desired) = accepted("24.00");
    project.run(&["state", "rm", "a"]).exits(1).says("--not-done");
    answer(&project, false);
    project.run(&["state", "resolve", "a", "--not-done"]).exits(0);
    project.run(&["state", "resolve", "a", "--not-done"]).exits(1).says("no update of `a` waits");
    project.run(&["plan", "--detailed-exitcode"]).exits(2).never_says("unsettled");
    project.apply().exits(0).never_says("unsettled");
    project.check(&desired, "sent again");
    project.plan_is_empty();
}

#[test]
fn an_update_that_cake_shows_to_be_done_is_not_ended_as_one_that_will_not_be() {
    let (project, _) = accepted("24.00");
    answer(&project, true);
    project.run(&["state", "resolve", "a", "--not-done"]).exits(1).says("is done").says("offersync apply");
    project.apply().exits(0);
    project.plan_is_empty();
}

#[test]
fn accepting_what_cake_has_done_ends_the_wait() {
    let (project, mut desired) = accepted("99.00");
    answer(&project, false);
    set(&project, &mut desired, "21.00");
    project.apply().exits(0);
    approve(&project, "99.00");
    project.run(&["drift", "--accept", "--force"]).exits(0);
    project.run(&["plan", "--detailed-exitcode"]).exits(0).never_says("unsettled");
}

#[test]
fn only_what_does_not_wait_is_sent() {
    let (project, mut desired) = accepted("24.00");
    project.cake.faults("");
    desired.get_mut("a").unwrap().name = "Offer a renamed".to_owned();
    project.desire(&desired);
    let before = project.cake.counters().updates;
    let run = project.run(&["plan", "--format", "json"]).exits(0).json();
    assert_eq!(run["actions"][0]["changes"].as_array().unwrap().len(), 1, "{run:#}");
    let run = project.apply().exits(8);
    run.says("the rest is done; not sent again: CAKE accepted payout 24.00");
    assert_eq!(project.cake.counters().updates, before + 1);
    answer(&project, true);
    project.apply().exits(0);
    project.check(&desired, "both");
    project.plan_is_empty();
}

#[test]
fn a_retire_that_cake_accepted_is_sent_once_and_recorded_when_it_is_done() {
    let mut desired = offers(&["a", "b"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    desired.remove("a");
    project.desire(&desired);
    accept(&project);
    let before = project.cake.counters().updates;
    for _ in 0..3 {
        project.apply().exits(8);
    }
    assert_eq!(project.cake.counters().updates, before + 1);
    answer(&project, true);
    project.apply().exits(0);
    assert_eq!(project.cake.counters().updates, before + 1);
    assert_eq!(project.state()["offers"]["a"]["status"], "retired");
    project.plan_is_empty();
}

#[test]
fn two_updates_that_were_accepted_are_each_remembered() {
    let (project, mut desired) = accepted("99.00");
    set(&project, &mut desired, "21.00");
    project.apply().exits(8);
    project.run(&["state", "list"]).exits(0).says("payout 99.00").says("payout 21.00");
    answer(&project, true);
    // CAKE has done both, the later one last: of the first one nothing is certain.
    project.apply().exits(0).says("CAKE accepted payout 99.00");
    assert_eq!(payout(&project), "21.00");
    project.run(&["state", "resolve", "a", "--not-done"]).exits(0);
    project.run(&["plan", "--detailed-exitcode"]).exits(0).never_says("unsettled");
}

#[test]
fn an_accepted_update_is_remembered_by_a_state_that_was_merged() {
    let (project, _) = accepted("24.00");
    let state = std::fs::read(project.path("offersync.state.json")).unwrap();
    let same = ["offersync.state.json", "offersync.state.json", "offersync.state.json"];
    project.run(&[&["state", "merge"][..], &same[..]].concat());
    assert_eq!(std::fs::read(project.path("offersync.state.json")).unwrap(), state);
}
