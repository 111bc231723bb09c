//! Linked work trees that are removed after an apply: what was recorded there is not lost.

use std::path::PathBuf;

use crate::harness::{APPLY, Project, Run, clean, finish, small_offer};

const STATE: &str = "offersync.state.json";
const CODE: &str = "state::left-over";

/// A committed state of one offer, and a linked work tree on the branch `tree`, with another price and another offer.
fn with_tree() -> (Project, PathBuf) {
    let project = Project::applied(&[("a.yaml", &small_offer("a", "1.00"))]);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitignore", ".offersync/\noffersync.state.json.*\ntree of mine/\n");
    project.commit("applied");
    project.git(&["worktree", "add", "--quiet", "-b", "tree", "tree of mine"]).exits(0);
    project.write("tree of mine/offers/a.yaml", &small_offer("a", "2.00"));
    project.write("tree of mine/offers/b.yaml", &small_offer("b", "1.00"));
    project.git(&["-C", "tree of mine", "add", "--all"]).exits(0);
    project.git(&["-C", "tree of mine", "commit", "--quiet", "--message", "offers"]).exits(0);
    let tree = project.path("tree of mine");
    (project, tree)
}

fn applied(project: &Project, tree: &PathBuf) {
    finish(project.command(&APPLY).current_dir(tree)).exits(0);
}

fn remove(project: &Project) {
    project.git(&["worktree", "remove", "--force", "tree of mine"]).exits(0);
}

#[track_caller]
fn refused(project: &Project) -> Run {
    let writes = project.cake.writes();
    for command in [&["plan"][..], &["apply", "--auto-approve"], &["state", "list"], &["drift"]] {
        project.run(command).exits(4).says(CODE);
    }
    assert_eq!(project.cake.writes(), writes);
    project.run(&["plan"])
}

/// Runs the first command that the message names.
#[track_caller]
fn follow(project: &Project, run: &Run) {
    let said = run.said().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, advice) = said.split_once("help: bring it in with ").unwrap_or_else(|| panic!("no advice: {said}"));
    finish(clean("sh", project.folder()).args(["-c", advice.split('`').nth(1).unwrap()])).exits(0);
}

#[test]
fn what_a_removed_work_tree_has_recorded_is_brought_in() {
    for is_removed in [true, false] {
        let (project, tree) = with_tree();
        applied(&project, &tree);
        project.run(&["plan"]).exits(0);
        if is_removed {
            remove(&project);
        } else {
            std::fs::remove_dir_all(&tree).unwrap();
        }
        let run = refused(&project);
        follow(&project, &run);
        assert_eq!(project.id("b"), project.id("a") + 1);
        project.commit("the state");
        project.git(&["merge", "--quiet", "--no-edit", "tree"]).exits(0);
        project.plan_is_empty();
        // A later change is no reason to ask again.
        project.apply().exits(0);
        project.write("offers/a.yaml", &small_offer("a", "3.00"));
        project.apply().exits(0);
        project.run(&["state", "mv", "b", "c"]).exits(0);
        project.run(&["state", "list"]).exits(0);
    }
}

#[test]
fn two_applies_in_the_removed_work_tree_are_both_brought_in() {
    let (project, tree) = with_tree();
    applied(&project, &tree);
    project.write("tree of mine/offers/c.yaml", &small_offer("c", "1.00"));
    applied(&project, &tree);
    remove(&project);
    let run = refused(&project);
    follow(&project, &run);
    assert_eq!((project.id("b"), project.id("c")), (project.id("a") + 1, project.id("a") + 2));
    // The price is unknown, so that the next apply sends it.
    project.run(&["plan"]).exits(0).says("payout");
}

#[test]
fn what_was_committed_in_the_removed_work_tree_is_not_lost() {
    let (project, tree) = with_tree();
    applied(&project, &tree);
    project.git(&["-C", "tree of mine", "commit", "--quiet", "--all", "--message", "state"]).exits(0);
    remove(&project);
    project.run(&["plan"]).exits(0);
    project.git(&["branch", "--quiet", "-D", "tree"]).exits(0);
    let run = refused(&project);
    // Git still has the commit, with the YAML.
    follow(&project, &run);
    project.plan_is_empty();
}

#[test]
fn a_work_tree_that_is_there_or_locked_is_not_asked() {
    let (project, tree) = with_tree();
    applied(&project, &tree);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.git(&["worktree", "lock", "tree of mine"]).exits(0);
    std::fs::rename(&tree, project.path("unmounted")).unwrap();
    project.run(&["state", "list"]).exits(0);
}

#[test]
fn an_apply_that_was_interrupted_in_the_removed_work_tree_goes_on() {
    let (project, tree) = with_tree();
    let mut killed = project.command(&APPLY);
    killed.current_dir(&tree).env("OFFERSYNC_FAULT_POINT", "replace.before-rename:2=kill");
    assert_eq!(finish(&mut killed).code, None);
    let creates = project.cake.counters().creates;
    remove(&project);
    project.git(&["merge", "--quiet", "--no-edit", "tree"]).exits(0);
    let run = refused(&project);
    follow(&project, &run);
    project.apply_until_done("after the advice");
    project.plan_is_empty();
    assert_eq!(project.cake.counters().creates, creates, "an offer was created twice");
}

#[test]
fn a_first_state_of_a_removed_work_tree_is_not_started_over() {
    let project = Project::with_files(&[("a.yaml", &small_offer("a", "1.00"))]);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitignore", ".offersync/\noffersync.state.json.*\ntree of mine/\n");
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("state = \"states/{STATE}\"\n{config}"));
    project.commit("offers");
    project.git(&["worktree", "add", "--quiet", "-b", "tree", "tree of mine"]).exits(0);
    std::fs::create_dir(project.path("tree of mine/states")).unwrap();
    applied(&project, &project.path("tree of mine"));
    remove(&project);
    let run = refused(&project);
    follow(&project, &run);
    project.plan_is_empty();
}

#[test]
fn what_a_person_gives_up_is_kept_under_another_name() {
    let (project, tree) = with_tree();
    applied(&project, &tree);
    remove(&project);
    refused(&project);
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
    project.run(&["plan"]).exits(0);
    let folder = std::fs::read_dir(project.path(".git/offersync-worktrees")).unwrap().next().unwrap().unwrap().path();
    assert!(folder.join(format!("{STATE}.last.given-up")).exists());
}

#[test]
fn an_apply_that_was_interrupted_in_another_work_tree_is_finished_there_first() {
    let (project, tree) = with_tree();
    let mut killed = project.command(&APPLY);
    killed.current_dir(&tree).env("OFFERSYNC_FAULT_POINT", "replace.before-rename:2=kill");
    assert_eq!(finish(&mut killed).code, None);
    project.run(&["plan"]).exits(0);
    project.write("offers/c.yaml", &small_offer("c", "1.00"));
    let writes = project.cake.writes();
    let refused = project.apply().exits(4);
    refused.says("state::interrupted-elsewhere");
    assert_eq!(project.cake.writes(), writes);
    let said = refused.said().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, advice) = said.split_once("finish it first with `").unwrap();
    let command = format!("{} --auto-approve", advice.split('`').next().unwrap());
    let mut advised = clean("sh", project.folder());
    finish(advised.args(["-c", &command]).env("CAKE_API_KEY", crate::harness::KEY)).exits(0);
    project.apply().exits(0);
    // An interrupted one here goes first: two that wait for each other would never end.
    let kill = |folder: &PathBuf| {
        let mut killed = project.command(&APPLY);
        killed.current_dir(folder).env("OFFERSYNC_FAULT_POINT", "replace.before-rename:2=kill");
        assert_eq!(finish(&mut killed).code, None);
    };
    project.write("offers/d.yaml", &small_offer("d", "1.00"));
    kill(&project.folder().to_owned());
    project.apply().exits(0);
}

#[test]
fn an_apply_that_was_interrupted_under_another_name_of_the_state_goes_on() {
    let project = Project::applied(&[("a.yaml", &small_offer("a", "1.00"))]);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitignore", ".offersync/\n*.json.*\n");
    project.commit("applied");
    project.write("offers/b.yaml", &small_offer("b", "1.00"));
    project.commit("b");
    let mut killed = project.command(&APPLY);
    killed.env("OFFERSYNC_FAULT_POINT", "replace.before-rename:2=kill");
    assert_eq!(finish(&mut killed).code, None);
    let writes = project.cake.writes();
    std::fs::create_dir(project.path("states")).unwrap();
    project.git(&["mv", STATE, "states/s.json"]).exits(0);
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("state = \"states/s.json\"\n{config}"));
    let refused = project.apply().exits(4);
    refused.says("state::interrupted-elsewhere");
    assert_eq!(project.cake.writes(), writes);
    let said = refused.said().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, advice) = said.split_once("continue with its journal: `").unwrap();
    finish(clean("sh", project.folder()).args(["-c", advice.split('`').next().unwrap()])).exits(0);
    project.apply().exits(0);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(project.cake.ids("Offer b").len(), 1);
}

#[test]
fn outside_of_git_the_journal_of_another_name_is_found_beside_the_state() {
    let project = Project::applied(&[("a.yaml", &small_offer("a", "1.00"))]);
    project.write("offers/b.yaml", &small_offer("b", "1.00"));
    let killed = |project: &Project| {
        let mut killed = project.command(&APPLY);
        killed.env("OFFERSYNC_FAULT_POINT", "replace.before-rename:2=kill");
        assert_eq!(finish(&mut killed).code, None);
    };
    killed(&project);
    // Its own journal is continued, whatever the folder is called in the command.
    finish(project.command(&["--config", "offersync.toml", "apply", "--auto-approve"]).current_dir(project.folder()))
        .exits(0);
    project.write("offers/c.yaml", &small_offer("c", "1.00"));
    killed(&project);
    std::fs::rename(project.path(STATE), project.path("s.json")).unwrap();
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("state = \"s.json\"\n{config}"));
    project.apply().exits(4).says("state::interrupted-elsewhere").says("s.json.journal");
}

/// A project whose first apply was killed while CAKE worked on a create.
fn with_killed_first_apply() -> Project {
    let project = Project::new();
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitignore", ".offersync/\n*.json.*\n");
    project.write("offers/a.yaml", &small_offer("a", "1.00"));
    project.commit("a");
    killed_within_a_create(&project);
    assert!(!project.path(STATE).exists());
    project
}

fn killed_within_a_create(project: &Project) {
    let mut killed = project.command(&APPLY);
    killed.env("OFFERSYNC_FAULT_POINT", "request.after-reply:1=kill");
    assert_eq!(finish(&mut killed).code, None);
}

/// Runs the command that continues the journal.
#[track_caller]
fn continued(project: &Project, folder: &str) {
    let apply = ["-C", folder, "apply", "--auto-approve"];
    let writes = project.cake.writes();
    let refused = project.run(&apply).exits(4);
    refused.says("state::interrupted-elsewhere");
    assert_eq!(project.cake.writes(), writes);
    let said = refused.said().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, advice) = said.split_once("continue with its ").unwrap();
    let command = advice.split('`').nth(1).unwrap();
    finish(clean("sh", &project.path(folder)).args(["-c", command])).exits(0);
    project.run(&["-C", folder, "state", "list"]).exits(0).says("in doubt");
}

#[test]
fn a_first_apply_that_was_interrupted_goes_on_under_another_name_of_the_state() {
    let project = with_killed_first_apply();
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("state = \"states/s.json\"\n{config}"));
    continued(&project, ".");
}

#[test]
fn a_first_apply_that_was_interrupted_goes_on_in_an_environment() {
    let project = with_killed_first_apply();
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("{config}[environments.prod]\nstate = \"prod.json\"\n"));
    let refused = project.run(&["apply", "--env", "prod", "--auto-approve"]).exits(4);
    refused.says("state::interrupted-elsewhere");
}

#[test]
fn a_first_apply_that_was_interrupted_goes_on_where_the_project_is_now() {
    let project = with_killed_first_apply();
    std::fs::create_dir(project.path("cake")).unwrap();
    project.git(&["mv", "offers", "offersync.toml", "cake"]).exits(0);
    project.commit("moved");
    continued(&project, "cake");
}

#[test]
fn a_state_that_keeps_its_name_is_moved_with_its_journal() {
    let project = Project::applied(&[("a.yaml", &small_offer("a", "1.00"))]);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitignore", ".offersync/\n*.json*\n");
    project.write("offers/b.yaml", &small_offer("b", "1.00"));
    project.commit("b");
    killed_within_a_create(&project);
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("state = \"s.json\"\n{config}"));
    continued(&project, ".");
    assert!(!project.path(STATE).exists());
}

#[test]
fn the_interrupted_apply_of_another_project_stops_nothing() {
    let project = with_killed_first_apply();
    std::fs::create_dir_all(project.path("cake/offers")).unwrap();
    project.write("cake/offersync.toml", &project.read("offersync.toml"));
    project.write("cake/offers/c.yaml", &small_offer("c", "1.00"));
    project.run(&["-C", "cake", "apply", "--auto-approve"]).exits(0);
}
