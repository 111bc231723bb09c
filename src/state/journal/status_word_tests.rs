//! Tests of CAKE's word for the status of an imported offer: it is kept until a status is recorded.

use super::evidence_tests::{NOW, lost, record, to_status, update, write};
use super::validate::PendingState;
use super::*;
use crate::offer::{
    Contradiction, Field, FieldSet, Fields, OfferStatus, Record, RecordStatus, StatusWord, WriteOutcome,
};
use crate::state::tests::{id, key, offer};

/// A session that has imported offer 1 as `a`, with the status `Expired`.
fn imported() -> PendingState {
    let record = Record {
        offer_id: id(1),
        status: RecordStatus::Live,
        protect: false,
        replaced: Vec::new(),
        unsettled: None,
        status_word: StatusWord::shown("Expired"),
        fields: offer("A").into_fields().without(FieldSet::from_iter([Field::OfferStatus])),
    };
    let mut live = PendingState::over(Recorded::default(), 0);
    live.change_state(StateChange::Adopt { key: key("a"), record }).unwrap();
    live
}

fn status(text: &str) -> Fields {
    [(Field::OfferStatus, Field::OfferStatus.parse(text).unwrap())].into_iter().collect()
}

fn word(live: PendingState) -> Option<StatusWord> {
    record(live).status_word
}

#[test]
fn a_write_without_a_confirmed_status_keeps_the_word() {
    let shown = Contradiction { field: Field::OfferStatus, shown: "Expired".to_owned(), is_unreadable: true };
    let contradicted = WriteOutcome::Done { offer_id: id(1), contradictions: vec![shown], lost_at: None };
    let rejected = WriteOutcome::Rejected { message: "no".to_owned() };
    for outcome in [contradicted, rejected, lost(5)] {
        let mut live = imported();
        write(&mut live, &update(Field::OfferStatus, "inactive"), outcome);
        assert_eq!(word(live), StatusWord::shown("Expired"));
    }
    let mut live = imported();
    write(&mut live, &update(Field::Payout, "21"), WriteOutcome::done(id(1)));
    live.change_state(StateChange::Rename { from: key("a"), to: key("b"), offer_id: id(1) }).unwrap();
    let recorded = live.finish(NOW).unwrap().0;
    assert_eq!(recorded.offers[&key("b")].status_word, StatusWord::shown("Expired"));
}

#[test]
fn a_recorded_status_ends_the_word() {
    for operation in [
        update(Field::OfferStatus, "active"),
        Operation::Retire { update: to_status(1, OfferStatus::Inactive) },
        Operation::Restore { update: to_status(1, OfferStatus::Active), protect: true },
    ] {
        let mut live = imported();
        write(&mut live, &operation, WriteOutcome::done(id(1)));
        assert_eq!(word(live), None, "{operation:?}");
    }
    let (key, offer_id) = (key("a"), id(1));
    for change in [
        StateChange::AcceptRemote { key: key.clone(), offer_id, fields: status("inactive") },
        StateChange::Settled { key, offer_id, fields: status("active"), retired: false },
    ] {
        let mut live = imported();
        live.change_state(change.clone()).unwrap();
        assert_eq!(word(live), None, "{change:?}");
    }
}
