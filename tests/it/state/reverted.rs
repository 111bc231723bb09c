//! A committed state that a later commit puts back to an older one, as `git revert` does with the commit of an apply: nothing is forgotten,
//! and the advice leads on.

use crate::harness::{APPLY, DesiredOffer, DesiredOffers, Project, Run, clean, finish};

pub(super) const STATE: &str = "offersync.state.json";
const CODE: &str = "state::put-back";

/// A committed state of the offers `a` and `b`.
pub(super) fn applied() -> (Project, DesiredOffers) {
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
pub(super) fn apply_and_commit(project: &Project, desired: &DesiredOffers, message: &str) {
    project.desire(desired);
    project.apply_until_done(message);
    project.commit(message);
}

pub(super) fn with_payout(desired: &DesiredOffers, key: &str, payout: &str) -> DesiredOffers {
    let mut desired = desired.clone();
    desired.get_mut(key).unwrap().payout = Some(payout.to_owned());
    desired
}

pub(super) fn with_third(desired: &DesiredOffers) -> DesiredOffers {
    let mut desired = desired.clone();
    desired.insert("c".to_owned(), DesiredOffer::new("C"));
    desired
}

fn revert(project: &Project, commit: &str) {
    project.git(&["revert", "--no-edit", commit]).exits(0);
}

/// Every command that reads the state refuses it, and nothing is sent.
#[track_caller]
pub(super) fn is_refused(project: &Project) -> Run {
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
pub(super) fn follow(project: &Project, run: &Run) {
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

/// A branch `side` with its own apply and commit, beside one on main; main is checked out.
pub(super) fn diverged(
    of_side: impl Fn(&Project, &DesiredOffers),
    of_main: impl Fn(&Project, &DesiredOffers),
) -> Project {
    let (project, desired) = applied();
    project.git(&["checkout", "--quiet", "-b", "side"]).exits(0);
    of_side(&project, &desired);
    project.git(&["checkout", "--quiet", "main"]).exits(0);
    // What another machine has done: nothing of it is kept on this one.
    std::fs::remove_dir_all(project.path(".git/offersync")).unwrap();
    of_main(&project, &desired);
    std::fs::remove_dir_all(project.path(".git/offersync")).unwrap();
    project
}

fn creates_third(project: &Project, desired: &DesiredOffers) {
    apply_and_commit(project, &with_third(desired), "a third offer");
}

fn changes_b(project: &Project, desired: &DesiredOffers) {
    apply_and_commit(project, &with_payout(desired, "b", "55.00"), "another price");
}

#[test]
fn a_merge_that_keeps_one_side_loses_no_record_of_the_other() {
    for side_into_main in [true, false] {
        let project = diverged(creates_third, changes_b);
        if side_into_main {
            project.git(&["merge", "--quiet", "-s", "ours", "--no-edit", "side"]).exits(0);
        } else {
            project.git(&["checkout", "--quiet", "side"]).exits(0);
            project.git(&["merge", "--quiet", "-s", "ours", "--no-edit", "main"]).exits(0);
        }
        let refused = is_refused(&project);
        refused.says(if side_into_main { "`c`" } else { "`b`" }).says("state merge /dev/null");
        follow(&project, &refused);
        // The YAML is that of one side, so that the plan takes back what the other one did.
        project.run(&["plan"]).exits(0).says(if side_into_main { "retire c" } else { "update b" });
        project.commit("both states");
        project.apply_until_done("one side's YAML");
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
        assert_eq!(project.cake.offers().len(), 3);
    }
}

#[test]
fn a_conflict_of_the_state_that_is_decided_for_one_side_loses_no_record_of_the_other() {
    for side in ["--ours", "--theirs"] {
        let project = diverged(creates_third, changes_b);
        project.git(&["merge", "--quiet", "--no-edit", "side"]).exits(1);
        project.git(&["checkout", side, "--", STATE]).exits(0);
        project.commit("merged");
        let refused = is_refused(&project);
        follow(&project, &refused);
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
        project.commit("both states");
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn what_one_side_has_removed_from_the_state_does_not_come_back() {
    let removes_b = |project: &Project, desired: &DesiredOffers| {
        let mut desired = desired.clone();
        desired.remove("b");
        project.desire(&desired);
        project.run(&["state", "rm", "b"]).exits(0);
        project.commit("another team's");
    };
    let changes_a = |project: &Project, desired: &DesiredOffers| {
        apply_and_commit(project, &with_payout(desired, "a", "55.00"), "another price");
    };
    let project = diverged(removes_b, changes_a);
    project.git(&["merge", "--quiet", "--no-edit", "side"]).exits(1);
    project.git(&["checkout", "--ours", "--", STATE]).exits(0);
    project.commit("merged");
    let refused = is_refused(&project);
    refused.says("`b`");
    follow(&project, &refused);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    // Nor by an older state.
    project.commit("both states");
    project.git(&["checkout", "--quiet", "HEAD~1", "--", STATE]).exits(0);
    let refused = is_refused(&project);
    follow(&project, &refused);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_was_not_committed_is_not_lost_by_a_newer_state_from_elsewhere() {
    for is_committed in [true, false] {
        let (project, desired) = applied();
        project.git(&["branch", "--quiet", "remote"]).exits(0);
        project.desire(&with_third(&desired));
        project.apply_until_done("a third offer");
        if is_committed {
            project.commit("a third offer");
        }
        let third = project.path(".git/offersync");
        let kept = project.path("kept");
        std::fs::rename(&third, &kept).unwrap();
        project.git(&["stash", "--quiet", "--include-untracked"]).exits(0);
        // Another machine pushes later.
        project.git(&["checkout", "--quiet", "remote"]).exits(0);
        changes_b(&project, &desired);
        project.git(&["checkout", "--quiet", "main"]).exits(0);
        std::fs::remove_dir_all(&third).ok();
        std::fs::rename(&kept, &third).unwrap();
        project.git(&["reset", "--quiet", "--hard", "remote"]).exits(0);
        // A commit has the YAML, too.
        let advice = if is_committed { "git merge" } else { "state merge" };
        project.run(&["plan"]).exits(4).says(CODE).says(advice);
    }
}

#[test]
fn two_changes_of_one_offer_of_which_a_merge_has_kept_one_are_both_told() {
    let changes_b_too = |project: &Project, desired: &DesiredOffers| {
        let (id, before) = (project.id("b"), project.offer("b").payout);
        apply_and_commit(project, &with_payout(desired, "b", "66.00"), "yet another price");
        // Otherwise the other apply would see it.
        project.cake.change(id, |offer| offer.payout = before).unwrap();
    };
    let project = diverged(changes_b_too, changes_b);
    project.git(&["merge", "--quiet", "--no-edit", "side"]).exits(1);
    project.git(&["checkout", "--ours", "--", "."]).exits(0);
    project.commit("merged");
    let refused = is_refused(&project);
    refused.says("`b`");
    follow(&project, &refused);
    // Which of the two was later is not known.
    project.run(&["plan"]).exits(0).says("update b");
    project.apply_until_done("the price again");
    assert_eq!(project.offer("b").payout, "55.00".parse().ok());
}

#[test]
fn a_write_that_brings_back_what_was_recorded_is_a_change_to_a_merge() {
    let (project, desired) = applied();
    let driver = format!("{} state merge %O %A %B", env!("CARGO_BIN_EXE_offersync"));
    project.git(&["config", "merge.offersync-state.driver", &driver]).exits(0);
    project.write(".gitattributes", "offersync.state.json merge=offersync-state\n");
    project.commit("merge driver");
    project.git(&["checkout", "--quiet", "-b", "side"]).exits(0);
    apply_and_commit(&project, &with_payout(&desired, "b", "66.00"), "another price");
    project.git(&["checkout", "--quiet", "main"]).exits(0);
    std::fs::remove_dir_all(project.path(".git/offersync")).unwrap();
    // CAKE has the price of the other branch, and a person reviews a plan that sets it back.
    project.run(&["apply", "--refresh", "--overwrite-drift", "--auto-approve"]).exits(0);
    assert_eq!(project.offer("b").payout, desired["b"].payout.as_ref().unwrap().parse().ok());
    project.commit("set back");
    project.git(&["merge", "--quiet", "--no-edit", "side"]).exits(0);
    project.run(&["plan"]).exits(0).says("update b").says("66.00");
    project.apply_until_done("the merge");
    assert_eq!(project.offer("b").payout, "66.00".parse().ok());
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_rebase_that_takes_one_side_of_the_state_loses_no_record_of_the_other() {
    let project = diverged(creates_third, changes_b);
    // As a conflict leaves it that is decided for the commit which is rebased.
    project.git(&["checkout", "--quiet", "side", "--", STATE, "offers/c.yaml"]).exits(0);
    project.git(&["commit", "--quiet", "--message", "rebased", "--date", "2020-01-01T00:00:00Z"]).exits(0);
    let refused = is_refused(&project);
    refused.says("`b`");
    follow(&project, &refused);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    // Where both sides are in it, nothing is told.
    project.git(&["commit", "--quiet", "--all", "--amend", "--no-edit"]).exits(0);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_clone_that_leaves_the_trees_of_its_history_to_the_remote_is_told_to_fetch_them() {
    let (project, desired) = applied();
    apply_and_commit(&project, &with_payout(&desired, "a", "11.00"), "eleven");
    revert(&project, "HEAD");
    project.git(&["config", "uploadpack.allowFilter", "true"]).exits(0);
    let source = format!("file://{}", project.folder().display());
    project.git(&["clone", "--quiet", "--filter=tree:0", &source, "copy"]).exits(0);
    let in_copy = |arguments: &[&str]| project.run(&[&["-C", "copy"][..], arguments].concat());
    let refused = in_copy(&["plan"]).exits(4);
    refused.says(CODE).says("history of the state is not in this clone");
    // First the trees, then the state in them.
    for _ in 0..2 {
        let said = in_copy(&["plan"]).exits(4).said().split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, fetch) = said.split_once("etch it with `").unwrap();
        finish(clean("sh", project.folder()).args(["-c", fetch.split('`').next().unwrap()])).exits(0);
    }
    // Now it is known, as in any clone.
    in_copy(&["plan"]).exits(4).says("is not in this state");
}

#[test]
fn a_clone_without_the_history_of_a_first_state_is_told_how_to_fetch_it() {
    let project = Project::new();
    project.desire(&[("a".to_owned(), DesiredOffer::new("A"))].into());
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitignore", ".offersync/\noffersync.state.json.*\n");
    project.commit("one");
    project.desire(&[("a".to_owned(), DesiredOffer::new("A")), ("b".to_owned(), DesiredOffer::new("B"))].into());
    project.commit("two");
    project.git(&["config", "uploadpack.allowFilter", "true"]).exits(0);
    let source = format!("file://{}", project.folder().display());
    project.git(&["clone", "--quiet", "--filter=tree:0", &source, "copy"]).exits(0);
    let refused = project.run(&["-C", "copy", "plan"]).exits(4);
    refused.says("is not in this clone").says("error[state::");
    project.run(&["-C", "copy", "validate"]).exits(4);
    project.run(&["-C", "copy", "apply", "--auto-approve"]).exits(4);
    let said = refused.said().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, advice) = said.split_once("help: fetch it with `").unwrap();
    finish(clean("sh", project.folder()).args(["-c", advice.split('`').next().unwrap()])).exits(0);
    project.run(&["-C", "copy", "plan"]).exits(0).says("2 to create");
}
