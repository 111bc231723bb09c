//! One apply at a time: clones that race, holders that wait, die and freeze.

use super::{Remote, SCALE, apply, run};
use crate::harness::{APPLY, finish_child, in_parallel, long, signal};

#[test]
fn of_clones_that_apply_at_once_each_waits_for_the_others_and_nothing_is_doubled() {
    let rounds: Vec<usize> = (0..if long() { 50 } else { 2 }).collect();
    for round in rounds {
        let remote = Remote::with_offers(4);
        let clones: Vec<usize> = (0..8).collect();
        let arguments = [&APPLY[..], &["--lock-timeout", "2000"]].concat();
        in_parallel(&clones, |number| {
            let ended = run(&remote.clone(), &arguments, &[]);
            assert_eq!(ended.code, Some(0), "round {round}, clone {number}: {}", ended.said());
        });
        assert_eq!(remote.cake.writes(), 4, "round {round}");
        remote.check(4, &format!("round {round}"));
    }
}

#[test]
fn a_holder_that_is_alive_is_named_and_not_taken_over() {
    let remote = Remote::with_offers(1);
    // Its claim is shown to be alive again and again while CAKE keeps it waiting.
    remote.cake.faults("create:1=hang");
    let clone = remote.clone();
    let child = clone.command(&APPLY).env("OFFERSYNC_TIME_SCALE", SCALE).spawn().unwrap();
    remote.cake.wait_until(|counters| counters.creates == 1);
    let held_by = format!("process {}", child.id());
    apply(&remote.clone()).exits(6).says("state::locked").says(&held_by);
    run(&remote.clone(), &["state", "release"], &[]).exits(6).says(&held_by);
    run(&remote.clone(), &["state", "status"], &[]).exits(0).says(&held_by).says("in doubt 1");
    signal(child.id(), "KILL");
    finish_child(child);
    remote.cake.faults("");
    run(&remote.clone(), &["state", "release"], &[]).exits(0).says("showed no life");
    apply(&remote.clone()).exits(0);
    remote.check(1, "after the holder was killed");
}

#[test]
fn a_holder_that_was_frozen_sends_nothing_after_it_was_taken_over() {
    let remote = Remote::with_offers(12);
    let clone = remote.clone();
    clone.replace("offersync.toml", "max_in_flight = 8", "max_in_flight = 1");
    remote.cake.faults("create=delay:60");
    let mut command = clone.command(&APPLY);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let frozen = command.env("OFFERSYNC_TIME_SCALE", SCALE).spawn().unwrap();
    remote.cake.wait_until(|counters| counters.creates >= 3);
    signal(frozen.id(), "STOP");
    remote.cake.faults("");
    apply(&remote.clone()).exits(0);
    let sent = remote.cake.writes();
    remote.check(12, "after the takeover");
    signal(frozen.id(), "CONT");
    let ended = finish_child(frozen);
    assert_ne!(ended.code, Some(0), "{}", ended.said());
    ended.says("state::claim-lost");
    // A request that was on its way is heard of; no other is sent.
    assert_eq!(remote.cake.writes(), sent, "{}", ended.said());
    remote.check(12, "after the frozen holder has ended");
}

#[test]
fn a_ref_that_a_person_removes_while_it_is_used_is_put_back_with_all_that_was_in_it() {
    let remote = Remote::with_offers(12);
    let clone = remote.clone();
    clone.replace("offersync.toml", "max_in_flight = 8", "max_in_flight = 1");
    remote.cake.faults("create=delay:60");
    let mut command = clone.command(&APPLY);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.env("OFFERSYNC_TIME_SCALE", SCALE).spawn().unwrap();
    remote.cake.wait_until(|counters| counters.creates >= 3);
    remote.bare.git(&["update-ref", "-d", "refs/offersync/production"]).exits(0);
    finish_child(child).exits(0);
    remote.check(12, "after the ref was removed");
}
