//! Ctrl-C and SIGTERM: new writes stop, those in flight are waited for, everything is saved, within seconds.

use std::process::Child;
use std::time::{Duration, Instant};

use offersync::sandbox::{Counters, SandboxOptions};

use crate::harness::bench::{APPLY, Bench, Draft, Drafts, Ran, Settings, finish_child, signal};

/// GitHub Actions sends SIGINT and 7.5 s later SIGTERM.
const IN_TIME: Duration = Duration::from_secs(7);

fn bench(count: usize, settings: &Settings) -> (Bench, Drafts) {
    let bench = Bench::with(SandboxOptions::default(), settings);
    let drafts: Drafts = (0..count).map(|n| (format!("offer-{n}"), Draft::new(&format!("Offer {n}")))).collect();
    bench.desire(&drafts);
    (bench, drafts)
}

fn settings() -> Settings {
    Settings { max_in_flight: 4, timeout_seconds: 60, ..Settings::default() }
}

fn until(bench: &Bench, wanted: impl Fn(Counters) -> bool) {
    let began = Instant::now();
    while !wanted(bench.cake().counters()) {
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", bench.cake().counters());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn ended(child: Child, began: Instant) -> Ran {
    let ran = finish_child(child);
    assert!(began.elapsed() < IN_TIME, "it took {:?}", began.elapsed());
    assert_eq!(ran.code, Some(130), "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(ran.json()["outcome"], "interrupted", "{}", ran.stdout);
    ran
}

fn count(ran: &Ran, outcome: &str) -> usize {
    ran.json()["results"].as_array().unwrap().iter().filter(|result| result["outcome"] == outcome).count()
}

#[test]
fn the_first_signal_waits_for_slow_replies_and_saves_them() {
    for name in ["INT", "TERM"] {
        let (bench, drafts) = bench(20, &settings());
        bench.faults("create=delay:1500");
        let child = bench.command(&APPLY).spawn().unwrap();
        until(&bench, |counters| counters.creates == 4);
        let began = Instant::now();
        signal(child.id(), name);
        let ran = ended(child, began);
        assert_eq!((count(&ran, "done"), count(&ran, "skipped")), (4, 16), "{}", ran.stdout);
        assert_eq!(bench.cake().counters().creates, 4, "nothing new is begun");
        assert_eq!(bench.recorded()["offers"].as_array().unwrap().len(), 4);
        assert_eq!(std::fs::metadata(bench.path("offersync.state.json.journal")).unwrap().len(), 0, "all is published");
        bench.faults("");
        assert_eq!(bench.apply().code, Some(0));
        bench.check(&drafts, name);
    }
}

#[test]
fn replies_that_never_come_are_given_up_in_time_and_found_by_the_next_apply() {
    let (bench, drafts) = bench(12, &settings());
    bench.faults("create:1-2=hang:done\ncreate:3-=hang");
    let child = bench.command(&APPLY).spawn().unwrap();
    until(&bench, |counters| counters.creates == 4);
    let began = Instant::now();
    signal(child.id(), "INT");
    let ran = ended(child, began);
    assert_eq!(count(&ran, "in_doubt"), 4, "{}", ran.stdout);
    bench.faults("");
    let ran = bench.apply();
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    bench.check(&drafts, "after hanging replies");
}

#[test]
fn the_second_signal_ends_at_once_and_the_report_says_what_was_done_before() {
    let (bench, drafts) = bench(12, &settings());
    bench.faults("create:6-=hang:done");
    let child = bench.command(&APPLY).spawn().unwrap();
    // Five are done, four hang.
    until(&bench, |counters| counters.creates == 9 && counters.in_flight == 4);
    let began = Instant::now();
    signal(child.id(), "INT");
    std::thread::sleep(Duration::from_millis(300));
    signal(child.id(), "TERM");
    let ran = ended(child, began);
    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    assert_eq!((count(&ran, "done"), count(&ran, "in_doubt")), (5, 4), "{}", ran.stdout);
    bench.faults("");
    assert_eq!(bench.apply().code, Some(0));
    bench.check(&drafts, "after two signals");
}

#[test]
fn a_signal_while_cake_is_listed_ends_before_anything_is_sent() {
    let (bench, drafts) = bench(5, &settings());
    bench.faults("list=delay:20000");
    let child = bench.command(&APPLY).spawn().unwrap();
    until(&bench, |counters| counters.listings == 1);
    let began = Instant::now();
    signal(child.id(), "INT");
    let ran = ended(child, began);
    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    assert_eq!(count(&ran, "skipped"), 5);
    assert_eq!(bench.cake().counters().creates, 0);
    bench.faults("");
    assert_eq!(bench.apply().code, Some(0));
    bench.check(&drafts, "after a signal while listing");
}

#[test]
fn a_signal_while_a_lagging_listing_is_waited_for_leaves_the_doubt_alone() {
    // 600 s, a hundred times shorter: time enough to be interrupted in.
    let (bench, drafts) = bench(1, &Settings { listing_lag_seconds: 600, ..settings() });
    bench.faults("create:1=reset-before");
    let child = bench.command(&APPLY).spawn().unwrap();
    // The first listing is the check for twins, the second one the look.
    until(&bench, |counters| counters.listings == 2 && counters.in_flight == 0);
    let began = Instant::now();
    signal(child.id(), "INT");
    ended(child, began);
    assert!(began.elapsed() < Duration::from_secs(3), "it took {:?}", began.elapsed());
    assert_eq!(bench.recorded()["in_doubt"], serde_json::json!(["offer-0"]));
    bench.configure(&settings());
    assert_eq!(bench.apply().code, Some(0));
    bench.check(&drafts, "after the doubt was left alone");
}

#[test]
fn a_signal_while_another_apply_is_waited_for_ends_at_once() {
    let (bench, drafts) = bench(4, &settings());
    bench.faults("create=delay:3000");
    let first = bench.command(&APPLY).spawn().unwrap();
    until(&bench, |counters| counters.creates == 4);
    let mut waiting = bench.command(&APPLY);
    let waiting = waiting.args(["--lock-timeout", "60"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let began = Instant::now();
    signal(waiting.id(), "INT");
    assert_eq!(finish_child(waiting).code, Some(130));
    assert!(began.elapsed() < Duration::from_secs(2), "it took {:?}", began.elapsed());
    assert_eq!(finish_child(first).code, Some(0));
    bench.check(&drafts, "after a wait that was interrupted");
}
