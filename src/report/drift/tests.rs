//! Tests of the views of drift.

use super::*;
use crate::offer::{Field, Key, OfferId};
use crate::plan::StateBinding;

fn field(field: Field, sides: [&str; 3], changed_by: ChangedBy) -> DriftedField {
    let value = |text: &str| field.parse(text).ok();
    DriftedField {
        field,
        recorded: value(sides[0]),
        observed: value(sides[1]),
        observed_word: None,
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
    }
}

#[test]
fn the_text_shows_all_three_sides() {
    insta::assert_snapshot!(text(&sample(), false), @r"
    auto  offer 1
        payout  recorded 20.00   CAKE 25.00   git 20.00   changed in CAKE

    home  offer 3
        offer_name  recorded A   CAKE </details>|`@everyone`   git B   changed on both sides

    Not in CAKE's list; the API key's user may see fewer offers than exist:
        gone  offer 2

    Take CAKE's values into the YAML with `offersync drift --accept [KEY]`.
    Drift: 1 in conflict, 1 changed in CAKE, 1 gone from CAKE's list, 7 as recorded.
    ");
}

#[test]
fn no_drift_is_one_sentence() {
    let none = Drift { offers: vec![], unchanged: 12 };
    assert_eq!(text(&none, false), "No drift: 12 offers are in CAKE as they were recorded.\n");
}

#[test]
fn the_json_has_the_documented_shape() {
    let json: serde_json::Value =
        serde_json::from_str(&json(&sample(), "https://cake.example", &StateBinding::default())).unwrap();
    assert_eq!(json["format"], "offersync-drift");
    assert_eq!(json["summary"]["conflict"], 1);
    assert_eq!(json["offers"][0]["fields"][0]["observed"], "25.00");
    assert_eq!(json["offers"][1]["gone"], true);
}

#[test]
fn markdown_cannot_be_broken_and_keeps_to_its_budget() {
    let page = markdown(&sample(), 65_536);
    assert!(!page.contains("</details>") && !page.contains("@everyone"), "{page}");
    let mut many = sample();
    let moved = || DriftKind::Values(vec![field(Field::Payout, ["20.00", "25.00", "20.00"], ChangedBy::Cake)]);
    many.offers = (0..500).map(|n| offer(&format!("o{n}"), n + 1, moved())).collect();
    for budget in [500, 1_000, 10_000] {
        let page = markdown(&many, budget);
        assert!(page.len() <= budget && page.contains("more rows"), "{} > {budget}", page.len());
    }
}

#[test]
fn a_thousand_offers_that_a_key_may_not_see_are_told_at_once() {
    let all =
        Drift { offers: (0..1_000).map(|n| offer(&format!("o{n}"), n + 1, DriftKind::Gone)).collect(), unchanged: 0 };
    let (text, page) = (text(&all, false), markdown(&all, 65_536));
    assert!(text.lines().count() < 20 && page.lines().count() < 20, "{text}\n{page}");
    assert_eq!(text.matches("may see fewer offers").count(), 1);
    assert!(text.contains("and 990 more") && page.contains("and 990 more"));
}
