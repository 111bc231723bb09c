//! What a new user meets in the first hours: what a narrowed plan says, the next step, `-`, blanks in texts, names beside ids.

use std::io::Write as _;
use std::process::Stdio;

use crate::harness::{Project, Run, Settings, Workspace, complete_offer, finish_child};

const URL: &str = "https://example.cakemarketing.com";

fn with_input(workspace: &Workspace, arguments: &[&str], input: &str) -> Run {
    let mut command = workspace.command(arguments);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    finish_child(child)
}

#[test]
fn a_narrowed_plan_says_what_it_leaves_out_and_not_that_it_is_unchanged() {
    let workspace = Workspace::with_offers(URL);
    workspace
        .run(&["plan", "alpha"])
        .exits(0)
        .says("Plan: 1 to create, 2 left out.")
        .says("Run `offersync apply alpha`");
    let run = workspace.run(&["plan", "--exclude", "alpha"]).exits(0);
    run.says("Plan: 2 to create, 1 left out.").says("`offersync apply --exclude alpha`");
    workspace.run(&["plan"]).exits(0).says("Plan: 3 to create, 0 unchanged.");
    let json = workspace.run(&["plan", "alpha", "--format", "json"]).exits(0).json();
    assert_eq!(json["summary"]["left_out"], 2, "{json}");
    workspace.run(&["apply", "--sandbox"]).exits(0);
    let run = workspace.run(&["plan", "--sandbox", "alpha"]).exits(0);
    run.says("Nothing to do: 1 offer is as desired, according to the state; 2 offers left out.");
}

#[test]
fn where_nothing_is_recorded_the_way_to_what_cake_has_is_told() {
    let workspace = Workspace::with_offers(URL);
    workspace.run(&["plan"]).exits(0).says("Nothing is recorded yet").says("`offersync import --match`");
    workspace.run(&["state", "list"]).exits(0).says("There is no state yet.");
    workspace.run(&["plan", "--format", "json"]).exits(0).never_says("Nothing is recorded yet");
    workspace.run(&["apply", "--sandbox"]).exits(0);
    workspace.run(&["plan", "--sandbox"]).exits(0).never_says("Nothing is recorded yet");
}

#[test]
fn what_the_sandbox_does_looks_like_a_sandbox() {
    let workspace = Workspace::with_offers(URL);
    let run = workspace.run(&["apply", "--sandbox"]).exits(0);
    assert!(run.stdout.contains("sandbox: Applied: 3 done."), "{}", run.stdout);
    for command in [&["state", "list", "--sandbox"][..], &["drift", "--sandbox"], &["plan", "--sandbox"]] {
        let run = workspace.run(command).exits(0);
        assert_eq!(run.stderr.matches("Sandbox: a built-in CAKE").count(), 1, "{command:?}: {}", run.stderr);
    }
    workspace.run(&["-q", "plan", "--sandbox"]).exits(0).never_says("Sandbox: a built-in CAKE");
    workspace.run(&["plan"]).exits(0).never_says("andbox");
}

#[test]
fn verticals_and_currencies_are_shown_with_their_names() {
    let workspace = Workspace::with_offers(URL);
    let config = workspace.read("offersync.toml");
    assert!(config.contains("home-services = 7"), "{config}");
    workspace.write("offers/whole.yaml", &complete_offer("Whole"));
    workspace.run(&["plan", "whole"]).exits(0).says("vertical_id 7 (home-services)").says("(USD)");
}

#[test]
fn a_text_is_set_with_its_blanks() {
    let workspace = Workspace::with_offers(URL);
    workspace.run(&["edit", "alpha", "--set", "offer_description=  two before"]).exits(0);
    let plan = workspace.run(&["plan", "alpha", "--format", "json"]).exits(0).json();
    let changes = plan["actions"][0]["changes"].as_array().unwrap();
    let set = changes.iter().find(|change| change["field"] == "offer_description").unwrap();
    assert_eq!(set["after"], "  two before");
    workspace.run(&["edit", "alpha", "--set", "payout = 12.00"]).exits(0).says("payout: 12.00");
}

#[test]
fn a_plan_goes_through_a_pipe() {
    let project = Project::with_files(&[("a.yaml", &complete_offer("Piped"))]);
    let plan = project.run(&["plan", "--out", "-"]).exits(0);
    assert_eq!(plan.json()["actions"].as_array().unwrap().len(), 1);
    assert!(!project.path("-").exists());
    let arguments = ["apply", "-", "--auto-approve", "--output", "json=-"];
    let run = with_input(&project, &arguments, &plan.stdout).exits(0);
    assert_eq!(run.json()["outcome"], "complete");
    with_input(&project, &["apply", "-", "--auto-approve"], "{}").exits(3).says("standard input is not a saved plan");
}

#[test]
fn standard_output_has_one_result() {
    let workspace = Workspace::with_offers(URL);
    let csv = workspace.run(&["export", "--format", "csv"]).exits(0).stdout;
    assert_eq!(workspace.run(&["export", "--format", "csv", "-o", "-"]).exits(0).stdout, csv);
    workspace.run(&["plan", "--out", "-", "--output", "html=-"]).exits(64).says("one result only");
    workspace.run(&["plan", "--output", "html=-", "--format", "markdown"]).exits(64).says("one result only");
    let run = workspace.run(&["plan", "--output", "markdown=-", "--out", "saved.json"]).exits(0);
    assert!(run.stdout.starts_with('<') || run.stdout.starts_with('#'), "{}", run.stdout);
    workspace.replace("offers/alpha.yaml", "offer_name", "offer_nam");
    let run = workspace.run(&["plan", "--out", "-"]).exits(3);
    assert_eq!(run.json()["format"], "offersync-diagnostics");
}

#[test]
fn a_spreadsheet_is_read_from_standard_input() {
    let workspace = Workspace::empty();
    workspace.write("offersync.toml", &Settings::default().toml(URL));
    workspace.write("offers/a.yaml", &complete_offer("Old"));
    let csv = "offer_name,advertiser_id,vertical_id,offer_url\nNew,101,7,https://x.example/\n";
    with_input(&workspace, &["import", "--from-csv", "-"], csv).exits(0).says("1 offer written");
    workspace.run(&["plan", "new"]).exits(0).says("offer_name \"New\"");
}

#[test]
fn a_plan_that_only_renames_needs_no_key() {
    let project = Project::with_files(&[("a.yaml", &complete_offer("Renamed"))]);
    project.run(&["apply", "--auto-approve"]).exits(0);
    project.remove("offers/a.yaml");
    let renamed = complete_offer("Renamed") + "sync:\n  renamed_from: a\n  protect: true\n";
    project.write("offers/b.yaml", &renamed);
    let writes = project.cake.writes();
    let run = project.run_with(&["apply", "--auto-approve"], &[("CAKE_API_KEY", "")]).exits(0);
    run.says("> rename b");
    assert_eq!(project.cake.writes(), writes);
    let state = project.read("offersync.state.json");
    assert!(state.contains("\"b\": {") && !state.contains("\"a\": {"), "{state}");
    project.run_with(&["plan"], &[("CAKE_API_KEY", "")]).exits(0).says("Nothing to do");
}

#[test]
fn two_sandboxes_on_one_folder_and_a_port_in_use_are_told_with_a_way_out() {
    let workspace = Workspace::empty();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    workspace.run(&["sandbox", "--port", &port]).exits(1).says("cannot listen on").says("`--port 0` takes a free one");
}
