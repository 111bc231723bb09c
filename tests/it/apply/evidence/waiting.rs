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
    assert_eq!(super::result(&run, "a")["attempts"], 1);
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

/// A project whose offer `a` was retired, and CAKE has accepted to make it active again, which was not seen.
fn restoring() -> (Project, DesiredOffers) {
    let mut desired = offers(&["a", "b"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    let restored = desired.clone();
    desired.remove("a");
    project.desire(&desired);
    project.apply().exits(0);
    project.desire(&restored);
    accept(&project);
    project.apply().exits(8);
    answer(&project, true);
    project.in_cake("a", |offer| "inactive".clone_into(&mut offer.offer_status));
    (project, restored)
}

/// The approval comes, and the next apply makes the offer inactive again.
#[track_caller]
fn is_made_inactive_again(project: &Project, id: u64) {
    project.run(&["plan", "--detailed-exitcode"]).exits(0).says("CAKE accepted offer_status active");
    project.apply().exits(0).says("plan::unsettled");
    assert!(project.cake.change(id, |offer| "active".clone_into(&mut offer.offer_status)).unwrap());
    let run = project.apply().exits(0);
    run.says(&format!("CAKE shows offer {id} of `a` as active again"));
    assert_eq!(outcome(&run, "a"), "done");
    assert_eq!(project.cake.offer(id).unwrap().offer_status, "inactive");
    project.plan_is_empty();
}

#[test]
fn an_offer_that_a_late_approval_makes_active_after_its_retire_is_retired_again() {
    let (project, mut desired) = restoring();
    let id = project.id("a");
    desired.remove("a");
    project.desire(&desired);
    project.apply().exits(0);
    is_made_inactive_again(&project, id);
    assert_eq!(project.state()["offers"]["a"]["status"], "retired");
}

#[test]
fn an_offer_that_a_late_approval_makes_active_after_its_replace_is_made_inactive_again() {
    let (project, mut desired) = restoring();
    let old = project.id("a");
    desired.get_mut("a").unwrap().url = "https://track.example.com/other?o={offer_id}".into();
    project.desire(&desired);
    project.apply().exits(0);
    assert_ne!(project.id("a"), old);
    is_made_inactive_again(&project, old);
}

#[test]
fn an_offer_that_a_late_approval_makes_active_after_another_was_adopted_is_made_inactive_again() {
    let (project, _) = restoring();
    let old = project.id("a");
    let new = Offer { offer_id: 900_000, ..project.cake.offer(old).unwrap() };
    project.cake.put(Offer { offer_status: "active".to_owned(), ..new }).unwrap();
    project.run(&["state", "adopt", "a", "--offer-id", "900000"]).exits(0);
    project.apply().exits(0);
    is_made_inactive_again(&project, old);
}

/// A project of which CAKE has accepted a payout of 99 for `a`, which was corrected to 21 since.
fn corrected() -> (Project, DesiredOffers) {
    let mut desired = offers(&["a", "b"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    project.cake.faults("update=error:Update scheduled");
    set(&project, &mut desired, "99.00");
    project.apply().exits(8);
    project.cake.faults("");
    set(&project, &mut desired, "21.00");
    project.apply().exits(0);
    (project, desired)
}

fn configure(project: &Project, change: impl FnOnce(&str) -> String) {
    let toml = std::fs::read_to_string(project.path("offersync.toml")).unwrap();
    project.write("offersync.toml", &change(&toml));
}

#[test]
fn an_update_that_was_scheduled_in_other_words_is_not_sent_again() {
    let desired = &mut offers(&["a"]);
    let project = project(desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    project.cake.faults("update=error:Offer will be updated within 24 hours");
    set(&project, desired, "24.00");
    let before = project.cake.counters().updates;
    for _ in 0..2 {
        let run = project.run(&["apply", "--auto-approve"]).exits(8);
        run.never_says("the next apply sends it again").says("it is not sent again; each apply looks");
    }
    assert_eq!(project.cake.counters().updates, before + 1);
    approve(&project, "24.00");
    project.apply().exits(0);
    project.plan_is_empty();
}

#[test]
fn a_saved_plan_says_what_the_look_has_found_after_it() {
    for saved_change in [false, true] {
        let (project, mut desired) = corrected();
        if saved_change {
            desired.get_mut("b").unwrap().payout = Some("11.00".to_owned());
            project.desire(&desired);
        }
        project.run(&["plan", "--out", "saved.json"]).exits(0);
        approve(&project, "99.00");
        let run = project.run(&["apply", "saved.json", "--auto-approve"]).exits(0);
        run.says("An earlier update of `a` is done").says("apply::not-in-saved-plan").says("`a`");
        project.apply().exits(0);
        project.check(&desired, "corrected again");
    }
}

#[test]
fn what_waits_is_looked_at_also_where_records_are_not_compared() {
    let (project, desired) = corrected();
    configure(&project, |toml| toml.replace("[cake.retry]", "verify = \"off\"\n[cake.retry]"));
    approve(&project, "99.00");
    project.run(&["state", "resolve", "a", "--not-done"]).exits(1).says("offersync apply");
    project.apply().exits(0).says("An earlier update of `a` is done");
    project.check(&desired, "corrected again");
    project.plan_is_empty();
}

#[test]
fn an_offer_of_which_an_update_waits_is_not_forgotten() {
    let (project, mut desired) = corrected();
    configure(&project, |toml| format!("{toml}[removed]\naction = \"forget\"\n"));
    desired.remove("a");
    project.desire(&desired);
    let run = project.apply().exits(4);
    run.says("state::waiting").says("offersync state resolve a --not-done");
    assert_eq!(payout(&project), "21.00");
    project.run(&["state", "resolve", "a", "--not-done"]).exits(0);
    project.apply().exits(0);
    assert!(project.state()["offers"]["a"].is_null());
}

#[test]
fn the_half_of_a_replace_that_waits_is_listed_as_such() {
    let (project, _, old) = super::replacing();
    accept(&project);
    project.apply().exits(8);
    let listed = project.run(&["state", "list"]).exits(0);
    listed.says(&format!("offer {old}, which it replaced, waits in CAKE since"));
}

#[test]
fn an_apply_of_other_offers_says_that_the_reply_to_an_update_was_lost() {
    let mut desired = offers(&["a", "b"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    project.cake.faults("update=hang");
    set(&project, &mut desired, "24.00");
    let child = project.command(&crate::harness::APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.updates == 1);
    crate::harness::signal(child.id(), "KILL");
    crate::harness::finish_child(child);
    project.cake.faults("");
    set(&project, &mut desired, "10.00");
    let run = project.run(&["apply", "--auto-approve", "b"]).exits(0);
    run.says("replies to earlier updates were lost").says("`a` (payout");
    project.apply().exits(0).never_says("replies to earlier updates were lost");
    project.check(&desired, "both");
}
