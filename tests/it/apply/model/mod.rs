//! Random histories: edits of the YAML × faults × a CAKE that is late, hides, answers about something else or stores names
//! otherwise × changes that people make in CAKE × kills × states that are put back and runners that are lost.
//!
//! After every apply, nothing is in CAKE twice, and nothing that the apply calls done is otherwise in CAKE. After quiet, CAKE has
//! what is desired on every managed field, and the plan is empty, unless a past came back: then a person may have to decide.

mod claims;
mod people;
mod step;
mod world;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::harness::{in_parallel, long};

use step::history;
use world::World;

#[test]
fn after_any_history_and_then_quiet_cake_has_what_is_desired() {
    let began = Instant::now();
    let (seeds, cases) = if long() { (32_u8, 24) } else { (12, 4) };
    let kills = AtomicUsize::new(0);
    in_parallel(&(0..seeds).collect::<Vec<_>>(), |seed| {
        let config = Config { cases, max_shrink_iters: 60, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[*seed; 32]));
        let result = runner.run(&history(), |history| {
            let mut world = World::new(&history);
            for step in &history.steps {
                world.step(step);
            }
            world.quiet();
            kills.fetch_add(world.kills, Ordering::Relaxed);
            Ok(())
        });
        if let Err(failure) = result {
            panic!("{failure}");
        }
    });
    let histories = u32::from(seeds) * cases;
    println!("{histories} histories with {} kills in {:.1} s", kills.into_inner(), began.elapsed().as_secs_f32());
}
