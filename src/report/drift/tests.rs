//! Tests of the views of drift.

use super::*;
use crate::offer::{AdvertiserId, Field, FieldSet, Key, OfferId, ShownValue};
use crate::plan::{DuplicateOf, NotCompared, StateBinding, Unrecorded};

fn field(field: Field, sides: [&str; 3], changed_by: ChangedBy) -> DriftedField {
    let value = |text: &str| field.parse(text).ok();
    DriftedField {
        field,
        recorded: value(sides[0]),
        observed: value(sides[1]).map_or(ShownValue::NotShown, |value| ShownValue::Value { value, word: None }),
        desired: value(sides[2]),
        changed_by,
    }
}

fn offer(key: &str, id: u64, kind: DriftKind) -> DriftedOffer {
    DriftedOffer {
        key: Key::new(key).unwrap(),
        renamed_to: None,
        offer_id: OfferId::new(id).unwrap(),
        retired: false,
        kind,
        expired: false,
    }
}

fn sample() -> Drift {
    let payout = field(Field::Payout, ["20.00", "25.00", "20.00"], ChangedBy::Cake);
    let name = field(Field::OfferName, ["A", "</details>|`@everyone`", "B"], ChangedBy::Conflict);
    Drift {
        offers: vec![
            offer("auto", 1, DriftKind::Values(vec![payout])),
            offer("gone", 2, DriftKind::Gone),
            offer("home", 3, DriftKind::Values(vec![name])),
        ],
        unchanged: 7,
        retired: 2,
        ended: Vec::new(),
        not_compared: Vec::new(),
    }
}

/// An offer that was compared, a date aside; the payout of another one cannot be read.
fn incomplete() -> Drift {
    let not_compared = |key: &str, id: u64, fields: &[Field]| NotCompared {
        key: Key::new(key).unwrap(),
        offer_id: OfferId::new(id).unwrap(),
        fields: fields.iter().copied().collect::<FieldSet>(),
    };
    let mut payout = field(Field::Payout, ["20.00", "", "20.00"], ChangedBy::Unknown);
    payout.observed = ShownValue::Unreadable { text: "20 USD".into(), reason: "not plain digits".into() };
    Drift {
        offers: vec![offer("home", 3, DriftKind::Values(vec![payout]))],
        unchanged: 1,
        retired: 0,
        ended: Vec::new(),
        not_compared: vec![
            not_compared("auto", 1, &[Field::ExpirationDate, Field::OfferDescription]),
            not_compared("home", 3, &[Field::ExpirationDate]),
        ],
    }
}

fn unrecorded(id: u64, name: &str, duplicate_of: Option<&str>) -> Unrecorded {
    Unrecorded {
        offer_id: OfferId::new(id).unwrap(),
        name: Some(name.to_owned()),
        advertiser: AdvertiserId::new(101),
        status: Some("active".to_owned()),
        duplicate_of: duplicate_of.map(|key| DuplicateOf {
            key: Key::new(key).unwrap(),
            offer_id: OfferId::new(1),
            same_name: true,
        }),
    }
}

#[test]
fn the_text_shows_all_three_sides() {
    insta::assert_snapshot!(text(&sample(), &[], false), @r"
    auto  offer 1
        payout  recorded 20.00   CAKE 25.00   git 20.00   changed in CAKE

    home  offer 3
        offer_name  recorded A   CAKE </details>|`@everyone`   git B   changed on both sides

    Not in CAKE's list; the API key's user may see fewer offers than exist:
        gone  offer 2

    Take CAKE's values into the YAML with `offersync drift --accept`.
    A value that git changed as well is taken over only with its key: `offersync drift --accept KEY`.
    Drift: 1 in conflict, 1 changed in CAKE, 1 gone from CAKE's list, 7 as recorded. Of 2 retired offers, the status alone was compared.
    ");
}

#[test]
fn a_value_that_nobody_recorded_is_not_called_recorded() {
    let fields = vec![field(Field::Payout, ["", "33", "20"], ChangedBy::Git)];
    let offer = offer("a", 1, DriftKind::Values(fields));
    let drift = Drift { offers: vec![offer], unchanged: 1, ..Drift::default() };
    let text = text(&drift, &[], false);
    assert!(text.contains("Of 1, CAKE shows a value that is not recorded, and another one than git."), "{text}");
}

#[test]
fn no_drift_is_one_sentence() {
    let none = Drift { unchanged: 12, ..Drift::default() };
    assert_eq!(text(&none, &[], false), "No drift: 12 offers are in CAKE as they were recorded.\n");
}

#[test]
fn the_json_has_the_documented_shape() {
    let json: serde_json::Value =
        serde_json::from_str(&json(&sample(), &[], "https://cake.example", &StateBinding::default())).unwrap();
    assert_eq!(json["format"], "offersync-drift");
    assert_eq!(json["summary"]["conflict"], 1);
    assert_eq!(json["offers"][0]["fields"][0]["observed"], "25.00");
    assert_eq!(json["offers"][1]["gone"], true);
}

#[test]
fn markdown_cannot_be_broken_and_keeps_to_its_budget() {
    let page = markdown(&sample(), &[], "production", 65_536);
    assert!(!page.contains("</details>") && !page.contains("@everyone"), "{page}");
    let mut many = sample();
    let moved = || DriftKind::Values(vec![field(Field::Payout, ["20.00", "25.00", "20.00"], ChangedBy::Cake)]);
    many.offers = (0..500).map(|n| offer(&format!("o{n}"), n + 1, moved())).collect();
    for budget in [500, 1_000, 10_000] {
        let page = markdown(&many, &[], "production", budget);
        assert!(page.len() <= budget && page.contains("more rows"), "{} > {budget}", page.len());
    }
}

#[test]
fn a_thousand_offers_that_a_key_may_not_see_are_told_at_once() {
    let offers = (0..1_000).map(|n| offer(&format!("o{n}"), n + 1, DriftKind::Gone)).collect();
    let all = Drift { offers, ..Drift::default() };
    let (text, page) = (text(&all, &[], false), markdown(&all, &[], "production", 65_536));
    assert!(text.lines().count() < 20 && page.lines().count() < 20, "{text}\n{page}");
    assert_eq!(text.matches("may see fewer offers").count(), 1);
    assert!(text.contains("and 990 more") && page.contains("and 990 more"));
}

#[test]
fn nothing_is_claimed_of_fields_that_were_not_compared() {
    insta::assert_snapshot!(text(&incomplete(), &[], false), @r"
    home  offer 3
        payout  recorded 20.00   CAKE 20 USD   git 20.00   CAKE's value cannot be read: not plain digits

    CAKE does not show every managed field; not compared: expiration_date of 2 offers, offer_description of 1 offer.
    Drift: 1 with a value that cannot be read, 1 as recorded in what CAKE shows.
    ");
    let none = Drift { offers: vec![], ..incomplete() };
    insta::assert_snapshot!(text(&none, &[], false), @r"
    CAKE does not show every managed field; not compared: expiration_date of 2 offers, offer_description of 1 offer.
    No drift in what CAKE shows of 1 offer.
    ");
    insta::assert_snapshot!(markdown(&none, &[], "production", 65_536), @r"
    <!-- offersync-drift production -->
    **No drift in what CAKE shows of 1 offer.**

    CAKE does not show every managed field; not compared: expiration_date of 2 offers, offer_description of 1 offer.
    ");
    let json: serde_json::Value =
        serde_json::from_str(&json(&incomplete(), &[], "https://cake.example", &StateBinding::default())).unwrap();
    assert_eq!(json["not_compared"], serde_json::json!({"expiration_date": 2, "offer_description": 1}));
    assert_eq!(json["offers"][0]["fields"][0]["observed"], "20 USD");
    assert_eq!(json["offers"][0]["fields"][0]["unreadable"], "not plain digits");
    assert_eq!(json["summary"]["unreadable"], 1);
}

#[test]
fn offers_without_a_record_are_listed_and_duplicates_are_a_warning() {
    let offers = [unrecorded(9, "Auto", Some("auto")), unrecorded(7, "</details>`", None)];
    let drift = Drift { unchanged: 12, ..Drift::default() };
    insta::assert_snapshot!(text(&drift, &offers, false), @r"
    warning: not recorded: 2 offers in CAKE, with 1 possible duplicate of recorded ones
        offer 9  Auto  advertiser 101  active  same name and advertiser as `auto` (offer 1)
        offer 7  </details>`  advertiser 101  active
    If a duplicate is its key's offer, run `offersync state adopt KEY --offer-id N`: the next apply then makes the present one inactive. If not, give the duplicate another name in CAKE.

    No drift: 12 offers are in CAKE as they were recorded.
    ");
    insta::assert_snapshot!(markdown(&drift, &offers, "production", 65_536), @r"
    <!-- offersync-drift production -->
    **No drift: 12 offers are in CAKE as they were recorded.**

    <details><summary>warning: not recorded: 2 offers in CAKE, with 1 possible duplicate of recorded ones</summary>

    - offer 9: Auto, advertiser 101, active, same name and advertiser as &#96;auto&#96; (offer 1)
    - offer 7: &#60;/details&#62;&#96;, advertiser 101, active

    If a duplicate is its key's offer, run `offersync state adopt KEY --offer-id N`: the next apply then makes the present one inactive. If not, give the duplicate another name in CAKE.

    </details>
    ");
    let json: serde_json::Value =
        serde_json::from_str(&json(&drift, &offers, "https://cake.example", &StateBinding::default())).unwrap();
    assert_eq!(json["not_recorded"][0]["duplicate_of"]["key"], "auto");
    assert_eq!(json["not_recorded"][1]["offer_id"], 7);
}

#[test]
fn many_offers_without_a_record_are_counted() {
    let offers: Vec<_> = (1..=500).map(|id| unrecorded(id, &"x".repeat(200), Some("auto"))).collect();
    let text = text(&Drift::default(), &offers, false);
    assert!(text.lines().count() < 30 && text.contains("and 480 more"), "{text}");
    for budget in [500, 1_000, 10_000] {
        assert!(markdown(&sample(), &offers, "production", budget).len() <= budget);
        assert!(markdown(&incomplete(), &offers, "production", budget).len() <= budget);
    }
}

#[test]
fn the_offer_of_a_create_in_doubt_is_left_to_the_next_apply() {
    let mut made = unrecorded(9, "Auto", Some("auto"));
    made.duplicate_of.as_mut().unwrap().offer_id = None;
    let text = text(&Drift::default(), &[made], false);
    assert!(text.contains("whose create is in doubt: `offersync apply` says how it ends"), "{text}");
    assert!(!text.contains("state adopt"), "{text}");
}
