//! The binary is killed at each place between two steps, and its clone is deleted: the next apply comes from a fresh one.

use std::collections::BTreeMap;
use std::fs;

use super::{Remote, apply, run};
use crate::harness::{APPLY, in_parallel, long};

pub(super) const OFFERS: usize = 3;

/// The places of an apply at which something is written, sent or heard, and how often each is passed.
pub(super) fn places() -> BTreeMap<String, usize> {
    let remote = Remote::with_offers(OFFERS);
    let clone = remote.clone();
    let trace = clone.path("trace");
    run(&clone, &APPLY, &[("OFFERSYNC_FAULT_TRACE", trace.to_str().unwrap())]).exits(0);
    remote.check(OFFERS, "an undisturbed apply");
    let mut places = BTreeMap::new();
    for name in fs::read_to_string(&trace).unwrap().lines() {
        *places.entry(name.to_owned()).or_default() += 1;
    }
    places.retain(|name, _| ["store.", "request.", "listing."].iter().any(|start| name.starts_with(start)) || long());
    places
}

#[test]
fn a_runner_that_dies_with_its_disk_at_any_place_loses_no_id_and_doubles_no_offer() {
    let places = places();
    for name in ["store.before-push", "store.after-push", "request.before-send", "request.after-reply"] {
        assert!(places.contains_key(name), "no apply passes {name}: {places:?}");
    }
    let cases: Vec<_> = places.iter().flat_map(|(name, count)| (1..=*count).map(move |at| (name, at))).collect();
    let kills: usize = in_parallel(&cases, |(name, at)| {
        let what = format!("killed at {name}, arrival {at}");
        let remote = Remote::with_offers(OFFERS);
        let armed = format!("{name}:{at}=kill");
        let clone = remote.clone();
        // What a killed process leaves behind goes with the remote.
        let left = remote.bare.folder().display().to_string();
        let killed = run(&clone, &APPLY, &[("OFFERSYNC_FAULT_POINT", &armed), ("TMPDIR", &left)]);
        assert!(killed.code.is_none() || killed.code == Some(0), "{what}: {}", killed.said());
        drop(clone);
        let next = apply(&remote.clone());
        assert_eq!(next.code, Some(0), "{what}: {}", next.said());
        remote.check(OFFERS, &what);
        usize::from(killed.code.is_none())
    })
    .into_iter()
    .sum();
    println!("{kills} kills with the clone deleted, at {} places", places.len());
    assert!(kills * 10 >= cases.len() * 8, "only {kills} of {} were killed", cases.len());
}

#[test]
fn a_reply_to_a_push_that_is_lost_or_a_push_that_fails_once_costs_nothing() {
    let cases: Vec<_> = ["store.before-push", "store.after-push"]
        .into_iter()
        .flat_map(|name| (1..=5).map(move |at| format!("{name}:{at}=eio")))
        .collect();
    in_parallel(&cases, |armed| {
        let remote = Remote::with_offers(OFFERS);
        run(&remote.clone(), &APPLY, &[("OFFERSYNC_FAULT_POINT", armed)]).exits(0);
        assert_eq!(remote.cake.writes(), OFFERS as u64, "{armed}");
        remote.check(OFFERS, armed);
    });
}
