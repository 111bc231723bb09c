//! A list of jobs done by several threads, with the results in the order of the jobs.
//!
//! Knows nothing of files. A job that panics takes the calling thread with it, so no result is lost in silence.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::Scope;
use std::time::{Duration, Instant};

/// Jobs that a thread takes at a time: enough that taking them costs nothing, few enough that the last ones are shared.
pub(super) const CHUNK: usize = 64;

/// Upper bound on threads: a disk whose files are not cached answers this many readers four times as fast as one.
const MAX_THREADS: usize = 16;

/// A job that takes longer waits for a disk. Reading a cached file takes a tenth of this.
const SLOW_JOB: Duration = Duration::from_micros(100);

/// Does the jobs `0..count`, `chunk` at a time, and returns each chunk's results in the order of the jobs. Each thread has a
/// state of its own, such as a buffer.
///
/// Starts with a thread for each core, and adds threads while the jobs turn out to be slow.
pub(super) fn batches<S, T: Default + Send>(
    count: usize,
    chunk: usize,
    state: impl Fn() -> S + Sync,
    job: impl Fn(&mut S, &mut T, usize) + Sync,
) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = count.div_ceil(chunk).min(cores).min(MAX_THREADS);
    let pool = Pool {
        count,
        chunk,
        state,
        job,
        next: AtomicUsize::new(0),
        threads: AtomicUsize::new(threads),
        done: Mutex::new(Vec::new()),
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| pool.work(scope));
        }
        pool.work(scope);
    });
    let mut done = pool.done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(start, _)| *start);
    done.into_iter().map(|(_, results)| results).collect()
}

struct Pool<F, J, T> {
    count: usize,
    chunk: usize,
    state: F,
    job: J,
    /// The first job that no thread has taken.
    next: AtomicUsize,
    /// How many threads were started.
    threads: AtomicUsize,
    /// The results of each chunk, with its first job.
    done: Mutex<Vec<(usize, T)>>,
}

impl<S, F: Fn() -> S + Sync, T: Default + Send, J: Fn(&mut S, &mut T, usize) + Sync> Pool<F, J, T> {
    /// Takes chunks until there is none left.
    fn work<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) {
        let mut state = (self.state)();
        loop {
            let start = self.next.fetch_add(self.chunk, Ordering::Relaxed);
            if start >= self.count {
                return;
            }
            let end = self.count.min(start + self.chunk);
            let (mut results, mut slow, mut began) = (T::default(), 0, Instant::now());
            for index in start..end {
                (self.job)(&mut state, &mut results, index);
                let ended = Instant::now();
                slow += usize::from(ended - began > SLOW_JOB);
                began = ended;
            }
            self.done.lock().unwrap_or_else(PoisonError::into_inner).push((start, results));
            // Most of them: a thread that the system suspends makes one job slow, a disk all.
            if slow > (end - start) / 2 && self.threads.fetch_add(1, Ordering::Relaxed) < MAX_THREADS {
                scope.spawn(|| self.work(scope));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_are_in_the_order_of_the_jobs_however_slow_they_are() {
        let job = |ran: &mut usize, results: &mut Vec<usize>, index: usize| {
            *ran += 1;
            if *ran <= 20 {
                std::thread::sleep(SLOW_JOB * 2);
            }
            results.push(index);
        };
        let results: Vec<Vec<usize>> = batches(1000, 10, || 0, job);
        assert_eq!(results.concat(), (0..1000).collect::<Vec<_>>());
        assert!(batches(0, 10, || 0, job).is_empty());
    }
}
