//! The files of imported offers and their YAML.

use super::*;
use crate::import::Reason;

#[test]
fn an_offer_gets_a_readable_place_and_text() {
    let observed =
        [offer(12, "Crédit – Lead", &[(Field::Payout, "24.00"), (Field::PayoutType, "CPA"), (Field::CurrencyId, "1")])];
    let import = Place::default().choose(&observed, ImportOptions::default());
    assert_eq!(paths(&import), ["offers/acme-home/credit-lead.yaml"]);
    assert_eq!(
        import.files[0].text,
        "offer_name: Crédit – Lead\nadvertiser: acme-home\nvertical: home-services\noffer_url: https://track.example/{offer_id}\n\
         offer_status: active\npayout: 24.00\npayout_type: cpa\ncurrency: USD\n"
    );
}

#[test]
fn clashes_take_the_vertical_then_the_id_and_older_offers_choose_first() {
    let other = (Field::VerticalId, "9");
    let observed = [
        offer(1, "Lead", &[]),
        offer(2, "LEAD!", &[]),
        offer(3, "lead", &[]),
        offer(4, "lead", &[other]),
        offer(5, "…", &[]),
        offer(6, "aux", &[other]),
    ];
    let import = Place::default().choose(&observed, ImportOptions::default());
    let keys: Vec<_> = import.adoptions.iter().map(|a| (a.record.offer_id.get(), a.key.as_str())).collect();
    let mut expected =
        vec![(1, "lead"), (2, "lead-home-services"), (3, "lead-3"), (4, "lead-4"), (5, "offer-5"), (6, "aux-6")];
    expected.sort_by_key(|(_, key)| *key);
    assert_eq!(keys, expected);
}

#[test]
fn a_key_that_is_recorded_in_doubt_or_in_a_file_of_several_offers_is_taken() {
    let place = Place::default().with(
        "offers/acme-home/lead.yaml",
        "offer_name: A\nadvertiser_id: 1\nvertical_id: 1\noffer_url: https://a.example\nsync: {key: other}\n",
    );
    let import = place.choose(&[offer(3, "Lead", &[])], ImportOptions::default());
    assert_eq!(paths(&import), ["offers/acme-home/lead-home-services.yaml"]);
}

#[test]
fn folders_follow_names_and_names_of_one_slug_stay_apart() {
    let observed = [
        offer(1, "a", &[]),
        offer(2, "b", &[(Field::AdvertiserId, "102")]),
        offer(3, "c", &[(Field::AdvertiserId, "103")]),
        offer(4, "d", &[(Field::AdvertiserId, "999")]),
    ];
    let import = Place::default().choose(&observed, ImportOptions::default());
    let expected = [
        "offers/acme-home/a.yaml",
        "offers/advertiser-999/d.yaml",
        "offers/twin-peaks-102/b.yaml",
        "offers/twin-peaks-103/c.yaml",
    ];
    assert_eq!(paths(&import), expected);
}

#[test]
fn a_status_that_cannot_be_written_is_ignored_and_an_unknown_one_too() {
    let observed = [offer(1, "a", &[(Field::OfferStatus, "Expired")]), offer(2, "b", &[(Field::OfferStatus, "")])];
    let import = Place::default().choose(&observed, ImportOptions::default());
    for path in ["offers/acme-home/a.yaml", "offers/acme-home/b.yaml"] {
        assert!(text(&import, path).ends_with("sync:\n  ignore_changes: [offer_status]\n"), "{}", text(&import, path));
        assert!(!text(&import, path).contains("offer_status:"));
    }
    assert_eq!(import.unmanaged.len(), 1, "only the word that is there is reported");
    assert!(Place::default().after(&import).plan().is_empty());
}

#[test]
fn what_cannot_be_written_stays_outside_and_the_rest_comes_in() {
    let observed = [
        offer(1, "good", &[(Field::PayoutType, "CPS")]),
        offer(2, "bad\u{7}name", &[]),
        offer(3, "no url", &[(Field::OfferUrl, "www.example.com")]),
        offer(4, "none", &[(Field::OfferUrl, "")]),
        offer(5, &"x".repeat(300), &[]),
    ];
    let import = Place::default().choose(&observed, ImportOptions::default());
    let outside: Vec<_> = import.left_out.iter().map(|left_out| left_out.offer_id.get()).collect();
    assert_eq!(outside, [2, 3, 4]);
    assert!(matches!(&import.left_out[0].reason, Reason::Unwritable { field: Field::OfferName, .. }));
    assert!(matches!(&import.left_out[1].reason, Reason::Unwritable { field: Field::OfferUrl, .. }));
    assert_eq!(import.left_out[2].reason, Reason::NotShown(Field::OfferUrl));
    assert_eq!(import.adoptions.len(), 2);
    assert_eq!(import.unmanaged[0].field, Field::PayoutType);
    assert!(import.warnings.iter().any(|warning| warning.message.contains("300 characters")));
}

#[test]
fn members_that_are_never_shown_are_told() {
    let import = Place::default().choose(&[offer(1, "a", &[(Field::Payout, "1")])], ImportOptions::default());
    assert!(import.unknown.contains(Field::PreviewUrl) && !import.unknown.contains(Field::Payout));
    assert!(Place::default().choose(&[], ImportOptions::default()).unknown.is_empty());
}

#[test]
fn a_value_that_defaults_would_give_to_what_nobody_knows_is_ignored() {
    let place = Place::default().with(
        "offers/_defaults.yaml",
        "session_hours: 24\npayout: 1.00\nadvertiser: acme-home\nsync: {ignore_changes: [revenue], protect: true}\n",
    );
    let observed = [offer(1, "a", &[(Field::Payout, "2.00"), (Field::Revenue, "3.00")])];
    let import = place.choose(&observed, ImportOptions::default());
    assert!(text(&import, "offers/acme-home/a.yaml").ends_with("sync:\n  ignore_changes: [revenue, session_hours]\n"));
    assert!(import.ignored.contains(Field::SessionHours));
    let record = &import.adoptions[0].record;
    assert!(record.protect && record.fields.get(Field::Revenue).is_none());
    let plan = place.after(&import).plan();
    assert!(plan.is_empty() && plan.state_changes.is_empty(), "{plan:?}");
}

#[test]
fn shared_values_are_lifted_into_new_folders_only() {
    let of = |advertiser: &'static str, hours: &'static str| {
        [(Field::AdvertiserId, advertiser), (Field::SessionHours, hours), (Field::PayoutType, "cpa")]
    };
    let observed = [
        offer(1, "a", &of("101", "24")),
        offer(2, "b", &of("101", "48")),
        offer(3, "c", &of("102", "24")),
        offer(4, "d", &of("102", "24")),
        offer(5, "alone", &of("999", "24")),
    ];
    let place = Place::default().with(
        "offers/acme-home/there.yaml",
        "offer_name: T\nadvertiser_id: 1\nvertical_id: 1\noffer_url: https://t.example\n",
    );
    let import = place.choose(&observed, ImportOptions { defaults: true, ..ImportOptions::default() });
    let expected = [
        "offers/twin-peaks-102/_defaults.yaml",
        "offers/acme-home/a.yaml",
        "offers/acme-home/b.yaml",
        "offers/advertiser-999/alone.yaml",
        "offers/twin-peaks-102/c.yaml",
        "offers/twin-peaks-102/d.yaml",
    ];
    assert_eq!(paths(&import), expected);
    assert_eq!(
        import.files[0].text,
        "advertiser: Twin Peaks\nvertical: home-services\npayout_type: cpa\nsession_hours: 24\n"
    );
    assert!(!import.files[4].text.contains("advertiser"), "{}", import.files[4].text);
    assert!(import.files[1].text.contains("advertiser: acme-home"));
}
