//! Tests of the document: its layout, its digest and its round trip.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::offer::{
    Baseline, CreateRequest, FieldSet, InDoubtCreate, Record, RecordStatus, Replaced, Revision, StatusWord, Unsettled,
    Value, WaitingUpdate,
};
use crate::state::Lineage;

pub(super) fn document() -> StateDocument {
    let mut document = StateDocument {
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
        unsettled: None,
        status_word: None,
    };
    document.recorded.offers.insert(key("b"), record(2, "B"));
    document.recorded.offers.insert(key("a"), record(1, "A \"quoted\" – ü"));
    document
}

pub(super) fn full_document() -> StateDocument {
    let mut document = document();
    let record = document.recorded.offers.get_mut(&key("b")).unwrap();
    record.protect = true;
    record.status = RecordStatus::Retired;
    record.unsettled = Some(unsettled(Field::Payout));
    record.status_word = StatusWord::shown("Expired");
    record.fields.remove(Field::OfferStatus);
    record.replaced = vec![Replaced::without_fields(id(7), true), Replaced::without_fields(id(8), false)];
    let mut doubtful = InDoubtCreate::new(
        CreateRequest {
            offer: offer("C"),
            ignored: [Field::Payout].into_iter().collect(),
            protect: true,
            replaces: None,
        },
        "no reply within 60 s".to_owned(),
    );
    doubtful.sent_at = Some("2026-11-20T10:00:00Z".parse().unwrap());
    document.recorded.in_doubt.insert(key("c"), doubtful);
    document
}

fn unsettled(field: Field) -> Unsettled {
    let fields = [Field::OfferStatus, field].into_iter().collect();
    Unsettled { sent_at: "2026-11-20T10:00:00Z".parse().unwrap(), fields, waiting: Vec::new() }
}

/// The text of a state as older versions wrote it: without the digest.
pub(super) fn unsealed(document: &StateDocument) -> String {
    let text = String::from_utf8(document.emit()).unwrap();
    let (content, _) = text.rsplit_once(",\n  \"digest\": ").unwrap();
    format!("{content}\n}}\n")
}

#[test]
fn keys_are_sorted_a_field_to_a_line() {
    let mut document = full_document();
    document.recorded.offers.remove(&key("a"));
    insta::assert_snapshot!(unsealed(&document), @r#"
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
          "message": "no reply within 60 s",
          "sent_at": "2026-11-20T10:00:00Z"
        }
      },
      "offers": {
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
          "unsettled": {
            "sent_at": "2026-11-20T10:00:00Z",
            "fields": [
              "offer_status",
              "payout"
            ]
          },
          "status_word": "Expired",
          "fields": {
            "advertiser_id": 101,
            "offer_name": "B",
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
fn what_cake_has_accepted_is_written_and_read() {
    let mut document = document();
    let before: Fields = [(Field::Payout, Field::Payout.parse("20").unwrap())].into_iter().collect();
    let fields = [(Field::Payout, Field::Payout.parse("99").unwrap())].into_iter().collect();
    let sent_at = "2026-11-20T10:00:00Z".parse().unwrap();
    let waiting = vec![WaitingUpdate { sent_at, fields, before }];
    let record = document.recorded.offers.values_mut().next().unwrap();
    record.unsettled = Some(Unsettled { sent_at, fields: FieldSet::default(), waiting });
    let text = String::from_utf8(document.emit()).unwrap();
    let waits = r#""waiting":[{"sent_at":"2026-11-20T10:00:00Z","fields":{"payout":"99"},"before":{"payout":"20"}}]"#;
    let compact: String = text.split_whitespace().collect();
    assert!(compact.contains(&format!(r#""unsettled":{{"sent_at":"2026-11-20T10:00:00Z",{waits}}}"#)), "{text}");
    assert_eq!(StateDocument::parse(text.as_bytes()).unwrap(), document);
}

#[test]
fn what_is_unsettled_of_a_replaced_offer_is_before_its_fields() {
    let fields = [(Field::Payout, Field::Payout.parse("20").unwrap())].into_iter().collect();
    let old = Replaced { offer_id: id(7), inactive: true, unsettled: Some(unsettled(Field::Payout)), fields };
    let text = serde_json::to_string(&old).unwrap();
    let lost = r#""unsettled":{"sent_at":"2026-11-20T10:00:00Z","fields":["offer_status","payout"]}"#;
    assert_eq!(text, format!(r#"{{"offer_id":7,"inactive":true,{lost},"fields":{{"payout":"20"}}}}"#));
    assert_eq!(serde_json::from_str::<Replaced>(&text).unwrap(), old);
}

#[test]
fn a_word_for_a_status_is_before_the_fields_and_an_older_state_has_none() {
    let older = document().recorded.offers[&key("a")].clone();
    let record = Record { status_word: StatusWord::shown("Expired"), ..older.clone() };
    let text = serde_json::to_string(&record).unwrap();
    let word = r#""status_word":"Expired","fields":{"#;
    assert!(text.contains(word), "{text}");
    let text = text.replace(word, r#""fields":{"#);
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), older);
}

#[test]
fn the_digest_is_of_the_content_not_of_the_spelling() {
    let text = String::from_utf8(document().emit()).unwrap();
    assert!(text.ends_with(&format!("  }},\n  \"digest\": \"{}\"\n}}\n", document().digest())), "{text}");
    let respelled = text.replace("  ", "\t").replace('\n', "\r\n");
    assert_ne!(text, respelled);
    let read = StateDocument::parse(respelled.as_bytes()).unwrap();
    assert_eq!(read.digest(), document().digest());
    assert_eq!(read.digest(), blake3::hash(unsealed(&document()).as_bytes()).to_hex().to_string());
    assert_eq!(
        StateDocument::parse(unsealed(&document()).as_bytes()),
        Ok(document()),
        "an older version wrote no digest"
    );
}

#[test]
fn every_flipped_bit_is_seen() {
    let bytes = document().emit();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            if let Ok(read) = StateDocument::parse(&damaged) {
                assert_eq!(read, document(), "bit {bit} of byte {at}");
            }
        }
    }
}

#[test]
fn money_keeps_its_digits_through_a_state() {
    let mut document = document();
    let record = document.recorded.offers.get_mut(&key("a")).unwrap();
    for text in ["0.1", "24.00", "19.999999999999999999", "100000000000000.01"] {
        record.fields.set(Field::Payout, Field::Payout.parse(text).unwrap());
    }
    let read = StateDocument::parse(&document.emit()).unwrap();
    let payout = read.recorded.offers[&key("a")].fields.get(Field::Payout).map(Value::to_string);
    assert_eq!(payout.as_deref(), Some("100000000000000.01"));
}

fn records() -> impl Strategy<Value = Record> {
    let fields = proptest::collection::vec((0..Field::COUNT, ".{1,20}", 1..u64::MAX / 4), 0..8);
    let lost = proptest::option::of((any::<i32>(), 0..2_000u32, 0..Field::COUNT));
    let word = proptest::option::of(prop_oneof![Just("Expired".to_owned()), ".{1,50}".prop_map(String::from)]);
    (any::<bool>(), any::<bool>(), lost, word, fields).prop_map(|(retired, protect, lost, word, values)| {
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
        let unsettled = lost.map(|(second, fraction, at)| {
            let sent_at = Timestamp::new(i64::from(second), i32::try_from(fraction).unwrap() * 1000).unwrap();
            Unsettled { sent_at, ..unsettled(Field::ALL[at]) }
        });
        let status_word = word.as_deref().and_then(StatusWord::shown);
        Record { offer_id: id(1), status, fields, protect, replaced: Vec::new(), unsettled, status_word }
    })
}

/// The revision after so many changes: as older states have it, or with the marks of the last ones.
fn revision(changes: u32) -> Option<Revision> {
    let marks = if changes.is_multiple_of(3) { 0 } else { changes.min(16) };
    let marks = (0..marks).map(|mark| format!("{:08x}", mark.wrapping_mul(0x9e37_79b9)));
    let parts: Vec<String> = std::iter::once(changes.to_string()).chain(marks).collect();
    Revision::parse(&parts.join(" ")).filter(|revision| revision.count() > 0)
}

/// States with anything that can be recorded, creates in doubt among it.
pub(super) fn documents() -> impl Strategy<Value = StateDocument> {
    let name = "[a-z0-9][a-z0-9._-]{0,8}";
    let records = proptest::collection::btree_map(name, (records(), 0..3u64, 0..24u32), 0..8);
    let in_doubt = proptest::collection::btree_map(name, (".{0,20}", any::<bool>(), any::<Option<u8>>()), 0..3);
    (records, in_doubt, ".{0,20}").prop_map(|(records, in_doubt, cake)| {
        let mut document = StateDocument { cake, ..document() };
        document.recorded.offers.clear();
        let mut revisions = Vec::new();
        for (number, (text, (mut record, replaced, changes))) in (1..).zip(records) {
            record.offer_id = id(number * 3);
            let old = |at| {
                let fields = if at == 1 { Fields::default() } else { record.fields.clone() };
                let unsettled = record.unsettled.clone().filter(|_| record.protect || at == 1);
                Replaced { offer_id: id(number * 3 + at), inactive: record.protect || at == 1, unsettled, fields }
            };
            record.replaced = (1..=replaced).map(old).collect();
            document.recorded.offers.insert(key(&text), record);
            revisions.extend(revision(changes).map(|revision| (id(number * 3), revision)));
        }
        document.recorded.revisions = revisions.into_iter().collect();
        for (text, (message, mismatch, second)) in in_doubt {
            let ignored = FieldSet::default();
            let request = CreateRequest { offer: offer("D"), ignored, protect: false, replaces: Some(id(9)) };
            let sent_at = second.map(|second| Timestamp::from_second(i64::from(second)).unwrap());
            let highest = second.and_then(|second| OfferId::new(u64::from(second)));
            let baseline = mismatch.then(|| Baseline { highest, unowned: [].into() });
            let create = InDoubtCreate {
                sent_at,
                baseline,
                mismatch,
                accepted: second.is_some(),
                ..InDoubtCreate::new(request, message)
            };
            document.recorded.in_doubt.insert(key(&text), create);
        }
        document
    })
}

proptest! {
    #[test]
    fn a_document_reads_back_as_it_was(document in documents()) {
        let bytes = document.emit();
        let read = StateDocument::parse(&bytes).unwrap();
        prop_assert_eq!(&read, &document);
        prop_assert_eq!(read.emit(), bytes);
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(StateDocument::parse(&bytes).is_err());
    }

    #[test]
    fn a_state_with_a_changed_byte_is_the_same_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = full_document().emit();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(read) = StateDocument::parse(&bytes) {
            prop_assert_eq!(read, full_document());
        }
    }
}

#[test]
fn a_state_cut_anywhere_is_refused() {
    let bytes = full_document().emit();
    for end in 0..bytes.len() - 1 {
        let refusal = StateDocument::parse(&bytes[..end]).unwrap_err();
        assert!(matches!(refusal.kind, ParseErrorKind::CutShort | ParseErrorKind::Empty), "{end}: {:?}", refusal.kind);
    }
}

#[test]
fn no_secret_gets_into_a_state_with_its_address() {
    assert_eq!(address::canonical("https://user:word@CAKE.example:443/v/?api_key=k#f"), "https://cake.example/v");
    assert_eq!(address::canonical("sandbox"), "sandbox");
}
