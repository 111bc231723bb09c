//! Tests of what reaches the disk, and of what is found there again.

use std::fs;

use super::refusals::without;
use super::*;
use crate::disk;
use crate::offer::{InDoubtCreate, OfferStatus, Update, WriteOutcome};
use crate::state::{Lineage, StateError};

#[tokio::test]
async fn a_session_leaves_the_state_an_empty_journal_and_a_lock() {
    let fixture = Fixture::with_one_offer().await;
    assert_eq!(fixture.names(), ["offersync.state.json", "offersync.state.json.journal", "offersync.state.json.lock"]);
    assert_eq!(fs::metadata(fixture.store.journal_path()).unwrap().len(), 0);
    let published = StateDocument::parse(&fixture.bytes()).unwrap();
    assert_eq!(published.lineage, session(&fixture.store).lineage(), "it keeps its lineage");
}

#[test]
fn a_session_that_does_nothing_writes_no_state() {
    let fixture = Fixture::new();
    assert!(!session(&fixture.store).publish().unwrap().changed);
    assert_eq!(fixture.names(), ["offersync.state.json.lock"]);
    assert_eq!(
        fixture.store.read(Some(CAKE)).unwrap(),
        LoadedState { document: None, digest: None, journal_entries: 0 }
    );
    assert_eq!(fixture.names(), ["offersync.state.json.lock"]);
}

#[tokio::test]
async fn what_has_not_changed_is_not_written() {
    let fixture = Fixture::with_one_offer().await;
    let before = fs::metadata(fixture.store.path()).unwrap().modified().unwrap();
    let mut open = session(&fixture.store);
    let intent = open.journal().intend(key("b"), create("B")).await.unwrap();
    open.journal().outcome(intent, WriteOutcome::Rejected { message: "no".to_owned() }).await.unwrap();
    assert!(!open.publish().unwrap().changed);
    assert_eq!(fs::metadata(fixture.store.path()).unwrap().modified().unwrap(), before);
    assert!(!fixture.store.previous_path().exists());
    assert_eq!(fs::metadata(fixture.store.journal_path()).unwrap().len(), 0);
}

#[tokio::test]
async fn one_generation_is_kept() {
    let fixture = Fixture::with_one_offer().await;
    for (name, number) in [("b", 2), ("c", 3)] {
        let before = fixture.bytes();
        let mut open = session(&fixture.store);
        made(&open, name, number).await.unwrap();
        open.publish().unwrap();
        assert_eq!(fs::read(fixture.store.previous_path()).unwrap(), before);
        assert_ne!(fixture.bytes(), before);
    }
    assert_eq!(fixture.keys(), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_lost_state_is_not_started_over() {
    let fixture = Fixture::with_one_offer().await;
    let mut open = session(&fixture.store);
    made(&open, "b", 2).await.unwrap();
    open.publish().unwrap();
    made(&open, "c", 3).await.unwrap();
    drop(open);
    let state = fixture.bytes();
    fs::remove_file(fixture.store.path()).unwrap();
    let error = fixture.store.read(Some(CAKE)).unwrap_err();
    assert!(without(fixture.folder.path(), &error).contains("offersync.state.json.journal exists"));
    fs::remove_file(fixture.store.journal_path()).unwrap();
    let error = fixture.store.read(Some(CAKE)).unwrap_err();
    insta::assert_snapshot!(without(fixture.folder.path(), &error), @r#"
    offersync.state.json: the state file is missing, but offersync.state.json.previous exists
    help: bring back the one before the last apply with `cp offersync.state.json.previous offersync.state.json`. Without it offersync would create every offer again. Only to start over on purpose, name a new file with `state` in offersync.toml
    "#);
    assert!(Session::open(fixture.store.lock(Duration::ZERO, &|_| None).unwrap(), CAKE).is_err());
    disk::replace(fixture.store.path(), &state).unwrap();
    assert_eq!(fixture.keys(), ["a", "b"]);
}

#[tokio::test]
async fn an_interrupted_run_is_taken_up() {
    let fixture = Fixture::with_one_offer().await;
    let open = session(&fixture.store);
    made(&open, "b", 2).await.unwrap();
    drop(open.journal().intend(key("c"), create("C")).await.unwrap());
    drop(open);
    // Cut off in the middle of a line.
    let mut journal = fs::read(fixture.store.journal_path()).unwrap();
    journal.extend_from_slice(b"{\"sum\":\"0123");
    disk::replace(&fixture.store.journal_path(), &journal).unwrap();
    disk::replace(&fixture.store.path().with_extension("json.x.tmp"), b"left over").unwrap();
    let read = fixture.store.read(Some(CAKE)).unwrap();
    assert!(is_in_doubt(&read));
    assert_eq!(read.journal_entries, 3);
    let open = session(&fixture.store);
    let mut expected = read.document.unwrap();
    let found_at = open.recorded().in_doubt[&key("c")].sent_at;
    assert!(found_at.is_some(), "it counts from now");
    expected.recorded.in_doubt.get_mut(&key("c")).unwrap().sent_at = found_at;
    assert_eq!(*open.recorded(), expected.recorded);
    assert_eq!(open.digest(), expected.digest());
    drop(open);
    assert_eq!(fixture.store.read(Some(CAKE)).unwrap().document, Some(expected));
    assert_eq!(fixture.keys(), ["a", "b"]);
    assert_eq!(fs::metadata(fixture.store.journal_path()).unwrap().len(), 0);
    assert!(!fixture.names().concat().contains(".tmp"), "{:?}", fixture.names());
}

#[test]
fn a_create_in_doubt_of_an_older_state_counts_from_when_a_session_finds_it() {
    let fixture = Fixture::new();
    let mut document = super::document::document();
    let Operation::Create(request) = create("C") else { panic!("no create") };
    document.recorded.in_doubt.insert(key("c"), InDoubtCreate::new(request, "no reply".to_owned()));
    disk::replace(fixture.store.path(), &document.emit()).unwrap();
    let before = jiff::Timestamp::now();
    let sent_at = |recorded: &Recorded| recorded.in_doubt[&key("c")].sent_at;
    assert_eq!(sent_at(fixture.store.read(Some(CAKE)).unwrap().recorded().unwrap()), None, "a reader dates nothing");
    let found_at = sent_at(&session(&fixture.store).recorded());
    assert!(found_at >= Some(before), "{found_at:?}");
    // Not again by the next one.
    assert_eq!(sent_at(&session(&fixture.store).recorded()), found_at);
    assert_eq!(sent_at(fixture.store.read(Some(CAKE)).unwrap().recorded().unwrap()), found_at);
}

#[tokio::test]
async fn a_first_state_survives_a_crash_before_it_has_a_file() {
    let fixture = Fixture::new();
    let open = session(&fixture.store);
    let lineage = open.lineage();
    made(&open, "a", 1).await.unwrap();
    drop(open);
    assert!(!fixture.store.path().exists());
    let elsewhere = Store::new(fixture.store.path());
    assert_eq!(elsewhere.read(Some(CAKE)).unwrap().document.unwrap().lineage, lineage);
    assert!(matches!(elsewhere.read(Some("https://other.example")), Err(StateError::WrongInstance { .. })));
    let open = session(&elsewhere);
    assert_eq!((open.lineage(), open.recorded().offers.len()), (lineage, 1));
    assert!(fixture.store.path().exists());
}

#[tokio::test]
async fn a_damaged_middle_of_a_journal_is_refused_with_its_line() {
    let fixture = Fixture::with_one_offer().await;
    let open = session(&fixture.store);
    for (name, number) in [("b", 2), ("c", 3)] {
        made(&open, name, number).await.unwrap();
    }
    drop(open);
    let good = fs::read_to_string(fixture.store.journal_path()).unwrap();
    let damaged = good.replacen("\"offer_id\":2", "\"offer_id\":9", 1);
    disk::replace(&fixture.store.journal_path(), damaged.as_bytes()).unwrap();
    let error = fixture.store.read(Some(CAKE)).unwrap_err();
    insta::assert_snapshot!(without(fixture.folder.path(), &error), @r#"
    offersync.state.json.journal:3: the journal is damaged here: the line is not what offersync wrote, or one before it is missing
    help: the lines before it are good and hold what an interrupted apply did. Keep a copy of offersync.state.json.journal, and delete this line and all that follow. Then, before the next apply, record the offers that CAKE has and the deleted lines named: `offersync import --match`
    "#);
    // A line that is missing is seen too.
    let lines: Vec<_> = good.split_inclusive('\n').collect();
    let missing = [&lines[..2], &lines[3..]].concat().concat();
    disk::replace(&fixture.store.journal_path(), missing.as_bytes()).unwrap();
    assert!(matches!(fixture.store.read(None), Err(StateError::JournalDamaged { line: 3, .. })));
    disk::replace(&fixture.store.journal_path(), b"{\"sum\":\"0123456789abcdef\",\"line\":{}}\n").unwrap();
    assert!(matches!(fixture.store.read(None), Err(StateError::JournalDamaged { line: 1, .. })));
}

#[tokio::test]
async fn a_journal_of_another_state_is_refused() {
    let fixture = Fixture::with_one_offer().await;
    let open = session(&fixture.store);
    made(&open, "b", 2).await.unwrap();
    drop(open);
    let mut other = StateDocument::parse(&fixture.bytes()).unwrap();
    let lineage = other.lineage;
    other.lineage = Lineage::parse("01900000-0000-7000-8000-000000000002").unwrap();
    disk::replace(fixture.store.path(), &other.emit()).unwrap();
    let error = fixture.store.read(Some(CAKE)).unwrap_err();
    let shown = without(fixture.folder.path(), &error).replace(&lineage.to_string(), "LINEAGE");
    insta::assert_snapshot!(shown, @r#"
    offersync.state.json.journal: the journal belongs to another state (its lineage is LINEAGE, the state's is 01900000-0000-7000-8000-000000000002)
    help: it holds what an interrupted apply did, so that no id is lost. Bring back the state that it was written for and run `offersync apply`; or, if its offers are in this state already, move offersync.state.json.journal away
    "#);
}

#[tokio::test]
async fn a_newer_state_from_git_keeps_its_values_and_gains_the_ids() {
    let fixture = Fixture::with_one_offer().await;
    let open = session(&fixture.store);
    made(&open, "b", 2).await.unwrap();
    let field = Field::Payout.updatable().unwrap();
    let update = Update::new(id(1), [(field, Field::Payout.parse("22.00").unwrap())]).unwrap();
    let intent = open.journal().intend(key("a"), Operation::Update { update }).await.unwrap();
    open.journal().outcome(intent, WriteOutcome::done(id(1))).await.unwrap();
    drop(open);
    // Another process has paused `a` and set its payout since.
    let mut pulled = StateDocument::parse(&fixture.bytes()).unwrap();
    let record = pulled.recorded.offers.get_mut(&key("a")).unwrap();
    record.fields.set(Field::Payout, Field::Payout.parse("30.00").unwrap());
    record.fields.set(Field::OfferStatus, Field::OfferStatus.parse("inactive").unwrap());
    disk::replace(fixture.store.path(), &pulled.emit()).unwrap();
    let read = fixture.store.read(Some(CAKE)).unwrap();
    let recorded = read.recorded().unwrap();
    let fields = &recorded.offers[&key("a")].fields;
    assert_eq!(recorded.offers[&key("b")].offer_id, id(2));
    assert_eq!(fields.get(Field::Payout), None);
    assert_eq!(fields.get(Field::OfferStatus).unwrap().to_string(), "inactive");
    assert_eq!(*session(&fixture.store).recorded(), *recorded);
}

#[tokio::test]
async fn a_journal_and_a_state_that_contradict_each_other_are_refused() {
    let fixture = Fixture::with_one_offer().await;
    let open = session(&fixture.store);
    made(&open, "b", 2).await.unwrap();
    drop(open);
    let mut pulled = StateDocument::parse(&fixture.bytes()).unwrap();
    let mut record = pulled.recorded.offers[&key("a")].clone();
    record.offer_id = id(5);
    pulled.recorded.offers.insert(key("b"), record);
    disk::replace(fixture.store.path(), &pulled.emit()).unwrap();
    let error = fixture.store.read(Some(CAKE)).unwrap_err();
    insta::assert_snapshot!(without(fixture.folder.path(), &error), @r#"
    offersync.state.json and offersync.state.json.journal contradict each other: the key `b` has two of CAKE's offers: 2 and 5
    help: look up both in CAKE. Move offersync.state.json.journal away, but keep it: it names every offer that the interrupted apply created. For each of them that the state lacks and that is to stay, run `offersync state adopt KEY --offer-id N`; make the others inactive in CAKE
    "#);
}

#[cfg(unix)]
#[tokio::test]
async fn the_mode_stays_and_a_link_stays_a_link() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let fixture = Fixture::with_one_offer().await;
    fs::set_permissions(fixture.store.path(), fs::Permissions::from_mode(0o640)).unwrap();
    fs::create_dir(fixture.folder.path().join("elsewhere")).unwrap();
    let link = fixture.folder.path().join("elsewhere/link.json");
    symlink("../offersync.state.json", &link).unwrap();
    let linked = Store::new(&link);
    let same_lock = fs::canonicalize(linked.lock_path().parent().unwrap()).unwrap();
    assert_eq!(same_lock, fs::canonicalize(fixture.folder.path()).unwrap());
    let mut open = session(&linked);
    made(&open, "b", 2).await.unwrap();
    open.publish().unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::metadata(fixture.store.path()).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fixture.keys(), ["a", "b"]);
    assert_eq!(fs::read_dir(fixture.folder.path().join("elsewhere")).unwrap().count(), 1);
}

#[tokio::test]
async fn the_bytes_written_grow_with_the_actions() {
    let fixture = Fixture::new();
    let open = session(&fixture.store);
    let mut lengths = Vec::new();
    for number in 1..=40 {
        made(&open, &format!("k{number:03}"), number).await.unwrap();
        lengths.push(fs::metadata(fixture.store.journal_path()).unwrap().len());
    }
    let steps: Vec<_> = lengths.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // The number of a write has one digit at first, and two later.
    assert!(steps.iter().max().unwrap() - steps.iter().min().unwrap() <= 8, "{steps:?}");
}

#[tokio::test]
async fn writes_in_flight_share_their_syncs() {
    let fixture = Fixture::new();
    let open = session(&fixture.store);
    let intents = (0..64).map(|number| open.journal().intend(key(&format!("k{number}")), create("A")));
    let intents = futures_of(intents.collect()).await;
    assert_eq!(intents.iter().filter(|intent| intent.is_ok()).count(), 64);
    let numbers: std::collections::BTreeSet<_> = intents.iter().flatten().map(DurableIntent::number).collect();
    assert_eq!(numbers.len(), 64);
    assert_eq!(fixture.store.read(Some(CAKE)).unwrap().journal_entries, 64);
}

/// Polls all of them on one thread until each is done.
async fn futures_of<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in futures.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(ready) = future.as_mut().poll(context) {
                *output = Some(ready);
            }
        }
        if futures.iter().all(|(_, output)| output.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    futures.into_iter().filter_map(|(_, output)| output).collect()
}

#[tokio::test]
async fn an_update_in_doubt_makes_its_values_unknown() {
    let fixture = Fixture::with_one_offer().await;
    let open = session(&fixture.store);
    let update = Update::of_status(id(1), OfferStatus::Inactive);
    drop(open.journal().intend(key("a"), Operation::Retire { update }).await.unwrap());
    drop(open);
    let read = fixture.store.read(Some(CAKE)).unwrap();
    let record = &read.recorded().unwrap().offers[&key("a")];
    assert_eq!(record.status, crate::offer::RecordStatus::Live);
    assert_eq!(record.fields.get(Field::OfferStatus), None);
    assert!(record.fields.get(Field::Payout).is_some());
}
