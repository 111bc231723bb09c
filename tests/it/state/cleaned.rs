//! A work tree that git cleans, resets and checks out around an apply: no id is lost, and advice that is followed helps.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use offersync::testing::sandbox::SandboxOptions;

use crate::harness::{
    APPLY, Baseline, DesiredOffer, DesiredOffers, Project, Run, Settings, clean, finish, finish_child, in_parallel,
};

const STATE: &str = "offersync.state.json";
const KEPT: &str = ".git/offersync/offersync.state.json";

fn commit(project: &Project) {
    if !project.path(".git").exists() {
        project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
        project.write(".gitignore", ".offersync/\noffersync.state.json.*\n");
    }
    project.commit("next");
}

/// As CI checkouts clean a machine that stays.
fn clean_tree(project: &Project) {
    project.git(&["clean", "-ffdx", "--quiet"]).exits(0);
}

/// Runs the first command that a message names.
#[track_caller]
fn follow(project: &Project, run: &Run) {
    let said = run.said().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, advice) = said.split_once("help: bring ").unwrap_or_else(|| panic!("no advice: {said}"));
    let command = advice.split('`').nth(1).unwrap();
    finish(clean("sh", project.folder()).args(["-c", command])).exits(0);
}

fn committed(start: &Baseline, desired: &DesiredOffers) -> Project {
    let project = start.continued(desired);
    commit(&project);
    project
}

/// A project without a state.
fn new(keys: &[&str]) -> (Project, DesiredOffers) {
    let project = Project::new();
    let desired: DesiredOffers = keys.iter().map(|key| ((*key).to_owned(), DesiredOffer::new(key))).collect();
    project.desire(&desired);
    commit(&project);
    (project, desired)
}

/// Which places an apply passes, and how often.
fn places(project: &Project) -> BTreeMap<String, usize> {
    let trace = tempfile::NamedTempFile::new().unwrap();
    project.run_with(&APPLY, &[("OFFERSYNC_FAULT_TRACE", trace.path().to_str().unwrap())]).exits(0);
    let mut places = BTreeMap::new();
    for name in fs::read_to_string(trace.path()).unwrap().lines() {
        *places.entry(name.to_owned()).or_default() += 1;
    }
    places
}

#[test]
fn killed_anywhere_and_cleaned_an_apply_loses_nothing() {
    let (start, desired) = Baseline::with_changes(6);
    let first = || new(&["a", "b", "c", "d"]);
    let mut cases = Vec::new();
    for (is_first, places) in [(false, places(&committed(&start, &desired))), (true, places(&first().0))] {
        for (name, count) in places {
            let mut arrivals = vec![1, count.div_ceil(2), count];
            arrivals.dedup();
            cases.extend(arrivals.into_iter().map(|arrival| (is_first, format!("{name}:{arrival}=kill"))));
        }
    }
    let kills: usize = in_parallel(&cases, |(is_first, armed)| {
        let what = format!("first {is_first}, {armed}");
        let (project, desired) = if *is_first { first() } else { (committed(&start, &desired), desired.clone()) };
        let killed = project.apply_armed(armed).code.is_none();
        clean_tree(&project);
        // A first state is not committed yet, so that the cleaning took it, too.
        let run = project.apply();
        if *is_first && run.code == Some(4) {
            assert!(!project.path(STATE).exists(), "{what}: {run:?}");
            follow(&project, &project.run(&["plan"]).exits(4));
        }
        project.apply_until_done(&what);
        project.check(&desired, &what);
        usize::from(killed)
    })
    .into_iter()
    .sum();
    assert!(kills * 10 >= cases.len() * 7, "only {kills} of {} were killed", cases.len());
}

#[test]
fn a_state_that_was_never_committed_comes_back_after_a_cleaning() {
    let (project, mut desired) = new(&["a", "b"]);
    project.apply().exits(0);
    clean_tree(&project);
    for command in [&["plan"][..], &["apply", "--auto-approve"], &["validate"], &["state", "list"], &["import"]] {
        project.run(command).exits(4).says("error[state::missing]").says("the one of the last apply with `cp");
    }
    follow(&project, &project.run(&["plan"]));
    project.check(&desired, "copied back");
    // The copy is that of the last apply, not of an earlier one.
    desired.insert("c".to_owned(), DesiredOffer::new("c"));
    project.desire(&desired);
    project.apply().exits(0);
    clean_tree(&project);
    project.desire(&desired);
    follow(&project, &project.run(&["plan"]));
    project.check(&desired, "copied back again");
}

#[test]
fn a_state_whose_folder_was_cleaned_away_comes_back_with_it() {
    let (project, _) = new(&["a"]);
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("state = \"var of mine/s.json\"\n{config}"));
    project.write(".gitignore", ".offersync/\nvar of mine/\n");
    commit(&project);
    fs::create_dir(project.path("var of mine")).unwrap();
    project.apply().exits(0);
    clean_tree(&project);
    follow(&project, &project.run(&["plan"]).exits(4));
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_state_that_git_has_is_not_started_over() {
    let (project, desired) = new(&["a", "b"]);
    project.apply().exits(0);
    commit(&project);
    let creates = project.cake.counters().creates;
    let uncommit = &["rm", "--quiet", "--cached", STATE][..];
    let gone = &["commit", "--quiet", "--message", "gone"][..];
    let later = &["commit", "--quiet", "--allow-empty", "--message", "later"][..];
    let losses = [
        ("deleted", vec![]),
        ("removed", vec![uncommit]),
        ("removed in a commit", vec![uncommit, gone]),
        ("removed before a later commit", vec![uncommit, gone, later]),
    ];
    for (what, commands) in losses {
        for command in commands {
            project.git(command).exits(0);
        }
        fs::remove_file(project.path(STATE)).unwrap();
        // Nothing of this clone but its history remembers the state.
        fs::remove_dir_all(project.path(".git/offersync")).unwrap();
        for command in [&["plan"][..], &["apply", "--auto-approve"]] {
            project
                .run(command)
                .exits(4)
                .says("error[state::missing]")
                .says("the state file is missing, but git has it");
        }
        follow(&project, &project.run(&["plan"]));
        project.check(&desired, what);
        project.apply().exits(0);
        project.git(&["add", "--all"]).exits(0);
        project.git(later).exits(0);
    }
    assert_eq!(project.cake.counters().creates, creates);
}

#[test]
fn a_state_that_only_another_branch_has_is_not_started_over() {
    let (project, _) = new(&["a"]);
    project.git(&["branch", "--quiet", "older"]).exits(0);
    project.apply().exits(0);
    commit(&project);
    // As in a clone whose branch was made before the first state.
    fs::remove_dir_all(project.path(".git/offersync")).unwrap();
    project.git(&["checkout", "--quiet", "older"]).exits(0);
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        project.run(command).exits(4).says("error[state::missing]").says("but git has it on `main`");
    }
    let said = project.run(&["plan"]).said().split_whitespace().collect::<Vec<_>>().join(" ");
    // Whoever may push a branch can have made it.
    let (_, advice) = said.split_once("look at who has committed it: ").unwrap();
    for command in advice.split('`').skip(1).step_by(2).take(2) {
        finish(clean("sh", project.folder()).args(["-c", command])).exits(0).never_says("fatal");
    }
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(project.cake.counters().creates, 1);
    // One of another CAKE is not missing here.
    project.git(&["reset", "--quiet", "--hard", "HEAD~1"]).exits(0);
    let url = "https://other.cakemarketing.com";
    project.run_with(&["plan"], &[("CAKE_URL", url)]).exits(0).says("+ create a");
}

#[test]
fn a_state_that_only_a_branch_without_a_common_commit_has_comes_back_as_well() {
    let (project, _) = new(&["a"]);
    project.apply().exits(0);
    commit(&project);
    let anew = "git branch -qm states && git checkout -q --orphan main && git rm -q --cached offersync.state.json && \
                rm -r offersync.state.json .git/offersync && git commit -qm anew";
    finish(clean("sh", project.folder()).args(["-e", "-c", anew])).exits(0);
    let said = project.run(&["plan"]).exits(4).says("but git has it on `states`").said();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, advice) = said.split_once("look at who has committed it: ").unwrap();
    for command in advice.split('`').skip(1).step_by(2).take(2) {
        finish(clean("sh", project.folder()).args(["-c", command])).exits(0).never_says("fatal");
    }
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_state_outside_a_sparse_checkout_is_not_started_over() {
    let (project, desired) = new(&["a"]);
    project.replace("offersync.toml", "[cake]", "state = \"kept/state.json\"\n[cake]");
    project.apply().exits(0);
    commit(&project);
    project.git(&["sparse-checkout", "set", "offers"]).exits(0);
    assert!(!project.path("kept").exists());
    follow(&project, &project.run(&["plan"]).exits(4));
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(desired.len(), 1);
}

#[test]
fn what_was_never_committed_is_merged_with_what_was() {
    let (project, mut desired) = new(&["a", "b"]);
    project.apply().exits(0);
    commit(&project);
    desired.insert("c".to_owned(), DesiredOffer::new("c"));
    project.desire(&desired);
    project.apply().exits(0);
    fs::remove_file(project.path(STATE)).unwrap();
    let run = project.run(&["plan"]).exits(4);
    run.says("offersync state merge /dev/null");
    follow(&project, &run);
    project.check(&desired, "merged");
}

/// The journal of an older offersync, or of one that did not see git's folder.
#[test]
fn a_journal_beside_the_state_is_taken_up_and_moved() {
    let (start, desired) = Baseline::with_changes(6);
    let journal = format!("{STATE}.journal");
    for armed in ["request.after-reply:3=kill", "replace.before-rename:2=kill", "journal.before-truncate:1=kill"] {
        let project = committed(&start, &desired);
        assert_eq!(project.apply_armed(armed).code, None, "{armed}");
        fs::rename(project.path(&format!("{KEPT}.journal")), project.path(&journal)).unwrap();
        project.apply_until_done(armed);
        project.check(&desired, armed);
        assert!(!project.path(&journal).exists(), "{armed}: it was not moved");
    }
}

#[test]
fn two_journals_of_two_interrupted_applies_are_both_taken_up() {
    let (start, desired) = Baseline::with_changes(6);
    for (first, second) in
        [("request.after-reply:2", "request.after-reply:2"), ("replace.before-rename:2", "request.after-reply:1")]
    {
        let project = committed(&start, &desired);
        let arm = |armed: &str, keys: &[&str]| {
            let armed = format!("{armed}=kill");
            let run = project.run_with(&[&APPLY[..], keys].concat(), &[("OFFERSYNC_FAULT_POINT", &armed)]);
            assert_eq!(run.code, None, "{armed}: {run:?}");
        };
        arm(first, &["new-0", "new-1", "new-2", "changes"]);
        // A container that sees the folder and not git's.
        fs::rename(project.path(".git"), project.path(".hidden")).unwrap();
        arm(second, &["new-3", "new-4", "new-5", "moves"]);
        fs::rename(project.path(".hidden"), project.path(".git")).unwrap();
        for journal in [format!("{KEPT}.journal"), format!("{STATE}.journal")] {
            assert!(fs::metadata(project.path(&journal)).unwrap().len() > 0, "{journal} is empty");
        }
        project.apply_until_done("both are there");
        project.check(&desired, "both were there");
    }
}

#[test]
fn a_linked_work_tree_has_a_journal_of_its_own_that_stays_when_it_is_removed() {
    let (start, desired) = Baseline::with_changes(6);
    let project = committed(&start, &desired);
    let linked = tempfile::tempdir().unwrap();
    let tree = linked.path().join("tree");
    let add = || project.git(&["worktree", "add", "--quiet", "--detach", tree.to_str().unwrap()]).exits(0);
    add();
    let mut command = project.command(&APPLY);
    command.current_dir(&tree).env("OFFERSYNC_FAULT_POINT", "request.after-reply:4=kill");
    assert_eq!(finish(&mut command).code, None);
    assert!(!project.path(&format!("{KEPT}.journal")).exists());
    assert!(!tree.join(format!("{STATE}.journal")).exists());
    project.git(&["worktree", "remove", "--force", tree.to_str().unwrap()]).exits(0);
    add();
    let mut last = finish(project.command(&APPLY).current_dir(&tree));
    if last.code == Some(7) {
        last = finish(project.command(&APPLY).current_dir(&tree));
    }
    assert_eq!(last.code, Some(0), "{last:?}");
    fs::copy(tree.join(STATE), project.path(STATE)).unwrap();
    project.check(&desired, "the work tree was made again");
}

#[test]
fn an_apply_keeps_its_lock_while_the_tree_is_cleaned() {
    let options = SandboxOptions { latency: Duration::from_millis(60), ..SandboxOptions::default() };
    let project = Project::with(options, &Settings { max_in_flight: 1, ..Settings::default() });
    let desired: DesiredOffers =
        (0..20).map(|number| (format!("offer-{number}"), DesiredOffer::new(&format!("Offer {number}")))).collect();
    project.desire(&desired);
    commit(&project);
    let first = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates >= 2);
    clean_tree(&project);
    project.apply().exits(6);
    assert_eq!(finish_child(first).code, Some(0));
    project.check(&desired, "the tree was cleaned meanwhile");
}

#[test]
fn a_folder_of_git_that_takes_no_file_is_found_out_before_the_first_request() {
    let (project, _) = new(&["a"]);
    project.write(".git/offersync", "in the way");
    project.run(&["apply", "--auto-approve"]).exits(1).says(".git/offersync");
    assert_eq!(project.cake.writes(), 0);
}

#[test]
fn the_sandbox_starts_anew_after_a_cleaning() {
    let (project, _) = new(&["a", "b"]);
    project.run(&["apply", "--sandbox"]).exits(0).says("2 done");
    clean_tree(&project);
    project.run(&["apply", "--sandbox"]).exits(0).says("2 done");
}

#[test]
fn a_new_project_in_the_folder_of_one_that_was_moved_does_not_take_its_state() {
    let project = Project::new();
    project.write("us/offers/a.yaml", &crate::harness::small_offer("a", "1.00"));
    let into = "mv offersync.toml us/; cp us/offersync.toml us.toml";
    finish(clean("sh", project.folder()).args(["-c", into])).exits(0);
    commit(&project);
    project.run(&["-C", "us", "apply", "--auto-approve"]).exits(0);
    project.commit("applied");
    let moved = "git mv us eu && git commit -qm moved && rm -rf us && mkdir us && cp us.toml us/offersync.toml";
    finish(clean("sh", project.folder()).args(["-c", moved])).exits(0);
    project.write("us/offers/b.yaml", &crate::harness::small_offer("b", "1.00"));
    for command in [&["-C", "us", "plan"][..], &["-C", "us", "apply", "--auto-approve"]] {
        let run = project.run(command).exits(4);
        run.says("error[state::missing]").says("eu/offersync.state.json").never_says("bring").never_says("`cp");
    }
    // Nor in a clone that does not have what the state was before.
    project.git(&["config", "uploadpack.allowFilter", "true"]).exits(0);
    let source = format!("file://{}", project.folder().display());
    project.git(&["clone", "--quiet", "--filter=blob:none", &source, "copy"]).exits(0);
    project.write("copy/us/offersync.toml", &project.read("us.toml"));
    project.write("copy/us/offers/b.yaml", &crate::harness::small_offer("b", "1.00"));
    project.run(&["-C", "copy/us", "plan"]).exits(4).says("eu/offersync.state.json").never_says("checkout");
    let toml = format!("state = \"new.json\"\n{}", project.read("us.toml"));
    project.write("us/offersync.toml", &toml);
    project.run(&["-C", "us", "plan"]).exits(0).says("1 to create, 0 unchanged");
    project.run(&["-C", "us", "apply", "--auto-approve"]).exits(0);
    project.run(&["-C", "us", "plan", "--detailed-exitcode"]).exits(0);
    project.run(&["-C", "eu", "plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_state_whose_name_is_another_in_the_configuration_is_not_taken_for_none() {
    for is_committed in [false, true] {
        let (project, desired) = new(&["a", "b"]);
        project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
        project.apply().exits(0);
        commit(&project);
        let config = project.read("offersync.toml");
        project.write("offersync.toml", &format!("state = \"states of mine/s.json\"\n{config}"));
        if is_committed {
            project.commit("another name");
        }
        for command in [&["plan"][..], &["apply", "--auto-approve"]] {
            project.run(command).exits(4).says("error[state::missing]").says("but git has it as");
        }
        follow(&project, &project.run(&["plan"]));
        project.check(&desired, "moved");
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
        assert_eq!(project.cake.counters().creates, 2);
        // Who starts over has nothing of it left.
        project.commit("moved");
        project.remove("states of mine/s.json");
        let run = project.run(&["plan"]).exits(4);
        run.says("Only to start over on purpose, name a new file");
        let config = project.read("offersync.toml").replace("states of mine/s.json", "new.json");
        project.write("offersync.toml", &config);
        project.run(&["plan"]).exits(0).says("2 to create");
    }
}

#[test]
fn a_state_that_stayed_where_the_project_was_is_not_taken_for_none() {
    for moved in [
        "git mv offers offersync.toml p/ && git commit -qm moved",
        "git mv offers offersync.toml p/ && git rm -q offersync.state.json && git commit -qm moved",
        "git mv offers offersync.toml p/ && git commit -qm moved && git rm -q offersync.state.json && git commit -qm gone",
        "git mv offers offersync.toml p/",
        "git rm -q --cached offersync.state.json && git mv offers offersync.toml p/ && git commit -qm moved",
    ] {
        let (project, _) = new(&["a", "b"]);
        project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
        project.apply().exits(0);
        commit(&project);
        finish(clean("sh", project.folder()).args(["-e", "-c", &format!("mkdir p && {moved}")])).exits(0);
        for command in [&["-C", "p", "plan"][..], &["-C", "p", "apply", "--auto-approve"]] {
            project.run(command).exits(4).says("error[state::missing]").says("offersync.state.json");
        }
        let run = project.run(&["-C", "p", "plan"]);
        run.says("to start over on purpose, name a new file with `state`");
        let settings = project.read("p/offersync.toml");
        project.write("p/offersync.toml", &format!("state = \"new.json\"\n{settings}"));
        project.run(&["-C", "p", "plan"]).exits(0).says("2 to create");
        project.write("p/offersync.toml", &settings);
        follow(&project, &run);
        project.run(&["-C", "p", "plan", "--detailed-exitcode"]).exits(0);
        project.run(&["-C", "p", "apply", "--auto-approve"]).exits(0);
        assert_eq!(project.cake.counters().creates, 2, "{moved}");
    }
}
