//! Tests of the assignment and filter expressions of `edit`.

use super::assignment::{Assignment, NO_AMOUNT};
use crate::config::Names;
use crate::expr::Sides;
use crate::offer::{DesiredOffer, Field, Fields, Key, SyncSettings, ValuePlaces};
use crate::ops::condition::condition;
use crate::ops::error::Error;
use crate::source::{Place, Span};

fn offer(payout: &str) -> DesiredOffer {
    let pairs = [(Field::AdvertiserId, "101"), (Field::Payout, payout), (Field::PayoutType, "cpa")];
    let fields: Fields = pairs.into_iter().map(|(field, text)| (field, field.parse(text).unwrap())).collect();
    let place = Place::new("a.yaml".into(), Span { line: 1, column: 1, length: 1 });
    let key = Key::new("a").unwrap();
    DesiredOffer {
        has: crate::offer::HasSettings::default(),
        key,
        fields,
        sync: SyncSettings::default(),
        allowed: Vec::new(),
        waivers: Vec::new(),
        schedule: None,
        place,
        places: ValuePlaces::default(),
    }
}

fn names() -> Names {
    let mut names = Names::default();
    names.insert(Field::AdvertiserId, "acme-home", Some(Field::AdvertiserId.parse("101").unwrap()));
    names
}

fn holds_of(text: &str, offer: &DesiredOffer) -> bool {
    condition(text, &names(), false).unwrap().may_hold(Sides::new(&offer.fields, None))
}

fn after(set: &str, payout: &str) -> String {
    let assignment = Assignment::parse(set, &names(), None).unwrap();
    assignment.value_for(&offer(payout)).unwrap().to_string()
}

#[test]
fn amounts_change_exactly_and_percentages_round_half_away_from_zero() {
    assert_eq!(after("payout=24.00", "20"), "24.00");
    assert_eq!(after("payout=+10%", "20.00"), "22.00");
    assert_eq!(after("payout=+10%", "0.05"), "0.06");
    assert_eq!(after("payout=-10%", "0.05"), "0.05");
    assert_eq!(after("payout=+10%", "20"), "22.00");
    assert_eq!(after("payout=+0.005", "20.00"), "20.005");
    assert_eq!(after("payout=-2.50", "20.00"), "17.50");
    assert_eq!(after("payout=*1.5", "19.999"), "29.999");
}

#[test]
fn an_amount_never_gets_negative() {
    let assignment = Assignment::parse("payout=-30", &names(), None).unwrap();
    assert!(assignment.value_for(&offer("20")).is_err());
    assert!(Assignment::parse("payout=ten", &names(), None).is_err());
    assert!(Assignment::parse("payot=1", &names(), None).is_err());
}

#[test]
fn sums_that_cannot_be_kept_exactly_are_refused_and_never_rounded() {
    let refused = |set: &str, payout: &str| {
        Assignment::parse(set, &names(), None).unwrap().value_for(&offer(payout)).unwrap_err()
    };
    assert!(refused("payout=+0.01", "9999999999999999999999999999").contains("more digits"));
    assert!(refused("payout=*1.0000000000000000000000000001", "1.5").contains("more digits"));
    assert_eq!(after("payout=+0.5%", "0.0000000000000000000001"), "0.0000000000000000000001");
    assert_eq!(refused("revenue=+10%", "20"), NO_AMOUNT);
}

#[test]
fn nonsense_is_refused() {
    for set in [
        "payout",
        "payout=--5",
        "payout=+-5",
        "payout=+1_000",
        "payout=+1e3",
        "payout=+.5",
        "payout=*10%",
        "payout=+%",
        "payout=+",
        "payout=-0x1",
        "payout=ten",
        "payout=10%",
        "payout=",
        "payot=1",
        "offer_status=",
        "offer_status=on",
        "advertiser=nobody",
        "advertiser_id=acme-home",
        "expiration_date=2026-02-30 00:00:00",
        "payout=1,000",
        "=5",
    ] {
        let refused = Assignment::parse(set, &names(), None).expect_err(set);
        assert!(matches!(refused, Error::Usage { .. }), "{set}");
    }
    for text in [
        "",
        "payout",
        "payout >",
        "and",
        "payout > 1 and",
        "payout > 1 and and payout < 3",
        "payout > 1 or payout < 3",
        "offer_name > a",
        "offer_name = 'a",
        "offer_name = 'a' b",
        "payout => 1",
        "was.payout == 1",
        "x = 1",
    ] {
        let refused = condition(text, &names(), false).expect_err(text);
        assert!(matches!(refused, Error::Usage { .. }), "{text}");
    }
}

#[test]
fn quotes_hold_a_value_together() {
    let mut named = offer("20.00");
    named.fields.set(Field::OfferName, Field::OfferName.parse("Home and Garden = 'Best'").unwrap());
    let holds = |text: &str| holds_of(text, &named);
    assert!(holds("offer_name = \"Home and Garden = 'Best'\" and payout = 20"));
    assert!(holds("payout=20 AND offer_name!='Home and Garden'"));
    assert!(holds("offer_name = Home and payout = 20") != holds("payout = 20"));
    named.fields.set(Field::OfferName, Field::OfferName.parse("Joe's Deal").unwrap());
    let holds = |text: &str| holds_of(text, &named);
    assert!(holds("offer_name = Joe's Deal and payout = 20"));
}

#[test]
fn a_text_is_taken_as_it_is_and_only_whole_quotes_are_taken_off() {
    let name = |set: &str| {
        let assignment = Assignment::parse(set, &names(), None).unwrap();
        assignment.value_for(&offer("1")).unwrap().to_string()
    };
    assert_eq!(name("offer_name=Joe's \"Deal\""), "Joe's \"Deal\"");
    assert_eq!(name("offer_name='Joe = Best'"), "Joe = Best");
}

#[test]
fn conditions_know_names_and_order() {
    let holds = |text: &str| holds_of(text, &offer("20.00"));
    assert!(holds("advertiser = acme-home and payout_type = CPA"));
    assert!(holds("advertiser_id = 101 and payout >= 20"));
    assert!(!holds("payout > 20"));
    assert!(holds("payout != 21"));
    assert!(!holds("revenue != 1"), "a comparison with an absent value is false");
    assert!(holds("!has(revenue) || revenue != 1"));
    assert!(!holds("revenue < 1"));
    assert!(condition("offer_name > a", &names(), false).is_err());
    assert!(condition("advertiser = nobody", &names(), false).is_err());
}
