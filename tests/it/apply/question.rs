//! The question before the writes, on a pseudo-terminal: the plan is shown first, and only `yes` sends anything.

use std::fs::File;

use crate::harness::{Cake, Project, Terminal, Workspace, complete_offer, signal};

const QUESTION: &str = "Make these changes in CAKE at";

fn apply(workspace: &Workspace, more: &[&str]) -> Terminal {
    Terminal::spawn(workspace.command(&[&["apply"], more].concat()))
}

/// Waits for the question, and checks that the plan stands above it and nothing was sent.
#[track_caller]
fn is_asked(terminal: &Terminal, cake: &Cake, plan: &[&str]) {
    let shown = terminal.wait_for(QUESTION);
    let above = shown.split(QUESTION).next().unwrap();
    for line in plan {
        assert!(above.contains(line), "`{line}` is not shown before the question:\n{shown}");
    }
    assert_eq!(cake.writes(), 0, "sent before the answer");
}

const PLAN: [&str; 4] =
    ["+ create alpha", "payout         10.50", "offers/gamma.yaml", "Plan: 3 to create, 0 unchanged."];

#[test]
fn the_plan_is_shown_before_the_question_and_yes_sends_it() {
    for answer in ["yes", "y"] {
        let cake = Cake::start();
        let workspace = Workspace::with_offers(&cake.url());
        let terminal = apply(&workspace, &[]);
        is_asked(&terminal, &cake, &PLAN);
        terminal.type_line(answer);
        let (code, shown) = terminal.finish();
        assert_eq!(code, Some(0), "{shown}");
        assert!(shown.contains("Applied: 3 done."), "{shown}");
        assert_eq!(cake.counters().creates, 3);
        workspace.run(&["plan", "--detailed-exitcode"]).exits(0);
    }
}

/// As where an entry falls due, or a freeze begins, before the answer.
#[test]
fn a_plan_that_is_another_one_by_the_time_of_the_answer_sends_nothing() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    let terminal = apply(&workspace, &[]);
    is_asked(&terminal, &cake, &PLAN);
    workspace.write("offers/alpha.yaml", &workspace.read("offers/alpha.yaml").replace("10.50", "11.50"));
    terminal.type_line("yes");
    let (code, shown) = terminal.finish();
    assert_eq!(code, Some(5), "{shown}");
    assert!(shown.contains("apply::stale"), "{shown}");
    assert_eq!(cake.writes(), 0);
}

#[test]
fn any_other_answer_sends_nothing() {
    for answer in ["no", "n", "", "yes please", "auto"] {
        let cake = Cake::start();
        let workspace = Workspace::with_offers(&cake.url());
        let terminal = apply(&workspace, &[]);
        is_asked(&terminal, &cake, &PLAN);
        terminal.type_line(answer);
        let (code, shown) = terminal.finish();
        assert_eq!(code, Some(1), "{answer}: {shown}");
        assert!(shown.contains("nothing was changed") || shown.contains("Nothing was changed"), "{shown}");
        assert_eq!(cake.writes(), 0);
        assert!(cake.offers().is_empty());
    }
}

#[test]
fn an_interrupt_at_the_question_sends_nothing() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    let terminal = apply(&workspace, &[]);
    is_asked(&terminal, &cake, &PLAN);
    signal(terminal.process(), "INT");
    let (code, shown) = terminal.finish();
    assert_eq!(code, Some(130), "{shown}");
    assert_eq!(cake.writes(), 0);
}

#[test]
fn a_plan_with_nothing_to_do_and_a_refused_one_are_not_asked_about() {
    let project = Project::one();
    let (code, shown) = apply(&project, &[]).finish();
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("Nothing to do") && !shown.contains(QUESTION), "{shown}");
    project.replace("offers/a.yaml", "https://track.example.com/", "https://new.example.com/");
    let (code, shown) = apply(&project, &[]).finish();
    assert_eq!(code, Some(4), "{shown}");
    assert!(shown.contains("! blocked a") && !shown.contains(QUESTION), "{shown}");
}

/// The plan names what was changed in CAKE, so an approval covers it: no `--overwrite-drift` is needed.
#[test]
fn after_a_refresh_the_question_stands_below_what_would_be_overwritten() {
    let project = Project::one();
    project.in_cake("a", |offer| offer.payout = Some("25".parse().unwrap()));
    let sent = project.cake.writes();
    let terminal = apply(&project, &["--refresh"]);
    let shown = terminal.wait_for(QUESTION);
    assert!(shown.contains("25 → 20.00"), "{shown}");
    assert!(shown.contains("overwrites what was changed in CAKE"), "{shown}");
    assert_eq!(project.cake.writes(), sent);
    terminal.type_line("yes");
    let (code, shown) = terminal.finish();
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(project.offer("a").payout.unwrap().as_str(), "20.00");
    project.plan_is_empty();
}

/// The report goes to a pipe or a file; the person at the terminal must see what is confirmed there.
#[test]
fn where_stdout_is_redirected_the_plan_is_shown_on_the_terminal_before_the_question() {
    for (flags, is_text) in [(&[][..], true), (&["--quiet"], true), (&["--format", "json"], false)] {
        let cake = Cake::start();
        let workspace = Workspace::with_offers(&cake.url());
        let log = workspace.path("log");
        let command = workspace.command(&[&["apply"], flags].concat());
        let terminal = Terminal::spawn_into(command, File::create(&log).unwrap());
        is_asked(&terminal, &cake, &PLAN);
        terminal.type_line("yes");
        let (code, shown) = terminal.finish();
        assert_eq!(code, Some(0), "{shown}");
        assert_eq!(cake.counters().creates, 3);
        let log = workspace.read("log");
        assert_eq!(log.contains("+ create alpha"), is_text, "{log}");
        assert_eq!(log.contains("Applied: 3 done."), is_text, "{log}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&log).is_ok(), !is_text, "{log}");
    }
}

/// Also where the terminal shows the report itself, and also what would be overwritten in CAKE.
#[test]
fn in_json_the_plan_is_shown_before_the_question() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A"))]);
    project.in_cake("a", |offer| offer.payout = Some("25".parse().unwrap()));
    let sent = project.cake.writes();
    let terminal = apply(&project, &["--refresh", "--format", "json"]);
    let shown = terminal.wait_for(QUESTION);
    assert!(shown.contains("25 → 20.00") && shown.contains("overwrites what was changed in CAKE"), "{shown}");
    assert_eq!(project.cake.writes(), sent);
    terminal.type_line("no");
    let (code, shown) = terminal.finish();
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("apply::not-confirmed"), "{shown}");
    assert_eq!(project.cake.writes(), sent);
}

#[test]
fn a_yes_that_was_typed_before_the_question_answers_nothing() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    let first = apply(&workspace, &[]);
    is_asked(&first, &cake, &PLAN);
    let terminal = apply(&workspace, &["--lock-timeout", "60"]);
    terminal.type_line("yes");
    first.type_line("no");
    first.finish();
    is_asked(&terminal, &cake, &PLAN);
    terminal.type_line("no");
    let (code, shown) = terminal.finish();
    assert_eq!(code, Some(1), "{shown}");
    assert_eq!(cake.writes(), 0);
}

#[test]
fn the_end_of_input_at_the_question_sends_nothing() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    let terminal = apply(&workspace, &[]);
    is_asked(&terminal, &cake, &PLAN);
    terminal.type_end_of_input();
    let (code, shown) = terminal.finish();
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("Nothing was changed"), "{shown}");
    assert_eq!(cake.writes(), 0);
}
