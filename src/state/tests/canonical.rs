//! The reader of canonical texts: it takes every canonical text, and nothing that is spelled otherwise.

use proptest::prelude::*;
use proptest::sample::Index;

use super::document::{documents, full_document, unsealed};
use super::*;
use crate::disk;
use crate::state::canonical::{self, CanonicalText};

fn digest_of(document: &StateDocument) -> String {
    blake3::hash(unsealed(document).as_bytes()).to_hex().to_string()
}

fn read(bytes: &[u8]) -> Option<CanonicalText> {
    let read = canonical::read(bytes).unwrap();
    if let Some(CanonicalText { digests, .. }) = &read {
        assert_eq!(digests.bytes, blake3::hash(bytes).to_hex().to_string());
    }
    read
}

/// Spellings that mean the same, or nearly.
const RESPELLINGS: &[(&str, &str)] = &[
    ("\": ", "\":"),
    ("\": ", "\" : "),
    ("  ", "\t"),
    ("  ", "   "),
    ("\n", "\r\n"),
    ("\n", "\n\n"),
    ("\n", ""),
    (",\n", ",\n "),
    (",\n", " ,\n"),
    (",\n", "\n"),
    ("{\n", "{"),
    ("{}", "{ }"),
    ("{}", "{\n      }"),
    ("20.00", "020.00"),
    ("20.00", "20"),
    ("active", "Active"),
    ("cpa", "CPA"),
    ("/", "\\/"),
    ("e", "\\u0065"),
    ("e", "\\u00e9"),
    ("\\n", "\\u000a"),
    ("\\u00", "\\U00"),
    (": 1", ": 01"),
    (": 3", ": 3.0"),
    (": 3", ": \"3\""),
    ("\"1 00000000", "\"00000000 1"),
    (": \"2 ", ": \"02 "),
    (" 3c6ef372", " 3C6EF372"),
    ("\"protect\": true", "\"protect\": false"),
    ("      \"fields\"", "      \"protect\": false,\n      \"fields\""),
    ("      \"fields\"", "      \"replaced\": [],\n      \"fields\""),
    ("  \"offers\"", "  \"in_doubt\": {},\n  \"offers\""),
    ("offer_name", "advertiser_id"),
    ("01900000", "0190000A"),
    ("live", "retired"),
    ("\"status_word\": \"Expired\"", "\"status_word\": \"\""),
    ("\"status_word\": \"Expired\"", "\"status_word\": null"),
    ("\"sent_at\"", "\"fields\""),
    ("Z\"", "+00:00\""),
    ("Z\"", ".000Z\""),
    ("T", " "),
    ("\"offer_status\",\n          \"payout\"", "\"payout\",\n          \"offer_status\""),
    ("\"offer_status\",\n", "\"offer_status\",\n          \"offer_status\",\n"),
];

#[derive(Debug, Clone)]
enum Edit {
    Respell(Index, Index),
    Byte(Index, u8),
    Remove(Index),
    SwapLines(Index, Index),
    RepeatLine(Index),
    Append(u8),
}

fn edits() -> impl Strategy<Value = Edit> {
    let index = any::<Index>;
    prop_oneof![
        6 => (index(), index()).prop_map(|(which, at)| Edit::Respell(which, at)),
        2 => (index(), any::<u8>()).prop_map(|(at, byte)| Edit::Byte(at, byte)),
        1 => index().prop_map(Edit::Remove),
        1 => (index(), index()).prop_map(|(one, other)| Edit::SwapLines(one, other)),
        1 => index().prop_map(Edit::RepeatLine),
        1 => any::<u8>().prop_map(Edit::Append),
    ]
}

impl Edit {
    fn apply(&self, bytes: Vec<u8>) -> Vec<u8> {
        if bytes.is_empty() {
            return bytes;
        }
        match self {
            Self::Respell(which, at) => {
                let (from, to) = RESPELLINGS[which.index(RESPELLINGS.len())];
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let places: Vec<_> = text.match_indices(from).map(|(place, _)| place).collect();
                if places.is_empty() {
                    return bytes;
                }
                let place = places[at.index(places.len())];
                format!("{}{to}{}", &text[..place], &text[place + from.len()..]).into_bytes()
            }
            Self::Byte(at, byte) => {
                let mut bytes = bytes;
                let at = at.index(bytes.len());
                bytes[at] = *byte;
                bytes
            }
            Self::Remove(at) => {
                let mut bytes = bytes;
                bytes.remove(at.index(bytes.len()));
                bytes
            }
            Self::SwapLines(one, other) => {
                let mut lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
                let (one, other) = (one.index(lines.len()), other.index(lines.len()));
                lines.swap(one, other);
                lines.concat()
            }
            Self::RepeatLine(at) => {
                let mut lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
                let at = at.index(lines.len());
                lines.insert(at, lines[at]);
                lines.concat()
            }
            Self::Append(byte) => [bytes.as_slice(), &[*byte]].concat(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_canonical_text_is_read_with_the_digest_of_its_bytes(mut document in documents()) {
        document.recorded.in_doubt.clear();
        for bytes in [document.emit(), unsealed(&document).into_bytes()] {
            let CanonicalText { document: found, digests } = read(&bytes).unwrap();
            prop_assert_eq!((&found, digests.content), (&document, digest_of(&document)));
        }
    }

    #[test]
    fn a_text_with_another_digest_is_not_read(mut document in documents(), edits in proptest::collection::vec(edits(), 1..4)) {
        document.recorded.in_doubt.clear();
        let bytes = edits.iter().fold(document.emit(), |bytes, edit| edit.apply(bytes));
        let says_digest = bytes.windows(8).any(|bytes| bytes == b"\"digest\"");
        if let Some(CanonicalText { document: found, .. }) = read(&bytes).filter(|_| says_digest) {
            prop_assert_eq!(found, document);
        }
    }

    #[test]
    fn nothing_but_a_canonical_text_is_read(
        mut document in documents(),
        edits in proptest::collection::vec(edits(), 1..4),
    ) {
        document.recorded.in_doubt.clear();
        // Without the digest, which would tell of every edit.
        let bytes = edits.iter().fold(unsealed(&document).into_bytes(), |bytes, edit| edit.apply(bytes));
        if let Some(CanonicalText { document: found, digests, .. }) = read(&bytes) {
            prop_assert_eq!(unsealed(&found).into_bytes(), bytes.clone());
            prop_assert_eq!(digests.content, digest_of(&found));
            prop_assert_eq!(StateDocument::parse(&bytes), Ok(found));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn every_spelling_has_the_digest_of_the_canonical_bytes(
        document in documents(),
        edits in proptest::collection::vec(edits(), 0..3),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(&folder.path().join("s.json"));
        let canonical = document.emit();
        let value: serde_json::Value = serde_json::from_slice(&canonical).unwrap();
        let old = unsealed(&document).into_bytes();
        let texts = [serde_json::to_vec(&value).unwrap(), edits.iter().fold(old, |bytes, edit| edit.apply(bytes))];
        for text in texts {
            disk::replace(store.path(), &text).unwrap();
            if let Ok(loaded) = store.read(None) {
                let document = loaded.document.unwrap();
                prop_assert_eq!(loaded.digest.unwrap(), digest_of(&document));
                prop_assert_eq!(StateDocument::parse(&text), Ok(document));
            }
        }
    }
}

#[test]
fn a_state_with_a_create_in_doubt_is_left_to_the_other_reader() {
    let bytes = full_document().emit();
    assert_eq!(read(&bytes), None);
    assert_eq!(StateDocument::parse(&bytes).unwrap().digest(), digest_of(&full_document()));
}

#[test]
fn two_records_with_one_id_are_left_to_the_other_reader() {
    let mut document = super::document::document();
    let record = document.recorded.offers[&key("a")].clone();
    document.recorded.offers.insert(key("z"), record);
    assert_eq!(read(&document.emit()), None);
}

/// Longer than what is held back of a text while it is hashed.
#[test]
fn a_long_text_is_read_with_its_digest_and_a_changed_byte_anywhere_is_seen() {
    let mut document = super::document::document();
    for number in 10..400 {
        let mut record = document.recorded.offers[&key("a")].clone();
        record.offer_id = id(number);
        document.recorded.offers.insert(key(&format!("k{number}")), record);
    }
    let bytes = document.emit();
    let CanonicalText { document: found, digests } = read(&bytes).unwrap();
    assert_eq!((&found, digests.content), (&document, digest_of(&document)));
    for at in (0..bytes.len()).step_by(499) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert_eq!(read(&damaged), None, "byte {at}");
    }
}
