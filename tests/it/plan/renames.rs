//! A key that goes while another comes: a renamed file, and a rename that git reverts. CAKE never has the offer twice.

use crate::harness::{Project, Run, Settings, small_offer};

fn applied() -> Project {
    Project::applied(&[("solar.yaml", &small_offer("Solar", "20.00"))])
}

fn rename(project: &Project, from: &str, to: &str) {
    let (from, to) = (format!("offers/{from}.yaml"), format!("offers/{to}.yaml"));
    std::fs::rename(project.path(&from), project.path(&to)).unwrap();
}

#[track_caller]
fn is_blocked(run: Run) -> Run {
    let run = run.exits(4);
    run.says("error[plan::undeclared-rename]");
    run
}

/// Runs the command that a message gives in backticks.
#[track_caller]
fn follow(project: &Project, message: &Run, command: &str) {
    message.says(&format!("`offersync {command}`"));
    project.run(&command.split(' ').collect::<Vec<_>>()).exits(0);
}

#[test]
fn a_renamed_file_is_blocked_and_the_command_that_is_named_keeps_the_offer() {
    let project = applied();
    let id = project.id("solar");
    rename(&project, "solar", "solar-us");
    let plan = is_blocked(project.run(&["plan"]));
    plan.says("add `sync: {renamed_from: solar}` to its YAML");
    is_blocked(project.run(&["apply", "--auto-approve"]));
    follow(&project, &plan, "state mv solar solar-us");
    project.plan_is_empty();
    assert_eq!((project.id("solar-us"), project.cake.writes()), (id, 1));
}

#[test]
fn the_line_that_is_named_keeps_the_offer_too() {
    let project = applied();
    let id = project.id("solar");
    rename(&project, "solar", "solar-us");
    project.replace("offers/solar-us.yaml", "https://", "https://new.");
    let plan = is_blocked(project.run(&["plan"]));
    plan.never_says("state mv");
    let text = project.read("offers/solar-us.yaml").replace("https://new.", "https://");
    project.write("offers/solar-us.yaml", &format!("{text}sync: {{renamed_from: solar}}\n"));
    project.apply().exits(0);
    project.plan_is_empty();
    assert_eq!((project.id("solar-us"), project.cake.writes()), (id, 1));
}

#[test]
fn a_reverted_rename_is_blocked_and_the_command_that_is_named_keeps_the_offer() {
    let project = applied();
    let (id, before) = (project.id("solar"), project.read("offers/solar.yaml"));
    project.remove("offers/solar.yaml");
    project.write("offers/solar-us.yaml", &format!("{before}sync: {{renamed_from: solar}}\n"));
    project.apply().exits(0);
    project.remove("offers/solar-us.yaml");
    project.write("offers/solar.yaml", &before);
    let plan = is_blocked(project.run(&["plan"]));
    follow(&project, &plan, "state mv solar-us solar");
    project.plan_is_empty();
    assert_eq!((project.id("solar"), project.cake.writes()), (id, 1));
}

#[test]
fn a_plan_that_is_narrowed_to_one_of_the_two_keys_is_blocked_too() {
    let project = applied();
    project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
    rename(&project, "solar", "solar-us");
    for narrowed in [["solar"].as_slice(), &["solar-us"], &["--exclude", "solar"], &["--exclude", "solar-us"]] {
        is_blocked(project.run(&[&["plan"], narrowed].concat()));
        is_blocked(project.run(&[&["apply", "--auto-approve"], narrowed].concat()));
    }
    project.run(&["plan", "other", "--exclude", "solar*"]).says("matches no offer");
    assert_eq!(project.cake.writes(), 1);
}

#[test]
fn the_same_offers_in_other_files_with_other_names_are_not_a_rename() {
    let project = applied();
    project.remove("offers/solar.yaml");
    project.write("offers/lunar.yaml", &small_offer("Lunar", "20.00"));
    let plan = project.run(&["plan"]).exits(0);
    plan.says("Plan: 1 to create, 1 to retire, 0 unchanged.");
}
