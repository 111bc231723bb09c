//! Two applies at once: one works, the other one is told who does.

use std::time::{Duration, Instant};

use offersync::sandbox::SandboxOptions;

use crate::harness::bench::{APPLY, Bench, Draft, Drafts, Settings, finish, finish_child};

fn slow(count: usize, milliseconds: u64) -> (Bench, Drafts) {
    let latency = Duration::from_millis(milliseconds);
    let settings = Settings { max_in_flight: 4, ..Settings::default() };
    let bench = Bench::with(SandboxOptions { latency, ..SandboxOptions::default() }, &settings);
    let drafts: Drafts = (0..count).map(|n| (format!("offer-{n}"), Draft::new(&format!("Offer {n}")))).collect();
    bench.desire(&drafts);
    (bench, drafts)
}

/// Waits until CAKE has seen creates.
fn until_creates(bench: &Bench, count: u64) {
    let began = Instant::now();
    while bench.cake().counters().creates < count {
        assert!(began.elapsed() < Duration::from_secs(30), "no creates came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_second_apply_is_told_who_holds_the_lock_and_a_plan_needs_none() {
    let (bench, drafts) = slow(40, 60);
    let first = bench.command(&APPLY).spawn().unwrap();
    let holder = first.id();
    until_creates(&bench, 2);

    let ci = [("GITHUB_SERVER_URL", "https://github.example"), ("GITHUB_REPOSITORY", "a/b"), ("GITHUB_RUN_ID", "7")];
    let second = bench.run_with(&APPLY, &ci);
    assert_eq!(second.code, Some(6), "{}{}", second.stdout, second.stderr);
    let said = second.json()["diagnostics"].to_string();
    assert!(said.contains(&format!("process {holder}")), "{said}");

    // A plan meanwhile reads a consistent pair of state and journal: offers turn from creates into nothing, one by one.
    let mut left = drafts.len();
    for _ in 0..4 {
        let plan = bench.run(&["plan", "--detailed-exitcode", "--format", "json"]);
        assert!(matches!(plan.code, Some(0 | 2)), "{}{}", plan.stdout, plan.stderr);
        let creates = usize::try_from(plan.json()["summary"]["create"].as_u64().unwrap()).unwrap();
        assert!(creates <= left, "offers got lost: {creates} after {left}");
        left = creates;
    }
    let waiting = finish(bench.command(&APPLY).args(["--lock-timeout", "60"]));
    assert_eq!(waiting.code, Some(0), "{}{}", waiting.stdout, waiting.stderr);
    assert_eq!(waiting.json()["outcome"], "nothing_to_do");
    assert_eq!(finish_child(first).code, Some(0));
    bench.check(&drafts, "after two applies");
}

#[test]
fn the_ci_run_of_the_holder_is_shown() {
    let (bench, _) = slow(20, 80);
    let mut first = bench.command(&APPLY);
    first.envs([("GITHUB_SERVER_URL", "https://github.example"), ("GITHUB_REPOSITORY", "a/b"), ("GITHUB_RUN_ID", "7")]);
    let first = first.spawn().unwrap();
    until_creates(&bench, 1);
    let second = bench.run(&["apply", "--auto-approve"]);
    assert_eq!(second.code, Some(6));
    assert!(second.stderr.contains("https://github.example/a/b/actions/runs/7"), "{}", second.stderr);
    assert_eq!(finish_child(first).code, Some(0));
}

#[test]
fn many_applies_at_once_do_the_work_once() {
    let (bench, drafts) = slow(30, 10);
    let runs: Vec<_> = (0..6).map(|_| bench.command(&APPLY).spawn().unwrap()).collect();
    let codes: Vec<_> = runs.into_iter().map(|run| finish_child(run).code).collect();
    assert!(codes.iter().all(|code| matches!(code, Some(0 | 6))), "{codes:?}");
    assert!(codes.contains(&Some(0)), "{codes:?}");
    assert_eq!(bench.cake().counters().creates, 30);
    bench.check(&drafts, "after six applies at once");
}

#[test]
fn a_killed_holder_leaves_no_lock() {
    let (bench, drafts) = slow(40, 30);
    let mut first = bench.command(&APPLY).spawn().unwrap();
    until_creates(&bench, 3);
    first.kill().unwrap();
    assert_eq!(finish_child(first).code, None);
    let ran = bench.apply();
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    bench.check(&drafts, "after a killed holder");
}
