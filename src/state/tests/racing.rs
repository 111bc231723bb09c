//! A reader without a lock: against a writer at full speed, and against one that acts between any two of its readings.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::offer::WriteOutcome;

/// The writer makes one offer after the other, publishing after every second one. At each moment the offers are 1 to n, or
/// 1 to n and the next one in doubt; a reader that took an old state together with an emptied journal would miss some, one
/// that took a new state with a half-read journal would see anything.
#[test]
fn a_reader_never_sees_less_than_was_done_before_it_began() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(&folder.path().join("offersync.state.json"));
    let (done, last) = (AtomicU64::new(0), 120);
    std::thread::scope(|scope| {
        scope.spawn(|| write(&store, last, &done));
        let mut reads = 0;
        loop {
            let before = done.load(Ordering::SeqCst);
            let read = store.read(Some(CAKE)).unwrap();
            let after = done.load(Ordering::SeqCst);
            check(&read, before, after);
            reads += 1;
            if before == last {
                break;
            }
        }
        assert!(reads > 1);
    });
}

fn check(read: &LoadedState, before: u64, after: u64) {
    let Some(recorded) = read.recorded() else {
        assert_eq!(before, 0);
        return;
    };
    let count = recorded.offers.len() as u64;
    assert!(count >= before && count <= after + 1, "{before} <= {count} <= {after} + 1");
    for (number, (key, record)) in (1..).zip(&recorded.offers) {
        assert_eq!((key.to_string(), record.offer_id), (format!("k{number:04}"), id(number)));
    }
    assert!(recorded.in_doubt.len() <= 1);
    for key in recorded.in_doubt.keys() {
        assert_eq!(key.to_string(), format!("k{:04}", count + 1));
    }
}

fn write(store: &Store, last: u64, done: &AtomicU64) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut open = session(store);
    for number in 1..=last {
        runtime.block_on(async {
            let intent = open.journal().intend(key(&format!("k{number:04}")), create("A")).await.unwrap();
            open.journal().outcome(intent, WriteOutcome::done(id(number))).await.unwrap();
        });
        done.store(number, Ordering::SeqCst);
        if number % 2 == 0 {
            open.publish().unwrap();
        }
    }
}

/// What a reader sees when `act` happens right before its reading with that number, from 0.
fn read_with(store: &Store, number: usize, act: impl FnOnce()) -> (LoadedState, usize) {
    let (mut readings, mut act) = (0, Some(act));
    let mut file = |path: &Path| {
        if readings == number
            && let Some(act) = act.take()
        {
            act();
        }
        readings += 1;
        crate::state::files::open_if_there(path)
    };
    let loaded = store.read_through(&mut file, Some(CAKE)).unwrap();
    (loaded, readings)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn a_state_that_is_published_between_two_readings_is_read_again() {
    for number in 0..3 {
        let fixture = block_on(Fixture::with_one_offer());
        let mut open = session(&fixture.store);
        block_on(made(&open, "b", 2)).unwrap();
        let (read, readings) = read_with(&fixture.store, number, || drop(open.publish().unwrap()));
        let keys: Vec<_> = read.recorded().unwrap().offers.keys().map(Key::as_str).collect();
        assert_eq!(keys, ["a", "b"], "published before reading {number}");
        // Before the first reading nothing has been seen yet that could have changed.
        assert_eq!(readings, if number == 0 { 3 } else { 6 }, "published before reading {number}");
    }
}

#[test]
fn a_journal_that_is_started_between_two_readings_is_read_with_its_own_state() {
    for number in 0..3 {
        let fixture = block_on(Fixture::with_one_offer());
        let mut open = session(&fixture.store);
        // Two whole applies in between: the journal that the last reading finds was started on a state not yet read.
        let (read, _) = read_with(&fixture.store, number, || {
            block_on(made(&open, "b", 2)).unwrap();
            open.publish().unwrap();
            block_on(made(&open, "c", 3)).unwrap();
        });
        let keys: Vec<_> = read.recorded().unwrap().offers.keys().map(Key::as_str).collect();
        assert_eq!(keys, ["a", "b", "c"], "before reading {number}");
    }
}

#[test]
fn a_journal_that_grows_between_two_readings_is_no_reason_to_read_again() {
    let fixture = block_on(Fixture::with_one_offer());
    let open = session(&fixture.store);
    block_on(made(&open, "b", 2)).unwrap();
    let (read, readings) = read_with(&fixture.store, 2, || drop(block_on(made(&open, "c", 3)).unwrap()));
    assert_eq!((read.journal_entries, readings), (4, 3));
}
