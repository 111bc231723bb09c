//! The steps of the workflow for GitHub, run one after the other with real git, a bare remote and a sandbox CAKE: final plan, gate, apply, push.

use std::process::Command;

use crate::harness::{Cake, KEY, Run, Workspace, clean, finish, small_offer};
use crate::recipes::step;

/// A clone as a runner has it, with its folder for files of the run.
struct Runner {
    clone: Workspace,
    temp: Workspace,
}

impl Runner {
    fn start(remote: &Workspace) -> Self {
        let (clone, temp) = (Workspace::empty(), Workspace::empty());
        clone.git(&["clone", "--quiet", &remote.folder().display().to_string(), "."]).exits(0);
        Self { clone, temp }
    }

    fn run(&self, job: &str, name: &str, variables: &[(&str, &str)]) -> Run {
        let mut command = clean("bash", self.clone.folder());
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &step(job, name)]);
        command.env("RUNNER_TEMP", self.temp.folder()).env("GITHUB_OUTPUT", self.temp.path("output"));
        command.env("OFFERSYNC_TIME_SCALE", "100").envs(variables.iter().copied());
        finish(&mut command)
    }

    /// The plan and its digest, where something is to be done.
    fn final_plan(&self) -> Option<(String, String)> {
        self.temp.write("output", "");
        let environments = r#"[{"name": "cake", "folder": ".", "env": ""}]"#;
        self.run("final-plan", "Plan", &[("OFFERSYNC_ENVIRONMENTS", environments)]).exits(0);
        let output = self.temp.read("output");
        let found: serde_json::Value =
            serde_json::from_str(output.trim().strip_prefix("environments=").unwrap()).unwrap();
        let text = |name: &str| found[0][name].as_str().map(str::to_owned);
        text("plan").zip(text("digest"))
    }

    fn apply(&self, (plan, digest): &(String, String)) -> Run {
        let named = [("PLAN", plan.as_str()), ("DIGEST", digest)];
        self.run("apply", "Check the plan", &named).exits(0);
        self.run("apply", "Check for unmerged states", &[]).exits(0);
        self.run("apply", "Apply", &[("PLAN", plan), ("CAKE_API_KEY", KEY)])
    }

    fn push(&self) {
        self.run("apply", "Push the state", &[("BRANCH", "main")]).exits(0).says("The state is on main.");
    }
}

/// A bare remote with applied offers, and the clone of a person.
fn start(cake: &Cake) -> (Workspace, Workspace) {
    let remote = Workspace::empty();
    remote.git(&["init", "--quiet", "--bare", "--initial-branch=main"]).exits(0);
    let person = Workspace::with_offers(&cake.url());
    person.run(&["apply", "--auto-approve"]).exits(0);
    let person = person.committed();
    person.git(&["remote", "add", "origin", &remote.folder().display().to_string()]).exits(0);
    person.git(&["push", "--quiet", "origin", "main"]).exits(0);
    (remote, person)
}

/// Merges a change of one offer.
fn merge(person: &Workspace, key: &str, payout: &str) {
    person.git(&["pull", "--quiet", "--rebase", "origin", "main"]).exits(0);
    person.write(&format!("offers/{key}.yaml"), &small_offer(key, payout));
    person.commit(key);
    person.git(&["push", "--quiet", "origin", "HEAD:main"]).exits(0);
}

fn has_jq() -> bool {
    Command::new("jq").arg("--version").output().is_ok()
}

#[test]
fn what_was_planned_is_applied_and_two_merges_at_once_are_both_done() {
    if !has_jq() {
        println!("skipped: there is no jq");
        return;
    }
    let cake = Cake::start();
    let (remote, person) = start(&cake);
    assert_eq!(Runner::start(&remote).final_plan(), None, "nobody is asked");
    merge(&person, "delta", "5");
    let first = Runner::start(&remote);
    let first_plan = first.final_plan().unwrap();
    merge(&person, "epsilon", "6");
    // The second plan is made before the first one is applied, and has both.
    let second = Runner::start(&remote);
    let second_plan = second.final_plan().unwrap();
    first.apply(&first_plan).exits(0).says("1 done");
    first.push();
    assert_eq!(cake.ids("Offer epsilon").len(), 0, "it was not in the plan that was approved");
    second.clone.git(&["pull", "--quiet", "origin", "main"]).exits(0);
    second.apply(&second_plan).exits(0).says("1 done");
    second.push();
    assert_eq!((cake.ids("Offer delta").len(), cake.ids("Offer epsilon").len()), (1, 1));
    assert_eq!(Runner::start(&remote).final_plan(), None);
}

#[test]
fn what_has_changed_since_the_plan_is_not_sent() {
    if !has_jq() {
        println!("skipped: there is no jq");
        return;
    }
    let cake = Cake::start();
    let (remote, person) = start(&cake);
    merge(&person, "alpha", "20");
    let runner = Runner::start(&remote);
    let plan = runner.final_plan().unwrap();
    merge(&person, "alpha", "30");
    runner.clone.git(&["pull", "--quiet", "origin", "main"]).exits(0);
    let before = cake.counters().updates;
    runner.apply(&plan).exits(5);
    assert_eq!(cake.counters().updates, before);
}
