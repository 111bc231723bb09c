//! Parsing and printing round-trip, and rules select the right requests.

use proptest::prelude::*;

use super::*;

fn free_text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,20}", "\\PC{0,10}", any::<String>()]
}

fn work() -> impl Strategy<Value = Processing> {
    prop_oneof![Just(Processing::Processed), Just(Processing::NotProcessed)]
}

fn late_reply() -> impl Strategy<Value = LateReply> {
    prop_oneof![Just(LateReply::Own), Just(LateReply::Reset), (400_u16..600).prop_map(LateReply::Status)]
}

fn effects() -> impl Strategy<Value = Effect> {
    let ending = prop_oneof![Just(Disconnect::Reset), Just(Disconnect::Close)];
    let retry_after = proptest::option::of(prop_oneof![
        any::<u32>().prop_map(RetryAfter::Seconds),
        any::<u32>().prop_map(RetryAfter::Date)
    ]);
    prop_oneof![
        (ending, work()).prop_map(|(ending, work)| Effect::Drop(ending, work)),
        work().prop_map(Effect::Hang),
        any::<u64>().prop_map(|millis| Effect::Delay(Duration::from_millis(millis))),
        Just(Effect::CutBody),
        (200_u16..600, work(), proptest::option::of(free_text())).prop_map(|(code, work, title)| Effect::Html {
            code,
            work,
            title
        }),
        (200_u16..600).prop_map(Effect::SuccessUnder),
        (any::<u64>(), late_reply()).prop_map(|(millis, reply)| Effect::Late(Duration::from_millis(millis), reply)),
        proptest::option::of(free_text()).prop_map(|text| {
            Effect::Echo("payout".to_owned(), text.map(|text| serde_json::Value::from(text).to_string()))
        }),
        Just(Effect::Swap),
        any::<Option<u64>>().prop_map(Effect::TakeId),
        free_text().prop_map(Effect::Error),
        Just(Effect::Restricted),
        (400_u16..600, work(), retry_after).prop_map(|(code, work, retry_after)| Effect::Status {
            code,
            work,
            retry_after
        }),
        Just(Effect::NoId),
        any::<Option<u64>>().prop_map(Effect::OtherId),
        any::<Option<u64>>().prop_map(Effect::IdOnly),
        free_text().prop_map(Effect::Redirect),
        free_text().prop_map(Effect::ContentType),
    ]
}

fn turns() -> impl Strategy<Value = Occurrences> {
    prop_oneof![
        Just(Occurrences::Always),
        (1..=u64::MAX).prop_map(Occurrences::Nth),
        (1..=u64::MAX, 1..=u64::MAX).prop_map(|(first, last)| Occurrences::Range(first, last)),
        (1..=u64::MAX).prop_map(Occurrences::From),
        (1..=u64::MAX).prop_map(Occurrences::Every),
        (0_u8..=100, any::<u64>()).prop_map(|(percent, seed)| Occurrences::Chance { percent, seed }),
    ]
}

fn rules() -> impl Strategy<Value = FaultRule> {
    let target = prop_oneof![
        Just(Target::Any),
        Just(Target::Connection),
        Just(Target::Call(Call::Create)),
        Just(Target::Call(Call::Update)),
        Just(Target::Call(Call::List)),
    ];
    let subject = proptest::option::of(prop_oneof![
        any::<u64>().prop_map(RequestFilter::Id),
        free_text().prop_map(RequestFilter::Name),
        free_text().prop_map(RequestFilter::Text)
    ]);
    (target, subject, turns(), effects())
        .prop_map(|(target, subject, turns, effect)| FaultRule { target, subject, turns, effect })
        .prop_filter("what cannot happen cannot be written", |rule| rule.contradiction().is_none())
}

proptest! {
    #[test]
    fn a_rule_reads_back_as_it_was_written(rule in rules()) {
        prop_assert_eq!(rule.to_string().parse::<FaultRule>(), Ok(rule));
    }

    #[test]
    fn a_plan_reads_back_as_it_was_written(rules in proptest::collection::vec(rules(), 0..5)) {
        let plan = FaultPlan { rules };
        prop_assert_eq!(plan.to_string().parse::<FaultPlan>(), Ok(plan));
    }

    #[test]
    fn reading_never_panics(text in any::<String>(), tail in "[a-z0-9:=%\\-\\[\\]\"]{0,30}") {
        let _ = text.parse::<FaultPlan>();
        let _ = format!("create{tail}").parse::<FaultRule>();
    }
}

#[test]
fn rules_are_written_as_a_person_would_type_them() {
    for text in [
        "create:3=reset-after",
        "any=delay:50",
        "update[id=12345]:2-=hang:done",
        "create[name=\"Home ]=\\\"Warranty\"]:1-2=http-503:done:after=5",
        "list:every-5=restricted",
        "connect:1=reset-before",
        "any:25%7=close-before",
        "create=error:Invalid Advertiser ID",
        "create=other-id:99",
        "create[text=\"select\"]=html-403:title=Request blocked: 4711",
        "update=late:2000:504",
        "update=echo:payout=240.00",
        "update=echo:offer_name",
        "create:3=take-id:12345",
        "update=redirect:https://x.example/?a=b:c",
    ] {
        assert_eq!(text.parse::<FaultRule>().unwrap().to_string(), text);
    }
    let typed: FaultRule = "create[name=Home Warranty]:25%=no-id".parse().unwrap();
    assert_eq!(typed.to_string(), "create[name=\"Home Warranty\"]:25%0=no-id");
    let typed: FaultRule = "update=echo:offer_status=active".parse().unwrap();
    assert_eq!(typed.to_string(), "update=echo:offer_status=\"active\"");
}

#[test]
fn an_invalid_rule_is_reported_with_its_reason() {
    for (text, problem) in [
        ("", "a fault begins with create, update, list, advertisers, any or connect"),
        ("delete=hang", "a fault begins with create, update, list, advertisers, any or connect"),
        ("create", "the effect needs a `=` before it"),
        ("create3=hang", "the call must be followed by `[offer]`, `:turns` or `=effect`"),
        ("create:0=hang", "requests are counted from 1"),
        ("create:every-0=hang", "requests are counted from 1"),
        ("create:x=hang", "a number is missing or too large"),
        ("create:+1=hang", "a number is missing or too large"),
        ("create:101%=hang", "the maximum is 100 %"),
        ("create[colour=red]=hang", "the offer is `id=N`, `name=TEXT` or `text=TEXT`"),
        ("create[id=1=hang", "the offer needs a `]` after it"),
        ("create[name=\"a=hang", "the value is not a valid JSON string"),
        ("create=hang:maybe", "only `done` is allowed after the colon"),
        ("create=delay", "the effect needs a value after a colon"),
        ("create=http-200", "unknown HTTP status"),
        ("create=html-600", "unknown HTTP status"),
        ("create=http-503:after", "an HTTP status may be followed by `done`, `after=SECONDS` or `after-date=SECONDS`"),
        ("create=cut-body:done", "unknown effect"),
        ("list=no-id", "the effect is for writes only"),
        ("create=html-500:maybe", "a page may be followed by `done` and `title=TEXT`"),
        ("create=late:1:200", "unknown HTTP status"),
        ("create=echo:colour=red", "unknown member of a reply"),
        ("connect[id=1]=hang", "a connection has no offer"),
        ("connect=restricted", "a connection can only meet reset-before, close-before, hang and delay"),
    ] {
        let error = super::parse::FaultSyntaxError { text: text.to_owned(), problem };
        assert_eq!(text.parse::<FaultRule>(), Err(error));
    }
}

#[test]
fn turns_are_the_requests_that_they_name() {
    let of_ten = |text: &str| -> Vec<u64> {
        let turns = format!("any{text}=hang").parse::<FaultRule>().unwrap().turns;
        (1..=10).filter(|number| turns.include(*number)).collect()
    };
    assert_eq!(of_ten(":3"), [3]);
    assert_eq!(of_ten(":3-5"), [3, 4, 5]);
    assert_eq!(of_ten(":8-"), [8, 9, 10]);
    assert_eq!(of_ten(":every-4"), [4, 8]);
    assert_eq!(of_ten("").len(), 10);
    assert!(of_ten(":0%1").is_empty());
    assert_eq!(of_ten(":100%1").len(), 10);
}

#[test]
fn chance_keeps_its_share_and_depends_on_its_seed_alone() {
    let picked = |seed| -> Vec<u64> {
        (1..=10_000).filter(|number| Occurrences::Chance { percent: 25, seed }.include(*number)).collect()
    };
    assert!((2_300..2_700).contains(&picked(7).len()), "{}", picked(7).len());
    assert_eq!(picked(7), picked(7));
    assert_ne!(picked(7), picked(8));
}

#[test]
fn the_first_rule_decides_delays_add_up_and_every_rule_counts() {
    let plan = "any=delay:5\ncreate:2=restricted\ncreate[name=a]=cut-body\ncreate:1-=delay:7\ncreate:1-=no-id";
    let mut injector = Injector::new(plan.parse().unwrap());
    let mut draw = |name: &str| {
        let mut selected = injector.select_by_call(Call::Create);
        injector.select_by_offer(Call::Create, None, &[name.to_owned()], "", &mut selected);
        selected.describe().unwrap()
    };
    assert_eq!([draw("a"), draw("a"), draw("b")], ["delay:12 cut-body", "delay:12 restricted", "delay:12 no-id"]);
    let fired: Vec<(u64, u64)> = injector.counts().map(|(_, matched, fired)| (matched, fired)).collect();
    assert_eq!(fired, [(3, 3), (3, 1), (2, 2), (3, 3), (3, 3)]);
}
