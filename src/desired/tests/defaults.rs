//! Inherited values and their positions.

use super::{messages, offer_with, read_texts, value};
use crate::diagnostic::{TextForm, render_all};
use crate::offer::{Field, OnCreateOnlyChange};

#[test]
fn the_nearer_folder_wins_and_the_offer_wins_over_all() {
    let reading = read_texts(&[
        ("_defaults.yaml", "payout: 1\nrevenue: 1\nsession_hours: 1\ncurrency: USD\n"),
        ("x/_defaults.yaml", "revenue: 2\nsession_hours: 2\n"),
        ("x/y/deep.yaml", &offer_with("session_hours: 3\n")),
        ("z/flat.yaml", &offer_with("")),
    ]);
    assert_eq!(render_all(&reading.diagnostics, TextForm::default()), "");
    let [deep, flat] = &reading.set.offers[..] else { panic!("two offers") };
    let of = |offer, fields: [Field; 4]| fields.map(|field| value(offer, field).unwrap());
    let fields = [Field::Payout, Field::Revenue, Field::SessionHours, Field::CurrencyId];
    assert_eq!(of(deep, fields), ["1", "2", "3", "1"]);
    assert_eq!(of(flat, fields), ["1", "1", "1", "1"]);
}

#[test]
fn an_inherited_value_stands_in_the_file_of_defaults() {
    let reading = read_texts(&[
        ("_defaults.yaml", "revenue: 1\npayout: 1\n"),
        ("x/_defaults.yaml", "# nearer\npayout: 2\n"),
        ("x/a.yaml", &offer_with("")),
    ]);
    let offer = &reading.set.offers[0];
    let place = |field| {
        let place = offer.place_of(field);
        (place.file.to_string(), place.line, place.column)
    };
    assert_eq!(place(Field::Payout), ("x/_defaults.yaml".to_owned(), 2, 9));
    assert_eq!(place(Field::Revenue), ("_defaults.yaml".to_owned(), 1, 10));
    assert_eq!(place(Field::OfferName), ("x/a.yaml".to_owned(), 1, 13));
    // A built-in default has no position, so the start of the offer is used.
    assert_eq!(place(Field::OfferStatus), ("x/a.yaml".to_owned(), 1, 1));
    assert_eq!(value(offer, Field::OfferStatus).unwrap(), "active");
}

#[test]
fn an_id_and_a_name_overrule_each_other() {
    let rest = "offer_name: x\nvertical_id: 7\noffer_url: https://example.com\n";
    let reading = read_texts(&[
        ("_defaults.yaml", "advertiser_id: 9\n"),
        ("a.yaml", &format!("{rest}advertiser: brightline\n")),
        ("b/_defaults.yaml", "advertiser: acme-home\n"),
        ("b/b.yaml", &format!("{rest}advertiser_id: 5\n")),
        ("b/c.yaml", rest),
    ]);
    assert_eq!(
        render_all(
            &reading.diagnostics.iter().filter(|d| d.is_error()).cloned().collect::<Vec<_>>(),
            TextForm::default()
        ),
        ""
    );
    let ids: Vec<_> = reading.set.offers.iter().map(|offer| value(offer, Field::AdvertiserId).unwrap()).collect();
    assert_eq!(ids, ["204", "5", "101"]);
}

#[test]
fn settings_are_inherited_one_by_one() {
    let reading = read_texts(&[
        (
            "_defaults.yaml",
            "sync:\n  protect: true\n  on_create_only_change: replace\n  ignore_changes: [payout, revenue]\n",
        ),
        ("a.yaml", &offer_with("")),
        ("b.yaml", &offer_with("sync: {protect: false, ignore_changes: [offer_name]}\n")),
        ("c.yaml", &offer_with("sync: {ignore_changes: []}\n")),
    ]);
    assert_eq!(render_all(&reading.diagnostics, TextForm::default()), "");
    let sync: Vec<_> = reading
        .set
        .offers
        .iter()
        .map(|offer| {
            let ignored: Vec<_> = offer.sync.ignore_changes.iter().map(Field::name).collect();
            (offer.sync.protect, offer.sync.on_create_only_change, ignored.join(" "))
        })
        .collect();
    let replace = OnCreateOnlyChange::Replace;
    assert_eq!(
        sync,
        [
            (true, replace, "payout revenue".to_owned()),
            (false, replace, "offer_name".to_owned()),
            (true, replace, String::new())
        ]
    );
}

#[test]
fn a_required_field_may_come_from_defaults_and_empty_defaults_are_none() {
    let reading = read_texts(&[
        ("_defaults.yaml", "# nothing yet\n"),
        ("x/_defaults.yaml", "advertiser: acme-home\nvertical_id: 7\noffer_url: https://example.com\n"),
        ("x/a.yaml", "offer_name: x\n"),
    ]);
    assert_eq!(render_all(&reading.diagnostics, TextForm::default()), "");
    assert_eq!(reading.set.offers.len(), 1);
}

#[test]
fn defaults_that_cannot_be_read_make_no_offer_miss_anything() {
    let reading =
        read_texts(&[("_defaults.yaml", "a: [\n"), ("a.yaml", "offer_name: x\n"), ("b.yaml", "payout: -1\n")]);
    let codes: Vec<_> = reading.diagnostics.iter().map(|d| d.code.name).collect();
    assert_eq!(codes, ["yaml::syntax", "offer::money"]);
    assert!(reading.set.offers.is_empty());
}

#[test]
fn a_document_alone_needs_no_key_and_with_others_it_does() {
    let one = offer_with("");
    assert_eq!(messages(&format!("---\n{one}")), "");
    let two = format!("{one}sync: {{key: one}}\n---\n{}sync: {{key: two}}\n", one.replace("Home", "Car"));
    let reading = read_texts(&[("Any Name.yaml", &two)]);
    assert_eq!(render_all(&reading.diagnostics, TextForm::default()), "");
    let keys: Vec<_> = reading.set.offers.iter().map(|offer| (offer.key.to_string(), offer.place.line)).collect();
    assert_eq!(keys, [("one".to_owned(), 1), ("two".to_owned(), 7)]);
}
