//! Offers in a git work tree: what git holds, what this disk shows, and what each of them may mean to a plan.

mod advice;
mod hidden;
mod linked_submodules;
mod log;
mod nearer;
mod other_folders;
mod put_away;
mod race;
mod recorded_later;
mod removed;
mod rest;

use crate::harness::{Project, Run, clean, finish, small_offer};

/// The folder's files in a work tree with several offers, applied and committed: `offers/acme/{a,b}.yaml`, `offers/zen/z.yaml`.
fn project() -> Project {
    let project = Project::new();
    for path in ["acme/a", "acme/b", "zen/z"] {
        let key = path.rsplit('/').next().unwrap();
        project.write(&format!("offers/{path}.yaml"), &small_offer(key, "10.00"));
    }
    project.apply().exits(0);
    project.write(".gitignore", "offersync.state.json.*\n.offersync/\n");
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("offers");
    project
}

fn shell(project: &Project, script: &str) -> Run {
    finish(clean("sh", project.folder()).args(["-e", "-c", script]))
}

/// Refused with this code by each command that would act on a removed offer; nothing is written.
#[track_caller]
fn refused(project: &Project, code: &str) -> String {
    let before = project.cake.offers();
    let validate = project.run(&["validate"]).exits(3);
    validate.says(&format!("error[{code}]"));
    project.run(&["plan"]).exits(3).says(&format!("error[{code}]"));
    project.run(&["plan", "--allow-empty"]).exits(3).says(&format!("error[{code}]"));
    project.apply().exits(3).says(code);
    assert_eq!(project.cake.offers(), before, "an apply that is refused has written");
    validate.said()
}

/// The commands that a message advises, in their order.
fn advised(message: &str) -> Vec<String> {
    let help = message.split("help:").nth(1).unwrap_or_default();
    // Messages are wrapped.
    let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
    words.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Follows the advice of a message, after which nothing is to be done.
#[track_caller]
fn follow(project: &Project, message: &str) {
    let commands = advised(message);
    assert!(!commands.is_empty(), "no advice in:\n{message}");
    for command in commands {
        shell(project, &command).exits(0);
    }
    project.plan_is_empty();
}
