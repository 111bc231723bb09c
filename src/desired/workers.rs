//! Runs a list of jobs on several threads, with the results in the order of the jobs.
//!
//! Knows nothing of files. A panic in a job propagates to the caller.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The number of jobs that a thread takes at a time: large enough to be cheap, small enough to balance the last ones.
const CHUNK: usize = 64;

/// Runs the jobs `0..count` in batches; the results are in the order of the jobs. Each thread has its own state, such as a buffer.
///
/// If the files are not cached, a disk answers 16 readers four times as fast as one, so there are more threads than cores. A small tree
/// is read by the calling thread alone.
pub(super) fn batches<S, T: Default + Send>(
    count: usize,
    chunk: usize,
    state: impl Fn() -> S + Sync,
    job: impl Fn(&mut S, &mut T, usize) + Sync,
) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = count.div_ceil(chunk).min(cores.max(8)).min(16);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::new());
    let work = || {
        let mut state = state();
        loop {
            let start = next.fetch_add(chunk, Ordering::Relaxed);
            if start >= count {
                return;
            }
            let mut results = T::default();
            (start..count.min(start + chunk)).for_each(|index| job(&mut state, &mut results, index));
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((start, results));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_unstable_by_key(|(start, _)| *start);
    done.into_iter().map(|(_, results)| results).collect()
}

/// The size of a chunk for jobs as small as a file.
pub(super) fn chunk() -> usize {
    CHUNK
}
