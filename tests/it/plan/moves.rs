//! A file that moves to a folder with other defaults: the plan names the line that gives each changed value.

use serde_json::json;

use crate::harness::{Project, small_offer};

/// An offer whose payout comes from its folder, applied, and another folder with another payout.
fn applied() -> Project {
    let offer = small_offer("solar", "1").replace("payout: 1\n", "");
    let project = Project::applied(&[
        ("acme/_defaults.yaml", "payout: 20.00\nrevenue: 30.00\n"),
        ("acme/solar.yaml", &offer),
        ("zen/_defaults.yaml", "# Paid more here.\nrevenue: 60.00\npayout: 50.00\n"),
        ("zen/lunar.yaml", &small_offer("lunar", "3.00")),
    ]);
    project.plan_is_empty();
    project
}

fn move_to(project: &Project, folder: &str) {
    std::fs::create_dir_all(project.path(&format!("offers/{folder}"))).unwrap();
    let to = format!("offers/{folder}/solar.yaml");
    std::fs::rename(project.path("offers/acme/solar.yaml"), project.path(&to)).unwrap();
}

#[test]
fn a_file_that_moves_within_the_same_defaults_changes_nothing() {
    let project = applied();
    move_to(&project, "acme/deep/er");
    project.plan_is_empty();
}

#[test]
fn each_value_that_a_moved_file_inherits_names_its_line() {
    let project = applied();
    move_to(&project, "zen");
    let text = project.run(&["plan"]).exits(0).stdout;
    assert!(text.contains("20.00 → 50.00  (+30.00, +150.0 %)  from offers/zen/_defaults.yaml:3"), "{text}");
    assert!(text.contains("30.00 → 60.00  (+30.00, +100.0 %)  from offers/zen/_defaults.yaml:2"), "{text}");
    let markdown = project.run(&["plan", "--format", "markdown"]).exits(0).stdout;
    assert!(markdown.contains("from <code>offers/zen/&#95;defaults.yaml&#58;3</code>"), "{markdown}");
    let action = project.run(&["plan", "--format", "json"]).exits(0).json()["actions"][0].clone();
    assert_eq!(action["source"], json!({"file": "offers/zen/solar.yaml", "line": 1}));
    let payout = json!({"field": "payout", "before": "20.00", "after": "50.00", "source": {"file": "offers/zen/_defaults.yaml", "line": 3}});
    assert_eq!(action["changes"][0], payout);
}

/// Only an older commit says where the file stood; the state has no paths.
#[test]
fn a_plan_since_a_commit_says_that_the_file_moved_in_every_view() {
    let project = applied();
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("first");
    move_to(&project, "zen");
    project.commit("moved");
    let since = |format: &str| project.run(&["plan", "--since", "HEAD~1", "--format", format]).exits(0);
    since("text").says("moved from offers/acme/solar.yaml").says("20.00 → 50.00");
    since("markdown").says("moved from <code>offers/acme/solar.yaml</code>").says("20.00 → **50.00**");
    since("github").says("moved from offers/acme/solar.yaml").says("payout 20.00 → 50.00");
    assert_eq!(since("json").json()["actions"][0]["moved_from"], "offers/acme/solar.yaml");
    project.run(&["plan"]).exits(0).never_says("moved");
    // Since a commit at which the file was there already, the values have changed where they stand.
    project.apply().exits(0);
    project.replace("offers/zen/_defaults.yaml", "50.00", "51.00");
    project.run(&["plan", "--since", "HEAD"]).exits(0).says("50.00 → 51.00").never_says("moved");
}

/// A change without a flag would have no line of its own there.
#[test]
fn annotations_say_that_a_file_moved_also_where_nothing_is_flagged() {
    let project = applied();
    project.write("offers/zen/_defaults.yaml", "revenue: 30.00\npayout: 20.00\n");
    project.apply().exits(0);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("first");
    project.replace("offers/zen/_defaults.yaml", "payout: 20.00", "payout: 20.10");
    project.apply().exits(0);
    project.commit("a little more");
    move_to(&project, "zen");
    project.commit("moved");
    let run = project.run(&["plan", "--since", "HEAD~1", "--format", "github"]).exits(0);
    run.says("title=moved to another folder").says("moved from offers/acme/solar.yaml").says("payout 20.00 → 20.10");
    project.run(&["plan", "--format", "github"]).exits(0).never_says("moved from");
}

#[test]
fn the_same_change_from_other_defaults_is_another_change() {
    let project = applied();
    project.write("offers/rest/_defaults.yaml", "payout: 20.00\n");
    for folder in ["acme", "rest"] {
        let offer = small_offer(&format!("more-{folder}"), "1").replace("payout: 1\n", "");
        project.write(&format!("offers/{folder}/more-{folder}.yaml"), &offer);
    }
    project.apply().exits(0);
    project.replace("offers/acme/_defaults.yaml", "20.00", "25.00");
    project.replace("offers/rest/_defaults.yaml", "20.00", "25.00");
    let text = project.run(&["plan"]).exits(0).stdout;
    assert!(
        text.contains("from offers/acme/_defaults.yaml:1") && text.contains("from offers/rest/_defaults.yaml:1"),
        "{text}"
    );
}

/// A line that only moves within a file is no other change.
#[test]
fn a_saved_plan_is_not_stale_because_a_comment_moved_its_lines() {
    let project = applied();
    move_to(&project, "zen");
    project.run(&["plan", "--out", "plan.json"]).exits(0);
    project.replace("offers/zen/_defaults.yaml", "# Paid more here.\n", "# Paid more here,\n# and later.\n");
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(0);
    project.plan_is_empty();
}

#[test]
fn a_file_of_several_offers_that_is_split_and_put_together_again_changes_nothing() {
    let (one, two) = (small_offer("one", "1.00"), small_offer("two", "2.00"));
    let both = format!("{one}sync: {{key: one}}\n---\n{two}sync: {{key: two}}\n");
    let project = Project::applied(&[("acme/_defaults.yaml", "session_hours: 24\n"), ("acme/both.yaml", &both)]);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("together");
    project.remove("offers/acme/both.yaml");
    project.write("offers/acme/one.yaml", &one);
    project.write("offers/acme/two.yaml", &two);
    project.plan_is_empty();
    project.commit("split");
    project.plan_is_empty();
    project.git(&["revert", "--no-edit", "HEAD"]).exits(0);
    project.plan_is_empty();
    // The folder of offers itself, with what it is called in the configuration.
    project.git(&["mv", "offers", "catalogue"]).exits(0);
    project.write("offersync.toml", &format!("offers = \"catalogue\"\n{}", project.read("offersync.toml")));
    project.plan_is_empty();
    // Without that, nothing is taken for gone.
    project.git(&["checkout", "--quiet", "HEAD", "--", "offersync.toml"]).exits(0);
    project.run(&["plan"]).exits(3).says("tree::no-offers");
}
