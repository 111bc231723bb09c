//! Tests of the document: its layout, its round trip, and every refusal as its reader sees it.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::offer::{DoubtfulCreate, FieldSet, Record, RecordStatus, Replaced, Value};
use crate::state::{Lineage, StateError};

fn document() -> Document {
    let mut document = Document {
        lineage: Lineage::parse("01900000-0000-7000-8000-000000000001").unwrap(),
        cake: CAKE.to_owned(),
        recorded: Recorded::default(),
    };
    let record = |number, name: &str| Record {
        offer_id: id(number),
        status: RecordStatus::Live,
        fields: offer(name).into_fields(),
        protect: false,
        replaced: Vec::new(),
    };
    document.recorded.offers.insert(key("b"), record(2, "B"));
    document.recorded.offers.insert(key("a"), record(1, "A \"quoted\" – ü"));
    document
}

fn full_document() -> Document {
    let mut document = document();
    let record = document.recorded.offers.get_mut(&key("b")).unwrap();
    record.protect = true;
    record.status = RecordStatus::Retired;
    record.replaced = vec![Replaced { offer_id: id(7), inactive: true }, Replaced { offer_id: id(8), inactive: false }];
    let doubtful = DoubtfulCreate {
        offer: offer("C"),
        ignored: [Field::Payout].into_iter().collect(),
        protect: true,
        replaces: None,
        message: "no reply within 60 s".to_owned(),
    };
    document.recorded.in_doubt.insert(key("c"), doubtful);
    document
}

#[test]
fn keys_are_sorted_a_field_to_a_line() {
    insta::assert_snapshot!(String::from_utf8(full_document().emit()).unwrap(), @r#"
    {
      "format": "offersync-state",
      "version": 1,
      "lineage": "01900000-0000-7000-8000-000000000001",
      "cake": "https://yourdomain.cakemarketing.com",
      "in_doubt": {
        "c": {
          "offer": {
            "advertiser_id": 101,
            "offer_name": "C",
            "offer_status": "active",
            "offer_url": "https://track.example.com/c?o={offer_id}",
            "payout": "20.00",
            "vertical_id": 7
          },
          "ignored": [
            "payout"
          ],
          "protect": true,
          "message": "no reply within 60 s"
        }
      },
      "offers": {
        "a": {
          "offer_id": 1,
          "status": "live",
          "fields": {
            "advertiser_id": 101,
            "offer_name": "A \"quoted\" – ü",
            "offer_status": "active",
            "offer_url": "https://track.example.com/c?o={offer_id}",
            "payout": "20.00",
            "vertical_id": 7
          }
        },
        "b": {
          "offer_id": 2,
          "status": "retired",
          "protect": true,
          "replaced": [
            {
              "offer_id": 7,
              "inactive": true
            },
            {
              "offer_id": 8,
              "inactive": false
            }
          ],
          "fields": {
            "advertiser_id": 101,
            "offer_name": "B",
            "offer_status": "active",
            "offer_url": "https://track.example.com/c?o={offer_id}",
            "payout": "20.00",
            "vertical_id": 7
          }
        }
      }
    }
    "#);
}

#[test]
fn the_digest_is_of_the_content_not_of_the_spelling() {
    let text = String::from_utf8(document().emit()).unwrap();
    let respelled = text.replace("  ", "\t").replace('\n', "\r\n");
    assert_ne!(text, respelled);
    let read = Document::parse(respelled.as_bytes()).unwrap();
    assert_eq!(read.digest(), document().digest());
    assert_eq!(read.digest(), blake3::hash(text.as_bytes()).to_hex().to_string());
}

#[test]
fn money_keeps_its_digits_through_a_state() {
    let mut document = document();
    let record = document.recorded.offers.get_mut(&key("a")).unwrap();
    for text in ["0.1", "24.00", "19.999999999999999999", "100000000000000.01"] {
        record.fields.set(Field::Payout, Field::Payout.parse(text).unwrap());
    }
    let read = Document::parse(&document.emit()).unwrap();
    let payout = read.recorded.offers[&key("a")].fields.get(Field::Payout).map(Value::to_string);
    assert_eq!(payout.as_deref(), Some("100000000000000.01"));
}

fn records() -> impl Strategy<Value = Record> {
    let fields = proptest::collection::vec((0..Field::COUNT, ".{1,20}", 1..u64::MAX / 4), 0..8);
    (any::<bool>(), any::<bool>(), fields).prop_map(|(retired, protect, values)| {
        let mut fields = Fields::default();
        for (at, text, number) in values {
            let field = Field::ALL[at];
            let candidates =
                [text, number.to_string(), "active".to_owned(), "cpa".to_owned(), "2026-12-31 23:59:59".to_owned()];
            let candidates = candidates.into_iter().chain(["https://e.example/{x}".to_owned()]);
            if let Some(value) = candidates.into_iter().find_map(|text| field.parse(&text).ok()) {
                fields.set(field, value);
            }
        }
        let status = if retired { RecordStatus::Retired } else { RecordStatus::Live };
        Record { offer_id: id(1), status, fields, protect, replaced: Vec::new() }
    })
}

proptest! {
    #[test]
    fn a_document_reads_back_as_it_was(
        records in proptest::collection::btree_map("[a-z0-9][a-z0-9._-]{0,8}", records(), 0..8),
        doubtful in proptest::collection::btree_map("[a-z0-9][a-z0-9._-]{0,8}", ".{0,20}", 0..3),
    ) {
        let mut document = document();
        document.recorded.offers.clear();
        for (number, (text, mut record)) in (1..).zip(records) {
            record.offer_id = id(number * 2);
            record.replaced = vec![Replaced { offer_id: id(number * 2 + 1), inactive: record.protect }];
            document.recorded.offers.insert(key(&text), record);
        }
        for (text, message) in doubtful {
            let create = DoubtfulCreate {
                offer: offer("D"), ignored: FieldSet::default(), protect: false, replaces: Some(id(9)), message,
            };
            document.recorded.in_doubt.insert(key(&text), create);
        }
        let bytes = document.emit();
        let read = Document::parse(&bytes).unwrap();
        prop_assert_eq!(&read, &document);
        prop_assert_eq!(read.emit(), bytes);
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Document::parse(&bytes).is_err());
    }

    #[test]
    fn a_state_with_a_changed_byte_is_read_whole_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = full_document().emit();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(read) = Document::parse(&bytes) {
            prop_assert_eq!(Document::parse(&read.emit()).unwrap(), read);
        }
    }
}

#[test]
fn a_state_cut_anywhere_is_refused() {
    let bytes = full_document().emit();
    for end in 0..bytes.len() - 1 {
        let refusal = Document::parse(&bytes[..end]).unwrap_err();
        assert!(matches!(refusal.damage, Damage::CutShort | Damage::Empty), "{end}: {:?}", refusal.damage);
    }
}

/// What a reader of that text sees, with or without a previous generation beside it.
fn refusal(text: &str, with_previous: bool) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("offersync.state.json");
    let mut files = vec![path.clone()];
    if with_previous {
        files.push(Store::new(&path).previous_path());
    }
    for file in files {
        atomic::replace(&file, text.as_bytes()).unwrap();
    }
    let error = Store::new(&path).read(Some(CAKE)).unwrap_err();
    without(folder.path(), &error)
}

pub(super) fn without(folder: &Path, error: &StateError) -> String {
    error.to_string().replace(&format!("{}/", folder.display()), "")
}

fn text() -> String {
    String::from_utf8(document().emit()).unwrap()
}

#[test]
fn an_empty_state_is_refused() {
    insta::assert_snapshot!(refusal("", true), @r#"
    offersync.state.json: the state is empty
    help: bring back the committed one with `git checkout -- offersync.state.json`, or the one before the last apply with `cp offersync.state.json.previous offersync.state.json`. An older state does not know what was created since: `offersync import` brings those offers back. Do not delete it: without it offersync would create every offer again
    "#);
    assert_eq!(refusal("\0\0\0\0", true), refusal("", true));
    assert_eq!(refusal(" \n", true), refusal("", true));
}

#[test]
fn a_state_that_is_cut_short_is_refused() {
    insta::assert_snapshot!(refusal(&text()[..300], false), @r#"
    offersync.state.json:12:30: the state is cut short: the file ends in the middle
    help: bring back the committed one with `git checkout -- offersync.state.json`. An older state does not know what was created since: `offersync import` brings those offers back. Do not delete it: without it offersync would create every offer again
    "#);
}

#[test]
fn a_state_with_conflict_markers_is_refused() {
    let conflict = text().replacen(
        "      \"offer_id\": 1,\n",
        "<<<<<<< HEAD\n      \"offer_id\": 1,\n=======\n      \"offer_id\": 3,\n>>>>>>> theirs\n",
        1,
    );
    insta::assert_snapshot!(refusal(&conflict, false), @r#"
    offersync.state.json:8:1: git's conflict markers are still in the state
    help: resolve the conflict so that each key has the id that CAKE gave it, or let `offersync state merge` do it (`offersync init` sets it up as git's merge driver); `git checkout --conflict=merge -- offersync.state.json` begins anew
    "#);
}

#[test]
fn a_newer_state_is_refused_whatever_else_is_in_it() {
    let newer = text().replace("\"version\": 1", "\"version\": 2").replace("\"status\"", "\"state_of_mind\"");
    insta::assert_snapshot!(refusal(&newer, true), @r#"
    offersync.state.json: the state has version 2, made by a later offersync; this one is 0.1.0 and reads version 1
    help: upgrade offersync to the version that your colleagues or your CI use
    "#);
}

#[test]
fn a_version_that_never_was_is_refused() {
    insta::assert_snapshot!(refusal(&text().replace("\"version\": 1", "\"version\": \"1\""), true), @r#"
    offersync.state.json: the state has version "1", which never was; this offersync reads version 1
    help: if somebody edited it, undo that; otherwise bring back the committed one with `git checkout -- offersync.state.json`, or the one before the last apply with `cp offersync.state.json.previous offersync.state.json`. An older state does not know what was created since: `offersync import` brings those offers back
    "#);
    assert!(refusal(&text().replace("\"version\": 1", "\"version\": 0"), true).contains("version 0"));
}

#[test]
fn another_kind_of_document_is_refused() {
    insta::assert_snapshot!(refusal("{\"format\": \"offersync-plan\", \"version\": 1}", false), @r#"
    offersync.state.json: this is not a state: its `format` is `offersync-plan`, not `offersync-state`
    help: check `state` in offersync.toml: it must name the state. If it does, bring back the committed one with `git checkout -- offersync.state.json`. An older state does not know what was created since: `offersync import` brings those offers back
    "#);
    insta::assert_snapshot!(refusal("{\"lineage\": \"x\"}", false), @r#"
    offersync.state.json: this is not a state: its `format` is missing, not `offersync-state`
    help: check `state` in offersync.toml: it must name the state. If it does, bring back the committed one with `git checkout -- offersync.state.json`. An older state does not know what was created since: `offersync import` brings those offers back
    "#);
}

#[test]
fn a_repeated_key_is_refused() {
    insta::assert_snapshot!(refusal(&text().replace("\"b\": {", "\"a\": {"), true), @r#"
    offersync.state.json:19:7: the key `a` is in the state twice
    help: a merge may have kept both sides. Look up in CAKE which offer is `a`'s and remove the other record, or bring back the committed one with `git checkout -- offersync.state.json`, or the one before the last apply with `cp offersync.state.json.previous offersync.state.json`. An older state does not know what was created since: `offersync import` brings those offers back
    "#);
}

#[test]
fn two_keys_with_one_id_are_refused() {
    insta::assert_snapshot!(refusal(&text().replace("\"offer_id\": 2", "\"offer_id\": 1"), false), @r#"
    offersync.state.json:20:7: the keys `a` and `b` both claim CAKE's offer 1
    help: an offer belongs to one key. Look up offer 1 in CAKE and remove the record of the wrong one of `a` and `b`, or bring back the committed one with `git checkout -- offersync.state.json`. An older state does not know what was created since: `offersync import` brings those offers back
    "#);
}

#[test]
fn an_id_that_another_key_has_replaced_is_refused() {
    let replaced = "\"replaced\": [{\"offer_id\": 1, \"inactive\": true}],\n      \"fields\"";
    let (text, own) = (text(), replaced.replace("\"offer_id\": 1", "\"offer_id\": 2"));
    let (start, end) = text.split_at(text.rfind("\"fields\"").unwrap());
    insta::assert_snapshot!(refusal(&format!("{start}{}", end.replacen("\"fields\"", replaced, 1)), false), @r#"
    offersync.state.json:22:21: the keys `a` and `b` both claim CAKE's offer 1
    help: an offer belongs to one key. Look up offer 1 in CAKE and remove the record of the wrong one of `a` and `b`, or bring back the committed one with `git checkout -- offersync.state.json`. An older state does not know what was created since: `offersync import` brings those offers back
    "#);
    insta::assert_snapshot!(refusal(&format!("{start}{}", end.replacen("\"fields\"", &own, 1)), false), @r#"
    offersync.state.json:22:21: the key `b` claims CAKE's offer 2 twice
    help: remove the offer 2 from the record's `replaced`, or bring back the committed one with `git checkout -- offersync.state.json`. An older state does not know what was created since: `offersync import` brings those offers back
    "#);
}

#[test]
fn members_and_values_that_a_state_does_not_have_are_refused_with_their_place() {
    let unknown = text().replacen("\"status\": \"live\",", "\"status\": \"live\",\n      \"colour\": \"red\",", 1);
    insta::assert_snapshot!(refusal(&unknown, false), @r#"
    offersync.state.json:10:14: this is not a state as offersync writes it: unknown field `colour`, expected one of `offer_id`, `status`, `protect`, `replaced`, `fields`
    help: if somebody edited it, undo that; otherwise bring back the committed one with `git checkout -- offersync.state.json`. An older state does not know what was created since: `offersync import` brings those offers back
    "#);
    let float = text().replacen("\"payout\": \"20.00\"", "\"payout\": 20.00", 1);
    insta::assert_snapshot!(refusal(&float, false), @r#"
    offersync.state.json:15:23: this is not a state as offersync writes it: invalid type: floating point `20.0`, expected a string for `payout`
    help: if somebody edited it, undo that; otherwise bring back the committed one with `git checkout -- offersync.state.json`. An older state does not know what was created since: `offersync import` brings those offers back
    "#);
    for (from, to) in [
        ("\"lineage\": \"01900000", "\"lineage\": \"nope"),
        ("\"status\": \"live\"", "\"status\": \"asleep\""),
        ("\"offer_id\": 1", "\"offer_id\": 0"),
        ("\"a\": {", "\"A\": {"),
        ("\"cake\"", "\"pie\""),
        ("\"version\": 1,", "\"version\": 1, \"version\": 1,"),
    ] {
        assert!(text().contains(from), "{from}");
        let shown = refusal(&text().replacen(from, to, 1), false);
        assert!(shown.contains("this is not a state as offersync writes it"), "{shown}");
    }
    assert!(refusal(&format!("{} x", text()), false).contains("trailing characters"));
}

#[test]
fn a_state_of_another_cake_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(&folder.path().join("offersync.state.json"));
    atomic::replace(store.path(), text().as_bytes()).unwrap();
    let error = store.read(Some("https://other.cakemarketing.com")).unwrap_err();
    insta::assert_snapshot!(without(folder.path(), &error), @r#"
    offersync.state.json: the state is of the CAKE at https://yourdomain.cakemarketing.com, but the configuration names https://other.cakemarketing.com
    help: a state is only good for the CAKE whose ids it holds. Set `cake.url` back to https://yourdomain.cakemarketing.com, or give https://other.cakemarketing.com a state of its own with `state = "…"` in offersync.toml. If the same CAKE has moved to a new address, change `cake` in the state
    "#);
    for same in [
        "https://yourdomain.cakemarketing.com/",
        "HTTPS://YourDomain.CakeMarketing.com:443",
        " https://yourdomain.cakemarketing.com",
    ] {
        assert!(store.read(Some(same)).is_ok(), "{same}");
    }
    for other in ["http://yourdomain.cakemarketing.com", "https://yourdomain.cakemarketing.com:8443", "sandbox"] {
        assert!(store.read(Some(other)).is_err(), "{other}");
    }
    assert!(store.read(None).is_ok());
}

#[test]
fn no_secret_gets_into_a_state_with_its_address() {
    assert_eq!(address::canonical("https://user:word@CAKE.example:443/v/?api_key=k#f"), "https://cake.example/v");
    assert_eq!(address::canonical("sandbox"), "sandbox");
}
