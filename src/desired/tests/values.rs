//! Valid values, as in YAML 1.2, with their digits and letters as written.

use super::{good, offer_with, value};
use crate::offer::Field;

fn read_value(field: Field, line: &str) -> String {
    value(&good(&offer_with(&format!("{line}\n"))), field).unwrap()
}

#[test]
fn money_keeps_its_digits_quoted_or_plain() {
    for amount in ["24.00", "0", "0.1", "19.999999999999999999", "100000000000000.01", "20", "7.10"] {
        assert_eq!(read_value(Field::Payout, &format!("payout: {amount}")), amount);
        assert_eq!(read_value(Field::Payout, &format!("payout: \"{amount}\"")), amount);
        assert_eq!(read_value(Field::Payout, &format!("payout: '{amount}' # paid weekly")), amount);
    }
}

#[test]
fn dates_are_read_quoted_or_plain() {
    for line in ["expiration_date: 2028-02-29 23:59:59", "expiration_date: '2028-02-29 23:59:59'"] {
        assert_eq!(read_value(Field::ExpirationDate, line), "2028-02-29 23:59:59");
    }
}

#[test]
fn words_that_yaml_1_1_took_for_something_else_are_text() {
    for word in [
        "no",
        "on",
        "Yes",
        "off",
        "y",
        "12:30:45",
        "1_000",
        "0b1",
        "2026-01-01",
        "1,5",
        "-",
        "=",
        ".",
        "+",
        "1e",
        "0o8",
    ] {
        assert_eq!(read_value(Field::OfferDescription, &format!("offer_description: {word}x")), format!("{word}x"));
    }
    for word in ["no", "on", "Yes", "off", "y", "12:30:45", "1_000", "0b1", "2026-01-01", "="] {
        assert_eq!(read_value(Field::OfferDescription, &format!("offer_description: {word}")), word);
    }
}

#[test]
fn texts_of_every_style_are_read() {
    for (line, text) in [
        ("offer_description: |\n  one\n  two", "one\ntwo\n"),
        ("offer_description: >-\n  one\n  two", "one two"),
        ("offer_description: plain\n  goes on", "plain goes on"),
        ("offer_description: \"a\\tb\\u00e9\"", "a\tbé"),
        ("offer_description: 'it''s'", "it's"),
        ("offer_description: ''", ""),
        ("offer_description: |\r\n  one\r\n  two\r", "one\ntwo\n"),
        ("offer_description: &d text", "text"),
        ("offer_description: \"123\"", "123"),
        ("offer_description: 日本語 ✓", "日本語 ✓"),
    ] {
        assert_eq!(read_value(Field::OfferDescription, line), text, "{line}");
    }
}

#[test]
fn an_alias_repeats_a_plain_value() {
    let offer = good(&offer_with("payout: &amount 24.00\nrevenue: *amount\n"));
    assert_eq!(value(&offer, Field::Revenue).unwrap(), "24.00");
    assert_eq!(offer.place_of(Field::Revenue).line, 6, "a problem of the plan points at the alias");
}

#[test]
fn a_url_is_kept_byte_for_byte() {
    let url = "HTTPS://Track.Example.com:443/a/../b?x={aff_id}&y=%7E#frag";
    assert_eq!(read_value(Field::PreviewUrl, &format!("preview_url: {url}")), url);
}

#[test]
fn flow_style_and_a_byte_order_mark_are_yaml_too() {
    let offer = good(
        "\u{feff}{offer_name: x, advertiser: acme-home, vertical: home-services, \"offer_url\": 'https://e.com', payout: 1.50}",
    );
    assert_eq!(value(&offer, Field::Payout).unwrap(), "1.50");
    assert_eq!(value(&offer, Field::AdvertiserId).unwrap(), "101");
    assert_eq!(offer.place_of(Field::OfferName).column, 14, "the mark is no column");
}

#[test]
fn what_is_not_given_is_not_managed() {
    let offer = good(&offer_with(""));
    let given: Vec<_> = offer.fields.iter().map(|(field, _)| field.name()).collect();
    assert_eq!(given, ["offer_name", "advertiser_id", "vertical_id", "offer_url", "offer_status"]);
}

#[test]
fn digits_are_a_key_without_quotes() {
    assert_eq!(good(&offer_with("sync: {key: 2026}\n")).key.as_str(), "2026");
}

#[test]
fn a_block_text_has_no_line_end_that_its_file_does_not_have() {
    for (block, read) in [
        ("|\n  text", "text"),
        ("|\n  text\n", "text\n"),
        ("|\n  text\n ", "text\n"),
        ("|\n  text\n  ", "text\n"),
        ("|\n  text\n    ", "text\n  "),
        ("|\n  text\n  \n  ", "text\n"),
        ("|\n\n  text\n  ", "\ntext\n"),
        ("|+\n  text\n  ", "text\n"),
        ("|+\n  text\n   ", "text\n "),
        (">\n  text\n  ", "text\n"),
        (">\n  folded\n  té", "folded té"),
        ("|-\n  text\n  ", "text"),
        ("|\n  text # no comment", "text # no comment"),
    ] {
        let text = format!("{}offer_description: {block}", offer_with(""));
        assert_eq!(value(&good(&text), Field::OfferDescription).as_deref(), Some(read), "{block:?}");
    }
    let between = format!("{}offer_description: |\n  text\nsession_hours: 24", offer_with(""));
    assert_eq!(value(&good(&between), Field::OfferDescription).as_deref(), Some("text\n"));
}
