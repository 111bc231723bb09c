//! Tests of two processes that hold the lock at the same time, as some network file systems allow: neither removes what the other wrote.

use std::fs;
use std::io::Write as _;

use super::refusals::without;
use super::*;
use crate::disk;
use crate::state::StateError;

/// Another process that had the lock as well: publishes one more offer, with everything that the journal holds by then.
async fn publish_elsewhere(fixture: &Fixture, name: &str, number: u64) {
    let elsewhere = Fixture::new();
    for (from, to) in [
        (fixture.store.path().to_owned(), elsewhere.store.path().to_owned()),
        (fixture.store.journal_path(), elsewhere.store.journal_path()),
    ] {
        if from.exists() {
            fs::copy(from, to).unwrap();
        }
    }
    let mut other = session(&elsewhere.store);
    made(&other, name, number).await.unwrap();
    other.publish().unwrap();
    fs::copy(elsewhere.store.path(), fixture.store.path()).unwrap();
}

#[tokio::test]
async fn a_state_that_changed_under_a_lock_that_does_not_lock_is_not_overwritten() {
    let fixture = Fixture::with_one_offer().await;
    let mut open = session(&fixture.store);
    made(&open, "b", 2).await.unwrap();
    publish_elsewhere(&fixture, "c", 3).await;
    let theirs = fixture.bytes();
    for _ in 0..2 {
        let error = open.publish().unwrap_err();
        insta::allow_duplicates! {
            insta::assert_snapshot!(without(fixture.folder.path(), &error), @r"
            offersync.state.json: another process changed the state while this one held its lock; it was not overwritten
            help: nothing is lost: what this run recorded is in offersync.state.json.journal, or in that state already. Run `offersync apply` again: it brings both together. Then move the state to a file system that supports locks, or make sure that only one apply runs at a time
            ");
        }
        assert_eq!(fixture.bytes(), theirs);
    }
    made(&open, "d", 4).await.unwrap();
    drop(open);
    drop(session(&fixture.store));
    assert_eq!(fixture.keys(), ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn a_first_state_that_appeared_and_one_that_vanished_are_changes_too() {
    let fixture = Fixture::new();
    let mut open = session(&fixture.store);
    made(&open, "a", 1).await.unwrap();
    publish_elsewhere(&fixture, "b", 2).await;
    assert!(matches!(open.publish(), Err(StateError::Changed { .. })));
    drop(open);
    assert_eq!(session(&fixture.store).recorded().offers.len(), 2);
    let mut open = session(&fixture.store);
    made(&open, "c", 3).await.unwrap();
    fs::remove_file(fixture.store.path()).unwrap();
    assert!(matches!(open.publish(), Err(StateError::Changed { .. })));
    assert!(!fixture.store.path().exists());
}

#[tokio::test]
async fn a_journal_that_another_process_changed_is_neither_written_nor_emptied() {
    let fixture = Fixture::with_one_offer().await;
    let mut open = session(&fixture.store);
    made(&open, "b", 2).await.unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(fixture.store.journal_path()).unwrap();
    file.write_all(b"an entry of another process\n").unwrap();
    let journal = fs::read(fixture.store.journal_path()).unwrap();
    assert!(matches!(made(&open, "c", 3).await, Err(JournalError::Write { .. })));
    assert!(matches!(open.publish(), Err(StateError::JournalNotEmptied { .. })));
    assert_eq!(fs::read(fixture.store.journal_path()).unwrap(), journal);
}

#[tokio::test]
async fn a_state_in_another_spelling_is_replaced_by_the_session_that_read_it() {
    let fixture = Fixture::with_one_offer().await;
    let respelled = String::from_utf8(fixture.bytes()).unwrap().replace("  ", "\t");
    disk::replace(fixture.store.path(), respelled.as_bytes()).unwrap();
    let mut open = session(&fixture.store);
    for (name, number) in [("b", 2), ("c", 3)] {
        made(&open, name, number).await.unwrap();
        assert!(open.publish().unwrap().changed);
    }
    assert_eq!(fixture.keys(), ["a", "b", "c"]);
}
