//! One apply at a time: machines that race, holders that wait, die and freeze.

use super::{SCALE, World};
use crate::harness::{APPLY, finish_child, in_parallel, long, signal};

#[test]
fn of_machines_that_apply_at_once_each_waits_for_the_others_and_nothing_is_doubled() {
    let rounds = if long() { 50 } else { 2 };
    for round in 0..rounds {
        let world = World::with_offers(4);
        let machines: Vec<usize> = (0..8).collect();
        let arguments = [&APPLY[..], &["--lock-timeout", "2000"]].concat();
        in_parallel(&machines, |number| {
            let ended = world.run(&world.machine(), &arguments, &[]);
            assert_eq!(ended.code, Some(0), "round {round}, machine {number}: {}", ended.said());
        });
        assert_eq!(world.cake.writes(), 4, "round {round}");
        world.check(4, &format!("round {round}"));
    }
}

#[test]
fn a_holder_that_is_alive_is_named_and_not_taken_over() {
    let world = World::with_offers(1);
    // Its claim is shown to be alive again and again while CAKE keeps it waiting.
    world.cake.faults("create:1=hang");
    let machine = world.machine();
    let child = world.command(&machine, &APPLY).spawn().unwrap();
    world.cake.wait_until(|counters| counters.creates == 1);
    let held_by = format!("process {}", child.id());
    world.apply(&world.machine()).exits(6).says("state::locked").says(&held_by);
    world.run(&world.machine(), &["state", "release"], &[]).exits(6).says(&held_by);
    let status = world.run(&world.machine(), &["state", "status"], &[]).exits(0);
    status.says(&held_by).says("in doubt 1").says("offers/production/head.json");
    signal(child.id(), "KILL");
    finish_child(child);
    world.cake.faults("");
    world.run(&world.machine(), &["state", "release"], &[]).exits(0).says("showed no life");
    world.apply(&world.machine()).exits(0);
    world.check(1, "after the holder was killed");
}

#[test]
fn a_holder_that_was_frozen_sends_nothing_after_it_was_taken_over() {
    let world = World::with_offers(12);
    let machine = world.machine();
    machine.replace("offersync.toml", "max_in_flight = 8", "max_in_flight = 1");
    world.cake.faults("create=delay:60");
    let mut command = world.command(&machine, &APPLY);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let frozen = command.env("OFFERSYNC_TIME_SCALE", SCALE).spawn().unwrap();
    world.cake.wait_until(|counters| counters.creates >= 3);
    signal(frozen.id(), "STOP");
    world.cake.faults("");
    world.apply(&world.machine()).exits(0);
    let sent = world.cake.writes();
    world.check(12, "after the takeover");
    signal(frozen.id(), "CONT");
    let ended = finish_child(frozen);
    assert_ne!(ended.code, Some(0), "{}", ended.said());
    ended.says("state::claim-lost");
    // A request that was on its way is heard of; no other is sent.
    assert_eq!(world.cake.writes(), sent, "{}", ended.said());
    world.check(12, "after the frozen holder has ended");
}

#[test]
fn a_head_that_a_person_removes_while_it_is_used_ends_the_apply_and_no_offer_is_doubled_later() {
    let world = World::with_offers(12);
    let machine = world.machine();
    machine.replace("offersync.toml", "max_in_flight = 8", "max_in_flight = 1");
    world.cake.faults("create=delay:60");
    let mut command = world.command(&machine, &APPLY);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    world.cake.wait_until(|counters| counters.creates >= 3);
    world.store.remove("head.json");
    let ended = finish_child(child);
    assert_ne!(ended.code, Some(0), "{}", ended.said());
    ended.says("was removed");
    world.cake.faults("");
    // What is in CAKE already is not created again.
    world.apply(&world.machine()).exits(4);
    let mut names: Vec<String> = world.cake.offers().into_iter().map(|offer| offer.offer_name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}
