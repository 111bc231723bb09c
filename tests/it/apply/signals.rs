//! Ctrl-C and SIGTERM: new writes stop, those in flight are waited for, everything is saved, within seconds.

use std::process::Child;
use std::time::{Duration, Instant};

use offersync::testing::sandbox::SandboxOptions;

use crate::harness::{APPLY, DesiredOffer, DesiredOffers, Project, Run, Settings, finish_child, signal};

/// GitHub Actions sends SIGINT and 7.5 s later SIGTERM.
const IN_TIME: Duration = Duration::from_secs(7);

fn repository(count: usize, settings: &Settings) -> (Project, DesiredOffers) {
    let project = Project::with(SandboxOptions::default(), settings);
    let desired: DesiredOffers =
        (0..count).map(|n| (format!("offer-{n}"), DesiredOffer::new(&format!("Offer {n}")))).collect();
    project.desire(&desired);
    (project, desired)
}

fn settings() -> Settings {
    Settings { max_in_flight: 4, timeout_seconds: 60, ..Settings::default() }
}

fn ended(child: Child, began: Instant) -> Run {
    let run = finish_child(child);
    assert!(began.elapsed() < IN_TIME, "it took {:?}", began.elapsed());
    assert_eq!(run.code, Some(130), "{}\n{}", run.stdout, run.stderr);
    assert_eq!(run.json()["outcome"], "interrupted", "{}", run.stdout);
    run
}

fn count(run: &Run, outcome: &str) -> usize {
    run.json()["results"].as_array().unwrap().iter().filter(|result| result["outcome"] == outcome).count()
}

#[test]
fn the_first_signal_waits_for_slow_replies_and_saves_them() {
    for name in ["INT", "TERM"] {
        let (project, desired) = repository(20, &settings());
        project.cake.faults("create=delay:1500");
        let child = project.command(&APPLY).spawn().unwrap();
        project.cake.wait_until(|counters| counters.creates == 4);
        let began = Instant::now();
        signal(child.id(), name);
        let run = ended(child, began);
        assert_eq!((count(&run, "done"), count(&run, "skipped")), (4, 16), "{}", run.stdout);
        assert_eq!(project.cake.counters().creates, 4, "nothing new is begun");
        assert_eq!(project.recorded()["offers"].as_array().unwrap().len(), 4);
        assert_eq!(
            std::fs::metadata(project.path("offersync.state.json.journal")).unwrap().len(),
            0,
            "all is published"
        );
        project.cake.faults("");
        assert_eq!(project.apply().code, Some(0));
        project.check(&desired, name);
    }
}

#[test]
fn replies_that_never_come_are_given_up_in_time_and_found_by_the_next_apply() {
    let (project, desired) = repository(12, &settings());
    project.cake.faults("create:1-2=hang:done\ncreate:3-=hang");
    let child = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates == 4);
    let began = Instant::now();
    signal(child.id(), "INT");
    let run = ended(child, began);
    assert_eq!(count(&run, "in_doubt"), 4, "{}", run.stdout);
    project.cake.faults("");
    let run = project.apply();
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    project.check(&desired, "after hanging replies");
}

#[test]
fn the_second_signal_ends_at_once_and_the_report_says_what_was_done_before() {
    let (project, desired) = repository(12, &settings());
    project.cake.faults("create:6-=hang:done");
    let child = project.command(&APPLY).spawn().unwrap();
    // Five are done, four hang.
    project.cake.wait_until(|counters| counters.creates == 9 && counters.in_flight == 4);
    let began = Instant::now();
    signal(child.id(), "INT");
    std::thread::sleep(Duration::from_millis(300));
    signal(child.id(), "TERM");
    let run = ended(child, began);
    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    assert_eq!((count(&run, "done"), count(&run, "in_doubt")), (5, 4), "{}", run.stdout);
    project.cake.faults("");
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "after two signals");
}

#[test]
fn a_signal_while_cake_is_listed_ends_before_anything_is_sent() {
    let (project, desired) = repository(5, &settings());
    project.cake.faults("list=delay:20000");
    let child = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.listings == 1);
    let began = Instant::now();
    signal(child.id(), "INT");
    let run = ended(child, began);
    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    assert_eq!(count(&run, "skipped"), 5);
    assert_eq!(project.cake.counters().creates, 0);
    project.cake.faults("");
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "after a signal while listing");
}

#[test]
fn a_signal_while_a_lagging_listing_is_waited_for_leaves_the_doubt_alone() {
    // 600 s, a hundred times shorter: time enough to be interrupted in.
    let (project, desired) = repository(1, &Settings { listing_lag_seconds: 600, ..settings() });
    project.cake.faults("create:1=reset-before");
    let child = project.command(&APPLY).spawn().unwrap();
    // Five pages of the check for duplicates, five of the first lookup.
    project.cake.wait_until(|counters| counters.listings == 10 && counters.in_flight == 0);
    let began = Instant::now();
    signal(child.id(), "INT");
    ended(child, began);
    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    assert_eq!(project.recorded()["in_doubt"], serde_json::json!(["offer-0"]));
    project.configure(&settings());
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "after the doubt was left alone");
}

#[test]
fn a_signal_while_another_apply_is_waited_for_ends_at_once() {
    let (project, desired) = repository(4, &settings());
    project.cake.faults("create=delay:3000");
    let first = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates == 4);
    let waiting = [&APPLY[..], &["state", "rm", "offer-0"]].map(|arguments| {
        let mut command = project.command(arguments);
        command.args(["--lock-timeout", "60"]).spawn().unwrap()
    });
    std::thread::sleep(Duration::from_millis(500));
    let began = Instant::now();
    for process in &waiting {
        signal(process.id(), "INT");
    }
    for process in waiting {
        assert_eq!(finish_child(process).code, Some(130));
    }
    assert!(began.elapsed() < Duration::from_secs(2), "it took {:?}", began.elapsed());
    assert_eq!(finish_child(first).code, Some(0));
    project.check(&desired, "after a wait that was interrupted");
}
