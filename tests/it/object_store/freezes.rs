//! A holder stands still at each place of an apply, is taken over, and goes on.

use super::World;
use super::kills::{OFFERS, places};
use crate::harness::{APPLY, freeze, in_parallel, long};

#[test]
fn a_holder_that_stands_still_anywhere_sends_nothing_after_a_takeover_but_what_it_was_about_to_send() {
    let cases: Vec<_> =
        places().into_iter().flat_map(|(name, count)| (1..=count).map(move |at| (name.clone(), at))).collect();
    // A takeover takes seconds.
    let few: Vec<_> =
        cases.iter().enumerate().filter(|(number, _)| long() || number % 6 == 0).map(|(_, case)| case).collect();
    let late: Vec<(bool, u64)> = in_parallel(&few, |(name, at)| {
        let what = format!("stood still at {name}, arrival {at}");
        let world = World::with_offers(OFFERS);
        let machine = world.machine();
        let mut sent = 0;
        let (stood_still, ended) = freeze(&mut world.command(&machine, &APPLY), &format!("{name}:{at}"), || {
            world.apply(&world.machine()).exits(0);
            sent = world.cake.writes();
        });
        let late = world.cake.writes() - sent;
        // Between the last look at the claim's age and the request there is nothing that could see it.
        assert!(late == 0 || *name == "request.before-send", "{what}: {}", ended.said());
        if late == 0 {
            world.check(OFFERS, &what);
        }
        (stood_still, late)
    });
    let stood_still = late.iter().filter(|(stood_still, _)| *stood_still).count();
    let sent: u64 = late.iter().map(|(_, late)| late).sum();
    println!("{stood_still} times stood still, {sent} requests sent after a takeover");
    assert!(stood_still * 10 >= few.len() * 8, "{stood_still} of {}", few.len());
}
