//! The binary is killed at each request to the store and to CAKE, and its disk is deleted: the next apply comes from another machine.

use std::collections::BTreeMap;
use std::fs;

use super::World;
use crate::harness::{APPLY, in_parallel, long};

pub(super) const OFFERS: usize = 3;

/// The places of an apply at which something is written, sent or heard, and how often each is passed.
pub(super) fn places() -> BTreeMap<String, usize> {
    let world = World::with_offers(OFFERS);
    let machine = world.machine();
    let trace = machine.path("trace");
    world.run(&machine, &APPLY, &[("OFFERSYNC_FAULT_TRACE", trace.to_str().unwrap())]).exits(0);
    world.check(OFFERS, "an undisturbed apply");
    let mut places = BTreeMap::new();
    for name in fs::read_to_string(&trace).unwrap().lines() {
        *places.entry(name.to_owned()).or_default() += 1;
    }
    places.retain(|name, _| ["store.", "request.", "listing."].iter().any(|start| name.starts_with(start)) || long());
    places
}

#[test]
fn a_runner_that_dies_with_its_disk_at_any_request_loses_no_id_and_doubles_no_offer() {
    let places = places();
    for name in ["store.before-request", "store.after-reply", "request.before-send", "request.after-reply"] {
        assert!(places.contains_key(name), "no apply passes {name}: {places:?}");
    }
    let cases: Vec<_> = places.iter().flat_map(|(name, count)| (1..=*count).map(move |at| (name, at))).collect();
    let kills: usize = in_parallel(&cases, |(name, at)| {
        let what = format!("killed at {name}, arrival {at}");
        let world = World::with_offers(OFFERS);
        let armed = format!("{name}:{at}=kill");
        let machine = world.machine();
        // What a killed process leaves behind goes with the machine.
        let left = machine.folder().display().to_string();
        let killed = world.run(&machine, &APPLY, &[("OFFERSYNC_FAULT_POINT", &armed), ("TMPDIR", &left)]);
        assert!(killed.code.is_none() || killed.code == Some(0), "{what}: {}", killed.said());
        drop(machine);
        let next = world.apply(&world.machine());
        assert_eq!(next.code, Some(0), "{what}: {}", next.said());
        world.check(OFFERS, &what);
        usize::from(killed.code.is_none())
    })
    .into_iter()
    .sum();
    println!("{kills} kills with the disk deleted, at {} places", places.len());
    assert!(kills * 10 >= cases.len() * 8, "only {kills} of {} were killed", cases.len());
}
