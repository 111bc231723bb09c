//! Rows and pages as CAKE may write them.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::super::number::plain_digits;
use super::super::object::Object;
use super::super::page::{Page, PageFailure, read_page};
use super::super::reply::{Body, Reply};
use super::*;

fn row(members: &str) -> ObservedOffer {
    let text = format!("{{\"offer_id\":5,{members}}}");
    ObservedOffer::read(&Object::read(&text).unwrap(), &TimeZone::get("America/New_York").unwrap()).unwrap()
}

#[test]
fn a_date_that_is_there_and_empty_is_none_and_one_that_is_not_there_is_unknown() {
    for empty in ["null", "\"\"", "\"0001-01-01T00:00:00\""] {
        assert!(row(&format!("\"expiration_date\":{empty}")).has_no_date, "{empty}");
    }
    for other in ["\"payout\":1", "\"expiration_date\":\"2031-06-30 23:59:59\"", "\"expiration_date\":\"never\""] {
        assert!(!row(other).has_no_date, "{other}");
    }
}

/// The value of a field as text, from the JSON text of its member.
fn value(field: &str, json: &str) -> Result<Option<String>, String> {
    let offer = row(&format!("\"{field}\":{json}"));
    match offer.unreadable.first() {
        Some(member) => Err(member.text.to_string()),
        None => Ok(offer.fields.get(Field::from_name(field).unwrap()).map(ToString::to_string)),
    }
}

fn page(status: u16, body: &str) -> Result<Page<ObservedOffer>, PageFailure> {
    let reply = Reply { status, retry_after: None, caveat: None, body: Body::Whole(body.as_bytes().to_vec()) };
    read_page(&reply, &TimeZone::UTC, false)
}

#[test]
fn money_is_exact_in_every_form() {
    for (json, expected) in [
        ("45.00", "45.00"),
        ("\"45.00\"", "45.00"),
        ("4.5E1", "45"),
        ("4.50e+01", "45.0"),
        ("45e-3", "0.045"),
        ("1E2", "100"),
        ("-0.00", "0.00"),
        ("100000000000000.01", "100000000000000.01"),
        ("19.999999999999999999", "19.999999999999999999"),
        ("45.0000000000000000000000000000000000", "45.00000000000000000000000000"),
    ] {
        assert_eq!(value("payout", json), Ok(Some(expected.to_owned())), "{json}");
    }
    for json in ["-1", "\"$45.00\"", "\"1,000.00\"", "true", "[1]", "{}", "1e400", "\"NaN\"", "1e99999999999999999999"]
    {
        assert!(value("payout", json).is_err(), "{json}");
    }
}

#[test]
fn null_and_nothing_are_unknown() {
    for field in Field::ALL {
        assert_eq!(value(field.name(), "null"), Ok(None), "{field}");
    }
    assert_eq!(value("expiration_date", "\"\""), Ok(None));
    assert_eq!(value("expiration_date", "\"0001-01-01T00:00:00\""), Ok(None));
    assert_eq!(value("preview_url", "\"\""), Ok(None));
    assert_eq!(value("offer_description", "\"\""), Ok(Some(String::new())));
    assert!(!row("\"payout\":null").shows(Field::Payout));
}

#[test]
fn dates_are_read_in_both_forms() {
    for (json, expected) in [
        ("2026-06-19 09:15:00", "2026-06-19 09:15:00"),
        ("2026-06-19T09:15:00", "2026-06-19 09:15:00"),
        ("2026-06-19T09:15:00.123", "2026-06-19 09:15:00"),
        ("2026-06-19T09:15:00Z", "2026-06-19 05:15:00"),
        ("2026-01-19T09:15:00.5Z", "2026-01-19 04:15:00"),
        ("2026-06-19T09:15:00+02:00", "2026-06-19 03:15:00"),
    ] {
        assert_eq!(value("expiration_date", &format!("\"{json}\"")), Ok(Some(expected.to_owned())), "{json}");
    }
    for json in ["\"2026-02-30 00:00:00\"", "\"2026-06-19\"", "\"soon\"", "1782000000", "\"/Date(1782000000000)/\""] {
        assert!(value("expiration_date", json).is_err(), "{json}");
    }
}

#[test]
fn words_are_read_in_any_case_and_kept_where_unknown() {
    assert_eq!(value("payout_type", "\"CPA\""), Ok(Some("cpa".to_owned())));
    assert_eq!(value("payout_type", "\"CPS\""), Err("CPS".to_owned()));
    let active = row("\"offer_status\":\"Active\"");
    assert_eq!(active.status_word.as_deref(), Some("Active"));
    assert_eq!(active.fields.get(Field::OfferStatus).unwrap().to_string(), "active");
    for word in ["Paused", "Expired", "Weird State"] {
        let offer = row(&format!("\"offer_status\":\"{word}\""));
        assert_eq!(offer.status_word.as_deref(), Some(word));
        assert_eq!(offer.fields.get(Field::OfferStatus), None);
        assert_eq!(&*offer.unreadable[0].text, word);
        assert!(offer.shows(Field::OfferStatus));
    }
}

#[test]
fn ids_are_numbers_or_digits() {
    for json in ["88", "\"88\""] {
        assert_eq!(value("advertiser_id", json), Ok(Some("88".to_owned())));
    }
    for json in ["0", "-1", "8.5", "\"x\"", "18446744073709551616"] {
        assert!(value("advertiser_id", json).is_err(), "{json}");
    }
}

#[test]
fn a_member_that_is_there_twice_is_unreadable() {
    let offer = row("\"payout\":1,\"Payout\":2");
    assert_eq!((offer.fields.get(Field::Payout), offer.unreadable.len()), (None, 1));
}

#[test]
fn a_value_that_breaks_our_rules_is_kept_beside_the_rest() {
    let offer = row("\"offer_name\":\"Fine\",\"offer_url\":\"not a URL\",\"payout\":3.50");
    assert_eq!(offer.fields.name(), Some("Fine"));
    assert_eq!(offer.fields.get(Field::Payout).unwrap().to_string(), "3.50");
    assert_eq!((offer.unreadable[0].field, &*offer.unreadable[0].text), (Field::OfferUrl, "not a URL"));
}

#[test]
fn rows_are_accepted_in_every_wrapper() {
    let offer = r#"{"offer_id":12345,"offer_name":"A","payout":45.00}"#;
    for body in [
        format!(r#"{{"request_status":"Success","offers":[{{"offer":{offer}}}],"total_rows":1}}"#),
        format!(r#"{{"request_status":"success","offers":[{offer}],"total_records":"1"}}"#),
        format!(r#"{{"response":{{"offers":[{{"offer":{offer}}}],"total_rows":1}}}}"#),
        format!("\u{feff}{{\"Offers\":[{{\"Offer\":{offer}}}],\"Total_Rows\":1}}"),
    ] {
        let page = page(200, &body).unwrap();
        assert_eq!((page.rows.len(), page.total), (1, Some(1)), "{body}");
        assert_eq!(page.rows[0].offer_id, id(12345));
        assert_eq!(page.rows[0].fields.len(), 2);
    }
    let empty = page(200, r#"{"request_status":"Success","offers":[],"total_rows":0}"#).unwrap();
    assert_eq!((empty.rows.len(), empty.total), (0, Some(0)));
}

#[test]
fn what_is_no_page_is_never_an_empty_one() {
    let kind = |status, body| match page(status, body).unwrap_err() {
        PageFailure::Transient { .. } => "transient",
        PageFailure::Throttled { .. } => "throttled",
        PageFailure::KeyRefused { .. } => "key refused",
        PageFailure::NoListing { .. } => "no listing",
        PageFailure::NoRows { .. } => "no rows",
        PageFailure::Final { .. } => "final",
        PageFailure::Stopped => "stopped",
    };
    for (status, body, expected) in [
        (200, r#"{"request_status":"Success"}"#, "final"),
        (200, r#"{"request_status":"Success","offers":null,"total_rows":0}"#, "final"),
        (200, r#"{"request_status":"Success","offers":{}}"#, "final"),
        (200, r#"{"request_status":"Success","offers":[{"offer_name":"x"}]}"#, "final"),
        (200, r#"{"request_status":"Success","offers":[7]}"#, "final"),
        (200, r#"{"request_status":"Error","offers":[],"total_rows":0}"#, "final"),
        (200, r#"{"request_status":"Success","message":"No offers found"}"#, "no rows"),
        (200, r#"{"request_status":"Error","message":"No offers found"}"#, "no rows"),
        (200, r#"{"message":"No offers found"}"#, "no rows"),
        (200, r#"{"request_status":"Success","message":"Restricted"}"#, "throttled"),
        (200, r#"{"request_status":"Error","message":"Restricted"}"#, "throttled"),
        (200, r#"{"message":"Invalid API Key"}"#, "key refused"),
        (200, r#"{"message":"No such method: offers"}"#, "no listing"),
        (200, "<html>", "transient"),
        (200, "", "transient"),
        (302, "", "final"),
        (400, r#"{"message":"bad filter"}"#, "final"),
        (401, "", "key refused"),
        (403, "", "key refused"),
        (404, "<html>", "no listing"),
        (405, "", "no listing"),
        (408, "", "transient"),
        (429, "", "throttled"),
        (500, "", "transient"),
        (503, "", "transient"),
    ] {
        assert_eq!(kind(status, body), expected, "HTTP {status} {body}");
    }
}

proptest! {
    #[test]
    fn numbers_are_expanded_exactly(mantissa in 0u64..=u64::MAX, scale in 0u32..8, exponent in -8i32..8) {
        let number = Decimal::from_i128_with_scale(i128::from(mantissa), scale);
        let ten = |power: i32| Decimal::from_i128_with_scale(10i128.pow(power.unsigned_abs()), 0);
        let expected = if exponent < 0 {
            Decimal::from_i128_with_scale(i128::from(mantissa), scale + exponent.unsigned_abs())
        } else {
            number * ten(exponent)
        };
        let text = plain_digits(&format!("{number}e{exponent}"), 60).unwrap();
        prop_assert_eq!(Decimal::from_str_exact(&text).unwrap(), expected, "{}", text);
        prop_assert!(!text.contains(['e', 'E']));
    }

    #[test]
    fn plain_numbers_stay_as_they_are(text in "(0|[1-9][0-9]{0,12})(\\.[0-9]{1,12})?") {
        prop_assert_eq!(plain_digits(&text, 28), Some(text));
    }

    #[test]
    fn arbitrary_bytes_are_no_page(status: u16, bytes: Vec<u8>) {
        let reply = Reply { status, retry_after: None, caveat: None, body: Body::Whole(bytes) };
        prop_assert!(read_page::<ObservedOffer>(&reply, &TimeZone::UTC, false).is_err());
    }

    #[test]
    fn arbitrary_members_never_panic(field in 0usize..14, text in ".{0,40}", raw in "[-+0-9.eE]{1,12}|true|\\[\\]|\\{\\}") {
        let name = Field::ALL[field].name();
        for json in [serde_json::to_string(&text).unwrap(), raw] {
            if let Some(object) = Object::read(&format!("{{\"offer_id\":1,\"{name}\":{json}}}")) {
                let offer = ObservedOffer::read(&object, &TimeZone::UTC).unwrap();
                prop_assert!(offer.fields.len() + offer.unreadable.len() <= 1);
            }
        }
    }
}
