//! Plans and applies beside a git that moves the same work tree: an offer whose YAML git holds at both ends is never retired.
//!
//! `OFFERSYNC_LONG_TESTS=1` runs thousands of rounds.

use std::process::Child;

use super::shell;
use crate::harness::{APPLY, Project, Run, clean, in_parallel, long, small_offer};

/// What another process does in a loop. Each begins and ends with a commit that has every offer of `KEPT`.
const MOVERS: [(&str, &str); 5] = [
    ("checkout", "git checkout -q one; git log -3 one; git checkout -q two; git log -3 two"),
    ("pull", "git switch -q work; git reset -q --hard one; git pull -q --ff-only . two; git log -3"),
    ("rebase", "git switch -q work; git reset -q --hard late; git log -3; git rebase -q two; git log -3"),
    (
        "stash",
        "git switch -q two; echo '# edited' >> offers/kept/k0.yaml; git stash -q; git log -3; git stash pop -q; git checkout -q .",
    ),
    (
        AWAY,
        "git switch -q two; mv offers/kept offers/.kept; git log -3; mv offers/.kept offers/kept; git log -3; git log -3",
    ),
];

/// No git: between two of its questions the files are there again. A plan may show them removed, which is not committed.
const AWAY: &str = "moved away";

const KEPT: usize = 40;

/// Commits `one` and `two` with other payouts, each with offers that the other lacks; `late` is a branch from an empty folder,
/// whose last commit brings the kept offers of `two`.
fn project() -> Project {
    let project = Project::new();
    project.write(".gitignore", "offersync.state.json*\n.offersync/\nstop\n");
    project.write("offers/base.yaml", &small_offer("base", "1.00"));
    project.git(&["init", "--quiet", "--initial-branch=base"]).exits(0);
    project.commit("base");
    let commit = |branch: &str, payout: &str, own: &[&str]| {
        for number in 0..KEPT {
            let key = format!("k{number}");
            project.write(&format!("offers/kept/{key}.yaml"), &small_offer(&key, payout));
        }
        for key in own {
            project.write(&format!("offers/{branch}/{key}.yaml"), &small_offer(key, payout));
        }
        project.commit(branch);
    };
    shell(&project, "git switch -qc one").exits(0);
    commit("one", "10.00", &["a1", "a2"]);
    shell(&project, "git switch -qc two && git rm -rq offers/one").exits(0);
    commit("two", "11.00", &["b1", "b2"]);
    // The rebased commits add what `two` does not have.
    shell(&project, "git switch -qc late base").exits(0);
    for key in ["l1", "l2", "l3"] {
        project.write(&format!("offers/late/{key}.yaml"), &small_offer(key, "12.00"));
        project.commit(key);
    }
    shell(&project, "git branch work late").exits(0);
    project
}

/// The keys that both ends of a mover have.
fn kept(mover: &str) -> Vec<String> {
    match mover {
        "rebase" => ["base", "l1", "l2", "l3"].map(str::to_owned).to_vec(),
        _ => (0..KEPT).map(|number| format!("k{number}")).collect(),
    }
}

fn start(project: &Project, script: &str) -> Child {
    let script = format!("while [ ! -e stop ] && [ -d .git ]; do {script}; done > /dev/null 2>&1");
    clean("sh", project.folder()).args(["-c", &script]).spawn().unwrap()
}

/// Runs plans and applies beside a mover; returns how many were refused.
fn rounds(mover: &str, script: &str, count: usize) -> usize {
    let project = project();
    shell(&project, script).exits(0);
    project.apply().exits(0);
    let kept = kept(mover);
    let mut moving = start(&project, script);
    let patient = [("OFFERSYNC_TIME_SCALE", "20")];
    let mut refusals = 0;
    for round in 0..count {
        let plan = project.run_with(&["plan", "--format", "json"], &patient);
        assert!(matches!(plan.code, Some(0 | 3 | 4)), "{mover}, {round}: {plan:?}");
        refusals += usize::from(plan.code == Some(3));
        let is_away = mover == AWAY && plan.stdout.contains("git::uncommitted");
        if plan.code == Some(0) && !plan.stdout.contains("git::unfinished") && !is_away {
            keeps_all(&plan, &kept, &format!("{mover}, {round}"));
        }
        let apply = project.run_with(&APPLY, &patient);
        assert!(matches!(apply.code, Some(0 | 3 | 4)), "{mover}, {round}: {apply:?}");
        refusals += usize::from(apply.code != Some(0));
        let inactive: Vec<String> = (project.cake.offers().into_iter())
            .filter(|offer| offer.offer_status == "inactive")
            .map(|offer| offer.offer_name)
            .filter(|name| kept.iter().any(|key| *name == format!("Offer {key}")))
            .collect();
        assert!(inactive.is_empty(), "{mover}, {round}: {inactive:?} after {apply:?}");
    }
    project.write("stop", "");
    moving.wait().unwrap();
    // At rest it is read, whatever the movers have left.
    let plan = project.run(&["plan", "--format", "json"]).exits(0);
    keeps_all(&plan, &kept, mover);
    refusals
}

fn keeps_all(plan: &Run, kept: &[String], what: &str) {
    for action in plan.json()["actions"].as_array().unwrap() {
        let is_kept = kept.iter().any(|key| action["key"] == key.as_str());
        assert!(action["action"] != "retire" || !is_kept, "{what}: {action}");
    }
}

#[test]
fn a_git_that_moves_the_work_tree_beside_an_apply_retires_nothing() {
    let count = if long() { 2_000 } else { 8 };
    // A refusal only says that the tree did not come to rest in time.
    let refusals = in_parallel(&MOVERS, |(mover, script)| rounds(mover, script, count));
    let all = 2 * count * MOVERS.len();
    // Whether a few rounds meet the tree at rest is a matter of luck.
    assert!(!long() || refusals.iter().sum::<usize>() < all, "nothing was ever read: {refusals:?} of {all}");
}
