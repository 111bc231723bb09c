//! Tests of what is recorded after replies that were lost, or that contradict what was sent.

use super::validate::PendingState;
use super::*;
use crate::offer::{
    Baseline, Contradiction, CreateRequest, Field, FieldSet, Fields, InDoubtCreate, OfferId, OfferStatus, Record,
    RecordStatus, Replaced, Unsettled, Update, WriteOutcome,
};
use crate::state::tests::{create, id, key, offer};

pub(super) const NOW: Timestamp = Timestamp::UNIX_EPOCH;

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// A session over a state with the offer 1 as `a`.
pub(super) fn with_one() -> PendingState {
    let mut live = PendingState::over(Recorded::default(), 0);
    write(&mut live, &create("A"), WriteOutcome::done(id(1)));
    live
}

fn begin(live: &mut PendingState, operation: &Operation) -> u64 {
    let JournalEntry::Intent { number, .. } = live.intend(&key("a"), operation).unwrap() else { panic!("no intent") };
    number
}

pub(super) fn write(live: &mut PendingState, operation: &Operation, outcome: WriteOutcome) {
    let number = begin(live, operation);
    live.outcome(number, outcome).unwrap();
}

pub(super) fn record(live: PendingState) -> Record {
    live.finish(NOW).unwrap().0.offers.remove(&key("a")).unwrap()
}

fn in_doubt(live: PendingState) -> InDoubtCreate {
    live.finish(NOW).unwrap().0.in_doubt.remove(&key("a")).unwrap()
}

pub(super) fn update(field: Field, text: &str) -> Operation {
    let pair = (field.updatable().unwrap(), field.parse(text).unwrap());
    Operation::Update { update: Update::new(id(1), [pair]).unwrap() }
}

pub(super) fn to_status(number: u64, status: OfferStatus) -> Update {
    Update::of_status(id(number), status)
}

fn contradicted(number: u64, field: Field, shown: &str) -> WriteOutcome {
    let contradictions = vec![Contradiction { field, shown: shown.to_owned(), is_unreadable: false }];
    WriteOutcome::Done { offer_id: id(number), contradictions, lost_at: None }
}

fn done_after(lost_at: i64) -> WriteOutcome {
    WriteOutcome::Done { offer_id: id(1), contradictions: Vec::new(), lost_at: Some(at(lost_at)) }
}

pub(super) fn lost(sent_at: i64) -> WriteOutcome {
    WriteOutcome::InDoubt {
        message: "no reply".to_owned(),
        sent_at: Some(at(sent_at)),
        mismatch: false,
        accepted: false,
        named: None,
    }
}

pub(super) fn set(fields: &[Field]) -> FieldSet {
    fields.iter().copied().collect()
}

fn values(pairs: &[(Field, &str)]) -> Fields {
    pairs.iter().map(|(field, text)| (*field, field.parse(text).unwrap())).collect()
}

#[test]
fn a_value_that_the_reply_contradicts_is_unknown() {
    let mut live = PendingState::over(Recorded::default(), 0);
    write(&mut live, &create("A"), contradicted(1, Field::Payout, "99"));
    write(&mut live, &update(Field::Revenue, "30"), contradicted(1, Field::Revenue, "unreadable"));
    assert_eq!(record(live).fields, offer("A").into_fields().without(set(&[Field::Payout])));
}

#[test]
fn a_retire_whose_reply_says_active_is_not_done() {
    let mut live = with_one();
    let retire = Operation::Retire { update: to_status(1, OfferStatus::Inactive) };
    write(&mut live, &retire, contradicted(1, Field::OfferStatus, "active"));
    let record = record(live);
    assert_eq!((record.status, record.fields.get(Field::OfferStatus)), (RecordStatus::Live, None));
}

#[test]
fn a_restore_whose_reply_says_inactive_leaves_a_status_that_the_next_plan_sends() {
    let mut live = with_one();
    let retire = Operation::Retire { update: to_status(1, OfferStatus::Inactive) };
    write(&mut live, &retire, WriteOutcome::done(id(1)));
    let restore = Operation::Restore { update: to_status(1, OfferStatus::Active), protect: false };
    write(&mut live, &restore, contradicted(1, Field::OfferStatus, "inactive"));
    let record = record(live);
    assert_eq!((record.status, record.fields.get(Field::OfferStatus)), (RecordStatus::Live, None));
}

#[test]
fn a_replaced_offer_whose_reply_says_active_is_still_to_be_made_inactive() {
    let mut live = with_one();
    let request =
        CreateRequest { offer: offer("B"), ignored: FieldSet::default(), protect: false, replaces: Some(id(1)) };
    write(&mut live, &Operation::Create(request), WriteOutcome::done(id(2)));
    let retire = Operation::RetireReplaced { update: to_status(1, OfferStatus::Inactive) };
    write(&mut live, &retire, contradicted(1, Field::OfferStatus, "active"));
    let fields = record(with_one()).fields;
    assert_eq!(record(live).replaced, [Replaced { fields, ..Replaced::without_fields(id(1), false) }]);
}

#[test]
fn an_update_with_a_lost_attempt_is_unsettled_until_a_later_one_is_not() {
    let mut live = with_one();
    write(&mut live, &update(Field::Payout, "21"), done_after(7));
    write(&mut live, &update(Field::Revenue, "30"), lost(5));
    let both = Unsettled { sent_at: at(7), fields: set(&[Field::Payout, Field::Revenue]), waiting: Vec::new() };
    let recorded = live.finish(NOW).unwrap().0;
    assert_eq!(recorded.offers[&key("a")].unsettled, Some(both));
    assert_eq!(recorded.offers[&key("a")].fields.get(Field::Payout), Field::Payout.parse("21").ok().as_ref());
    let mut live = PendingState::over(recorded, 0);
    write(&mut live, &update(Field::Payout, "22"), WriteOutcome::Rejected { message: "no".to_owned() });
    write(&mut live, &update(Field::Revenue, "31"), WriteOutcome::done(id(1)));
    assert_eq!(
        record(live).unsettled,
        Some(Unsettled { sent_at: at(7), fields: set(&[Field::Payout]), waiting: Vec::new() })
    );
}

#[test]
fn a_request_without_an_outcome_counts_from_when_it_was_found() {
    let mut live = with_one();
    begin(&mut live, &update(Field::Payout, "21"));
    let expected = Some(Unsettled { sent_at: NOW, fields: set(&[Field::Payout]), waiting: Vec::new() });
    assert_eq!(record(live).unsettled, expected);
    let mut live = PendingState::over(Recorded::default(), 0);
    begin(&mut live, &create("A"));
    assert_eq!(in_doubt(live).sent_at, Some(NOW));
    // Who only reads does not date it, so that a plan depends on the files alone.
    let entries = [JournalEntry::Intent { number: 1, key: key("a"), operation: create("A") }];
    assert_eq!(replay(Recorded::default(), &entries, None).unwrap().in_doubt[&key("a")].sent_at, None);
}

#[test]
fn a_create_in_doubt_keeps_what_its_reply_and_the_listing_before_it_say() {
    let mut live = PendingState::over(Recorded::default(), 0);
    let advertiser = crate::offer::AdvertiserId::new(101).unwrap();
    let unowned = [(advertiser, [id(7)].into())].into();
    live.record_baselines(Baselines { highest: OfferId::new(9), unowned }).unwrap();
    let mismatch = WriteOutcome::InDoubt {
        message: "names `B`".to_owned(),
        sent_at: Some(at(5)),
        mismatch: true,
        accepted: true,
        named: None,
    };
    write(&mut live, &create("A"), mismatch);
    let create = in_doubt(live);
    assert_eq!((create.message.as_str(), create.sent_at), ("names `B`", Some(at(5))));
    assert!(create.mismatch && create.accepted);
    assert_eq!(create.baseline, Some(Baseline { highest: OfferId::new(9), unowned: [id(7)].into() }));
}

#[test]
fn a_create_that_is_answered_with_an_offer_of_its_baseline_is_in_doubt() {
    let mut live = PendingState::over(Recorded::default(), 0);
    let advertiser = crate::offer::AdvertiserId::new(101).unwrap();
    let unowned = [(advertiser, [id(7)].into())].into();
    live.record_baselines(Baselines { highest: OfferId::new(9), unowned }).unwrap();
    write(&mut live, &create("A"), WriteOutcome::done(id(7)));
    let create = in_doubt(live);
    assert!(create.mismatch && create.message.contains("the id 7"), "{create:?}");
}

#[test]
fn a_mismatch_is_not_forgotten_when_the_create_is_replayed_over_it() {
    let mut live = PendingState::over(Recorded::default(), 0);
    let mismatch = WriteOutcome::InDoubt {
        message: "names `B`".to_owned(),
        sent_at: None,
        mismatch: true,
        accepted: true,
        named: None,
    };
    write(&mut live, &create("A"), mismatch);
    let recorded = live.finish(NOW).unwrap().0;
    let again = [
        JournalEntry::Intent { number: 1, key: key("a"), operation: create("A") },
        JournalEntry::Outcome { number: 1, outcome: lost(3) },
    ];
    let create = &replay(recorded, &again, None).unwrap().in_doubt[&key("a")];
    assert!(create.mismatch && create.accepted);
}

#[test]
fn an_offer_that_was_found_is_recorded_as_cake_shows_it() {
    let mut live = PendingState::over(Recorded::default(), 0);
    write(&mut live, &create("A"), lost(3));
    let shown = values(&[(Field::Payout, "99"), (Field::Revenue, "1")]);
    let unreadable = set(&[Field::OfferStatus]);
    live.change_state(StateChange::ResolvedCreated { key: key("a"), offer_id: id(1), shown, unreadable }).unwrap();
    let mut expected = offer("A").into_fields().without(unreadable);
    expected.set(Field::Payout, Field::Payout.parse("99").unwrap());
    assert_eq!(record(live).fields, expected, "a field that is not managed is not recorded");
}

#[test]
fn what_is_settled_is_recorded_as_cake_shows_it() {
    let mut live = with_one();
    let retire = Operation::Retire { update: to_status(1, OfferStatus::Inactive) };
    write(&mut live, &retire, lost(3));
    let fields = values(&[(Field::OfferStatus, "inactive")]);
    let settled = StateChange::Settled { key: key("a"), offer_id: id(1), fields: fields.clone(), retired: true };
    live.change_state(settled).unwrap();
    let retired = record(live);
    assert_eq!((retired.status, retired.unsettled), (RecordStatus::Retired, None));
    assert_eq!(retired.fields.get(Field::OfferStatus), fields.get(Field::OfferStatus));
    // Without a value it only ends the wait.
    let mut live = with_one();
    write(&mut live, &update(Field::Payout, "21"), lost(3));
    let settled = StateChange::Settled { key: key("a"), offer_id: id(1), fields: Fields::default(), retired: false };
    live.change_state(settled).unwrap();
    let record = record(live);
    assert_eq!((record.unsettled, record.fields.get(Field::Payout)), (None, None));
}

#[test]
fn an_adopted_offer_replaces_the_keys_present_one() {
    let mut live = with_one();
    let replacement = |replaced| Record {
        offer_id: id(2),
        status: RecordStatus::Live,
        protect: false,
        replaced,
        unsettled: None,
        status_word: None,
        fields: Fields::default(),
    };
    let adopt = |replaced| StateChange::Adopt { key: key("a"), record: replacement(replaced) };
    let old = |number| Replaced::without_fields(id(number), false);
    let reason = |change| match live_error(&mut with_one(), change) {
        JournalError::Invalid { reason, .. } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(adopt(vec![])), InvalidEntry::KeyHasOffer(id(1)));
    assert_eq!(reason(adopt(vec![old(1), old(1)])), InvalidEntry::RepeatedOffer(id(1)));
    assert_eq!(reason(adopt(vec![old(1), old(2)])), InvalidEntry::RepeatedOffer(id(2)));
    live.change_state(adopt(vec![old(1)])).unwrap();
    let forget = StateChange::Forget { key: key("a"), offer_id: id(2) };
    let refused = live_error(&mut live, forget);
    assert!(
        matches!(refused, JournalError::Invalid { reason: InvalidEntry::ReplacedIsActive(old), .. } if old == id(1))
    );
    assert_eq!(record(live), replacement(vec![old(1)]));
}

fn live_error(live: &mut PendingState, change: StateChange) -> JournalError {
    live.change_state(change).unwrap_err()
}

#[test]
fn a_create_in_doubt_is_not_resolved_over_an_offer_that_the_key_got_elsewhere() {
    // What an interrupted run and a newer state leave together.
    let mut recorded = record_of_another_apply();
    recorded.in_doubt.insert(key("a"), doubt(None));
    let mut live = PendingState::over(recorded, 0);
    let resolved = |number| StateChange::ResolvedCreated {
        key: key("a"),
        offer_id: id(number),
        shown: Fields::default(),
        unreadable: FieldSet::default(),
    };
    let refused = live_error(&mut live, resolved(2));
    assert!(matches!(refused, JournalError::Invalid { reason: InvalidEntry::KeyHasOffer(has), .. } if has == id(1)));
    live.change_state(resolved(1)).unwrap();
    assert_eq!(record(live).offer_id, id(1));
}

#[test]
fn an_offer_never_replaces_itself() {
    let recorded = Recorded { in_doubt: [(key("a"), doubt(Some(id(1))))].into(), ..Recorded::default() };
    let resolved = StateChange::ResolvedCreated {
        key: key("a"),
        offer_id: id(1),
        shown: Fields::default(),
        unreadable: FieldSet::default(),
    };
    let after = replay(recorded, &[JournalEntry::StateChange(resolved)], None).unwrap();
    assert_eq!(after.offers[&key("a")].replaced, []);
}

fn record_of_another_apply() -> Recorded {
    with_one().finish(NOW).unwrap().0
}

fn doubt(replaces: Option<OfferId>) -> InDoubtCreate {
    let request = CreateRequest { offer: offer("A"), ignored: FieldSet::default(), protect: false, replaces };
    InDoubtCreate::new(request, "no reply".to_owned())
}

#[test]
fn every_line_about_a_lost_or_contradicted_reply_is_read_and_written_the_same() {
    let lines = [
        r#"{"outcome":{"number":1,"outcome":{"done":{"offer_id":1,"contradictions":[{"field":"payout","shown":"99"}]}}}}"#,
        r#"{"outcome":{"number":1,"outcome":{"done":{"offer_id":1,"lost_at":"2026-11-20T10:00:00Z"}}}}"#,
        r#"{"outcome":{"number":1,"outcome":{"in_doubt":{"message":"no","sent_at":"2026-11-20T10:00:00.5Z","mismatch":true}}}}"#,
        r#"{"baselines":{"highest":9,"unowned":{"101":[5,7]}}}"#,
        r#"{"baselines":{"highest":null,"unowned":{}}}"#,
        r#"{"note":{"resolved_created":{"key":"a","offer_id":1,"shown":{"payout":"99"},"unreadable":["offer_status"]}}}"#,
        r#"{"note":{"settled":{"key":"a","offer_id":1,"fields":{"payout":"99"}}}}"#,
        r#"{"note":{"settled":{"key":"a","offer_id":1,"fields":{},"retired":true}}}"#,
        r#"{"note":{"adopt":{"key":"a","record":{"offer_id":1,"status":"live","unsettled":{"sent_at":"2026-11-20T10:00:00Z","fields":["payout"]},"fields":{}}}}}"#,
    ];
    for line in lines {
        let entry: JournalEntry = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&entry).unwrap(), line);
    }
}

#[test]
fn a_replayed_adoption_says_again_which_replaced_offers_are_active() {
    let adopted = |number: u64, replaces: u64| Record {
        offer_id: id(number),
        status: RecordStatus::Live,
        protect: false,
        replaced: vec![Replaced::without_fields(id(replaces), false)],
        unsettled: None,
        status_word: None,
        fields: offer("A").into_fields(),
    };
    let base = Recorded { offers: [(key("a"), adopted(1, 9))].into(), ..Recorded::default() };
    let adopt = |record| JournalEntry::StateChange(StateChange::Adopt { key: key("a"), record });
    let entries = [
        JournalEntry::Intent {
            number: 1,
            key: key("a"),
            operation: Operation::RetireReplaced { update: to_status(9, OfferStatus::Inactive) },
        },
        JournalEntry::Outcome { number: 1, outcome: WriteOutcome::done(id(9)) },
        JournalEntry::StateChange(StateChange::Forget { key: key("a"), offer_id: id(1) }),
        adopt(adopted(2, 9)),
        adopt(adopted(3, 2)),
    ];
    let result = replay(base, &entries, Some(NOW)).unwrap();
    assert_eq!(replay(result.clone(), &entries, Some(NOW)).unwrap(), result);
}
