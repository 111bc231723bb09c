//! Two applies at once: one works, the other names the holder of the lock.

use std::time::Duration;

use offersync::testing::sandbox::SandboxOptions;

use crate::harness::{APPLY, DesiredOffer, DesiredOffers, Project, Settings, finish, finish_child};

fn slow(count: usize, milliseconds: u64) -> (Project, DesiredOffers) {
    let latency = Duration::from_millis(milliseconds);
    let settings = Settings { max_in_flight: 4, ..Settings::default() };
    let project = Project::with(SandboxOptions { latency, ..SandboxOptions::default() }, &settings);
    let desired: DesiredOffers =
        (0..count).map(|n| (format!("offer-{n}"), DesiredOffer::new(&format!("Offer {n}")))).collect();
    project.desire(&desired);
    (project, desired)
}

#[test]
fn the_second_apply_names_the_holder_of_the_lock_and_a_plan_needs_no_lock() {
    let (project, desired) = slow(40, 60);
    let first = project.command(&APPLY).spawn().unwrap();
    let holder = first.id();
    project.cake.wait_until(|counters| counters.creates >= 2);

    let ci = [("GITHUB_SERVER_URL", "https://github.example"), ("GITHUB_REPOSITORY", "a/b"), ("GITHUB_RUN_ID", "7")];
    let second = project.run_with(&APPLY, &ci);
    assert_eq!(second.code, Some(6), "{}{}", second.stdout, second.stderr);
    let said = second.json()["diagnostics"].to_string();
    assert!(said.contains(&format!("process {holder}")), "{said}");

    // A plan meanwhile reads a consistent pair of state and journal: offers turn from creates into nothing, one by one.
    let mut left = desired.len();
    for _ in 0..4 {
        let plan = project.run(&["plan", "--detailed-exitcode", "--format", "json"]);
        assert!(matches!(plan.code, Some(0 | 2)), "{}{}", plan.stdout, plan.stderr);
        let creates = usize::try_from(plan.json()["summary"]["create"].as_u64().unwrap()).unwrap();
        assert!(creates <= left, "offers got lost: {creates} after {left}");
        left = creates;
    }
    let waiting = finish(project.command(&APPLY).args(["--lock-timeout", "60"]));
    assert_eq!(waiting.code, Some(0), "{}{}", waiting.stdout, waiting.stderr);
    assert_eq!(waiting.json()["outcome"], "nothing_to_do");
    assert_eq!(finish_child(first).code, Some(0));
    project.check(&desired, "after two applies");
}

#[test]
fn the_ci_run_of_the_holder_is_shown() {
    let (project, _) = slow(20, 80);
    let mut first = project.command(&APPLY);
    first.envs([("GITHUB_SERVER_URL", "https://github.example"), ("GITHUB_REPOSITORY", "a/b"), ("GITHUB_RUN_ID", "7")]);
    let first = first.spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates >= 1);
    let second = project.run(&["apply", "--auto-approve"]);
    assert_eq!(second.code, Some(6));
    assert!(second.stderr.contains("https://github.example/a/b/actions/runs/7"), "{}", second.stderr);
    assert_eq!(finish_child(first).code, Some(0));
}

#[test]
fn many_applies_at_once_do_the_work_once() {
    let (project, desired) = slow(30, 10);
    let runs: Vec<_> = (0..6).map(|_| project.command(&APPLY).spawn().unwrap()).collect();
    let codes: Vec<_> = runs.into_iter().map(|run| finish_child(run).code).collect();
    assert!(codes.iter().all(|code| matches!(code, Some(0 | 6))), "{codes:?}");
    assert!(codes.contains(&Some(0)), "{codes:?}");
    assert_eq!(project.cake.counters().creates, 30);
    project.check(&desired, "after six applies at once");
}

#[test]
fn applies_that_waited_for_the_lock_read_the_files_afterwards() {
    let (project, mut desired) = slow(40, 40);
    let first = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates >= 1);
    let queued = || project.command(&APPLY).args(["--lock-timeout", "60"]).spawn().unwrap();
    let mut applies: Vec<_> = (0..5).map(|_| queued()).collect();
    applies.push(first);
    project.cake.wait_until(|counters| counters.creates >= 32);
    desired.get_mut("offer-3").unwrap().payout = Some("99.00".to_owned());
    project.replace("offers/offer-3.yaml", "10.00", "99.00");
    for apply in applies {
        let run = finish_child(apply);
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    project.check(&desired, "after applies that waited");
}

#[test]
fn a_killed_holder_leaves_no_lock() {
    let (project, desired) = slow(40, 30);
    let mut first = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates >= 3);
    first.kill().unwrap();
    assert_eq!(finish_child(first).code, None);
    let run = project.apply();
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    project.check(&desired, "after a killed holder");
}
