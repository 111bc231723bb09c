//! A state that git puts back to an older one: what was recorded since is not forgotten, and the advice brings it back.

use std::fs;

use crate::harness::{APPLY, DesiredOffer, DesiredOffers, Project, Run, clean, finish};

const STATE: &str = "offersync.state.json";
const CODE: &str = "state::put-back";

/// A committed state of one offer, and an apply that has created another one and changed the first; its state is not committed.
fn applied_twice() -> (Project, DesiredOffers) {
    let project = Project::new();
    let mut desired: DesiredOffers = [("first".to_owned(), DesiredOffer::new("First"))].into();
    project.desire(&desired);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitignore", ".offersync/\noffersync.state.json.*\n");
    project.apply_until_done("the first apply");
    project.commit("applied");
    desired.get_mut("first").unwrap().payout = Some("25.00".to_owned());
    desired.insert("second".to_owned(), DesiredOffer::new("Second"));
    project.desire(&desired);
    project.git(&["add", "offers"]).exits(0);
    project.git(&["commit", "--quiet", "-m", "changed"]).exits(0);
    project.apply_until_done("the second apply");
    (project, desired)
}

/// Runs the first command that the message names.
#[track_caller]
fn follow(project: &Project, run: &Run) {
    shell(project, &advice_of(run));
}

#[track_caller]
fn advice_of(run: &Run) -> String {
    let said = run.said().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, advice) = said.split_once("help: bring it back with ").unwrap_or_else(|| panic!("no advice: {said}"));
    advice.split('`').nth(1).unwrap().to_owned()
}

#[track_caller]
fn shell(project: &Project, script: &str) {
    finish(clean("sh", project.folder()).args(["-e", "-c", script])).exits(0);
}

#[test]
fn a_state_that_git_has_put_back_is_refused_and_the_advice_brings_the_newer_one_back() {
    for command in [&["checkout", "--quiet", "."][..], &["stash", "--quiet"], &["reset", "--quiet", "--hard"]] {
        let (project, desired) = applied_twice();
        let newer = project.read(STATE);
        project.git(command).exits(0);
        assert_ne!(project.read(STATE), newer);
        let writes = project.cake.writes();
        for command in [&["plan"][..], &["drift", "--accept"], &["state", "list"], &["state", "publish"], &APPLY] {
            project.run(command).exits(4).says(CODE);
        }
        assert_eq!(project.cake.writes(), writes, "{command:?}");
        let refused = project.run(&["plan"]);
        follow(&project, &refused);
        assert_eq!(project.read(STATE), newer);
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
        project.check(&desired, "it was brought back");
    }
}

/// A copy that a full disk or a power cut has emptied says nothing of what was recorded.
#[test]
fn a_damaged_copy_of_the_last_state_is_not_taken_for_none() {
    let (project, _) = applied_twice();
    project.git(&["checkout", "--quiet", "."]).exits(0);
    let copy = ".git/offersync/offersync.state.json.last";
    for damage in [String::new(), project.read(copy)[..40].to_owned()] {
        project.write(copy, &damage);
        let writes = project.cake.writes();
        for command in [&["plan"][..], &["state", "list"], &APPLY] {
            let run = project.run(command).exits(4);
            run.says(CODE)
                .says("it is not known whether git has put the state back")
                .says(&format!("move {} away", project.path(copy).display()));
        }
        assert_eq!(project.cake.writes(), writes);
    }
    project.remove(copy);
    project.run(&["plan"]).exits(0);
}

#[test]
fn a_commit_that_no_branch_has_comes_back_with_its_yaml_and_retires_nothing() {
    for leave in [&["checkout", "--quiet", "main"][..], &["reset", "--quiet", "--hard", "HEAD~1"]] {
        let (project, desired) = applied_twice();
        if leave[0] == "checkout" {
            project.git(&["checkout", "--quiet", "--detach"]).exits(0);
            project.git(&["branch", "--quiet", "--force", "main", "HEAD~1"]).exits(0);
        }
        project.commit("the state");
        project.git(leave).exits(0);
        if leave[0] == "reset" {
            project.git(&["reset", "--quiet", "--hard", "HEAD~1"]).exits(0);
        }
        let refused = project.run(&["plan"]).exits(4);
        refused.says(CODE).says("in no commit of a branch").says("git merge");
        follow(&project, &refused);
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
        project.check(&desired, "it was brought back");
    }
}

#[test]
fn a_dropped_commit_comes_back_with_its_yaml_into_a_branch_that_has_gone_on() {
    let drops = [
        "git reset -q --hard HEAD~1 && git commit -q --allow-empty -m other",
        "git commit -q --allow-empty -m later && GIT_SEQUENCE_EDITOR='sed -i 1d' git rebase -q -i --keep-empty HEAD~2",
        "git checkout -q --detach && git branch -q -f main HEAD~1 && git checkout -q main && git commit -q --allow-empty -m on",
    ];
    for script in drops {
        let (project, desired) = applied_twice();
        project.git(&["reset", "--quiet", "HEAD~1"]).exits(0);
        project.commit("with its state");
        shell(&project, script);
        let refused = project.run(&["plan"]).exits(4);
        refused.says(CODE).says("git merge");
        follow(&project, &refused);
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
        project.check(&desired, script);
    }
}

#[test]
fn a_dropped_commit_comes_back_into_a_tree_with_changes() {
    let changes = [
        "git reset -q --hard HEAD~1 && echo '# mine' >> offersync.toml",
        "git reset -q --hard HEAD~1 && cp offers/first.yaml offers/second.yaml && sed -i s/First/Second/ offers/second.yaml && echo '# mine' >> offersync.toml",
        "git reset -q HEAD~1 && git checkout -q -- .",
        "git reset -q --hard HEAD~1 && git commit -q --allow-empty -m other && echo '# mine' >> offersync.toml",
    ];
    for script in changes {
        let (project, desired) = applied_twice();
        project.git(&["reset", "--quiet", "HEAD~1"]).exits(0);
        project.commit("with its state");
        shell(&project, script);
        let refused = project.run(&["plan"]).exits(4);
        refused.says(CODE).says("git stash push --include-untracked && ");
        finish(clean("sh", project.folder()).args(["-c", &advice_of(&refused)]));
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
        project.check(&desired, script);
        let kept = project.read("offersync.toml").contains("mine")
            || !project.git(&["stash", "list"]).exits(0).stdout.is_empty();
        assert!(kept, "{script}");
    }
}

#[test]
fn a_stash_with_a_new_offer_comes_back_with_its_yaml_and_retires_nothing() {
    let (project, mut desired) = applied_twice();
    project.commit("the state");
    desired.insert("third".to_owned(), DesiredOffer::new("Third"));
    project.desire(&desired);
    project.git(&["add", "offers"]).exits(0);
    project.apply_until_done("a third offer");
    project.git(&["stash", "--quiet"]).exits(0);
    let refused = project.run(&["plan"]).exits(4);
    refused.says(CODE).says("git stash pop");
    follow(&project, &refused);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.check(&desired, "it was brought back");
}

#[test]
fn a_stash_below_another_one_comes_back_as_well() {
    let (project, mut desired) = applied_twice();
    project.commit("the state");
    desired.insert("third".to_owned(), DesiredOffer::new("Third"));
    project.desire(&desired);
    project.git(&["add", "offers"]).exits(0);
    project.apply_until_done("a third offer");
    project.git(&["stash", "--quiet"]).exits(0);
    project.write("notes.txt", "Another thing.\n");
    project.git(&["add", "notes.txt"]).exits(0);
    project.git(&["stash", "--quiet"]).exits(0);
    let refused = project.run(&["plan"]).exits(4);
    refused.says(CODE).says("stash pop 'stash@{1}'");
    follow(&project, &refused);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.check(&desired, "it was brought back");
}

#[test]
fn a_branch_whose_commit_was_dropped_has_its_state_nowhere_else() {
    let (project, _) = applied_twice();
    project.commit("the state");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.git(&["reset", "--quiet", "--hard", "HEAD~1"]).exits(0);
    project.run(&["plan"]).exits(4).says(CODE);
}

#[test]
fn a_state_that_another_commit_has_is_an_older_one_on_purpose() {
    let (project, _) = applied_twice();
    project.commit("the state");
    project.git(&["checkout", "--quiet", "-b", "earlier", "HEAD~1"]).exits(0);
    project.run(&["plan"]).exits(0).says("create");
}

#[test]
fn a_state_that_is_kept_in_no_commit_may_come_from_elsewhere() {
    let project = Project::new();
    project.desire(&[("first".to_owned(), DesiredOffer::new("First"))].into());
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitignore", "offersync.state.json*\n");
    project.commit("start");
    project.apply_until_done("the first apply");
    let older = project.read(STATE);
    project
        .desire(&[("first".to_owned(), DesiredOffer::new("First")), ("b".to_owned(), DesiredOffer::new("B"))].into());
    project.apply_until_done("the second apply");
    project.write(STATE, &older);
    project.run(&["plan"]).exits(0).says("create");
}

#[test]
fn what_was_recorded_since_is_forgotten_only_where_a_person_says_so() {
    let (project, _) = applied_twice();
    project.git(&["checkout", "--quiet", "."]).exits(0);
    let offers = project.state()["offers"].clone();
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
    assert_eq!(project.state()["offers"], offers);
    project.run(&["plan"]).exits(0).says("create");
    // The offers are still in CAKE, and an apply looks.
    project.run(&APPLY).exits(4);
}

#[test]
fn a_state_with_records_of_its_own_is_merged_and_not_replaced() {
    let (project, _) = applied_twice();
    project.git(&["stash", "--quiet"]).exits(0);
    // What another machine has recorded and pushed meanwhile, by a clock that is behind.
    let mut more = project.state();
    more.as_object_mut().unwrap().remove("digest").unwrap();
    let mut another = more["offers"]["first"].clone();
    another["offer_id"] = 4000.into();
    more["offers"]["another"] = another;
    project.write(STATE, &more.to_string());
    project.write("theirs.json", &more.to_string());
    // It gets its digest.
    let (state, theirs) = (project.path(STATE), project.path("theirs.json"));
    project.run(&["state", "merge", "/dev/null", &state.to_string_lossy(), &theirs.to_string_lossy()]).exits(0);
    project.remove("theirs.json");
    assert!(project.state()["digest"].is_string());
    project.git(&["add", STATE]).exits(0);
    let mut commit = clean("git", project.folder());
    commit.args(["commit", "--quiet", "-m", "theirs"]).env("GIT_COMMITTER_DATE", "2020-01-01T00:00:00Z");
    finish(&mut commit).exits(0);
    let refused = project.run(&["plan"]).exits(4);
    refused.says(CODE).says("state merge /dev/null");
    follow(&project, &refused);
    let merged = project.read(STATE);
    assert!(merged.contains("\"another\"") && merged.contains("\"second\""), "{merged}");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_not_a_first_apply() {
    use std::os::unix::fs::symlink;

    let project = Project::new();
    project.desire(&[("first".to_owned(), DesiredOffer::new("First"))].into());
    symlink("volume/state.json", project.path(STATE)).unwrap();
    for command in [&["plan"][..], &APPLY] {
        project.run(command).exits(4).says("there is a link to it");
    }
    assert_eq!(project.cake.writes(), 0);
    fs::remove_file(project.path(STATE)).unwrap();
    project.apply_until_done("without the link");
    fs::create_dir(project.path("volume")).unwrap();
    fs::rename(project.path(STATE), project.path("volume/state.json")).unwrap();
    symlink("volume/state.json", project.path(STATE)).unwrap();
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_state_that_was_merged_while_its_commit_was_rebased_has_both_sides() {
    for creates in [false, true] {
        let (project, _) = applied_twice();
        project.commit("the state");
        // Another clone has changed or created an offer since the commit before.
        let base = project.git(&["show", "HEAD~1:offersync.state.json"]).exits(0).stdout;
        let mut theirs: serde_json::Value = serde_json::from_str(&base).unwrap();
        theirs.as_object_mut().unwrap().remove("digest").unwrap();
        let mut changed = theirs["offers"]["first"].clone();
        if creates {
            changed["offer_id"] = 4000.into();
            theirs["offers"]["another"] = changed;
        } else {
            changed["fields"]["revenue"] = "77.00".into();
            theirs["offers"]["first"] = changed;
        }
        project.write(".offersync/base", &base);
        project.write(".offersync/theirs", &theirs.to_string());
        project.run(&["state", "merge", ".offersync/base", STATE, ".offersync/theirs"]).exits(0);
        // As a rebase leaves it: the commit with the state of the apply is on no branch.
        project.git(&["add", STATE]).exits(0);
        project.git(&["commit", "--quiet", "--amend", "--no-edit"]).exits(0);
        project.run(&["state", "list"]).exits(0);
        project.git(&["reset", "--quiet", "--hard", "HEAD~1"]).exits(0);
        project.run(&["state", "list"]).exits(4).says(CODE);
    }
}

#[test]
fn a_state_that_was_merged_on_another_branch_is_not_lost_where_an_older_branch_is_checked_out() {
    let (project, _) = applied_twice();
    project.git(&["branch", "--quiet", "older", "HEAD~1"]).exits(0);
    // As a merge on the host leaves it: the commit of the apply is on no branch, and main has more than it recorded.
    let mut merged = project.state();
    merged.as_object_mut().unwrap().remove("digest").unwrap();
    let mut another = merged["offers"]["first"].clone();
    another["offer_id"] = 4000.into();
    merged["offers"]["another"] = another;
    let mine = project.read(STATE);
    project.write(STATE, &merged.to_string());
    project.commit("squashed");
    project.git(&["checkout", "--quiet", "older"]).exits(0);
    assert_ne!(project.read(STATE), mine);
    project.run(&["plan"]).exits(0).never_says(CODE);
    project.git(&["branch", "--quiet", "-D", "main"]).exits(0);
    project.run(&["plan"]).exits(4).says(CODE);
}
