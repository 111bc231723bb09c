//! A create that CAKE said it did, or took on, and that its listing does not show: approval comes first, say.

use super::{foreign, offers, outcome, project};
use crate::harness::Project;

/// The id of the first offer of a CAKE.
const FIRST: u64 = 12345;

/// Replies that say that the create was done or accepted, and bring no id that counts.
const CLAIMS: [&str; 4] = ["no-id", "success-202", "success-500", "echo:offer_id=\"to be assigned\""];

/// A project whose create was answered with a claim; CAKE does not list the offer.
fn accepted(claim: &str) -> Project {
    let project = project(&offers(&["a"]), |quirks| quirks.hidden = [FIRST].into());
    project.cake.faults(&format!("create={claim}"));
    let run = project.apply().exits(8);
    run.says("may be waiting for approval");
    assert_eq!(outcome(&run, "a"), "in_doubt", "{claim}");
    project
}

fn show(project: &Project) {
    project.cake.change_quirks(|quirks| quirks.hidden.clear());
}

#[test]
fn a_create_that_cake_says_it_did_is_not_sent_again_because_its_listing_does_not_show_it() {
    for claim in CLAIMS {
        let project = accepted(claim);
        for _ in 0..3 {
            project.apply().exits(8);
        }
        assert_eq!(project.cake.counters().creates, 1, "{claim}");
        project.run(&["state", "list"]).exits(0).says("--not-created --unseen");
        // Once it is approved, CAKE lists it, and it is taken over without a person.
        show(&project);
        project.cake.faults("");
        project.apply().exits(0);
        assert_eq!(project.id("a").to_string(), FIRST.to_string(), "{claim}");
        assert_eq!(project.cake.counters().creates, 1, "{claim}");
        project.plan_is_empty();
    }
}

#[test]
fn the_others_are_created_while_one_waits_for_approval() {
    let project = accepted("no-id");
    project.cake.faults("");
    project.desire(&offers(&["a", "b"]));
    let run = project.apply().exits(8);
    assert_eq!((outcome(&run, "a"), outcome(&run, "b")), ("in_doubt".to_owned(), "done".to_owned()));
    assert_eq!(project.cake.counters().creates, 2);
}

#[test]
fn the_printed_commands_of_a_create_that_was_accepted_double_nothing() {
    let project = accepted("no-id");
    project.cake.faults("");
    let run = project.apply().exits(8);
    super::follow_advice(&project, &run);
    project.apply().exits(8);
    assert_eq!(project.cake.counters().creates, 1);
}

#[test]
fn a_person_ends_the_doubt_of_a_create_that_was_accepted() {
    let project = accepted("no-id");
    project.cake.faults("");
    let id = FIRST.to_string();
    // CAKE does not show it, so the person has to say that it was looked for elsewhere.
    project.run(&["state", "resolve", "a", "--not-created"]).exits(4).says("--unseen");
    project.run(&["state", "resolve", "a", "--offer-id", &id]).exits(1).says("approved");
    project.run(&["state", "adopt", "a", "--offer-id", &id]).exits(1).says("approved");
    project.run(&["import", "--offer-id", &id]);
    assert_eq!(project.state()["in_doubt"].as_object().unwrap().len(), 1);
    project.run(&["state", "resolve", "a", "--offer-id", &id, "--unseen"]).exits(0);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.run(&["plan", "--detailed-exitcode", "--refresh"]).exits(2).says("plan::gone");
    assert_eq!(project.cake.counters().creates, 1);
}

#[test]
fn a_create_that_was_accepted_and_then_refused_by_a_person_in_cake_is_sent_again() {
    let project = accepted("no-id");
    project.cake.faults("");
    project.run(&["state", "resolve", "a", "--not-created", "--unseen"]).exits(0);
    project.apply().exits(0);
    assert_eq!(project.cake.counters().creates, 2);
}

#[test]
fn an_accepted_create_that_cake_shows_is_taken_by_each_command() {
    let commands: [&[&str]; 3] = [
        &["state", "resolve", "a", "--offer-id", "12345"],
        &["state", "adopt", "a", "--offer-id", "12345"],
        &["apply", "--auto-approve"],
    ];
    for command in commands {
        let project = accepted("no-id");
        show(&project);
        project.cake.faults("");
        project.run(&["state", "resolve", "a", "--not-created"]).exits(1).says("made offer 12345");
        // It belongs to the create in doubt; a new key for it would lead to a second offer.
        project.run(&["import", "--offer-id", "12345"]);
        assert_eq!(project.state()["offers"].as_object().unwrap().len(), 0);
        project.run(command).exits(0);
        project.plan_is_empty();
        assert_eq!(project.cake.counters().creates, 1, "{command:?}");
    }
}

#[test]
fn another_new_offer_is_not_taken_for_the_one_that_was_accepted() {
    let mut project = accepted("no-id");
    project.cake.faults("");
    project.cake.put(foreign(20_000, "Made by hand")).unwrap();
    project.foreign.insert(20_000);
    project.apply().exits(8);
    assert_eq!(project.cake.counters().creates, 1);
}

#[test]
fn an_older_offer_is_adopted_for_an_accepted_create_only_by_a_person_who_insists() {
    let mut project = project(&offers(&["a"]), |quirks| quirks.hidden = [FIRST].into());
    let older = 12_000;
    project.cake.put(foreign(older, "Offer a of 2025")).unwrap();
    project.foreign.insert(older);
    project.cake.faults("create=no-id");
    project.apply().exits(8);
    project.cake.faults("");
    let adopt = ["state", "adopt", "a", "--offer-id", &older.to_string()];
    project.run(&adopt).exits(4).says("--unseen");
    assert_eq!(project.state()["in_doubt"].as_object().unwrap().len(), 1);
    project.run(&[&adopt[..], &["--unseen"]].concat()).exits(0);
}
