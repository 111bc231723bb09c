//! `sync.schedule`: its shape, its errors with their places, and how the entries of several levels go together.

use super::{names, offer_with};
use crate::desired::{ReadOptions, from_texts};
use crate::offer::{DesiredOffer, Field, shown_time};

fn read(files: &[(&str, &str)]) -> crate::desired::Reading {
    let texts = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    from_texts(texts, &names(), ReadOptions::default())
}

fn offer(files: &[(&str, &str)]) -> DesiredOffer {
    let reading = read(files);
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    reading.set.offers.into_iter().next().unwrap()
}

/// `2026-12-01 00:00:00 payout=30.00`
fn entries(offer: &DesiredOffer) -> Vec<String> {
    let entry = |entry: &std::sync::Arc<crate::offer::ScheduleEntry>| {
        let values = entry.values.iter().map(|value| format!("{}={}", value.field, value.value));
        format!("{} {}", shown_time(entry.at), values.collect::<Vec<_>>().join(" "))
    };
    offer.entries().iter().map(entry).collect()
}

#[test]
fn entries_may_stand_in_any_order_and_are_typed_as_fields_are() {
    let text = "sync:\n  schedule:\n    - at: 2027-01-15 00:00:00\n      offer_status: inactive\n    - offer_name: \"New #1\"\n      \
                at: 2026-12-01 00:00:00\n      payout: 30.00\n";
    let offer = offer(&[("offers/a.yaml", &offer_with(text))]);
    assert_eq!(
        entries(&offer),
        ["2026-12-01 00:00:00 offer_name=New #1 payout=30.00", "2027-01-15 00:00:00 offer_status=inactive"]
    );
    let at = &offer.entries()[0];
    let line = offer_with(text).lines().position(|line| line.contains("2026-12-01")).unwrap() + 1;
    assert_eq!((at.place.line as usize, at.place.column), (line, 11));
}

#[test]
fn entries_of_all_levels_go_together_and_at_one_time_the_nearest_value_counts() {
    let entry = |at: &str, lines: &str| format!("sync: {{schedule: [{{at: {at}, {lines}}}]}}\n");
    let own = entry("2026-12-01 00:00:00", "payout: 30.00");
    let files = [
        ("offers/_defaults.yaml", entry("2026-12-01 00:00:00", "payout: 1.00, revenue: 50.00, offer_status: pending")),
        ("offers/x/_defaults.yaml", entry("2026-12-01 00:00:00", "payout: 2.00, revenue: 60.00")),
        ("offers/x/a.yaml", offer_with(&own)),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let inherited = offer(&files);
    assert_eq!(entries(&inherited), ["2026-12-01 00:00:00 offer_status=pending payout=30.00 revenue=60.00"]);
    let place = |field| {
        let value = inherited.entries()[0].values.iter().find(|value| value.field == field).unwrap();
        value.place.file.to_string()
    };
    let files = [Field::Payout, Field::Revenue, Field::OfferStatus].map(place);
    assert_eq!(files, ["offers/x/a.yaml", "offers/x/_defaults.yaml", "offers/_defaults.yaml"]);
}

#[test]
fn each_mistake_has_its_place_and_its_advice() {
    let cases = [
        ("schedule: soon", "takes a list of entries, not", "- at: 2026-12-01 00:00:00"),
        ("schedule: [soon]", "an entry of `sync.schedule` has `at` and values", "below `at`"),
        ("schedule: [{payout: 1}]", "has no `at`", "- at:"),
        ("schedule: [{at: 2026-12-01 00:00:00}]", "has no values", "write below `at` what changes then"),
        ("schedule: [{at: 2026-02-30 00:00:00, payout: 1}]", "invalid time `2026-02-30 00:00:00`", "cake.time_zone"),
        ("schedule: [{at: 2026-12-01, payout: 1}]", "invalid time `2026-12-01`", "at: 2026-12-01 00:00:00"),
        ("schedule: [{at: 2026-12-01 00:00:00, payuot: 1}]", "has no setting `payuot`", "did you mean `payout`?"),
        (
            "schedule: [{at: 2026-12-01 00:00:00, vertical: x}]",
            "`vertical` cannot be scheduled",
            "an update can change",
        ),
        ("schedule: [{at: 2026-12-01 00:00:00, payout: -1}]", "invalid value `-1` for `payout`", ""),
        (
            "schedule: [{at: 2026-12-01 00:00:00, payout: 1}, {at: 2026-12-01 00:00:00, revenue: 1}]",
            "two entries of one time",
            "below one `at`",
        ),
        ("shedule: []", "unknown setting `sync.shedule`", "did you mean `schedule`?"),
    ];
    for (line, message, help) in cases {
        let reading = read(&[("offers/a.yaml", &offer_with(&format!("sync: {{{line}}}\n")))]);
        let [problem] = &reading.diagnostics[..] else { panic!("{line}: {:?}", reading.diagnostics) };
        assert!(problem.is_error() && problem.message.contains(message), "{line}: {}", problem.message);
        assert!(problem.help.as_deref().unwrap_or_default().contains(help), "{line}: {:?}", problem.help);
        assert!(problem.place().is_some_and(|place| place.column > 1), "{line}: {:?}", problem.place());
    }
    let outside = read(&[("offers/a.yaml", &offer_with("schedule: []\n"))]);
    assert!(outside.diagnostics[0].help.as_deref().unwrap().contains("write it below `sync:`"));
}
