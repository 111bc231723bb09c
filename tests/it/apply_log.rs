//! The record of applies that `[log] file` names.

use std::io::Write as _;

use crate::harness::{KEY, Project, small_offer};

fn project() -> Project {
    let project =
        Project::with_files(&[("a.yaml", &small_offer("a", "10.00")), ("b.yaml", &small_offer("b", "11.00"))]);
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("{config}[log]\nfile = \"applies.jsonl\"\n"));
    project
}

const APPLY: [&str; 2] = ["apply", "--auto-approve"];

fn lines(project: &Project) -> Vec<serde_json::Value> {
    project.read("applies.jsonl").lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn each_apply_that_did_something_is_a_line_that_log_shows() {
    let project = project();
    project.run(&APPLY).exits(0);
    project.run(&APPLY).exits(0).says("Nothing to do");
    project.run(&["apply", "--sandbox"]).exits(0);
    project.replace("offers/a.yaml", "10.00", "12.00");
    project.run(&APPLY).exits(0);
    let found = lines(&project);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[1]["results"][0]["changes"][0]["after"], "12.00");
    assert_eq!((&found[0]["format"], &found[0]["outcome"]), (&"offersync-report".into(), &"complete".into()));
    assert!(!project.read("applies.jsonl").contains(KEY));
    // There is no git here: the record alone is shown.
    let run = project.run(&["log"]).exits(0);
    run.says("complete: 1 done").says("update a").says("payout 10.00 → 12.00").says("complete: 2 done");
    project.run(&["log", "b"]).exits(0).says("create b").never_says("update a");
    let json = project.run(&["log", "--format", "json", "--limit", "1"]).exits(0).json();
    assert_eq!(json["applies"].as_array().unwrap().len(), 1);
    assert_eq!((&json["applies"][0], &json["has_more"]), (&found[1], &true.into()));
}

#[test]
fn a_line_that_a_killed_apply_left_unfinished_stays_and_is_told() {
    let project = project();
    project.run(&APPLY).exits(0);
    let path = project.path("applies.jsonl");
    let whole = project.read("applies.jsonl");
    project.write("applies.jsonl", "");
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&whole.as_bytes()[..whole.len() / 2]).unwrap();
    project.replace("offers/a.yaml", "10.00", "12.00");
    project.run(&APPLY).exits(0);
    assert_eq!(project.read("applies.jsonl").lines().count(), 2);
    assert_eq!(lines(&project).len(), 1);
    project.run(&["log"]).exits(0).says("complete: 1 done").says("1 line of the record of applies cannot be read");
}

#[test]
fn a_record_that_cannot_be_written_changes_no_apply_and_no_file_of_offersync() {
    for (file, said) in [
        ("gone/applies.jsonl", "gone/applies.jsonl"),
        ("offers/a.yaml", "offers/a.yaml"),
        ("offersync.toml", "offersync.toml"),
    ] {
        let project = project();
        project.replace("offersync.toml", "applies.jsonl", file);
        let before = project.read("offers/a.yaml");
        project.run(&APPLY).exits(0).says("warning[log::not-written]").says(said);
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
        assert_eq!(project.read("offers/a.yaml"), before);
    }
    let project = project();
    project.replace("offersync.toml", "applies.jsonl", "../applies.jsonl");
    project.run(&["validate"]).exits(3);
}
