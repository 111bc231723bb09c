//! The binary killed: at the boundary before and after each write, sync, rename and request, and at random moments.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use offersync::testing::sandbox::SandboxOptions;

use crate::harness::{
    APPLY, Baseline, DesiredOffer, DesiredOffers, Project, Random, Settings, finish_child, in_parallel, long,
};

/// A repository in which every kind of action is to be done, `size` of most kinds.
fn mixed(size: usize) -> (Baseline, DesiredOffers) {
    let project = Project::new();
    let mut desired: DesiredOffers = BTreeMap::new();
    for kind in ["update", "replace", "retire", "rename", "release", "restore", "stay"] {
        for number in 0..size {
            let mut offer = DesiredOffer::new(&format!("{kind} {number}"));
            offer.advertiser = 101 + number as u64 % 3;
            offer.description = (kind == "release").then(|| "no longer wanted".to_owned());
            desired.insert(format!("{kind}-{number}"), offer);
        }
    }
    let everything = desired.clone();
    project.desire(&desired);
    project.apply_until_done("the first apply");
    desired.retain(|key, _| !key.starts_with("restore"));
    project.desire(&desired);
    project.apply_until_done("the first retirement");
    project.check(&desired, "before the changes");
    let start = project.baseline(&desired);

    let mut wanted = DesiredOffers::new();
    for (key, mut offer) in everything {
        match key.split('-').next().unwrap() {
            "update" => offer.payout = Some("12.50".to_owned()),
            "replace" => offer.url = "https://track.example.com/new/{offer_id}".into(),
            "release" => offer.description = None,
            "rename" => {
                offer.renamed_from = Some(key.clone());
                offer.payout = Some("11.00".to_owned());
                wanted.insert(key.replace("rename", "renamed"), offer);
                continue;
            }
            "retire" => continue,
            _ => {}
        }
        wanted.insert(key, offer);
    }
    for number in 0..size * 2 {
        wanted.insert(format!("create-{number}"), DesiredOffer::new(&format!("create {number}")));
    }
    (start, wanted)
}

fn settings() -> Settings {
    Settings { max_in_flight: 6, ..Settings::default() }
}

fn begin(start: &Baseline, wanted: &DesiredOffers, latency: Duration) -> Project {
    let project = Project::from(start, SandboxOptions { latency, ..SandboxOptions::default() }, &settings());
    project.desire(wanted);
    project
}

/// Which places an apply passes, and how often.
fn places(start: &Baseline, wanted: &DesiredOffers) -> BTreeMap<String, usize> {
    let project = begin(start, wanted, Duration::ZERO);
    let trace = project.path("trace");
    let run = project.run_with(&APPLY, &[("OFFERSYNC_FAULT_TRACE", trace.to_str().unwrap())]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    project.check(wanted, "an undisturbed apply");
    let mut places = BTreeMap::new();
    for name in fs::read_to_string(&trace).unwrap().lines() {
        *places.entry(name.to_owned()).or_default() += 1;
    }
    places
}

#[test]
fn killed_at_every_boundary_nothing_is_lost_and_nothing_doubled() {
    let began = Instant::now();
    let (start, wanted) = mixed(if long() { 25 } else { 13 });
    let places = places(&start, &wanted);
    for name in [
        "journal.before-sync",
        "journal.before-truncate",
        "replace.before-rename",
        "replace.after-folder-sync",
        "previous.after-rename",
        "request.before-send",
        "request.after-reply",
        "listing.after-reply",
    ] {
        assert!(places.contains_key(name), "no apply passes {name}: {places:?}");
    }
    let arrivals = if long() { 12 } else { 3 };
    let mut cases: Vec<(String, usize)> = Vec::new();
    for (name, count) in &places {
        let mut chosen: Vec<_> = (0..arrivals).map(|step| 1 + step * (count - 1) / (arrivals - 1)).collect();
        chosen.dedup();
        cases.extend(chosen.into_iter().map(|arrival| (name.clone(), arrival)));
    }
    let kills: usize = in_parallel(&cases, |(name, arrival)| {
        let what = format!("killed at {name}, arrival {arrival}");
        let project = begin(&start, &wanted, Duration::ZERO);
        let run = project.apply_armed(&format!("{name}:{arrival}=kill"));
        // Lines are written in batches, and how many there are is not the same in every run.
        let killed = run.code.is_none();
        assert!(killed || run.code == Some(0), "{what}: {:?}\n{}\n{}", run.code, run.stdout, run.stderr);
        project.apply_until_done(&what);
        project.check(&wanted, &what);
        usize::from(killed)
    })
    .into_iter()
    .sum();
    println!("{kills} kills at {} places in {:.1} s", places.len(), began.elapsed().as_secs_f32());
    assert!(kills * 10 >= cases.len() * 7, "only {kills} of {} were killed", cases.len());
}

#[test]
fn killed_at_random_moments_again_and_again_nothing_is_lost_and_nothing_doubled() {
    let began = Instant::now();
    let (start, wanted) = mixed(if long() { 25 } else { 13 });
    let latency = Duration::from_millis(4);
    let whole = {
        let project = begin(&start, &wanted, latency);
        let began = Instant::now();
        project.apply_until_done("an undisturbed apply");
        began.elapsed()
    };
    let cases: Vec<u64> = (0..if long() { 400 } else { 12 }).collect();
    let kills: usize = in_parallel(&cases, |seed| {
        let mut random = Random(*seed);
        let project = begin(&start, &wanted, latency);
        let mut kills = 0;
        // Each kill later than the one before gets a shorter rest: three of them reach every part of an apply.
        for _ in 0..3 {
            let mut child = project.command(&APPLY).spawn().unwrap();
            let micros = u64::try_from(whole.as_micros()).unwrap();
            std::thread::sleep(Duration::from_micros(random.below(micros)));
            child.kill().unwrap();
            kills += usize::from(finish_child(child).code.is_none());
        }
        let what = format!("killed at random moments, seed {seed}");
        project.apply_until_done(&what);
        project.check(&wanted, &what);
        kills
    })
    .into_iter()
    .sum();
    println!("{kills} kills at random moments in {:.1} s", began.elapsed().as_secs_f32());
    assert!(kills >= cases.len(), "only {kills} runs were killed");
}
