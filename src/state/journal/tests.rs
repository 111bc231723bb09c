//! Tests of what a journal takes and what it refuses, and of the shape of its lines.

use super::histories::bytes_of;
use super::validate::PendingState;
use super::*;
use crate::offer::{CreateRequest, FieldSet, Fields, OfferId, OfferStatus, Record, RecordStatus, Update, WriteOutcome};
use crate::state::tests::{create, id, key, offer};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn live() -> PendingState {
    PendingState::over(Recorded::default(), 0)
}

fn write(live: &mut PendingState, name: &str, operation: &Operation, outcome: WriteOutcome) -> WriteOutcome {
    let JournalEntry::Intent { number, .. } = live.intend(&key(name), operation).unwrap() else { panic!("no intent") };
    let JournalEntry::Outcome { outcome, .. } = live.outcome(number, outcome).unwrap() else { panic!("no outcome") };
    outcome
}

fn made(live: &mut PendingState, name: &str, number: u64) {
    assert_eq!(write(live, name, &create(name), done(number)), done(number));
}

fn done(number: u64) -> WriteOutcome {
    WriteOutcome::done(id(number))
}

fn in_doubt() -> WriteOutcome {
    WriteOutcome::in_doubt("no reply".to_owned())
}

fn refusal<T: std::fmt::Debug>(result: Result<T, JournalError>) -> InvalidEntry {
    match result {
        Err(JournalError::Invalid { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

fn replacing(old: u64) -> Operation {
    Operation::Create(CreateRequest {
        offer: offer("new"),
        ignored: FieldSet::default(),
        protect: false,
        replaces: Some(id(old)),
    })
}

fn retire(number: u64) -> Operation {
    Operation::Retire { update: Update::of_status(id(number), OfferStatus::Inactive) }
}

#[test]
fn a_create_in_doubt_is_not_sent_again_before_it_is_resolved() {
    let mut live = live();
    assert_eq!(write(&mut live, "a", &create("A"), in_doubt()), in_doubt());
    assert_eq!(refusal(live.intend(&key("a"), &create("A"))), InvalidEntry::InDoubt);
    live.change_state(StateChange::ResolvedNotCreated { key: key("a") }).unwrap();
    made(&mut live, "a", 1);
    let recorded = live.finish(NOW).unwrap().0;
    assert_eq!((recorded.offers.len(), recorded.in_doubt.len()), (1, 0));
}

#[test]
fn a_create_that_was_rejected_or_not_sent_may_be_sent_again() {
    let mut live = live();
    for outcome in [
        WriteOutcome::Rejected { message: "Invalid Advertiser ID".to_owned() },
        WriteOutcome::NotSent { message: "connection refused".to_owned() },
    ] {
        assert_eq!(write(&mut live, "a", &create("A"), outcome.clone()), outcome);
    }
    made(&mut live, "a", 1);
}

#[test]
fn an_id_that_is_recorded_already_is_no_proof_of_a_create() {
    let mut live = live();
    made(&mut live, "a", 1);
    let WriteOutcome::InDoubt { message, .. } = write(&mut live, "b", &create("B"), done(1)) else {
        panic!("taken for done")
    };
    assert_eq!(message, "CAKE answered with the id 1, which is the offer of `a` already");
    let recorded = live.finish(NOW).unwrap().0;
    assert_eq!(recorded.in_doubt[&key("b")].message, message);
    assert_eq!(recorded.offers.len(), 1);
}

#[test]
fn one_write_of_a_key_at_a_time() {
    let mut live = live();
    made(&mut live, "a", 1);
    live.intend(&key("a"), &retire(1)).unwrap();
    assert_eq!(refusal(live.intend(&key("a"), &retire(1))), InvalidEntry::InFlight);
    let forget = StateChange::Forget { key: key("a"), offer_id: id(1) };
    assert_eq!(refusal(live.change_state(forget)), InvalidEntry::InFlight);
    assert!(live.outcome(2, done(1)).is_ok());
    assert!(matches!(live.outcome(2, done(1)), Err(JournalError::NoSuchIntent { number: 2 })));
}

#[test]
fn a_replace_keeps_the_old_id_until_it_is_surely_inactive() {
    let mut live = live();
    made(&mut live, "a", 1);
    assert_eq!(refusal(live.intend(&key("a"), &create("A"))), InvalidEntry::KeyHasOffer(id(1)));
    assert_eq!(refusal(live.intend(&key("a"), &replacing(9))), InvalidEntry::KeyHasOffer(id(1)));
    assert_eq!(refusal(live.intend(&key("b"), &replacing(1))), InvalidEntry::NotItsOffer(id(1)));
    assert_eq!(write(&mut live, "a", &replacing(1), in_doubt()), in_doubt());
    let forget = StateChange::Forget { key: key("a"), offer_id: id(1) };
    assert_eq!(refusal(live.change_state(forget)), InvalidEntry::InDoubt, "its heir may be there");
    live.change_state(StateChange::ResolvedCreated {
        key: key("a"),
        offer_id: id(2),
        shown: Fields::default(),
        unreadable: FieldSet::default(),
    })
    .unwrap();
    let second_half = Operation::RetireReplaced { update: Update::of_status(id(1), OfferStatus::Inactive) };
    write(&mut live, "a", &second_half, in_doubt());
    assert!(!live.replay().offers[&id(2)].1.replaced[0].inactive);
    write(&mut live, "a", &second_half, done(1));
    let record = &live.finish(NOW).unwrap().0.offers[&key("a")];
    assert_eq!(record.offer_id, id(2));
    assert_eq!(record.replaced.iter().map(|old| (old.offer_id, old.inactive)).collect::<Vec<_>>(), [(id(1), true)]);
}

#[test]
fn a_replaced_offer_is_forgotten_alone_and_for_its_own_key() {
    let mut live = live();
    made(&mut live, "a", 1);
    made(&mut live, "b", 3);
    write(&mut live, "a", &replacing(1), done(2));
    let forget = |key_: &str| StateChange::Forget { key: key(key_), offer_id: id(1) };
    assert_eq!(refusal(live.change_state(forget("b"))), InvalidEntry::NotItsOffer(id(1)));
    live.change_state(forget("a")).unwrap();
    assert_eq!(refusal(live.change_state(forget("a"))), InvalidEntry::NotItsOffer(id(1)));
    assert_eq!(live.replay().owner(id(1)), None);
    let recorded = live.finish(NOW).unwrap().0;
    assert_eq!((recorded.offers[&key("a")].offer_id, recorded.offers[&key("a")].replaced.len()), (id(2), 0));
}

#[test]
fn a_retire_is_recorded_when_it_is_sure() {
    let mut live = live();
    made(&mut live, "a", 1);
    write(&mut live, "a", &retire(1), WriteOutcome::Rejected { message: "no".to_owned() });
    let status = |live: &PendingState| live.replay().offers[&id(1)].1.status;
    assert_eq!(status(&live), RecordStatus::Live);
    write(&mut live, "a", &retire(1), done(1));
    assert_eq!(status(&live), RecordStatus::Retired);
    let restore = Operation::Restore { update: Update::of_status(id(1), OfferStatus::Active), protect: true };
    write(&mut live, "a", &restore, done(1));
    let record = &live.finish(NOW).unwrap().0.offers[&key("a")];
    assert_eq!((record.status, record.protect), (RecordStatus::Live, true));
}

#[test]
fn a_restore_in_doubt_counts_as_live_with_an_unknown_status() {
    let mut live = live();
    made(&mut live, "a", 1);
    write(&mut live, "a", &retire(1), done(1));
    let restore = Operation::Restore { update: Update::of_status(id(1), OfferStatus::Active), protect: true };
    write(&mut live, "a", &restore, in_doubt());
    let record = &live.finish(NOW).unwrap().0.offers[&key("a")];
    assert_eq!((record.status, record.protect), (RecordStatus::Live, false));
    assert_eq!(record.fields.get(crate::offer::Field::OfferStatus), None);
}

#[test]
fn a_note_about_an_offer_that_has_moved_on_says_nothing() {
    let mut live = live();
    made(&mut live, "a", 1);
    let recorded = live.finish(NOW).unwrap().0;
    let stale = [
        JournalEntry::StateChange(StateChange::Rename { from: key("z"), to: key("b"), offer_id: id(1) }),
        JournalEntry::StateChange(StateChange::Forget { key: key("z"), offer_id: id(1) }),
        JournalEntry::StateChange(StateChange::Protect { key: key("a"), offer_id: id(9), protect: true }),
        JournalEntry::StateChange(StateChange::ResolvedCreated {
            key: key("a"),
            offer_id: id(9),
            shown: Fields::default(),
            unreadable: FieldSet::default(),
        }),
    ];
    assert_eq!(replay(recorded.clone(), &stale, None), Ok(recorded));
}

#[test]
fn an_offer_is_adopted_and_renamed_only_where_both_are_free() {
    let mut live = live();
    made(&mut live, "a", 1);
    made(&mut live, "b", 2);
    let record = |number| Record {
        offer_id: id(number),
        status: RecordStatus::Live,
        fields: Fields::default(),
        protect: false,
        replaced: Vec::new(),
        unsettled: None,
        status_word: None,
    };
    let adopt = |name: &str, number| StateChange::Adopt { key: key(name), record: record(number) };
    assert_eq!(refusal(live.change_state(adopt("a", 3))), InvalidEntry::KeyHasOffer(id(1)));
    assert_eq!(refusal(live.change_state(adopt("c", 2))), InvalidEntry::OfferHasKey(id(2), key("b")));
    live.change_state(adopt("c", 3)).unwrap();
    let rename =
        |from: &str, to: &str, number| StateChange::Rename { from: key(from), to: key(to), offer_id: id(number) };
    assert_eq!(refusal(live.change_state(rename("a", "b", 1))), InvalidEntry::KeyHasOffer(id(2)));
    assert_eq!(refusal(live.change_state(rename("a", "d", 2))), InvalidEntry::NotItsOffer(id(2)));
    live.change_state(rename("a", "d", 1)).unwrap();
    let keys: Vec<_> = live.finish(NOW).unwrap().0.offers.into_keys().map(|key| key.to_string()).collect();
    assert_eq!(keys, ["b", "c", "d"]);
}

#[test]
fn what_is_resolved_must_have_been_in_doubt() {
    let mut live = live();
    made(&mut live, "a", 1);
    let created = |name: &str, number| StateChange::ResolvedCreated {
        key: key(name),
        offer_id: id(number),
        shown: Fields::default(),
        unreadable: FieldSet::default(),
    };
    assert_eq!(refusal(live.change_state(created("b", 5))), InvalidEntry::NotInDoubt);
    assert_eq!(refusal(live.change_state(StateChange::ResolvedNotCreated { key: key("a") })), InvalidEntry::NotInDoubt);
    write(&mut live, "b", &create("B"), in_doubt());
    assert_eq!(refusal(live.change_state(created("b", 1))), InvalidEntry::OfferHasKey(id(1), key("a")));
    live.change_state(created("b", 2)).unwrap();
    assert_eq!(live.finish(NOW).unwrap().0.offers.len(), 2);
}

#[test]
fn a_replay_that_would_double_something_is_an_error() {
    let create_of = |number, name: &str| JournalEntry::Intent { number, key: key(name), operation: create(name) };
    let done_with = |number, offer: u64| JournalEntry::Outcome { number, outcome: done(offer) };
    let two_offers = [create_of(1, "a"), done_with(1, 1), create_of(2, "a"), done_with(2, 2)];
    assert_eq!(
        replay(Recorded::default(), &two_offers, None),
        Err(ReplayError::TwoOffers { key: key("a"), first: id(1), second: id(2) })
    );
    let two_keys = [create_of(1, "a"), done_with(1, 1), create_of(2, "b"), done_with(2, 1)];
    assert_eq!(
        replay(Recorded::default(), &two_keys, None),
        Err(ReplayError::TwoKeys { offer_id: id(1), recorded: key("a"), journal: key("b") })
    );
    let state = replay(Recorded::default(), &two_keys[..2], None).unwrap();
    let elsewhere = [create_of(1, "c"), done_with(1, 1)];
    assert_eq!(
        replay(state, &elsewhere, None),
        Err(ReplayError::TwoKeys { offer_id: id(1), recorded: key("a"), journal: key("c") })
    );
    for unmatched in [vec![done_with(7, 1)], vec![create_of(7, "a"), create_of(7, "b")]] {
        assert_eq!(replay(Recorded::default(), &unmatched, None), Err(ReplayError::Unmatched { number: 7 }));
    }
}

#[test]
fn ignored_fields_are_sent_and_not_recorded() {
    let ignored: FieldSet = [crate::offer::Field::Payout].into_iter().collect();
    let operation = Operation::Create(CreateRequest { offer: offer("A"), ignored, protect: true, replaces: None });
    let mut live = live();
    write(&mut live, "a", &operation, done(1));
    let record = &live.finish(NOW).unwrap().0.offers[&key("a")];
    assert_eq!(record.fields.get(crate::offer::Field::Payout), None);
    assert_eq!(record.fields, offer("A").into_fields().without(ignored));
    assert!(record.protect);
}

#[test]
fn a_line_is_json_with_its_checksum_first() {
    let entries = [
        JournalEntry::Intent { number: 1, key: key("a"), operation: retire(12345) },
        JournalEntry::Outcome { number: 1, outcome: done(12345) },
        JournalEntry::StateChange(StateChange::Forget { key: key("a"), offer_id: OfferId::new(12345).unwrap() }),
    ];
    let text = String::from_utf8(bytes_of(&entries)).unwrap();
    assert!(text.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    insta::assert_snapshot!(text, @r#"
    {"sum":"699dc67c60b2cfb5","line":{"format":"offersync-journal","version":1,"lineage":"01900000-0000-7000-8000-000000000001","cake":"https://yourdomain.cakemarketing.com","base":null}}
    {"sum":"1d87c58fb299192e","line":{"intent":{"number":1,"key":"a","purpose":{"retire":{"update":{"offer_id":12345,"changes":{"offer_status":"inactive"}}}}}}}
    {"sum":"3e5e60cc0ce83049","line":{"outcome":{"number":1,"outcome":{"done":{"offer_id":12345}}}}}
    {"sum":"873e5ea2712ae052","line":{"note":{"forget":{"key":"a","offer_id":12345}}}}
    "#);
}

#[test]
fn every_line_of_the_first_release_is_read_and_written_the_same() {
    let lines = [
        r#"{"intent":{"number":1,"key":"a","purpose":{"create":{"offer":{"advertiser_id":101,"offer_name":"A","offer_status":"active","offer_url":"https://track.example.com/c?o={offer_id}","payout":"20.00","vertical_id":7}}}}}"#,
        r#"{"intent":{"number":2,"key":"a","purpose":{"create":{"offer":{"advertiser_id":101,"offer_name":"A","offer_status":"active","offer_url":"https://track.example.com/c?o={offer_id}","payout":"20.00","vertical_id":7},"ignored":["payout"],"protect":true,"replaces":1}}}}"#,
        r#"{"intent":{"number":3,"key":"a","purpose":{"update":{"update":{"offer_id":1,"changes":{"offer_status":"inactive"}}}}}}"#,
        r#"{"intent":{"number":4,"key":"a","purpose":{"retire":{"update":{"offer_id":1,"changes":{"offer_status":"inactive"}}}}}}"#,
        r#"{"intent":{"number":5,"key":"a","purpose":{"restore":{"update":{"offer_id":1,"changes":{"offer_status":"inactive"}}}}}}"#,
        r#"{"intent":{"number":6,"key":"a","purpose":{"restore":{"update":{"offer_id":1,"changes":{"offer_status":"inactive"}},"protect":true}}}}"#,
        r#"{"intent":{"number":7,"key":"a","purpose":{"retire_replaced":{"update":{"offer_id":1,"changes":{"offer_status":"inactive"}}}}}}"#,
        r#"{"outcome":{"number":1,"outcome":{"rejected":{"message":"no"}}}}"#,
        r#"{"outcome":{"number":2,"outcome":{"not_sent":{"message":"no"}}}}"#,
        r#"{"outcome":{"number":3,"outcome":{"in_doubt":{"message":"no"}}}}"#,
        r#"{"note":{"rename":{"from":"a","to":"b","offer_id":1}}}"#,
        r#"{"note":{"release":{"key":"a","offer_id":1,"fields":["payout"]}}}"#,
        r#"{"note":{"forget":{"key":"a","offer_id":1}}}"#,
        r#"{"note":{"protect":{"key":"a","offer_id":1,"protect":false}}}"#,
        r#"{"note":{"accept":{"key":"a","offer_id":1,"fields":{"payout":"20.00"}}}}"#,
        r#"{"note":{"adopt":{"key":"a","record":{"offer_id":1,"status":"live","protect":true,"replaced":[{"offer_id":2,"inactive":true}],"fields":{"payout":"20.00"}}}}}"#,
        r#"{"note":{"adopt":{"key":"a","record":{"offer_id":1,"status":"live","fields":{}}}}}"#,
        r#"{"note":{"resolved_created":{"key":"a","offer_id":1}}}"#,
        r#"{"note":{"resolved_not_created":{"key":"a"}}}"#,
    ];
    for line in lines {
        let entry: JournalEntry = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&entry).unwrap(), line);
    }
}

#[test]
fn a_journal_of_a_later_offersync_is_refused() {
    let line = |json: &str| {
        let mut bytes = Vec::new();
        line::Chain::default().append(json.as_bytes(), &mut bytes);
        read_journal(&bytes).unwrap_err().kind
    };
    assert_eq!(line(r#"{"format":"offersync-journal","version":2,"more":[]}"#), JournalParseErrorKind::Newer(2));
    assert_eq!(line(r#"{"format":"something","version":1}"#), JournalParseErrorKind::OtherFormat);
    assert_eq!(line("[]"), JournalParseErrorKind::OtherFormat);
    let mut bytes = bytes_of(&[]);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let header = text.split_once(r#","line":"#).unwrap().1.trim_end().strip_suffix('}').unwrap().to_owned();
    bytes.clear();
    let chain = line::Chain::default().append(header.as_bytes(), &mut bytes);
    chain.append(br#"{"note":{"paint":{"key":"a"}}}"#, &mut bytes);
    let damaged = read_journal(&bytes).unwrap_err();
    assert_eq!(damaged.line, 2);
    assert!(matches!(damaged.kind, JournalParseErrorKind::Unknown(text) if text.contains("paint")));
}
