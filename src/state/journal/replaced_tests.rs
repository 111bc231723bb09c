//! Tests of what is unsettled of an offer while another one takes its place, and when its key takes it back.

use super::evidence_tests::{NOW, at, lost, record, set, to_status, update, with_one, write};
use super::validate::PendingState;
use super::*;
use crate::offer::{
    CreateRequest, Field, FieldSet, OfferStatus, Record, RecordStatus, Replaced, Unsettled, WriteOutcome,
};
use crate::state::tests::{id, key, offer};

/// A session in which offer 2 has replaced offer 1.
fn with_replaced(before: impl FnOnce(&mut PendingState)) -> PendingState {
    let mut live = with_one();
    before(&mut live);
    let request =
        CreateRequest { offer: offer("B"), ignored: FieldSet::default(), protect: false, replaces: Some(id(1)) };
    write(&mut live, &Operation::Create(request), WriteOutcome::done(id(2)));
    live
}

fn second_half() -> Operation {
    Operation::RetireReplaced { update: to_status(1, OfferStatus::Inactive) }
}

fn taken_back() -> Record {
    Record {
        offer_id: id(1),
        status: RecordStatus::Live,
        protect: false,
        replaced: vec![Replaced::without_fields(id(2), false)],
        unsettled: None,
        status_word: None,
        fields: offer("A").into_fields(),
    }
}

fn unsettled(sent_at: i64, field: Field) -> Unsettled {
    Unsettled { sent_at: at(sent_at), fields: set(&[field]), waiting: Vec::new() }
}

#[test]
fn a_lost_second_half_is_unsettled_until_a_later_outcome() {
    let status_of_1 = |live| record(live).unsettled_of(id(1)).cloned();
    let with_lost = || {
        let mut live = with_replaced(|_| {});
        write(&mut live, &second_half(), lost(5));
        live
    };
    assert_eq!(status_of_1(with_lost()), Some(unsettled(5, Field::OfferStatus)));
    let mut live = with_lost();
    write(&mut live, &second_half(), WriteOutcome::Rejected { message: "no".to_owned() });
    assert_eq!(
        status_of_1(live),
        Some(unsettled(5, Field::OfferStatus)),
        "the rejected one says nothing of the lost one"
    );
    let mut live = with_lost();
    write(&mut live, &second_half(), WriteOutcome::done(id(1)));
    assert_eq!(status_of_1(live), None);
    let seen = StateChange::ReplacedInactive { key: key("a"), offer_id: id(1) };
    let settled = StateChange::Settled { key: key("a"), offer_id: id(1), fields: Fields::default(), retired: false };
    for change in [seen, settled] {
        let mut live = with_lost();
        live.change_state(change).unwrap();
        assert_eq!(status_of_1(live), None);
    }
}

#[test]
fn a_lost_update_stays_with_an_offer_that_is_replaced_and_taken_back() {
    let mut live = with_replaced(|live| write(live, &update(Field::Payout, "99"), lost(5)));
    // The caller that takes the offer back need not know.
    live.change_state(StateChange::Adopt { key: key("a"), record: taken_back() }).unwrap();
    let record = record(live);
    assert_eq!((record.offer_id, record.unsettled.clone()), (id(1), Some(unsettled(5, Field::Payout))));
    assert_eq!(record.fields.get(Field::Payout), None);
    assert!(record.fields.get(Field::OfferStatus).is_some());
}

#[test]
fn a_lost_second_half_makes_the_status_unknown_where_the_offer_was_taken_back_elsewhere() {
    let newer = Recorded { offers: [(key("a"), taken_back())].into(), ..Recorded::default() };
    let entries = [
        JournalEntry::Intent { number: 1, key: key("a"), operation: second_half() },
        JournalEntry::Outcome { number: 1, outcome: lost(5) },
    ];
    let both = reconcile(&newer, replay(newer.clone(), &entries, Some(NOW)).unwrap());
    let record = &both.offers[&key("a")];
    assert_eq!(record.unsettled, Some(unsettled(5, Field::OfferStatus)));
    assert_eq!(record.fields, offer("A").into_fields().without(set(&[Field::OfferStatus])));
}

#[test]
fn what_was_lost_elsewhere_is_unknown_where_only_the_journal_takes_the_offer_back() {
    let mut live = with_replaced(|_| {});
    write(&mut live, &second_half(), lost(5));
    let newer = live.finish(NOW).unwrap().0;
    let adopt = JournalEntry::StateChange(StateChange::Adopt { key: key("a"), record: taken_back() });
    let both = reconcile(&newer, replay(newer.clone(), &[adopt], Some(NOW)).unwrap());
    let record = &both.offers[&key("a")];
    assert_eq!((record.offer_id, record.unsettled.clone()), (id(1), Some(unsettled(5, Field::OfferStatus))));
    assert_eq!(record.fields.get(Field::OfferStatus), None);
}
