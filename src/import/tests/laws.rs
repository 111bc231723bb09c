//! What holds for every CAKE: the plan after an import is empty, a second import does nothing, and one that was interrupted
//! comes to the same end.

use proptest::prelude::*;

use super::*;

fn sample(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words)
}

/// Texts that YAML, keys and folders trip over; an empty one is a member that is not shown.
fn member(field: Field) -> impl Strategy<Value = (Field, &'static str)> {
    let words: &'static [&'static str] = match field {
        Field::OfferName => {
            &["Lead", "lead", "Lead ", " yes", "no", "12:30", "1", "- a: b #", "ä/..\\ö", "…", "{x}", "Lead & Co"]
        }
        Field::AdvertiserId => &["101", "101", "102", "103", "999"],
        Field::VerticalId => &["7", "7", "9"],
        Field::OfferUrl => &["https://a.example/{aff_id}", "http://b.example/?x=1&y={z}#: '\"", "no url"],
        Field::PreviewUrl => &["", "", "https://p.example/"],
        Field::OfferStatus => &["active", "Active", "INACTIVE", "pending", "Expired", "paused", ""],
        Field::Payout | Field::Revenue => &["", "0", "24.00", "19.999999999999999999", "-1"],
        Field::PayoutType | Field::RevenueType => &["", "cpa", "CPA", "CPS"],
        Field::CurrencyId => &["", "1", "2"],
        Field::SessionHours => &["", "24", "720"],
        Field::ExpirationDate => &["", "2030-01-31 23:59:59", "soon"],
        Field::OfferDescription => {
            &["", "one line", "two\nlines\n", " | \n\n  x\t\r\n", "null", "# not a comment", "\u{1}"]
        }
    };
    sample(words).prop_map(move |text| (field, text))
}

fn observed() -> impl Strategy<Value = Vec<ObservedOffer>> {
    let members: Vec<_> = Field::ALL.into_iter().map(member).collect();
    prop::collection::vec(members, 0..12).prop_map(|offers| {
        let numbered = offers.into_iter().zip(1..);
        numbered.map(|(members, number)| offer(number * 7, "Lead", &members)).collect()
    })
}

fn defaults() -> impl Strategy<Value = Place> {
    let texts: &'static [&'static str] = &[
        "",
        "session_hours: 24\ncurrency: USD\n",
        "payout: 1.00\nrevenue: 2\noffer_status: inactive\noffer_description: inherited\nexpiration_date: 2030-01-01 00:00:00\n",
        "advertiser: acme-home\nvertical_id: 9\npayout_type: cpc\nsync:\n  protect: true\n  ignore_changes: [payout]\n",
        "sync:\n  ignore_changes: [offer_status, offer_name, offer_url]\n  on_create_only_change: replace\n",
    ];
    (sample(texts), sample(texts)).prop_map(|(root, folder)| {
        let place = Place::default();
        let place = if root.is_empty() { place } else { place.with("offers/_defaults.yaml", root) };
        if folder.is_empty() { place } else { place.with("offers/acme-home/_defaults.yaml", folder) }
    })
}

fn options() -> impl Strategy<Value = ImportOptions> {
    (any::<bool>(), any::<bool>()).prop_map(|(matching, defaults)| ImportOptions { matching, defaults })
}

proptest! {
    #[test]
    fn the_plan_after_an_import_is_empty_and_a_second_import_does_nothing(
        observed in observed(), place in defaults(), options in options(),
    ) {
        let first = place.choose(&observed, options);
        prop_assert_eq!(first.adoptions.len() + first.left_out.len(), observed.len());
        let place = place.after(&first);
        let plan = place.plan();
        prop_assert!(plan.is_empty(), "{:#?}", plan.actions);
        prop_assert!(plan.state_changes.is_empty());
        prop_assert_eq!(plan.unchanged, first.adoptions.len());
        let second = place.choose(&observed, options);
        prop_assert!(second.files.is_empty() && second.adoptions.is_empty());
        prop_assert_eq!(second.skipped, first.adoptions.len());
        prop_assert_eq!(second.left_out, first.left_out);
    }

    #[test]
    fn only_what_breaks_a_rule_of_a_required_field_stays_outside(observed in observed(), place in defaults()) {
        let import = place.choose(&observed, ImportOptions::default());
        let required = |offer: &&ObservedOffer| Field::ALL.iter().all(|f| !f.is_required() || offer.fields.get(*f).is_some());
        prop_assert_eq!(import.adoptions.len(), observed.iter().filter(required).count());
    }

    #[test]
    fn an_interrupted_import_comes_to_the_same_end(
        observed in observed(), place in defaults(), options in options(), made in 0..16_usize, noted in any::<bool>(),
    ) {
        let whole = place.choose(&observed, options);
        let mut half = whole.clone();
        half.files.truncate(made);
        let mut half = place.clone().with_files(&half);
        if noted {
            half.noted = whole.adoptions.iter().map(|a| (a.record.offer_id, a.key.clone())).collect();
        }
        let rest = half.choose(&observed, options);
        let end = half.after(&rest);
        let mut expected = place.after(&whole);
        prop_assert_eq!(&end.recorded, &expected.recorded);
        let mut files = end.files.clone();
        files.sort();
        expected.files.sort();
        prop_assert_eq!(files, expected.files);
    }

    #[test]
    fn what_is_recorded_was_observed(observed in observed(), place in defaults(), options in options()) {
        for adoption in place.choose(&observed, options).adoptions {
            let offer = observed.iter().find(|offer| offer.offer_id == adoption.record.offer_id).unwrap();
            for (field, value) in adoption.record.fields.iter() {
                prop_assert_eq!(offer.fields.get(field), Some(value));
            }
        }
    }
}
