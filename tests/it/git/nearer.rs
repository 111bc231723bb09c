//! A configuration that git holds nearer than the one on the disk is never passed over for one further up.

use super::{advised, project, shell};
use crate::harness::{Project, Run, clean, finish};

/// The project of the test's folder has another one in `net/prod`, with offers of its own, which is committed.
fn nested() -> Project {
    let project = project();
    let config = format!("state = \"inner.json\"\n{}", project.read("offersync.toml"));
    project.write("net/prod/offersync.toml", &config);
    project.write("net/prod/offers/p.yaml", &crate::harness::small_offer("p", "1.00"));
    project.write("net/readme.txt", "a network\n");
    project.run(&["-C", "net/prod", "apply", "--auto-approve"]).exits(0);
    project.commit("nested");
    project
}

/// Every command of the project refuses to work in a folder.
#[track_caller]
fn refused_in(project: &Project, folder: &str) -> Run {
    let before = project.cake.offers();
    for command in [&["plan"][..], &["state", "list"], &["apply", "--auto-approve"], &["validate"]] {
        project.run(&[&["-C", folder], command].concat()).exits(3).says("error[git::hidden]");
    }
    assert_eq!(project.cake.offers(), before, "an apply that is refused has written");
    project.run(&["-C", folder, "plan"])
}

/// Hides the nested configuration, expects a refusal, and follows its advice.
#[track_caller]
fn hidden_by(script: &str) {
    let project = nested();
    shell(&project, script).exits(0);
    let message = refused_in(&project, "net/prod").said();
    shell(&project, "mkdir -p net/prod/offers").exits(0);
    refused_in(&project, "net/prod/offers");
    let inside = finish(clean(env!("CARGO_BIN_EXE_offersync"), &project.path("net/prod")).arg("plan"));
    inside.exits(3).says("git::hidden");
    // The one above it is used where a person names it, and from the folders that are its own.
    let above = project.path("offersync.toml");
    project.run(&["-C", "net/prod", "--config", above.to_str().unwrap(), "state", "list"]).exits(0).says("12346");
    project.run(&["state", "list"]).exits(0).says("12346");
    for command in advised(&message).iter().filter(|command| command.starts_with("git")) {
        shell(&project, command).exits(0);
    }
    project.run(&["-C", "net/prod", "plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_nearer_configuration_that_is_not_on_the_disk_is_refused_with_the_command_that_brings_it_back() {
    hidden_by("git sparse-checkout set offers");
    hidden_by("git sparse-checkout set --sparse-index offers");
    hidden_by("git sparse-checkout set --no-cone '/*' '!/net/prod/offersync.toml'");
    hidden_by("rm net/prod/offersync.toml");
    hidden_by("git rm -q net/prod/offersync.toml");
    hidden_by("git update-index --assume-unchanged net/prod/offersync.toml && rm net/prod/offersync.toml");
    hidden_by("git update-index --skip-worktree net/prod/offersync.toml && rm net/prod/offersync.toml");
}

#[test]
fn a_submodule_that_is_not_checked_out_may_have_a_nearer_configuration() {
    let project = project();
    let script = "git init -q up && cp offersync.toml up/ && mkdir -p up/offers && git -C up add -A && git -C up commit -qm up && \
                  git -c protocol.file.allow=always submodule --quiet add ./up net";
    shell(&project, script).exits(0);
    project.write(".gitignore", &format!("{}up\n", project.read(".gitignore")));
    project.commit("submodule");
    project.run(&["-C", "net", "plan", "--allow-empty"]).exits(0);
    for hide in ["git submodule --quiet deinit net", "mkdir -p net/offers", "rm -rf net/* net/.git && git init -q net"]
    {
        shell(&project, hide).exits(0);
        let message = refused_in(&project, "net").said();
        assert!(message.contains("submodule update --init -- net"), "{message}");
    }
    refused_in(&project, "net/offers/deeper");
}

#[test]
fn a_folder_that_is_not_there_is_no_place_for_the_configuration_above_it() {
    let project = Project::applied(&[("a.yaml", &crate::harness::small_offer("a", "1.00"))]);
    project.run(&["-C", "prod", "plan"]).exits(3).says("there is no folder");
    project.run(&["-C", "offers", "plan", "--detailed-exitcode"]).exits(0);
    // The folder before a `..` is not above the one that a path leads to.
    shell(&project, "mkdir -p inner one/two && mv offersync.toml offersync.state.json offers inner/").exits(0);
    project.run(&["-C", "inner/../one", "plan"]).exits(3).says("config::missing");
}

#[test]
fn where_git_does_not_answer_a_nearer_configuration_is_not_known() {
    let project = nested();
    let run = project.run_with(&["-C", "net", "state", "list"], &[("PATH", "/nonexistent")]).exits(3);
    run.says("error[git::unanswered]").says("install git");
}
