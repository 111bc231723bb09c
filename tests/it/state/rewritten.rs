//! States that git's history has under another name, or that a rebase has made anew: what the older ones have is not lost.

use super::reverted::{STATE, applied, apply_and_commit, diverged, follow, is_refused, with_payout, with_third};
use crate::harness::Project;

const MOVED: &str = "st/s.json";

/// Names the state otherwise, and moves it there.
fn move_state(project: &Project) {
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("state = \"{MOVED}\"\n{config}"));
    std::fs::create_dir_all(project.path("st")).unwrap();
    project.git(&["mv", STATE, MOVED]).exits(0);
    project.write(".gitignore", ".offersync/\n*.json.*\n");
    project.commit("the state has a folder");
}

/// A clone that has applied nothing.
fn as_cloned(project: &Project) {
    std::fs::remove_dir_all(project.path(".git/offersync")).ok();
}

#[test]
fn a_state_that_was_moved_is_compared_with_those_of_its_former_name() {
    let (project, desired) = applied();
    apply_and_commit(&project, &with_payout(&desired, "a", "99.00"), "dearer");
    move_state(&project);
    let old = project.git(&["show", &format!("HEAD~2:{STATE}")]).exits(0).stdout;
    project.write(MOVED, &old);
    project.commit("put back");
    as_cloned(&project);
    let refused = is_refused(&project);
    refused.says("`a`");
    follow(&project, &refused);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_older_tree_checked_out_over_the_move_of_the_state_is_refused() {
    let (project, desired) = applied();
    move_state(&project);
    apply_and_commit(&project, &with_payout(&desired, "a", "99.00"), "dearer");
    as_cloned(&project);
    project.git(&["checkout", "--quiet", "HEAD~2", "--", "."]).exits(0);
    is_refused(&project).says("`a`");
    project.commit("the older tree");
    let refused = is_refused(&project);
    follow(&project, &refused);
    project.run(&["plan"]).exits(0).says("99.00");
}

#[test]
fn a_state_that_was_only_moved_is_refused_nowhere() {
    let (project, desired) = applied();
    apply_and_commit(&project, &with_payout(&desired, "a", "99.00"), "dearer");
    move_state(&project);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    apply_and_commit(&project, &desired, "as before");
    as_cloned(&project);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_rebase_that_takes_one_side_of_the_state_is_told_at_any_time_and_below_other_commits() {
    let third = |project: &Project, desired: &_| apply_and_commit(project, &with_third(desired), "a third offer");
    let dearer =
        |project: &Project, desired: &_| apply_and_commit(project, &with_payout(desired, "b", "55.00"), "dearer");
    let project = diverged(third, dearer);
    // As a conflict leaves it that is decided for the commit which is rebased. Author and committer have the same time.
    project.git(&["checkout", "--quiet", "side", "--", STATE, "offers/c.yaml"]).exits(0);
    project.commit("rebased");
    let refused = is_refused(&project);
    refused.says("`b`");
    as_cloned(&project);
    project.write("note", "unrelated");
    project.commit("unrelated");
    let refused = is_refused(&project);
    follow(&project, &refused);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.commit("both sides");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_project_that_was_moved_to_a_folder_and_back_without_what_was_applied_there_is_refused() {
    let (project, _) = applied();
    std::fs::create_dir(project.path("net")).unwrap();
    project.git(&["mv", "offersync.toml", STATE, "offers", "net"]).exits(0);
    project.commit("moved");
    project.replace("net/offers/a.yaml", "payout: 10.00", "payout: 99.00");
    project.run(&["-C", "net", "apply", "--auto-approve"]).exits(0);
    project.commit("dearer");
    for commit in ["HEAD", "HEAD~2"] {
        project.git(&["revert", "--no-edit", commit]).exits(0);
    }
    as_cloned(&project);
    let refused = is_refused(&project);
    refused.says("`a`");
    follow(&project, &refused);
    project.run(&["plan"]).exits(0).says("99");
}

#[test]
fn a_project_that_was_moved_twice_and_back_is_followed() {
    let (project, _) = applied();
    for (from, to) in [(".", "one"), ("one", "two")] {
        std::fs::create_dir(project.path(to)).unwrap();
        let files = ["offersync.toml", STATE, "offers"].map(|file| format!("{from}/{file}"));
        project.git(&["mv", &files[0], &files[1], &files[2], to]).exits(0);
        project.commit("moved");
    }
    project.replace("two/offers/a.yaml", "payout: 10.00", "payout: 99.00");
    project.run(&["-C", "two", "apply", "--auto-approve"]).exits(0);
    project.commit("dearer");
    project.git(&["revert", "--no-edit", "HEAD", "HEAD~1", "HEAD~2"]).exits(0);
    as_cloned(&project);
    is_refused(&project).says("`a`");
}

#[test]
fn a_history_that_git_cannot_read_is_no_history_without_older_states() {
    let (project, desired) = applied();
    apply_and_commit(&project, &with_payout(&desired, "a", "99.00"), "dearer");
    project.git(&["revert", "--no-edit", "HEAD"]).exits(0);
    as_cloned(&project);
    let commit = project.git(&["rev-parse", "HEAD~1"]).exits(0).stdout;
    let (folder, name) = commit.trim().split_at(2);
    std::fs::remove_file(project.path(&format!(".git/objects/{folder}/{name}"))).unwrap();
    let writes = project.cake.writes();
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let run = project.run(command);
        assert_ne!(run.code, Some(0), "{run:?}");
        run.says("error[git::");
    }
    assert_eq!(project.cake.writes(), writes);
}
