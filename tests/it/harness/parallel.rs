//! Many cases at once, and random numbers that a seed repeats.

use std::sync::Mutex;

/// Whether the long version of the tests was asked for: `OFFERSYNC_LONG_TESTS=1`.
pub(crate) fn long() -> bool {
    std::env::var_os("OFFERSYNC_LONG_TESTS").is_some_and(|value| value == "1")
}

/// Does the work for every item and returns the results in order. Several threads a core: most of the time is spent waiting
/// for disks, and for replies that never come.
pub(crate) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = 6 * std::thread::available_parallelism().map_or(2, usize::from).min(8);
    let next = Mutex::new(0..items.len());
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(index) = next.lock().unwrap().next() else { return };
                    let result = work(&items[index]);
                    results.lock().unwrap().push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Numbers that look random and are the same for the same seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}
