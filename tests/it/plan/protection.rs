//! Protection on the way of the workflows, which apply saved plans only: what is set or lifted there is in the state afterwards.

use crate::harness::{Project, small_offer};

const PROTECTED: &str = "sync: {protect: true}\n";

fn protected(payout: &str) -> String {
    small_offer("a", payout) + PROTECTED
}

/// Saves a plan and applies it; returns what the plan does with the keys.
#[track_caller]
fn apply_saved(project: &Project) -> Vec<(String, String)> {
    project.run(&["plan", "--out", "plan.json"]).exits(0);
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(0);
    let plan: serde_json::Value = serde_json::from_str(&project.read("plan.json")).unwrap();
    let actions = plan["actions"].as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    actions.map(|action| (text(&action["action"]), text(&action["key"]))).collect()
}

fn actions(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(action, key)| ((*action).to_owned(), (*key).to_owned())).collect()
}

#[test]
fn protection_that_a_saved_plan_sets_is_there_when_the_yaml_is_deleted() {
    let project = Project::applied(&[("a.yaml", &small_offer("a", "1.00")), ("b.yaml", &small_offer("b", "1.00"))]);
    let requests = project.cake.counters().requests;
    project.write("offers/a.yaml", &protected("1.00"));
    assert_eq!(apply_saved(&project), actions(&[("protect", "a")]));
    assert_eq!(project.cake.counters().requests, requests, "a change of the state alone asks CAKE nothing");
    project.plan_is_empty();

    project.remove("offers/a.yaml");
    project.run(&["plan", "--out", "plan.json"]).exits(4).says("is protected, and its YAML is gone");
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(4);
    project.apply().exits(4);
    assert_eq!(project.offer("a").offer_status, "active");
}

#[test]
fn protection_that_a_saved_plan_lifts_is_gone_when_the_yaml_is_deleted() {
    let project = Project::applied(&[("a.yaml", &protected("1.00")), ("b.yaml", &small_offer("b", "1.00"))]);
    let lifting = || {
        project.write("offers/a.yaml", &small_offer("a", "1.00"));
        project.run(&["plan"]).exits(0)
    };
    let plan = lifting();
    plan.says("unprotect a");
    plan.says("1 to protect or unprotect");
    // Lifted and deleted at once, it is still protected.
    project.remove("offers/a.yaml");
    project.run(&["plan", "--out", "plan.json"]).exits(4);
    lifting();
    assert_eq!(apply_saved(&project), actions(&[("protect", "a")]));
    project.plan_is_empty();
    project.remove("offers/a.yaml");
    assert_eq!(apply_saved(&project), actions(&[("retire", "a")]));
    assert_eq!(project.offer("a").offer_status, "inactive");
}

#[test]
fn protection_goes_along_with_a_rename_and_an_update_in_one_saved_plan() {
    let project = Project::applied(&[("a.yaml", &small_offer("a", "1.00"))]);
    project.remove("offers/a.yaml");
    project.write("offers/b.yaml", &(small_offer("a", "2.00") + "sync: {protect: true, renamed_from: a}\n"));
    assert_eq!(apply_saved(&project), actions(&[("update", "b"), ("rename", "b"), ("protect", "b")]));
    project.plan_is_empty();
    assert_eq!(project.state()["offers"]["b"]["protect"], true);
    assert_eq!(project.run(&["apply", "plan.json", "--auto-approve"]).code, Some(5), "it is done");
}

#[test]
fn a_saved_plan_is_stale_once_the_protection_in_git_is_another_one() {
    let project = Project::applied(&[("a.yaml", &small_offer("a", "1.00"))]);
    project.write("offers/a.yaml", &protected("2.00"));
    project.run(&["plan", "--out", "plan.json"]).exits(0);
    project.write("offers/a.yaml", &small_offer("a", "2.00"));
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(5).says("`a`");
    assert_eq!(project.offer("a").payout.unwrap().to_string(), "1.00");
    // An edited plan cannot set what git does not say.
    project.write("offers/a.yaml", &protected("2.00"));
    project.replace("plan.json", "\"protect\": true", "\"protect\": false");
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(3).says("it was edited");
}
