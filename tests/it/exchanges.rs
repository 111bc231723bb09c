//! Whole terminal exchanges: the command, its stdout, its stderr and its exit code in one snapshot.
//!
//! `INSTA_UPDATE=always cargo test --test it exchanges` accepts what is printed now; read the difference before it is committed.

use std::fmt::Write as _;

use offersync::testing::sandbox::{Offer, SandboxOptions};

use crate::harness::{Project, Settings, Workspace, complete_offer};

/// Runs the commands one after another, and gives what a person at a terminal would have before them.
fn exchange(workspace: &Workspace, commands: &[&str]) -> String {
    let mut text = String::new();
    for command in commands {
        let run = workspace.run(&command.split(' ').collect::<Vec<_>>());
        writeln!(text, "$ offersync {command}\n{}", run.stdout.trim_end()).unwrap();
        if !run.stderr.is_empty() {
            writeln!(text, "--- stderr\n{}", run.stderr.trim_end()).unwrap();
        }
        writeln!(text, "[exit {}]\n", run.code.unwrap()).unwrap();
    }
    without_times(&text.replace(&workspace.folder().display().to_string(), "/repository"))
}

/// The text with the time of the state replaced: `By the state of 2026-11-26 00:30 UTC`.
fn without_times(text: &str) -> String {
    const BEFORE: &str = "By the state of ";
    let mut parts = text.split(BEFORE);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + BEFORE + "[time]" + &part["2026-11-26 00:30".len()..])
}

/// The same, with the address of the project's CAKE replaced.
fn with_cake(project: &Project, commands: &[&str]) -> String {
    exchange(project, commands).replace(&project.cake.url(), "http://cake.example")
}

/// One request after another, so that each offer gets the same id in every run.
fn one_at_a_time() -> Settings {
    Settings { max_in_flight: 1, ..Settings::default() }
}

/// The offers `a` and `b`, applied.
fn two_applied() -> Project {
    let project = Project::with_files(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.configure(&one_at_a_time());
    project.apply().exits(0);
    project
}

#[test]
fn apply_in_the_sandbox_twice() {
    let url = "https://yourdomain.cakemarketing.com";
    let workspace = Workspace::with_offers(url);
    workspace.write("offersync.toml", &one_at_a_time().toml(url));
    insta::assert_snapshot!(exchange(&workspace, &["apply --sandbox", "apply --sandbox", "plan"]));
}

#[test]
fn an_apply_that_is_refused() {
    let project = two_applied();
    project.replace("offers/a.yaml", "https://track.example.com/", "https://new.example.com/");
    project.replace("offers/b.yaml", "payout: 20.00", "payout: 21.00");
    insta::assert_snapshot!(with_cake(&project, &["apply --auto-approve"]));
}

#[test]
fn an_apply_without_a_terminal_and_without_approval() {
    let project = Project::with_files(&[("a.yaml", &complete_offer("A"))]);
    insta::assert_snapshot!(with_cake(&project, &["apply"]));
}

#[test]
fn a_saved_plan_that_is_stale() {
    let project = two_applied();
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
    project.run(&["plan", "--out", "plan.json"]).exits(0);
    project.replace("offers/a.yaml", "payout: 21.00", "payout: 22.00");
    insta::assert_snapshot!(with_cake(&project, &["apply plan.json --auto-approve"]));
}

#[test]
fn writes_that_cake_rejects_or_does_not_answer() {
    let files = ["a", "b", "c"].map(|key| (format!("{key}.yaml"), complete_offer(&key.to_uppercase())));
    let project = Project::with_files(&files.each_ref().map(|(file, text)| (file.as_str(), text.as_str())));
    project.configure(&one_at_a_time());
    project.cake.faults("create[name=B]=error:Invalid Vertical ID\ncreate[name=C]=reset-after\nlist:6-=http-500");
    let first = with_cake(&project, &["apply --auto-approve"]);
    project.cake.faults("");
    insta::assert_snapshot!(first + &with_cake(&project, &["apply --auto-approve", "state list"]));
}

#[test]
fn drift_and_its_acceptance() {
    let project = two_applied();
    project.in_cake("a", |offer| offer.payout = Some("25".parse().unwrap()));
    project.in_cake("b", |offer| offer.offer_status = "inactive".to_owned());
    project.replace("offers/b.yaml", "offer_status: active", "offer_status: pending");
    insta::assert_snapshot!(with_cake(
        &project,
        &["drift", "plan --refresh", "apply --refresh --auto-approve", "drift --accept", "drift --accept b", "drift"]
    ));
}

#[test]
fn an_import() {
    let project = Project::with(SandboxOptions::default(), &Settings::default());
    for (id, name, status) in [(10, "Home Warranty", "active"), (20, "Roofing", "Expired"), (30, "Roofing", "active")] {
        let payout = Some("24.00".parse().unwrap());
        let offer = Offer { offer_name: name.to_owned(), offer_status: status.to_owned(), payout, ..Offer::filler(id) };
        project.cake.put(Offer { advertiser_id: 101, vertical_id: 7, ..offer }).unwrap();
    }
    insta::assert_snapshot!(with_cake(&project, &["import --dry-run", "import", "plan", "import"]));
}
