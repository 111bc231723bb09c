//! Replies that are lost, refusals that are none, and stores that fail, at every request in turn.

use super::World;
use super::double::{Conduct, Fault};
use crate::harness::{in_parallel, long};

const OFFERS: usize = 3;

/// Every fault of a request that another attempt makes good.
const FAULTS: [Fault; 8] = [
    Fault::LostReply,
    Fault::LostRequest,
    Fault::After(500),
    Fault::Before(500),
    Fault::After(409),
    Fault::Before(412),
    Fault::Before(503),
    Fault::Late,
];

#[test]
fn a_fault_of_any_one_request_costs_nothing() {
    let undisturbed = World::with_offers(OFFERS);
    undisturbed.apply(&undisturbed.machine()).exits(0);
    let count = undisturbed.store.take_requests().len();
    let cases: Vec<(usize, Fault)> = (1..=count).flat_map(|at| FAULTS.map(|fault| (at, fault))).collect();
    // Each request has several of them in any case.
    let cases: Vec<_> =
        cases.into_iter().enumerate().filter(|(number, _)| long() || number % 3 == 0).map(|(_, case)| case).collect();
    in_parallel(&cases, |(at, fault)| {
        let world = World::with_offers(OFFERS);
        world.store.conduct(Conduct { fault: Some((*at, *fault)), ..Conduct::default() });
        let what = format!("{fault:?} at request {at}");
        let ended = world.apply(&world.machine());
        assert_eq!(ended.code, Some(0), "{what}: {}\n{:?}", ended.said(), world.store.take_requests());
        assert_eq!(world.cake.writes(), OFFERS as u64, "{what}");
        world.check(OFFERS, &what);
    });
    println!("{} faults at {count} requests", cases.len());
}
