//! Commands that messages name work where the command itself worked.

use crate::harness::{Project, small_offer};

/// A plan with advice: a create-only field was changed.
fn blocked() -> Project {
    let project = Project::applied(&[("a.yaml", &small_offer("a", "1.00"))]);
    project.replace("offers/a.yaml", "vertical_id: 7", "vertical_id: 8");
    project
}

#[test]
fn advice_reminds_of_the_flags_that_say_where_the_command_worked() {
    let project = blocked();
    let folder = project.folder().to_str().unwrap().to_owned();
    let config = project.path("offersync.toml").to_str().unwrap().to_owned();
    let note = |flags: &str| format!("note: give {flags} to the offersync commands above as well");
    let run = project.run(&["plan"]).exits(4);
    assert!(run.stdout.contains("`offersync state accept a`") && !run.stderr.contains("commands above"), "{run:?}");
    project.run(&["-C", &folder, "plan"]).exits(4).says(&note("-C"));
    project.run(&["--config", &config, "plan"]).exits(4).says(&note("--config"));
    project.run(&["-C", &folder, "state", "show", "unknown"]).exits(1).says(&note("-C"));
    project.run(&["-C", &folder, "--config", &config, "plan"]).exits(4).says(&note("-C and --config"));
}

#[test]
fn a_document_and_a_quiet_run_come_without_the_reminder() {
    let project = blocked();
    let folder = project.folder().to_str().unwrap().to_owned();
    for arguments in [&["plan", "--format", "json"][..], &["plan", "--format", "markdown"], &["plan", "-q"]] {
        let run = project.run(&[&["-C", &folder], arguments].concat()).exits(4);
        assert!(!run.stderr.contains("commands above"), "{arguments:?}: {run:?}");
    }
    project.run(&["-C", &folder, "state", "list"]).exits(0);
    assert!(!project.run(&["-C", &folder, "state", "list"]).stderr.contains("commands above"));
}

#[test]
fn what_the_sandbox_says_is_not_done_to_cake() {
    let project = Project::with_files(&[("a.yaml", &small_offer("a", "1.00"))]);
    project.run(&["apply", "--sandbox"]).exits(0);
    project.replace("offers/a.yaml", "vertical_id: 7", "vertical_id: 8");
    project.run(&["apply", "--sandbox"]).exits(4).says("note: give --sandbox to the offersync commands above as well");
    assert_eq!(project.cake.counters().requests, 0);
}
