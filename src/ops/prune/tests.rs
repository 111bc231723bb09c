//! The law of pruning: an offer is wanted to be the same, now and at every later time, and what is still to be sent keeps its entry.

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{Choice, pruned, same};
use crate::config::Names;
use crate::desired::{self, ReadOptions};
use crate::offer::{
    DesiredOffer, Field, Fields, Key, OfferId, Record, RecordStatus, Recorded, TimeRules, Value, shown_time,
};

const FIELDS: [(Field, [&str; 3]); 5] = [
    (Field::OfferName, ["A", "B", "C"]),
    (Field::OfferStatus, ["active", "inactive", "pending"]),
    (Field::Payout, ["1.00", "2.00", "3"]),
    (Field::Revenue, ["4.00", "5.00", "6"]),
    (Field::ExpirationDate, ["2026-03-15 00:00:00", "2026-05-15 00:00:00", "2030-01-01 00:00:00"]),
];

/// The month of an entry, and which of the values each field gets, if any.
type Entry = (i8, [Option<usize>; 5]);

fn time(month: i8) -> DateTime {
    date(2026, month, 1).at(0, 0, 0, 0)
}

fn values() -> impl Strategy<Value = [Option<usize>; 5]> {
    proptest::array::uniform5(proptest::option::weighted(0.4, 0..3_usize))
}

/// Entries with a value, each month once, in any order.
fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let all = proptest::collection::vec((1..7_i8, values()), 0..5);
    all.prop_map(|mut entries: Vec<Entry>| {
        let mut seen = Vec::new();
        entries.retain(|(month, values)| {
            let is_new = !seen.contains(month) && values.iter().any(Option::is_some);
            seen.push(*month);
            is_new
        });
        entries
    })
}

fn lines(values: &[Option<usize>; 5], pad: &str) -> String {
    let given = FIELDS.iter().zip(values).filter_map(|((field, texts), at)| Some((field, texts[(*at)?])));
    given.map(|(field, text)| format!("{pad}{field}: {text}\n")).collect::<Vec<_>>().concat()
}

fn yaml(own: &[Option<usize>; 5], entries: &[Entry]) -> String {
    let mut parts = vec![lines(own, "")];
    if !entries.is_empty() {
        parts.push("sync:\n  schedule:\n".to_owned());
    }
    let entry =
        |(month, values): &Entry| format!("    - at: {}\n{}", shown_time(time(*month)), lines(values, "      "));
    parts.extend(entries.iter().map(entry));
    parts.concat()
}

fn read(defaults: &str, own: &str) -> DesiredOffer {
    let texts = [("offers/_defaults.yaml", defaults), ("offers/a.yaml", own)];
    let texts = texts.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).to_vec();
    let mut reading = desired::from_texts(texts, &Names::default(), ReadOptions::default());
    assert!(!reading.has_errors(), "{:?}\n{own}", reading.diagnostics);
    reading.set.offers.remove(0)
}

/// What is recorded: each field as it is wanted, or another value, or none.
fn recorded(offer: &DesiredOffer, how: [u8; 5]) -> Recorded {
    let record = |((field, texts), how): (&(Field, [&str; 3]), u8)| {
        let value = match how {
            0 => field.parse(texts[0]).ok()?,
            1 => return None,
            _ => offer.fields.get(*field)?.clone(),
        };
        Some((*field, value))
    };
    let fields: Fields = FIELDS.iter().zip(how).filter_map(record).collect();
    let (offer_id, status) = (OfferId::new(7).unwrap(), RecordStatus::Live);
    let record =
        Record { offer_id, status, protect: false, replaced: Vec::new(), unsettled: None, status_word: None, fields };
    Recorded { offers: [(Key::new("a").unwrap(), record)].into(), ..Recorded::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_offer_is_wanted_to_be_the_same_from_now_on(
        own in values(), base in values(), entries in entries(), inherited in entries(), how in proptest::array::uniform5(0..6_u8),
        month in 1..8_i8, retires_expired: bool,
    ) {
        let rules = TimeRules { zone: TimeZone::UTC, retires_expired };
        let moment = rules.moment_of(time(month));
        let base = [base[0].or(Some(0)), base[1], base[2], base[3], base[4]];
        let required = "advertiser_id: 101\nvertical_id: 7\noffer_url: https://x.example/{aff_id}\n";
        let (defaults, text) = (required.to_owned() + &yaml(&base, &inherited), yaml(&own, &entries));
        prop_assume!(!text.is_empty());
        let mut before = read(&defaults, &text);
        before.resolve(moment, &rules);
        let recorded = recorded(&before, how);
        let choice = Choice::of(&before, &recorded, moment, &rules);
        let pruned = pruned(&text, &choice);
        // Nothing would be left of the file.
        let Ok(pruned) = pruned else {
            prop_assert_eq!(own, [None; 5]);
            return Ok(());
        };
        let mut after = read(&defaults, &pruned);
        after.resolve(moment, &rules);
        let mut times = entries.iter().map(|(month, _)| month);
        let is_hidden = times.any(|month| inherited.iter().any(|(other, _)| other == month));
        prop_assert!(is_hidden || same(&before, &after, moment, &rules), "{defaults}\n{text}\n=>\n{pruned}");
        if is_hidden {
            return Ok(());
        }
        let record = &recorded.offers[&before.key].fields;
        for field in FIELDS.map(|(field, _)| field) {
            let is_sent = before.fields.get(field) != record.get(field);
            prop_assert!(!is_sent || before.due_since(field) == after.due_since(field), "{field}\n{text}\n=>\n{pruned}");
        }
        let is_past = |(at, _): &&Entry| rules.moment_of(time(*at)) <= moment;
        if inherited.is_empty() && before.fields.iter().all(|(field, value)| record.get(field) == Some(value)) {
            prop_assert_eq!(choice.times.len(), entries.iter().filter(is_past).count());
        }
        // Twice is once.
        let again = Choice::of(&after, &recorded, moment, &rules);
        prop_assert!(again.times.is_empty(), "{text}\n=>\n{pruned}");
    }
}

#[test]
fn a_value_that_the_offer_has_already_is_not_written_again() {
    let rules = TimeRules { zone: TimeZone::UTC, retires_expired: false };
    let text = "offer_name: A\npayout: 2\nsync:\n  schedule:\n    - at: 2026-01-01 00:00:00\n      payout: 2.00\n";
    let defaults = "advertiser_id: 101\nvertical_id: 7\noffer_url: https://x.example/{aff_id}\n";
    let mut offer = read(defaults, text);
    let moment = rules.moment_of(time(2));
    offer.resolve(moment, &rules);
    let choice = Choice::of(&offer, &recorded(&offer, [5; 5]), moment, &rules);
    assert_eq!(choice.values, Vec::<(Field, Value)>::new());
    assert_eq!(pruned(text, &choice).unwrap(), "offer_name: A\npayout: 2\n");
}

#[test]
fn entries_under_an_end_by_date_are_folded_to_the_last_of_them() {
    let rules = TimeRules { zone: TimeZone::UTC, retires_expired: true };
    let text = "offer_name: A\npayout: 2\nexpiration_date: 2026-03-15 00:00:00\nsync:\n  schedule:\n    - at: 2026-03-01 00:00:00\n      \
                offer_status: inactive\n    - at: 2026-04-01 00:00:00\n      offer_status: active\n";
    let defaults = "advertiser_id: 101\nvertical_id: 7\noffer_url: https://x.example/{aff_id}\noffer_status: active\n";
    let mut offer = read(defaults, text);
    let moment = rules.moment_of(time(4));
    offer.resolve(moment, &rules);
    let choice = Choice::of(&offer, &recorded(&offer, [5; 5]), moment, &rules);
    assert_eq!(pruned(text, &choice).unwrap(), "offer_name: A\npayout: 2\nexpiration_date: 2026-03-15 00:00:00\n");
}
