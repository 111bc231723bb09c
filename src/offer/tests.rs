//! Exactness, validation and round trips.

use super::*;

fn money(text: &str) -> Result<Value, ValueError> {
    Field::Payout.parse(text)
}

#[test]
fn money_keeps_the_authors_digits() {
    for text in
        ["24.00", "0.1", "19.999999999999999999", "100000000000000.01", "0", "0.00", "79228162514264337593543950335"]
    {
        assert_eq!(money(text).unwrap().to_string(), text);
    }
}

#[test]
fn money_is_compared_by_value() {
    assert_eq!(money("20").unwrap(), money("20.00").unwrap());
    assert_ne!(money("20").unwrap(), money("20.000000000000000001").unwrap());
}

#[test]
fn money_refuses_everything_but_plain_digits() {
    for text in [
        "1e3", "1_000", "1,000", ".5", "5.", "0123", "00", "-1", "+1", "", " 1", "1 ", "0x10", "NaN", ".inf", "1.2.3",
        "١",
    ] {
        assert!(money(text).is_err(), "{text:?} was taken for money");
    }
    assert!(money("0.00000000000000000000000000001").is_err(), "29 decimals cannot be kept exactly");
}

#[test]
fn dates_are_real() {
    let date = |text: &str| Field::ExpirationDate.parse(text);
    assert_eq!(date("2026-12-31 23:59:59").unwrap().to_string(), "2026-12-31 23:59:59");
    assert!(date("2028-02-29 00:00:00").is_ok());
    for text in [
        "2026-02-30 00:00:00",
        "2027-02-29 00:00:00",
        "2026-12-31",
        "2026-12-31T23:59:59",
        "2026-12-31 24:00:00",
        "2026-1-01 00:00:00",
    ] {
        assert!(date(text).is_err(), "{text:?} was taken for a date");
    }
}

#[test]
fn urls_keep_macros_and_spelling() {
    let url = |text: &str| Field::OfferUrl.parse(text);
    for text in [
        "https://track.example.com/aff_c?offer_id={offer_id}&aff_id={aff_id}",
        "HTTP://Example.com",
        "https://{domain}/x",
        "https://example.com:{port}/",
    ] {
        assert_eq!(url(text).unwrap().to_string(), text);
    }
    for text in [
        "ftp://example.com",
        "/relative",
        "https://",
        "https://exa mple.com",
        "https://example.com/{aff",
        "https://example.com/aff}",
        "javascript:alert(1)",
    ] {
        assert!(url(text).is_err(), "{text:?} was taken for a URL");
    }
}

#[test]
fn ids_are_positive_plain_integers() {
    for text in ["0", "-1", "1.0", "01", "1_0", "", "9223372036854775808", "abc"] {
        assert!(Field::AdvertiserId.parse(text).is_err(), "{text:?} was taken for an id");
    }
    assert_eq!(Field::AdvertiserId.parse("9223372036854775807").unwrap().as_integer(), Some(9_223_372_036_854_775_807));
}

#[test]
fn words_are_compared_in_any_case() {
    assert_eq!(Field::PayoutType.parse("CPA").unwrap(), Field::PayoutType.parse("cpa").unwrap());
    assert_eq!(Field::PayoutType.parse("cps").unwrap_err().words, PriceType::WORDS);
}

#[test]
fn five_fields_can_be_updated() {
    let names: Vec<_> = Field::ALL.into_iter().filter(|f| f.updatable().is_some()).map(Field::name).collect();
    assert_eq!(names, ["offer_name", "offer_status", "payout", "revenue", "expiration_date"]);
}

#[test]
fn the_table_names_each_field_once() {
    for field in Field::ALL {
        assert_eq!(Field::from_name(field.name()), Some(field));
    }
}

#[test]
fn the_fields_by_name_are_all_fields_sorted() {
    let mut sorted = Field::ALL;
    sorted.sort_by_key(|field| field.name());
    assert_eq!(Field::BY_NAME, sorted);
}

#[test]
fn a_new_offer_always_has_a_status_and_every_required_field() {
    let mut fields = Fields::default();
    for (field, text) in [
        (Field::OfferName, "A"),
        (Field::AdvertiserId, "1"),
        (Field::VerticalId, "2"),
        (Field::OfferUrl, "https://example.com"),
    ] {
        assert!(NewOffer::new(fields.clone()).is_err());
        fields.set(field, field.parse(text).unwrap());
    }
    let offer = NewOffer::new(fields).unwrap();
    assert_eq!(offer.fields().get(Field::OfferStatus), Some(&Value::Status(OfferStatus::Active)));
}

#[test]
fn fields_round_trip_and_refuse_what_is_wrong() {
    let text = r#"{"advertiser_id":101,"offer_name":"A","payout":"24.00"}"#;
    let fields: Fields = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&fields).unwrap(), text);
    for bad in [
        r#"{"payout":24.00}"#,
        r#"{"advertiser_id":"101"}"#,
        r#"{"advertiser_id":0}"#,
        r#"{"nope":1}"#,
        r#"{"payout":"1","payout":"2"}"#,
    ] {
        assert!(serde_json::from_str::<Fields>(bad).is_err(), "{bad} was read");
    }
}

#[test]
fn an_update_of_a_create_only_field_cannot_be_read() {
    assert!(serde_json::from_str::<Update>(r#"{"offer_id":1,"changes":{"offer_url":"https://x.example"}}"#).is_err());
    assert!(serde_json::from_str::<Update>(r#"{"offer_id":1,"changes":{}}"#).is_err());
    assert!(serde_json::from_str::<Update>(r#"{"offer_id":1,"changes":{"payout":"1.50"}}"#).is_ok());
}

#[test]
fn keys_follow_their_grammar() {
    for good in ["a", "0", "auto-insurance-us", "a.b_c-d"] {
        assert_eq!(Key::new(good).unwrap().as_str(), good);
    }
    for bad in ["", "A", "-a", ".a", "a b", "ä", "a/b"] {
        assert!(Key::new(bad).is_err(), "{bad:?} was taken for a key");
    }
}
