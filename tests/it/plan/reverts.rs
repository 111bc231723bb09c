//! A replace that git reverts: the plan takes the old offer back instead of creating a third one.

use crate::harness::{Project, complete_offer};

const REPLACE: &str = "sync: {on_create_only_change: replace}\n";

fn in_vertical(vertical: u8, more: &str) -> String {
    let text = complete_offer("Solar").replace("vertical_id: 7", &format!("vertical_id: {vertical}"));
    format!("{text}{more}")
}

/// The offer was replaced, because its vertical was changed. Returns the ids of both.
fn replaced() -> (Project, u64, u64) {
    let project = Project::applied(&[("solar.yaml", &in_vertical(7, ""))]);
    let old = project.id("solar");
    project.write("offers/solar.yaml", &in_vertical(8, REPLACE));
    project.apply().exits(0);
    let new = project.id("solar");
    assert_ne!(old, new);
    (project, old, new)
}

#[track_caller]
fn has_statuses(project: &Project, offers: &[(u64, &str)]) {
    let offers: Vec<_> = offers.iter().map(|(id, status)| (*id, (*status).to_owned())).collect();
    let mut found: Vec<_> =
        project.cake.offers().into_iter().map(|offer| (offer.offer_id, offer.offer_status)).collect();
    found.sort();
    assert_eq!(found, offers);
}

#[test]
fn a_reverted_replace_takes_the_old_offer_back() {
    // With and without the setting, which may have come with the change that is reverted.
    for setting in ["", REPLACE] {
        let (project, old, new) = replaced();
        project.write("offers/solar.yaml", &in_vertical(7, setting).replace("20.00", "21.00"));
        let command = format!("state adopt solar --offer-id {old}");
        for command_line in [["plan"].as_slice(), &["apply", "--auto-approve"]] {
            let run = project.run(command_line).exits(4);
            run.says("error[plan::reverted-replace]").says(&format!("`offersync {command}`"));
        }
        has_statuses(&project, &[(old, "inactive"), (new, "active")]);
        let adopted = project.run(&command.split(' ').collect::<Vec<_>>()).exits(0);
        adopted.says(&format!("it replaces offer {new}, which the next apply makes inactive"));
        let plan = project.run(&["plan"]).exits(0);
        plan.says("offer_status  inactive → active")
            .says("20.00 → 21.00")
            .says("Plan: 1 to update, 1 to retire, 0 unchanged.");
        project.apply().exits(0);
        has_statuses(&project, &[(old, "active"), (new, "inactive")]);
        assert_eq!(project.id("solar"), old);
        project.plan_is_empty();
    }
}

/// Back and forth: each offer keeps its id, and there are never more than two.
#[test]
fn a_revert_of_the_revert_takes_the_newer_offer_back() {
    let (project, old, new) = replaced();
    for (vertical, taken, other) in [(7, old, new), (8, new, old), (7, old, new)] {
        project.write("offers/solar.yaml", &in_vertical(vertical, REPLACE));
        project.run(&["plan"]).exits(4);
        project.run(&["state", "adopt", "solar", "--offer-id", &taken.to_string()]).exits(0);
        project.apply().exits(0);
        assert_eq!(project.id("solar"), taken);
        assert_eq!(project.cake.offer(taken).unwrap().offer_status, "active");
        assert_eq!(project.cake.offer(other).unwrap().offer_status, "inactive");
        project.plan_is_empty();
    }
    assert_eq!(project.cake.counters().creates, 2);
}

#[test]
fn other_values_than_any_earlier_offer_had_are_a_replace_as_before() {
    let (project, old, new) = replaced();
    project.write("offers/solar.yaml", &in_vertical(9, REPLACE));
    project.apply().exits(0);
    has_statuses(&project, &[(old, "inactive"), (new, "inactive"), (project.id("solar"), "active")]);
    project.plan_is_empty();
}
