//! A committed state that a later commit puts back to an older one, as `git revert` does with the commit of an apply: nothing is forgotten,
//! and the advice leads on.

use crate::harness::{APPLY, DesiredOffer, DesiredOffers, Project, Run, clean, finish};

const STATE: &str = "offersync.state.json";
const CODE: &str = "state::put-back";

/// A committed state of the offers `a` and `b`.
fn applied() -> (Project, DesiredOffers) {
    let project = Project::new();
    let desired: DesiredOffers =
        [("a".to_owned(), DesiredOffer::new("A")), ("b".to_owned(), DesiredOffer::new("B"))].into();
    project.desire(&desired);
    project.write(".gitignore", ".offersync/\noffersync.state.json.*\n");
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.apply_until_done("the first apply");
    project.commit("first");
    (project, desired)
}

/// Applies, and commits YAML and state together.
fn apply_and_commit(project: &Project, desired: &DesiredOffers, message: &str) {
    project.desire(desired);
    project.apply_until_done(message);
    project.commit(message);
}

fn with_payout(desired: &DesiredOffers, key: &str, payout: &str) -> DesiredOffers {
    let mut desired = desired.clone();
    desired.get_mut(key).unwrap().payout = Some(payout.to_owned());
    desired
}

fn with_third(desired: &DesiredOffers) -> DesiredOffers {
    let mut desired = desired.clone();
    desired.insert("c".to_owned(), DesiredOffer::new("C"));
    desired
}

fn revert(project: &Project, commit: &str) {
    project.git(&["revert", "--no-edit", commit]).exits(0);
}

/// Every command that reads the state refuses it, and nothing is sent.
#[track_caller]
fn is_refused(project: &Project) -> Run {
    let writes = project.cake.writes();
    for command in [&["drift"][..], &["drift", "--accept"], &["state", "list"], &["state", "publish"], &APPLY] {
        project.run(command).exits(4).says(CODE);
    }
    assert_eq!(project.cake.writes(), writes);
    let refused = project.run(&["plan"]).exits(4);
    refused.says(CODE);
    refused
}

/// Runs the first command that the message names.
#[track_caller]
fn follow(project: &Project, run: &Run) {
    let said = run.said().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, advice) = said.split_once("Bring the state back with ").unwrap_or_else(|| panic!("no advice: {said}"));
    finish(clean("sh", project.folder()).args(["-c", advice.split('`').nth(1).unwrap()])).exits(0);
}

#[test]
fn a_reverted_commit_of_a_new_offer_with_its_state_retires_the_offer() {
    let (project, desired) = applied();
    apply_and_commit(&project, &with_third(&desired), "a third offer");
    revert(&project, "HEAD");
    let refused = is_refused(&project);
    refused.says("`c`");
    follow(&project, &refused);
    project.run(&["plan"]).exits(0).says("retire").says("- retire c");
    project.commit("the state is back");
    project.apply_until_done("the revert");
    assert_eq!(project.offer("c").offer_status, "inactive");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_reverted_price_with_its_state_is_sent_again() {
    let (project, desired) = applied();
    apply_and_commit(&project, &with_payout(&desired, "a", "99.00"), "dearer");
    revert(&project, "HEAD");
    let refused = is_refused(&project);
    follow(&project, &refused);
    project.run(&["plan"]).exits(0).says("99.00");
    project.apply_until_done("the revert");
    project.check(&desired, "as the YAML says");
}

#[test]
fn a_price_that_goes_up_and_down_again_is_no_older_state() {
    let (project, desired) = applied();
    apply_and_commit(&project, &with_payout(&desired, "a", "99.00"), "up");
    apply_and_commit(&project, &desired, "down");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    apply_and_commit(&project, &with_payout(&desired, "a", "99.00"), "up again");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_offer_that_was_removed_from_the_state_on_purpose_is_not_lost() {
    let (project, desired) = applied();
    apply_and_commit(&project, &with_third(&desired), "a third offer");
    let id = project.offer("c").offer_id;
    project.desire(&desired);
    project.run(&["state", "rm", "c"]).exits(0);
    project.commit("the third offer is another team's");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.desire(&with_third(&desired));
    project.run(&["state", "adopt", "c", "--offer-id", &id.to_string()]).exits(0);
    project.commit("it is ours again");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    // The commit that recorded it again is taken back together with its YAML.
    revert(&project, "HEAD");
    is_refused(&project).says("`c`");
}

#[test]
fn a_revert_of_an_earlier_commit_keeps_the_later_records_through_the_merge_driver() {
    let (project, desired) = applied();
    project.write(".gitattributes", "offersync.state.json merge=offersync-state\n");
    let driver = format!("{} state merge %O %A %B", env!("CARGO_BIN_EXE_offersync"));
    project.git(&["config", "merge.offersync-state.driver", &driver]).exits(0);
    project.commit("merge driver");
    let third = with_third(&desired);
    apply_and_commit(&project, &third, "a third offer");
    let dearer = with_payout(&third, "a", "99.00");
    apply_and_commit(&project, &dearer, "dearer");
    apply_and_commit(&project, &with_payout(&dearer, "b", "55.00"), "another price");
    revert(&project, "HEAD~1");
    project.run(&["plan"]).exits(0).says("99.00").never_says("55.00");
    revert(&project, "HEAD~3");
    project.run(&["plan"]).exits(0).says("retire");
    project.apply_until_done("both reverts");
    project.check(&with_payout(&desired, "b", "55.00"), "what was not reverted stays");
    assert_eq!(project.offer("c").offer_status, "inactive");
}

#[test]
fn a_reverted_revert_has_the_newest_state_again() {
    let (project, desired) = applied();
    apply_and_commit(&project, &with_third(&desired), "a third offer");
    revert(&project, "HEAD");
    revert(&project, "HEAD");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn after_several_reverts_the_advice_names_the_latest_state() {
    let (project, desired) = applied();
    let third = with_third(&desired);
    apply_and_commit(&project, &third, "a third offer");
    apply_and_commit(&project, &with_payout(&third, "a", "99.00"), "dearer");
    let latest = project.read(STATE);
    revert(&project, "HEAD");
    revert(&project, "HEAD~2");
    let refused = is_refused(&project);
    follow(&project, &refused);
    assert_eq!(project.read(STATE), latest);
    project.run(&["plan"]).exits(0).says("99.00").says("retire");
}

#[test]
fn an_older_state_that_was_checked_out_by_itself_is_refused_in_a_clone_that_never_applied() {
    let (project, desired) = applied();
    apply_and_commit(&project, &with_third(&desired), "a third offer");
    std::fs::remove_dir_all(project.path(".git/offersync")).unwrap();
    project.git(&["checkout", "--quiet", "HEAD~1", "--", STATE]).exits(0);
    let refused = is_refused(&project);
    follow(&project, &refused);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_was_reverted_is_forgotten_only_where_a_person_says_so_and_then_for_every_clone() {
    let (project, desired) = applied();
    apply_and_commit(&project, &with_third(&desired), "a third offer");
    revert(&project, "HEAD");
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.commit("the third offer is another team's");
    std::fs::remove_dir_all(project.path(".git/offersync")).unwrap();
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.run(&["state", "list"]).exits(0).never_says("`c`");
}
