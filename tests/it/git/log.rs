//! `log`: what each commit has changed in the state.

use crate::harness::{Project, complete_offer};

/// Two offers, applied and committed.
fn applied() -> Project {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitignore", ".offersync/\noffersync.state.json.*\n");
    project.commit("offersync: 2 done");
    project
}

#[test]
fn each_commit_that_changed_a_record_is_there_with_what_it_changed() {
    let project = applied();
    let [a, b] = ["a", "b"].map(|key| project.id(key));
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 24.00");
    project.apply().exits(0);
    project.commit("offersync: 1 done");
    project.write("note.txt", "no state\n");
    project.commit("a note");
    project.remove("offers/b.yaml");
    project.replace("offers/a.yaml", "offer_name: A", "offer_name: A2");
    project.commit("b goes");
    project.apply().exits(0);
    let run = project.run(&["log"]).exits(0);
    run.says(&format!("Not committed\n  ~ a  offer {a}  offer_name A → A2\n  - b  offer {b}  retired  offer_status active → inactive\n"));
    run.says("offersync: 1 done\n").says(&format!("  ~ a  offer {a}  payout 20.00 → 24.00\n"));
    run.says(&format!(
        "offersync: 2 done\n  + a  offer {a}  recorded  payout 20.00, revenue 30.00\n  + b  offer {b}  recorded"
    ));
    run.says("3 commits have changed what is recorded.").never_says("a note").never_says("b goes");
    project.run(&["log", "b"]).exits(0).says("2 commits").never_says("  ~ a").never_says("offersync: 1 done");
    project.run(&["log", "zzz*"]).exits(0).says("No commit has changed what is recorded of these offers.");
    project
        .run(&["log", "--limit", "1"])
        .exits(0)
        .says("1 commit has")
        .says("There are older ones")
        .never_says("2 done");
    let json = project.run(&["log", "--format", "json", "a"]).exits(0).json();
    assert_eq!((json["format"].as_str(), json["commits"].as_array().unwrap().len()), (Some("offersync-log"), 3));
    assert_eq!(json["commits"][1]["changes"][0]["fields"]["payout"], serde_json::json!(["20.00", "24.00"]));
    assert_eq!(
        (json["commits"][0]["commit"].is_null(), json["commits"][2]["subject"].as_str()),
        (true, Some("offersync: 2 done"))
    );
}

#[test]
fn renames_protection_and_what_was_forgotten_are_told_as_such() {
    let project = applied();
    let a = project.id("a");
    project.run(&["state", "mv", "a", "c"]).exits(0);
    project.commit("renamed");
    project.run(&["state", "rm", "b"]).exits(0);
    project.commit("forgotten");
    std::fs::rename(project.path("offers/a.yaml"), project.path("offers/c.yaml")).unwrap();
    project.remove("offers/b.yaml");
    let text = project.read("offers/c.yaml");
    project.write("offers/c.yaml", &format!("{text}sync: {{protect: true}}\n"));
    project.apply().exits(0);
    project.commit("protected");
    let run = project.run(&["log"]).exits(0);
    run.says(&format!("renamed\n  ~ c  offer {a}  was a\n")).says("forgotten\n  - b  offer").says("  forgotten\n");
    run.says(&format!("protected\n  ~ c  offer {a}  protected\n")).never_says("Not committed");
    project.run(&["log", "a"]).exits(0).says("was a").says("2 done");
}

/// What was not seen is not known.
#[test]
fn what_git_does_not_have_is_not_made_up() {
    let project = applied();
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 24.00");
    project.apply().exits(0);
    project.commit("second");
    let source = format!("file://{}", project.path("").display());
    let shallow = project.path("shallow");
    project.git(&["clone", "--quiet", "--depth=1", &source, shallow.to_str().unwrap()]).exits(0);
    let run = project.run(&["-C", "shallow", "log"]).exits(0);
    run.says("No commit has changed").says("This clone does not have the whole history").never_says("+ a");
    // A state that cannot be read is said to be that.
    let good = project.read("offersync.state.json");
    project.write("offersync.state.json", "{");
    project.commit("damaged");
    project.write("offersync.state.json", &good);
    project.commit("repaired");
    let run = project.run(&["log"]).exits(0);
    run.says("repaired\n  the state of this commit, or the one before it, cannot be read\n")
        .says("payout 20.00 → 24.00");
    std::fs::remove_dir_all(project.path(".git")).unwrap();
    project.run(&["log"]).exits(64).says("the state is in no git repository");
}
