//! The language of conditions: what holds, what is refused and where, and its laws over random conditions and texts.

use proptest::prelude::*;
use regex::Regex;

use super::condition::{Comparison, Node, Operand, Pattern, Right, Side, UrlPart};
use super::*;
use crate::offer::{Field, FieldKind, Fields, Value};

fn read(field: Field, called: &str, text: &str) -> Result<Value, RefusedValue> {
    if called == "advertiser" {
        let found = (text == "acme-home").then(|| Field::AdvertiserId.parse("101").unwrap());
        return found.ok_or_else(|| RefusedValue { message: format!("`{text}` is no advertiser"), help: None });
    }
    field.parse(text).map_err(|error| RefusedValue { message: error.to_string(), help: None })
}

fn parse(text: &str) -> Result<Condition, ParseError> {
    Condition::parse(text, Vocabulary { read: &read, has_was: true, patterns: &PatternRoom::default() })
}

fn fields(pairs: &[(Field, &str)]) -> Fields {
    pairs.iter().map(|(field, text)| (*field, field.parse(text).unwrap())).collect()
}

fn holds(text: &str) -> bool {
    let now = fields(&[
        (Field::OfferName, "Solar \"One\" (US)"),
        (Field::AdvertiserId, "101"),
        (Field::OfferUrl, "https://Track.acme.example:8443/a/b?o={offer_id}&aff=#affid#&x"),
        (Field::OfferStatus, "active"),
        (Field::Payout, "24.00"),
        (Field::Revenue, "30.10"),
        (Field::PayoutType, "cpa"),
        (Field::ExpirationDate, "2026-12-31 23:59:59"),
    ]);
    let was = fields(&[
        (Field::Payout, "20.00"),
        (Field::OfferUrl, "https://track.acme.example/a"),
        (Field::SessionHours, "24"),
    ]);
    let condition = parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    assert_eq!(parse(&condition.to_string()).as_ref(), Ok(&condition), "{text}: {condition}");
    let sides = Sides::new(&now, Some(&was));
    assert_eq!(condition.surely_holds(sides), condition.may_hold(sides), "{text}");
    condition.may_hold(sides)
}

#[test]
fn what_cannot_be_told_holds_perhaps_and_not_surely() {
    let now = fields(&[
        (
            Field::OfferUrl,
            "https://a.example/safe/%2e%2e/evil?net=ours&net=evil&%73ub=1&one=1&sub=1&enc=%65vil&r=#reqid##y&none=x&s=#s1#",
        ),
        (Field::Payout, "1.0000000000000000000000000001"),
        (Field::Revenue, "9999999999999999999999999999"),
    ]);
    let was = fields(&[(Field::Payout, "70000000000000"), (Field::Revenue, "0.0000000000000000000000000001")]);
    let both = |text: &str| {
        let (condition, sides) = (parse(text).unwrap(), Sides::new(&now, Some(&was)));
        (condition.may_hold(sides), condition.surely_holds(sides))
    };
    for text in [
        "offer_url.query.net == ours",
        "offer_url.query.net == evil",
        "offer_url.query.net != evil",
        "!(offer_url.query.net == evil)",
        "offer_url.query.net matches '^o'",
        "offer_url.query.net in [evil, worse]",
        "offer_url.query.one == 1 && offer_url.query.net contains v",
        "offer_url.query.enc == evil",
        "!(offer_url.query.enc == evil)",
        "offer_url.path starts_with /safe/",
        "offer_url.path starts_with /evil",
        "change(payout) < -10 %",
        "!(change(revenue) > 10 %)",
        "change(revenue) > 5",
    ] {
        assert_eq!(both(text), (true, false), "{text}");
    }
    for text in [
        "has(offer_url.query.net)",
        "offer_url.query.net != other",
        "offer_url.query.sub == 1",
        "offer_url.query.net in [ours, evil] || payout > 1",
        "offer_url.query.one == 1 || offer_url.query.net == evil",
    ] {
        assert_eq!(both(text), (true, true), "{text}");
    }
    for text in ["offer_url.query.net == other", "has(offer_url.query.none)", "offer_url.query.none != x"] {
        assert_eq!(both(text), (false, false), "{text}");
    }
}

#[test]
fn what_holds() {
    for text in [
        "payout = 24",
        "payout == 24.00",
        "payout>=24&&revenue<30.11",
        "payout > 100 || revenue == 30.1",
        "payout_type = CPA and advertiser = acme-home",
        "advertiser_id in [7, 101]",
        "offer_name == \"Solar \"\"One\"\" (US)\"",
        "offer_name = Solar \"One\" (US)",
        "offer_name contains 'One'",
        "offer_name starts_with Solar && !(payout < 1)",
        "offer_name matches \"^Solar .*\\((US|CA)\\)$\"",
        "offer_url.host == track.acme.example",
        "offer_url.host == TRACK.acme.example.",
        "offer_url.host in [Track.Acme.Example]",
        "offer_url.host starts_with TRACK",
        "offer_url.host matches \"^TRACK[.]\"",
        "offer_url.path == /a/b",
        "offer_url.query.aff == \"#affid#\"",
        "has(offer_url.query.x) && !has(offer_url.query.y)",
        "offer_url contains \"#affid#\"",
        "expiration_date < 2027-01-01 00:00:00",
        "was.payout == 20",
        "change(payout) == 4",
        "change(payout) <= 20 %",
        "!(change(payout) > 20%)",
        "change(payout) > 19.99 %",
        "change(payout) > -5",
        "change(offer_url) && change(session_hours) && !change(preview_url)",
        "payout < revenue",
        "payout > was.payout",
        "offer_url.host == was.offer_url.host",
        "offer_url != was.offer_url",
        "!!has(payout)",
        "(payout = 24 || payout = 25) && has(revenue)",
    ] {
        assert!(holds(text), "{text}");
    }
}

#[test]
fn an_absent_value_makes_every_comparison_false() {
    for text in [
        "session_hours > 1",
        "session_hours != 3",
        "session_hours == was.session_hours",
        "preview_url.host != a.example",
        "preview_url contains x",
        "preview_url matches x",
        "was.revenue < 100",
        "change(revenue) != 3",
        "change(revenue) < 10 %",
        "currency_id in [1, 2]",
        "has(currency_id)",
    ] {
        assert!(!holds(text), "{text}");
    }
}

#[test]
fn refusals_name_the_place_and_the_way_out() {
    let refused = |text: &str| {
        let error = parse(text).unwrap_err();
        format!(
            "{}: {}{}",
            &text[error.span.clone()],
            error.message,
            error.help.map(|help| format!("; {help}")).unwrap_or_default()
        )
    };
    let cases = [
        ("payot > 1", "payot: unknown field `payot`; did you mean `payout`?"),
        ("revenue > 1 && payot > 1", "payot: unknown field `payot`; did you mean `payout`?"),
        ("payout > ten", "ten: "),
        ("payout", "payout: a comparison is missing"),
        ("offer_name > a", ">: `offer_name` can only be compared with == and !="),
        ("payout contains 2", "contains: `payout` is no text"),
        ("payout matches 2", "payout: only a text or a URL"),
        ("offer_name matches '('", "'(': not a regular expression"),
        ("payout.host == a", ".: `payout` has no parts"),
        ("offer_url.port == 1", ".port: a URL has the parts"),
        ("offer_name = 'a", "'a: the quotes of the value do not match"),
        ("offer_name = 'a' b", "b: expected `&&`, `||` or the end"),
        ("(payout > 1", ": expected `)`"),
        ("advertiser = nobody", "nobody: `nobody` is no advertiser"),
        ("payout >", ": expected a value"),
        ("change(offer_name) == a", "==: `change(offer_name)` says whether it changes"),
        ("change(payout) > a lot", "a lot: expected an amount"),
        ("change(payout) > was.payout", "was.payout: `change(payout)` cannot be compared with `was.payout`"),
        ("payout > was.offer_name", "was.offer_name: `payout` cannot be compared"),
        ("payout in 3", "3: expected `[`"),
        ("", ": expected the name of a field"),
    ];
    for (text, expected) in cases {
        assert!(refused(text).starts_with(expected), "{text}\n  {}\n  {expected}", refused(text));
    }
    let without = Condition::parse(
        "was.payout > 1",
        Vocabulary { read: &read, has_was: false, patterns: &PatternRoom::default() },
    )
    .unwrap_err();
    assert!(without.message.contains("one value of a field"), "{without:?}");
    assert!(parse(&"(".repeat(5000)).unwrap_err().message.contains("too deeply"));
    assert!(parse(&format!("{}has(payout)", "!".repeat(5000))).is_ok());
}

fn any_value(field: Field) -> BoxedStrategy<Value> {
    let texts = match field.kind() {
        FieldKind::Name | FieldKind::Text => "[a-z\"'(),&| \\[\\]]{0,8}[a-z]".boxed(),
        FieldKind::Url => "https://[a-z]{1,5}\\.example/[a-z?&=\"']{0,9}".boxed(),
        FieldKind::Id | FieldKind::Hours => "[1-9][0-9]{0,6}".boxed(),
        FieldKind::Status => {
            prop_oneof![Just("active"), Just("inactive"), Just("pending")].prop_map(str::to_owned).boxed()
        }
        FieldKind::Money => "(0|[1-9][0-9]{0,5})(\\.[0-9]{1,4})?".boxed(),
        FieldKind::PriceType => prop_oneof![Just("cpa"), Just("revshare")].prop_map(str::to_owned).boxed(),
        FieldKind::Date => "20[0-9][0-9]-0[1-9]-[12][0-8] [01][0-9]:[0-5][0-9]:[0-5][0-9]".boxed(),
    };
    texts.prop_map(move |text| field.parse(&text).unwrap()).boxed()
}

fn any_operand(field: Field, is_part: bool) -> BoxedStrategy<Operand> {
    let part = match (field.kind(), is_part) {
        (FieldKind::Url, true) => prop_oneof![
            Just(UrlPart::Host),
            Just(UrlPart::Path),
            "[a-z_-]{1,4}".prop_map(|name| UrlPart::Query(name.into()))
        ]
        .prop_map(Some)
        .boxed(),
        _ => Just(None).boxed(),
    };
    let side = prop_oneof![Just(Side::Now), Just(Side::Was)];
    (side, part).prop_map(move |(side, part)| Operand { side, field, part }).boxed()
}

fn any_test() -> impl Strategy<Value = Node> {
    let field = proptest::sample::select(Field::ALL.to_vec());
    (field, any::<bool>()).prop_flat_map(|(field, is_part)| {
        let operand = any_operand(field, is_part);
        let is_text = matches!(field.kind(), FieldKind::Name | FieldKind::Text | FieldKind::Url);
        let has_part = is_part && field.kind() == FieldKind::Url;
        let right = move || {
            if has_part {
                "[a-z#\"' ]{1,6}".prop_map(|text| Right::Text(text.into())).boxed()
            } else {
                any_value(field).prop_map(Right::Value).boxed()
            }
        };
        let equal = prop_oneof![Just(Comparison::Equal), Just(Comparison::Unequal)];
        let compare = (operand.clone(), equal, right()).prop_map(|(left, comparison, right)| Node::Compare {
            left,
            comparison,
            right,
        });
        let one_of = (operand.clone(), proptest::collection::vec(right(), 1..3))
            .prop_map(|(left, rights)| Node::OneOf { left, rights });
        let has = operand.clone().prop_map(Node::Has);
        let changes = Just(Node::Changes(field));
        if is_text {
            let pattern = "[a-z\"'.^$ ]{1,6}".prop_map(|text| Pattern(Regex::new(&text).unwrap()));
            let matches = (operand, pattern).prop_map(|(left, pattern)| Node::Matches { left, pattern });
            prop_oneof![compare, one_of, has, changes, matches].boxed()
        } else {
            prop_oneof![compare, one_of, has, changes].boxed()
        }
    })
}

fn any_node() -> impl Strategy<Value = Node> {
    any_test().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Node::All),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Node::Any),
            inner.prop_map(|node| match node {
                Node::Not(inner) => *inner,
                other => Node::Not(Box::new(other)),
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_printed_reads_back(node in any_node()) {
        let condition = Condition(node);
        let text = condition.to_string();
        prop_assert_eq!(parse(&text).map_err(|error| format!("{text}: {error:?}")), Ok(condition));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_text_makes_it_panic(
        text in "((payout|offer_url|offer_name|was|change|has|in|matches|contains|and|[(.]host|acme)|[ !=<>&|()\\[\\],.'\"%0-9]|\\PC){0,24}"
    ) {
        if let Ok(condition) = parse(&text) {
            prop_assert_eq!(parse(&condition.to_string()), Ok(condition.clone()), "{}", &text);
            let (now, was) = (fields(&[(Field::Payout, "1")]), fields(&[(Field::Payout, "3")]));
            condition.may_hold(Sides::new(&now, Some(&was)));
        }
    }
}

#[test]
fn the_word_or_is_no_part_of_a_value_before_another_condition() {
    for text in ["payout < 1 or revenue > 1", "offer_name == Solar OR has(revenue)", "payout < 1 or (revenue > 1)"] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.message, "write `||` for `or`", "{text}");
        assert!(text[error.span.clone()].eq_ignore_ascii_case("or"), "{text}");
    }
    for text in ["offer_name == Live or Die", "offer_name == \"Solar or payout\"", "payout < 1 and revenue > 1"] {
        assert!(parse(text).is_ok(), "{text}");
    }
}
