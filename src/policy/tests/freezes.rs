//! The law of freezes: what schedules bring waits, what CAKE has stays, and nothing is lost.

use std::fmt::Write as _;

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::config::{Freeze, Guardrails, Names};
use crate::desired::{self, ReadOptions};
use crate::diagnostic::Label;
use crate::offer::{DesiredSet, Field, Fields, Key, OfferId, Record, RecordStatus, Recorded, TimeRules, shown_time};
use crate::policy::resolve;
use crate::source::{Place, Span};

const FIELDS: [(Field, [&str; 3]); 3] = [
    (Field::OfferName, ["A", "B", "C"]),
    (Field::OfferStatus, ["active", "inactive", "pending"]),
    (Field::Payout, ["1.00", "2.00", "3.00"]),
];

fn time(day: i8) -> DateTime {
    date(2026, 3, day).at(0, 0, 0, 0)
}

fn place() -> Place {
    Place::new("offersync.toml".into(), Span { line: 1, column: 1, length: 1 })
}

/// The freezes, each with the days of its bounds, and whether it lets updates pass.
fn guardrails(freezes: &[(i8, i8, bool)]) -> Guardrails {
    let freeze = |(from, days, lets_pass): &(i8, i8, bool)| Freeze {
        from: time(*from),
        to: time(from + days),
        reason: "Q4".into(),
        except: if *lets_pass { vec!["update".into()] } else { Vec::new() },
        at: Label::at(place()),
    };
    let mut guardrails = Guardrails::default();
    guardrails.freezes = freezes.iter().map(freeze).collect();
    guardrails
}

/// One offer with these values and entries, each with its day, a field and a value.
fn offers(own: [usize; 3], entries: &[(i8, usize, usize)]) -> DesiredSet {
    let line = |field: usize, value: usize| format!("{}: {}\n", FIELDS[field].0, FIELDS[field].1[value]);
    let own: String = own.iter().enumerate().map(|(field, value)| line(field, *value)).collect();
    let mut seen = Vec::new();
    let mut text = format!("{own}advertiser_id: 101\nvertical_id: 7\noffer_url: https://x.example/{{aff_id}}\n");
    for (day, field, value) in entries.iter().filter(|(day, ..)| {
        !seen.contains(day) && {
            seen.push(*day);
            true
        }
    }) {
        if !text.contains("sync:") {
            text.push_str("sync:\n  schedule:\n");
        }
        write!(text, "    - at: {}\n      {}", shown_time(time(*day)), line(*field, *value)).unwrap();
    }
    let texts = vec![("offers/a.yaml".to_owned(), text.into_bytes())];
    let reading = desired::from_texts(texts, &Names::default(), ReadOptions::default());
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    reading.set
}

fn recorded(values: [Option<usize>; 3], status: RecordStatus) -> Recorded {
    let of_field =
        |(at, value): (usize, Option<usize>)| Some((FIELDS[at].0, FIELDS[at].0.parse(FIELDS[at].1[value?]).ok()?));
    let fields: Fields = values.into_iter().enumerate().filter_map(of_field).collect();
    let offer_id = OfferId::new(7).unwrap();
    let record =
        Record { offer_id, status, protect: false, replaced: Vec::new(), unsettled: None, status_word: None, fields };
    Recorded { offers: [(Key::new("a").unwrap(), record)].into(), ..Recorded::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn what_an_entry_has_a_say_in_stays_as_it_is_recorded_until_no_freeze_runs(
        own in proptest::array::uniform3(0..3_usize),
        entries in proptest::collection::vec((1..20_i8, 0..3_usize, 0..3_usize), 0..6),
        values in proptest::array::uniform3(proptest::option::of(0..3_usize)),
        freezes in proptest::collection::vec((1..20_i8, 1..8_i8, proptest::bool::weighted(0.2)), 0..4),
        is_live: bool, day in 1..28_i8,
    ) {
        let rules = TimeRules { zone: TimeZone::UTC, retires_expired: false };
        let (moment, guardrails) = (rules.moment_of(time(day)), guardrails(&freezes));
        let status = if is_live { RecordStatus::Live } else { RecordStatus::Retired };
        let recorded = recorded(values, status);
        let mut free = offers(own, &entries);
        free.resolve(moment, &rules);
        let mut held = free.clone();
        resolve(&mut held, Some(&recorded), &guardrails, moment, &rules);
        let is_frozen = freezes.iter().any(|(from, days, lets_pass)| !lets_pass && *from <= day && day < from + days);
        let record = &recorded.offers[&Key::new("a").unwrap()].fields;
        for (field, _) in FIELDS {
            let mut past = free.offers[0].entries().iter().filter(|entry| entry.at <= time(day));
            let has_a_say = past.any(|entry| entry.values.iter().any(|value| value.field == field));
            let expected = if is_frozen && is_live && has_a_say { record } else { &free.offers[0].fields };
            prop_assert_eq!(held.offers[0].fields.get(field), expected.get(field), "{}", field);
        }
        // What is asked for later does not depend on what was held.
        held.resolve(moment, &rules);
        prop_assert_eq!(&held.offers[0].fields, &free.offers[0].fields);
    }
}
