//! `plan --since` of a branch that moves the whole project: it is compared with what the other branch has, wherever that is.

use serde_json::json;

use crate::harness::{Project, Run, small_offer};

/// Two applied offers in `folder` of the branch `main`, whose payout may rise by half, and a branch of it.
fn branch(folder: &str) -> Project {
    let project = Project::applied(&[("a.yaml", &small_offer("a", "1.00")), ("b.yaml", &small_offer("b", "2.00"))]);
    let limits = "[guardrails]\npayout_rise = \"50 %\"\n";
    project.write("offersync.toml", &format!("{}{limits}", project.read("offersync.toml")));
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    if folder != "." {
        project.commit("project");
        move_project(&project, ".", folder);
    }
    project.commit("base");
    project.git(&["checkout", "--quiet", "-b", "branch"]).exits(0);
    project
}

fn move_project(project: &Project, from: &str, to: &str) {
    std::fs::create_dir_all(project.path(to)).unwrap();
    for name in ["offersync.toml", "offersync.state.json", "offers"] {
        project.git(&["mv", &format!("{from}/{name}"), to]).exits(0);
    }
}

fn edit_state(project: &Project, folder: &str, change: impl FnOnce(&mut serde_json::Value)) {
    let file = format!("{folder}/offersync.state.json");
    let mut document = serde_json::from_str(&project.read(&file)).unwrap();
    change(&mut document);
    project.write(&file, &(serde_json::to_string_pretty(&document).unwrap() + "\n"));
    project.run(&["-C", folder, "state", "publish", "--accept-edit"]);
}

fn swap(state: &mut serde_json::Value) {
    let [a, b] = ["a", "b"].map(|key| state["offers"][key]["offer_id"].clone());
    (state["offers"]["a"]["offer_id"], state["offers"]["b"]["offer_id"]) = (b, a);
}

fn since(project: &Project, folder: &str, arguments: &[&str]) -> Run {
    project.run(&[&["-C", folder, "plan", "--since", "main"], arguments].concat())
}

/// Only the move itself is to be seen.
#[track_caller]
fn is_only_moved(project: &Project, folder: &str) {
    let run = since(project, folder, &["--format", "json"]).exits(4);
    let problems = run.json()["diagnostics"].as_array().unwrap().clone();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0]["code"], "review::setting");
    since(project, folder, &[]).exits(4).says("settings, offers and records are compared with those there");
    let run = since(project, folder, &["--accept-config", "--format", "json"]).exits(0).json();
    assert_eq!((&run["actions"], &run["pending_elsewhere"]), (&json!([]), &json!(0)));
}

#[test]
fn a_move_alone_is_compared_with_the_folder_it_was_in() {
    for (from, to) in
        [(".", "net"), (".", "net/deep"), ("net", "."), ("net", "work"), ("net", "net/deep"), ("net/deep", "net")]
    {
        let project = branch(from);
        move_project(&project, from, to);
        project.commit("moved");
        is_only_moved(&project, to);
    }
}

#[test]
fn what_a_branch_edits_while_it_moves_the_project_is_told_one_by_one() {
    for (from, to) in [(".", "net"), ("net", "."), ("net", "work")] {
        let project = branch(from);
        let state: serde_json::Value =
            serde_json::from_str(&project.read(&format!("{from}/offersync.state.json"))).unwrap();
        let id = state["offers"]["b"]["offer_id"].clone();
        move_project(&project, from, to);
        project.replace(&format!("{to}/offers/a.yaml"), "payout: 1.00", "payout: 1.80");
        project.replace(&format!("{to}/offersync.toml"), "50 %", "90 %");
        project.remove(&format!("{to}/offers/b.yaml"));
        edit_state(&project, to, |state| drop(state["offers"].as_object_mut().unwrap().remove("b")));
        project.commit("moved and edited");
        let run = since(&project, to, &[]).exits(4);
        run.says(&format!("`b` is not recorded as at `main`: it is not recorded here, and offer {id} there"));
        run.says("`guardrails.payout_rise` is `\"90 %\"`, and `\"50 %\"` at `main`");
        run.says("1.00 → 1.80").says("(by the limits of `main`)");
    }
}

#[test]
fn a_project_that_moves_over_several_commits_and_merges_is_followed() {
    let project = branch(".");
    move_project(&project, ".", "net");
    project.commit("moved");
    // Main goes on: an apply of it records another payout.
    project.git(&["checkout", "--quiet", "main"]).exits(0);
    project.replace("offers/a.yaml", "payout: 1.00", "payout: 1.20");
    project.apply().exits(0);
    project.commit("main");
    project.git(&["checkout", "--quiet", "branch"]).exits(0);
    project.git(&["-c", "merge.conflictStyle=merge", "merge", "--quiet", "--no-edit", "main"]).exits(0);
    is_only_moved(&project, "net");
    move_project(&project, "net", "work");
    project.commit("moved again");
    is_only_moved(&project, "work");
    edit_state(&project, "work", swap);
    project.commit("swapped");
    since(&project, "work", &[]).exits(4).says("`a` is not recorded as at `main`: offer").says("`b` is not recorded");
}

/// The branch is behind, and the move is none of its own.
#[test]
fn a_project_that_main_has_moved_is_compared_with_its_new_folder() {
    let project = branch(".");
    project.git(&["checkout", "--quiet", "main"]).exits(0);
    move_project(&project, ".", "net");
    project.commit("moved on main");
    project.git(&["checkout", "--quiet", "branch"]).exits(0);
    let empty = since(&project, ".", &["--format", "json"]).exits(0).json();
    assert_eq!((&empty["actions"], &empty["diagnostics"]), (&json!([]), &json!([])));
    project.replace("offers/a.yaml", "payout: 1.00", "payout: 1.10");
    edit_state(&project, ".", swap);
    project.commit("edited");
    since(&project, ".", &[]).exits(4).says("`a` is not recorded as at `main`").says("1.00 → 1.10");
}

/// What main has and the branch has not is main's own.
#[test]
fn a_project_that_main_has_added_is_not_taken_for_one_that_main_has_removed() {
    let project = branch(".");
    project.git(&["checkout", "--quiet", "main"]).exits(0);
    for path in ["offersync.toml", "offersync.state.json", "offers"] {
        project.git(&["rm", "--quiet", "-r", path]).exits(0);
    }
    let other = Project::applied(&[("c.yaml", &small_offer("c", "3.00"))]);
    for file in ["offersync.toml", "offersync.state.json", "offers/c.yaml"] {
        project.write(&format!("two/{file}"), &other.read(file));
    }
    project.commit("another project");
    project.git(&["checkout", "--quiet", "branch"]).exits(0);
    since(&project, ".", &[]).exits(4).says("no configuration here to compare with").never_says("two/");
}

/// A second project beside the first one, each with a state of its own.
fn two_projects() -> Project {
    let project = branch("one");
    let other = Project::applied(&[("c.yaml", &small_offer("c", "3.00"))]);
    for file in ["offersync.toml", "offersync.state.json", "offers/c.yaml"] {
        project.write(&format!("two/{file}"), &other.read(file));
    }
    project.commit("second project");
    project.git(&["branch", "--quiet", "--force", "main"]).exits(0);
    project
}

#[test]
fn of_two_projects_the_one_whose_state_goes_on_is_taken() {
    for is_other_moved in [false, true] {
        let project = two_projects();
        move_project(&project, "one", "net");
        if is_other_moved {
            move_project(&project, "two", "work");
        }
        project.commit("moved");
        is_only_moved(&project, "net");
        edit_state(&project, "net", swap);
        project.commit("swapped");
        let run = since(&project, "net", &[]).exits(4);
        run.says("`main` has none there, and has `one/offersync.toml`").says("`a` is not recorded as at `main`");
        run.never_says("`c`");
    }
}

#[test]
fn where_it_is_not_certain_which_project_it_was_nothing_counts_as_compared() {
    let project = two_projects();
    for folder in ["one", "two"] {
        project.git(&["rm", "--quiet", "--cached", &format!("{folder}/offersync.state.json")]).exits(0);
        project.remove(&format!("{folder}/offersync.state.json"));
        let toml = format!("{folder}/offersync.toml");
        let text = project.read(&toml);
        let url = text.lines().find(|line| line.starts_with("url")).unwrap();
        project.write(&toml, &text.replace(url, "url = \"https://yourdomain.cakemarketing.com\""));
    }
    project.commit("no states");
    project.git(&["branch", "--quiet", "--force", "main"]).exits(0);
    for (from, to) in [("one", "net"), ("two", "work")] {
        std::fs::create_dir_all(project.path(to)).unwrap();
        project.git(&["mv", &format!("{from}/offersync.toml"), &format!("{from}/offers"), to]).exits(0);
    }
    project.commit("moved");
    let run = since(&project, "net", &[]).exits(4);
    run.says("settings, offers, records and limits were not compared");
    run.says("not certain: `one/offersync.toml`, `two/offersync.toml`");
    since(&project, "net", &["--accept-config"]).exits(0).says("not compared");
}

#[test]
fn a_first_project_says_that_nothing_was_compared() {
    let project = branch("one");
    let other = Project::applied(&[("c.yaml", &small_offer("c", "3.00"))]);
    for file in ["offersync.toml", "offersync.state.json", "offers/c.yaml"] {
        project.write(&format!("two/{file}"), &other.read(file));
    }
    project.commit("second project");
    let run = since(&project, "two", &[]).exits(4);
    run.says("no configuration here to compare with").says("were not compared").never_says("one/");
}

#[test]
fn a_copy_of_the_project_is_compared_with_what_it_is_a_copy_of() {
    let project = branch(".");
    for file in ["offersync.toml", "offersync.state.json", "offers/a.yaml", "offers/b.yaml"] {
        project.write(&format!("net/{file}"), &project.read(file));
    }
    edit_state(&project, "net", swap);
    project.commit("copied");
    since(&project, "net", &[]).exits(4).says("`a` is not recorded as at `main`").says("has `offersync.toml`");
}

/// A state that gets another name is compared with what the configuration of the commit calls so.
#[test]
fn ids_that_are_swapped_while_the_state_moves_are_told_one_by_one() {
    for folder in [".", "net"] {
        let project = branch(".");
        if folder != "." {
            move_project(&project, ".", folder);
        }
        edit_state(&project, folder, swap);
        let name = |file: &str| format!("{folder}/{file}");
        std::fs::create_dir_all(project.path(&name("states"))).unwrap();
        project.git(&["mv", &name("offersync.state.json"), &name("states/all.json")]).exits(0);
        let toml = format!("state = \"states/all.json\"\n{}", project.read(&name("offersync.toml")));
        project.write(&name("offersync.toml"), &toml);
        project.commit("moved and swapped");
        let run = since(&project, folder, &[]).exits(4);
        run.says("`state` is `\"states/all.json\"`");
        run.says("`a` is not recorded as at `main`: offer").says("`b` is not recorded as at `main`: offer");
        run.never_says("and `main` has none");
    }
}

#[test]
fn an_environment_that_gets_another_name_goes_on_with_its_state() {
    let project = branch(".");
    let toml = |name: &str, state: &str| {
        let text = project
            .read("offersync.toml")
            .lines()
            .filter(|line| !line.starts_with("url"))
            .collect::<Vec<_>>()
            .join("\n");
        let text = text.split("\n[environments").next().unwrap().to_owned();
        let url = project.cake.url();
        format!("{text}\n[environments.{name}]\nstate = \"{state}\"\n[environments.{name}.cake]\nurl = \"{url}\"\n")
    };
    project.write("offersync.toml", &toml("production", "offersync.state.json"));
    project.commit("environments");
    project.git(&["branch", "--quiet", "--force", "main"]).exits(0);
    edit_state(&project, ".", swap);
    project.run(&["--env", "production", "state", "publish", "--accept-edit"]).exits(0);
    project.git(&["mv", "offersync.state.json", "live.json"]).exits(0);
    project.write("offersync.toml", &toml("live", "live.json"));
    project.commit("renamed and swapped");
    let run = since(&project, ".", &["--env", "live"]).exits(4);
    run.says("`a` is not recorded as at `main`: offer").never_says("it is offer");
}

/// What one commit records and a later one takes back is seen under the earlier path as well.
#[test]
fn a_state_of_a_commit_before_the_move_is_seen() {
    let project = branch(".");
    let before = project.read("offersync.state.json");
    edit_state(&project, ".", swap);
    project.commit("swapped");
    project.write("offersync.state.json", &before);
    move_project(&project, ".", "net");
    project.commit("moved and taken back");
    since(&project, "net", &[]).exits(4).says("of this branch has a state (`offersync.state.json`) that is neither");
}

#[test]
fn a_configuration_that_gets_another_name_is_compared_with_the_one_before() {
    let project = branch(".");
    edit_state(&project, ".", swap);
    project.git(&["mv", "offersync.toml", "network.toml"]).exits(0);
    project.commit("renamed");
    let run = project.run(&["--config", "network.toml", "plan", "--since", "main"]).exits(4);
    run.says("has `offersync.toml`").says("`a` is not recorded as at `main`");
}

#[test]
fn an_environment_that_gets_another_name_is_held_to_the_limits_that_it_had() {
    for to in ["[environments.live]", ""] {
        let project = Project::applied(&[("a.yaml", &small_offer("a", "1.00"))]);
        let url = project.cake.url();
        let names = "[names.advertisers]\nacme-home = 101\n[names.verticals]\nhome-services = 7\n";
        let common = format!("{names}[cake]\nlisting_lag_seconds = 0\n");
        let table = |name: &str, limit: &str| {
            format!("{common}{name}\nstate = \"offersync.state.json\"\ncake.url = \"{url}\"\n{limit}")
        };
        project.write("offersync.toml", &table("[environments.prod]", "guardrails.payout_max = { cpa = 2.00 }\n"));
        project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
        project.commit("base");
        project.git(&["checkout", "--quiet", "-b", "branch"]).exits(0);
        let text = match to {
            "" => format!("state = \"offersync.state.json\"\n{common}url = \"{url}\"\n"),
            to => table(to, ""),
        };
        project.write("offersync.toml", &text);
        project.replace("offers/a.yaml", "1.00", "5.00");
        project.commit("renamed, and without its limit");
        let environment: &[&str] = if to.is_empty() { &[] } else { &["--env", "live"] };
        for (accept, code) in [(&[][..], 4), (&["--accept-config"], 0)] {
            let run = project.run(&[environment, &["plan", "--since", "main"], accept].concat());
            assert_eq!(run.code, Some(code), "{to} {accept:?}: {run:?}");
            run.says("guardrail::payout-max").says("by the limits of `main`");
        }
    }
}

#[test]
fn a_name_of_a_commit_is_not_looked_up_in_a_submodule() {
    let project = branch("net");
    let submodule = Project::new();
    submodule.git(&["clone", "--quiet", &project.path("").display().to_string(), "copy"]).exits(0);
    project.git(&["rm", "-r", "--quiet", "net"]).exits(0);
    let from = submodule.path("copy").display().to_string();
    project.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &from, "net"]).exits(0);
    project.commit("a submodule in its place");
    for folder in ["net/net", "net"] {
        let run = project.run(&["-C", folder, "plan", "--since", "HEAD~1"]);
        assert_ne!(run.code, Some(0), "{folder}: {run:?}");
    }
    project.run(&["-C", "net/net", "plan", "--since", "HEAD~1"]).exits(1).says("git::in-submodule");
}
