//! Tests of disks that refuse: at every place of a publish and of a journal's write, nothing is lost.

use std::fs;
use std::path::PathBuf;

use super::refusals::without;
use super::*;
use crate::fault_point::{self, Fault};
use crate::state::StateError;

const PLACES_OF_A_PUBLISH: [&str; 9] = [
    "replace.before-write",
    "replace.within-write",
    "replace.before-sync",
    "replace.after-sync",
    "previous.before-rename",
    "previous.after-rename",
    "replace.before-rename",
    "replace.after-rename",
    "replace.after-folder-sync",
];

#[tokio::test]
async fn a_full_disk_while_publishing_loses_nothing() {
    for place in PLACES_OF_A_PUBLISH {
        let fixture = Fixture::with_one_offer().await;
        let mut open = session(&fixture.store);
        made(&open, "b", 2).await.unwrap();
        fault_point::arm(place, 1, Fault::NoSpace);
        let error = open.publish().unwrap_err();
        fault_point::disarm();
        assert!(error.help().contains("nothing is lost"), "{place}: {error}");
        if place == "replace.before-sync" {
            insta::assert_snapshot!(without(fixture.folder.path(), &error), @r#"
            offersync.state.json: the new state could not be saved: the temporary file beside it could not be written: No space left on device (os error 28)
            help: nothing is lost: the old state is as it was, and everything that was done, ids included, is in offersync.state.json.journal. Free disk space or fix the folder's permissions, then run `offersync apply` again: it continues from there
            "#);
        }
        drop(open);
        assert_eq!(fixture.keys(), ["a", "b"], "{place}");
        let mut again = session(&fixture.store);
        again.publish().unwrap();
        drop(again);
        assert_eq!(fixture.keys(), ["a", "b"], "{place}");
        assert_eq!(fs::metadata(fixture.store.journal_path()).unwrap().len(), 0, "{place}");
    }
}

#[tokio::test]
async fn publishing_can_be_tried_again_in_the_same_session() {
    let fixture = Fixture::with_one_offer().await;
    let mut open = session(&fixture.store);
    made(&open, "b", 2).await.unwrap();
    for place in PLACES_OF_A_PUBLISH {
        fault_point::arm(place, 1, Fault::Io);
        assert!(matches!(open.publish(), Err(StateError::NotPublished { .. })), "{place}");
    }
    fault_point::disarm();
    made(&open, "c", 3).await.unwrap();
    assert!(open.publish().unwrap().changed);
    assert_eq!(fixture.keys(), ["a", "b", "c"]);
}

#[tokio::test]
async fn the_first_error_of_the_journal_is_the_last_thing_written() {
    for (place, fault) in [
        ("journal.before-write", Fault::NoSpace),
        ("journal.within-write", Fault::NoSpace),
        ("journal.before-sync", Fault::Io),
    ] {
        let fixture = Fixture::with_one_offer().await;
        // The journal's thread works for this one, and inherits what it is armed with: the third batch fails.
        fault_point::arm(place, 3, fault);
        let mut open = session(&fixture.store);
        fault_point::disarm();
        made(&open, "b", 2).await.unwrap();
        let length = fs::metadata(fixture.store.journal_path()).unwrap().len();
        let first = open.journal().intend(key("c"), create("C")).await.unwrap_err().to_string();
        assert!(first.contains("offersync.state.json.journal: the journal cannot be written"), "{first}");
        let again = open.journal().intend(key("d"), create("D")).await.unwrap_err().to_string();
        assert_eq!(again, first);
        assert_eq!(fs::metadata(fixture.store.journal_path()).unwrap().len(), length, "{place}: cut back");
        assert_eq!(fixture.keys(), ["a", "b"]);
        // What was done is published all the same; what was not sent is not in doubt.
        open.publish().unwrap();
        drop(open);
        let read = fixture.store.read(Some(CAKE)).unwrap();
        assert_eq!((fixture.keys(), is_in_doubt(&read)), (vec!["a".to_owned(), "b".to_owned()], false));
    }
}

#[tokio::test]
async fn an_outcome_that_the_journal_refuses_is_still_published() {
    let fixture = Fixture::with_one_offer().await;
    fault_point::arm("journal.before-write", 2, Fault::NoSpace);
    let mut open = session(&fixture.store);
    fault_point::disarm();
    assert!(made(&open, "b", 2).await.is_err());
    assert!(is_in_doubt(&fixture.store.read(Some(CAKE)).unwrap()));
    open.publish().unwrap();
    drop(open);
    assert_eq!(fixture.keys(), ["a", "b"]);
    assert!(!is_in_doubt(&fixture.store.read(Some(CAKE)).unwrap()));
}

#[tokio::test]
async fn a_journal_that_cannot_be_emptied_is_harmless() {
    for place in ["journal.before-truncate", "journal.after-truncate"] {
        let fixture = Fixture::with_one_offer().await;
        fault_point::arm(place, 1, Fault::Io);
        let mut open = session(&fixture.store);
        fault_point::disarm();
        made(&open, "b", 2).await.unwrap();
        let error = open.publish().unwrap_err();
        assert!(matches!(error, StateError::JournalNotEmptied { .. }), "{place}: {error}");
        drop(open);
        let published = fixture.bytes();
        drop(session(&fixture.store));
        assert_eq!(fixture.bytes(), published, "{place}");
        assert_eq!(fixture.keys(), ["a", "b"], "{place}");
    }
}

#[tokio::test]
async fn a_state_that_cannot_be_replaced_is_found_out_before_the_first_entry() {
    for place in PLACES_OF_A_PUBLISH.into_iter().filter(|place| place.starts_with("replace.")) {
        let fixture = Fixture::with_one_offer().await;
        let before = fixture.bytes();
        // The journal's thread inherits what it is armed with.
        fault_point::arm(place, 1, Fault::NoSpace);
        let open = session(&fixture.store);
        fault_point::disarm();
        for name in ["b", "c"] {
            let error = made(&open, name, 2).await.unwrap_err();
            assert!(matches!(error, JournalError::NotReplaceable(_)), "{place}: {error}");
        }
        drop(open);
        assert_eq!(fixture.bytes(), before, "{place}");
        assert_eq!(fs::metadata(fixture.store.journal_path()).unwrap().len(), 0, "{place}: an entry was written");
        made(&session(&fixture.store), "b", 2).await.unwrap();
        assert_eq!(fixture.keys(), ["a", "b"], "{place}");
    }
}

#[test]
fn a_folder_that_takes_no_state_is_found_out_before_the_first_write() {
    let fixture = Fixture::new();
    let lock = fixture.store.lock(Duration::ZERO, &|_| None).unwrap();
    let moved = PathBuf::from(format!("{}.moved", fixture.folder.path().display()));
    fs::rename(fixture.folder.path(), &moved).unwrap();
    let error = Session::open(lock, CAKE).unwrap_err();
    fs::rename(&moved, fixture.folder.path()).unwrap();
    assert!(matches!(error, StateError::NotReplaceable { step: crate::disk::Step::Create, .. }), "{error}");
}

#[tokio::test]
async fn a_folder_in_the_way_of_the_previous_generation_loses_nothing() {
    let fixture = Fixture::with_one_offer().await;
    let mut open = session(&fixture.store);
    made(&open, "b", 2).await.unwrap();
    // After the trial.
    fs::create_dir_all(fixture.store.previous_path().join("in the way")).unwrap();
    let error = open.publish().unwrap_err();
    assert!(matches!(error, StateError::NotPublished { step: crate::disk::Step::KeepPrevious, .. }), "{error}");
    assert_eq!(fixture.keys(), ["a", "b"]);
}
