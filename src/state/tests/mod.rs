//! Tests of the whole room, on real files.

mod broken_lock;
mod canonical;
mod disk;
mod document;
mod faults;
mod lock;
mod racing;
mod refusals;

use std::fs;
use std::time::Duration;

use super::*;
use crate::offer::{CreateRequest, Field, Fields, Key, NewOffer, OfferId, Operation, Recorded, WriteOutcome};

pub(super) const CAKE: &str = "https://yourdomain.cakemarketing.com";

pub(super) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

pub(super) fn id(number: u64) -> OfferId {
    OfferId::new(number).unwrap()
}

pub(super) fn offer(name: &str) -> NewOffer {
    let pairs = [
        (Field::OfferName, name),
        (Field::AdvertiserId, "101"),
        (Field::VerticalId, "7"),
        (Field::OfferUrl, "https://track.example.com/c?o={offer_id}"),
        (Field::Payout, "20.00"),
    ];
    let fields: Fields = pairs.into_iter().map(|(field, text)| (field, field.parse(text).unwrap())).collect();
    NewOffer::new(fields).unwrap()
}

pub(super) fn create(name: &str) -> Operation {
    Operation::Create(CreateRequest {
        offer: offer(name),
        ignored: [].into_iter().collect(),
        protect: false,
        replaces: None,
    })
}

pub(super) fn session(store: &Store) -> Session {
    Session::open(store.lock(Duration::ZERO, &|_| None).unwrap(), CAKE).unwrap()
}

pub(super) fn is_in_doubt(read: &LoadedState) -> bool {
    read.recorded().is_some_and(|recorded| !recorded.in_doubt.is_empty())
}

/// A store in a folder of its own, with a published state of one offer, `a` with the id 1.
pub(super) struct Fixture {
    pub(super) folder: tempfile::TempDir,
    pub(super) store: Store,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(&folder.path().join("offersync.state.json"));
        Self { folder, store }
    }

    pub(super) async fn with_one_offer() -> Self {
        let fixture = Self::new();
        let mut open = session(&fixture.store);
        made(&open, "a", 1).await.unwrap();
        assert!(open.publish().unwrap().changed);
        fixture
    }

    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(self.folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        fs::read(self.store.path()).unwrap()
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let read = self.store.read(Some(CAKE)).unwrap();
        read.recorded().map(|recorded| recorded.offers.keys().map(Key::to_string).collect()).unwrap_or_default()
    }
}

pub(super) async fn made(session: &Session, name: &str, number: u64) -> Result<WriteOutcome, JournalError> {
    let intent = session.journal().intend(key(name), create(name)).await?;
    session.journal().outcome(intent, WriteOutcome::done(id(number))).await
}

#[tokio::test]
async fn what_is_written_down_is_recorded_and_published() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(&folder.path().join("s.json"));
    let mut open = session(&store);
    let intent = open.journal().intend(key("a"), create("A")).await.unwrap();
    assert_eq!(store.read(Some(CAKE)).unwrap().recorded().unwrap().in_doubt.len(), 1);
    open.journal().outcome(intent, WriteOutcome::done(id(12345))).await.unwrap();
    let read = store.read(Some(CAKE)).unwrap();
    assert_eq!(read.journal_entries, 2);
    let published = open.publish().unwrap();
    let again = store.read(Some(CAKE)).unwrap();
    assert_eq!(again.document, read.document);
    assert_eq!(again.journal_entries, 0);
    assert_eq!(again.document.unwrap().digest(), published.digest);
    assert_ne!(*open.recorded(), Recorded::default());
}
