//! A reader without a lock, against a writer at full speed.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

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

fn check(read: &Loaded, before: u64, after: u64) {
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
            open.journal().outcome(intent, Outcome::Done { offer_id: id(number) }).await.unwrap();
        });
        done.store(number, Ordering::SeqCst);
        if number % 2 == 0 {
            open.publish().unwrap();
        }
    }
}
