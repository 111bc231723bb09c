//! Tests of the whole room, on real files.

mod disk;
mod document;
mod lock;
mod racing;

use std::time::Duration;

use super::*;
use crate::offer::{Field, Fields, Key, NewOffer, OfferId, Recorded};

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

pub(super) fn create(name: &str) -> Purpose {
    Purpose::Create { offer: offer(name), ignored: [].into_iter().collect(), protect: false, replaces: None }
}

pub(super) fn session(store: &Store) -> Session {
    Session::open(store.lock(Duration::ZERO, &|_| None).unwrap(), CAKE).unwrap()
}

#[tokio::test]
async fn what_is_written_down_is_recorded_and_published() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(&folder.path().join("s.json"));
    let mut open = session(&store);
    let intent = open.journal().intend(key("a"), create("A")).await.unwrap();
    assert_eq!(store.read(Some(CAKE)).unwrap().recorded().unwrap().in_doubt.len(), 1);
    open.journal().outcome(intent, Outcome::Done { offer_id: id(12345) }).await.unwrap();
    let read = store.read(Some(CAKE)).unwrap();
    assert_eq!(read.journal_entries, 2);
    let published = open.publish().unwrap();
    let again = store.read(Some(CAKE)).unwrap();
    assert_eq!(again.document, read.document);
    assert_eq!(again.journal_entries, 0);
    assert_eq!(again.document.unwrap().digest(), published.digest);
    assert_ne!(*open.recorded(), Recorded::default());
}
