//! The schemas with an independent validator: offersync's documents are valid, and files are accepted or rejected as by offersync.

use crate::diagnostic::{Diagnostic, codes};
use std::path::Path;

use clap::ValueEnum as _;
use serde_json::{Value as Json, json};

use super::*;
use crate::apply::{ActionOutcome, ActionResult, Report, Run, RunOutcome};
use crate::config::{Names, from_text};
use crate::desired::{ReadOptions, from_texts};
use crate::offer::{
    CreateRequest, Field, FieldSet, InDoubtCreate, Key, NewOffer, OfferId, Record, RecordStatus, Recorded, Replaced,
    Revision, Revisions, StatusWord,
};
use crate::plan::{Plan, StateBinding, Verb};
use crate::report::{fixture, json as views, recorded};
use crate::state::{Lineage, StateDocument};

fn validator(subject: Subject) -> jsonschema::Validator {
    jsonschema::draft202012::new(&schema(subject)).unwrap()
}

/// The errors of the validator, with their positions.
fn wrong(subject: Subject, document: &Json) -> Vec<String> {
    validator(subject).iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn fits(subject: Subject, text: &str) {
    let document: Json = serde_json::from_str(text).unwrap();
    assert_eq!(wrong(subject, &document), Vec::<String>::new(), "{text}");
}

#[test]
fn every_schema_is_one_and_says_what_it_is_for() {
    for subject in Subject::value_variants().iter().copied() {
        let schema = schema(subject);
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert!(schema["title"].is_string() && schema["description"].is_string(), "{subject:?}");
        assert!(text(subject).ends_with("}\n"));
    }
}

#[test]
fn plans_and_problems_fit() {
    let unbound = Plan { state: StateBinding::default(), ..fixture::one() };
    for plan in [fixture::one(), fixture::thirty(), fixture::three_thousand(), unbound] {
        fits(Subject::Plan, &views::plan(&plan));
        fits(Subject::Diagnostics, &views::diagnostics(&plan.diagnostics));
    }
}

#[test]
fn reports_of_every_outcome_fit() {
    let outcomes = [
        ActionOutcome::Done,
        ActionOutcome::Rejected,
        ActionOutcome::NotSent,
        ActionOutcome::InDoubt,
        ActionOutcome::Skipped,
    ];
    let results = Verb::ALL.into_iter().zip(outcomes.into_iter().cycle()).map(|(verb, outcome)| ActionResult {
        key: Key::new("a").unwrap(),
        verb,
        offer_id: OfferId::new(u64::from(verb != Verb::Create)),
        outcome,
        message: (outcome != ActionOutcome::Done).then(|| "why".to_owned()),
        attempts: 1,
        content_refused: false,
        is_half_done: false,
        is_waiting: false,
        contradictions: vec![],
        due_since: None,
        done_at: None,
    });
    let results: Vec<_> = results.collect();
    for outcome in [
        RunOutcome::Complete,
        RunOutcome::Refused,
        RunOutcome::Partial,
        RunOutcome::InDoubt,
        RunOutcome::Interrupted,
        RunOutcome::NothingToDo,
    ] {
        let notes = vec!["A note.".to_owned()];
        let diagnostics = vec![Diagnostic::error(codes::apply::IN_DOUBT, "the create of `a` is in doubt").help("look")];
        let report = Report { results: results.clone(), diagnostics, notes, ..Report::new(outcome) };
        fits(Subject::Report, &views::report(&report));
        let run = Run { commit: Some("4f2c9d1".to_owned()), ..Run::default() };
        fits(Subject::Report, &views::report(&Report { run, plan: Some(Box::new(fixture::thirty())), ..report }));
    }
}

/// A state with every possible member.
fn full_state() -> Recorded {
    let offer_id = OfferId::new(7).unwrap();
    let fields = fixture::fields(&[("expiration_date", "2028-02-29 00:00:00"), ("offer_description", "a\nb")]);
    let record = Record {
        offer_id,
        status: RecordStatus::Retired,
        fields: fields.clone(),
        protect: true,
        replaced: vec![Replaced::without_fields(OfferId::new(6).unwrap(), false)],
        unsettled: None,
        status_word: StatusWord::shown("Expired"),
    };
    let request = CreateRequest {
        offer: NewOffer::new(fields).unwrap(),
        ignored: FieldSet::from_iter([Field::Payout]),
        protect: true,
        replaces: Some(offer_id),
    };
    let doubt = InDoubtCreate::new(request, "no reply".to_owned());
    let key = Key::new("a").unwrap();
    Recorded {
        offers: [(key.clone(), record)].into(),
        in_doubt: [(key, doubt)].into(),
        revisions: Revisions::from_iter([(offer_id, Revision::from(2))]),
    }
}

fn state_text(recorded: Recorded) -> String {
    let document = StateDocument { lineage: Lineage::new(), cake: "https://cake.example.com".to_owned(), recorded };
    String::from_utf8(document.emit()).unwrap()
}

#[test]
fn states_with_every_member_and_with_none_fit() {
    fits(Subject::State, &state_text(full_state()));
    fits(Subject::State, &state_text(Recorded::default()));
}

#[test]
fn lists_and_records_of_the_state_fit() {
    let (full, nothing) = (full_state(), Recorded::default());
    fits(Subject::StateList, &recorded::list_json(&full, &StateBinding::default()));
    fits(Subject::StateList, &recorded::list_json(&nothing, &StateBinding::default()));
    for key in full.offers.keys().chain(full.in_doubt.keys()) {
        fits(Subject::Record, &recorded::json(key, full.offers.get(key), full.in_doubt.get(key)));
    }
}

#[test]
fn what_is_not_a_document_does_not_fit() {
    let plan: Json = serde_json::from_str(&views::plan(&fixture::one())).unwrap();
    for (pointer, value) in [
        ("/version", json!(2)),
        ("/format", json!("offersync-report")),
        ("/actions/0/action", json!("delete")),
        ("/actions/0/offer_id", json!("12001")),
        ("/actions/0/changes/0/field", json!("price")),
        ("/actions/0/changes/0/after", json!(24.5)),
        ("/summary", json!({})),
    ] {
        let mut edited = plan.clone();
        *edited.pointer_mut(pointer).unwrap() = value;
        assert!(!wrong(Subject::Plan, &edited).is_empty(), "{pointer}");
    }
    let mut edited = plan;
    edited["extra"] = json!(1);
    assert!(!wrong(Subject::Plan, &edited).is_empty());
}

/// The document is valid, but not with any of these values, without a member, or with an additional one.
fn refuses(subject: Subject, text: &str, edits: &[(&str, Json)]) {
    fits(subject, text);
    let document: Json = serde_json::from_str(text).unwrap();
    for (pointer, value) in edits {
        let mut edited = document.clone();
        *edited.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer} in {text}")) = value.clone();
        assert!(!wrong(subject, &edited).is_empty(), "{subject:?} {pointer}");
    }
    let is_optional = |name: &String| ["in_doubt", "revisions", "digest"].contains(&name.as_str());
    for name in document.as_object().unwrap().keys().filter(|name| !is_optional(name)) {
        let mut edited = document.clone();
        edited.as_object_mut().unwrap().remove(name);
        assert!(!wrong(subject, &edited).is_empty(), "{subject:?} without {name}");
    }
    let mut edited = document;
    edited["extra"] = json!(1);
    assert!(!wrong(subject, &edited).is_empty(), "{subject:?} with a member more");
}

#[test]
fn reports_of_another_shape_do_not_fit() {
    let result = ActionResult {
        key: Key::new("a").unwrap(),
        verb: Verb::Create,
        offer_id: None,
        outcome: ActionOutcome::InDoubt,
        message: None,
        attempts: 1,
        content_refused: false,
        is_half_done: false,
        is_waiting: false,
        contradictions: vec![],
        due_since: None,
        done_at: None,
    };
    let diagnostics = vec![Diagnostic::error(codes::apply::IN_DOUBT, "the create of `a` is in doubt")];
    let plan = Some(Box::new(fixture::one()));
    let report = Report { results: vec![result], plan, diagnostics, ..Report::new(RunOutcome::InDoubt) };
    let edits = [
        ("/outcome", json!("done")),
        ("/results/0/outcome", json!("complete")),
        ("/results/0/key", json!("Not A Key")),
        ("/results/0/attempts", json!("1")),
        ("/results/0/changes/0/field", json!("price")),
        ("/results/0/changes/0/before", json!(20.5)),
        ("/environment", json!(null)),
        ("/commit", json!(1)),
        ("/started_at", json!(0)),
        ("/diagnostics/0/severity", json!("note")),
        ("/diagnostics/0", json!({"message": "text"})),
        ("/state", json!({"lineage": null})),
    ];
    refuses(Subject::Report, &views::report(&report), &edits);
}

#[test]
fn states_of_another_shape_do_not_fit() {
    let mut doubt_with_more: Json = serde_json::from_str(&state_text(full_state())).unwrap();
    let doubt_with_more = doubt_with_more["in_doubt"]["a"].as_object_mut().unwrap();
    doubt_with_more.insert("extra".to_owned(), json!(1));
    let edits = [
        ("/offers/a/offer_id", json!(0)),
        ("/offers/a/status", json!("paused")),
        ("/offers/a/fields/payout", json!(24)),
        ("/offers/a/fields", json!({"price": "24.00"})),
        ("/offers/a/replaced/0", json!({"offer_id": 6})),
        ("/offers", json!({"Not A Key": {}})),
        ("/in_doubt/a/ignored/0", json!("price")),
        ("/in_doubt/a/message", json!(null)),
        ("/in_doubt/a", json!(doubt_with_more)),
    ];
    refuses(Subject::State, &state_text(full_state()), &edits);
}

/// A file that is valid except for the line under test.
const OFFER: &str = "offer_name: A\nadvertiser_id: 1\nvertical_id: 2\noffer_url: https://a.example.com/{aff_id}\n";

/// Lines of an offer, with the verdict of both the schema and `validate`.
const LINES: &[(&str, bool)] = &[
    ("payout: 24.00", true),
    ("payout: 0", true),
    ("payout: \"24.00\"", true),
    ("payout: -1", false),
    ("payout: \"-1\"", false),
    ("payout: 1,000.00", false),
    ("payout: 1_000", false),
    ("payout: abc", false),
    ("payout: \"1e3\"", false),
    ("payout: \".5\"", false),
    ("payout: true", false),
    ("payout: [24]", false),
    ("payout:", false),
    ("payout: ~", false),
    ("sync: {schedule: [{at: 2150-12-01 00:00:00, payout: 30.00}]}", true),
    ("sync:\n  schedule:\n    - at: \"2150-12-01 00:00:00\"\n      offer_status: inactive\n      offer_name: B", true),
    ("sync: {schedule: []}", true),
    ("sync: {schedule: {at: 2150-12-01 00:00:00, payout: 30.00}}", false),
    ("sync: {schedule: [{payout: 30.00}]}", false),
    ("sync: {schedule: [{at: 2150-12-01 00:00:00}]}", false),
    ("sync: {schedule: [{at: 2150-12-01, payout: 30.00}]}", false),
    ("sync: {schedule: [{at: 2150-12-01 00:00:00, payout: -1}]}", false),
    ("sync: {schedule: [{at: 2150-12-01 00:00:00, payuot: 30.00}]}", false),
    ("sync: {schedule: [{at: 2150-12-01 00:00:00, session_hours: 24}]}", false),
    ("offer_status: pending", true),
    ("offer_status: Active", true),
    ("offer_status: activ", false),
    ("offer_status: 1", false),
    ("payout_type: CPA", true),
    ("payout_type: cps", false),
    ("revenue_type: revshare", true),
    ("currency_id: 1", true),
    ("currency_id: 0", false),
    ("currency_id: -1", false),
    ("currency_id: \"1\"", false),
    ("currency_id: 1.5", false),
    ("currency_id: 9223372036854775807", true),
    ("currency_id: 9223372036854775808", false),
    ("currency: USD", true),
    ("currency: 1", false),
    ("currency: \"\"", false),
    ("currency: USD\ncurrency_id: 1", false),
    ("session_hours: 24", true),
    ("session_hours: a day", false),
    ("expiration_date: 2026-12-31 23:59:59", true),
    ("expiration_date: 2028-02-29 00:00:00", true),
    ("expiration_date: 2000-02-29 00:00:00", true),
    ("expiration_date: 2100-02-29 00:00:00", false),
    ("expiration_date: 2026-02-30 00:00:00", false),
    ("expiration_date: 2026-04-31 00:00:00", false),
    ("expiration_date: 2026-12-31", false),
    ("expiration_date: 2026-12-31 24:00:00", false),
    ("expiration_date: 2026-13-01 00:00:00", false),
    ("preview_url: https://a.example.com", true),
    ("preview_url: HTTP://a.example.com/{x}", true),
    ("preview_url: ftp://a.example.com", false),
    ("preview_url: /relative", false),
    ("preview_url: https://a.example.com/{x", false),
    ("preview_url: \"https://a.example.com/a b\"", false),
    ("preview_url: \"https://\"", false),
    ("offer_description: |\n  two\n  lines", true),
    ("offer_description: \"\"", true),
    ("offer_description: 5", false),
    ("offer_id: 5", false),
    ("price: 5", false),
    ("sync: {protect: true, ignore_changes: [payout, advertiser], on_create_only_change: replace}", true),
    ("sync: {key: other-key, renamed_from: old}", true),
    ("sync: {key: 2024}", true),
    ("sync: {key: Bad Key}", false),
    ("sync: {protect: \"yes\"}", false),
    ("sync: {protect: yes}", false),
    ("sync: {on_create_only_change: allow}", false),
    ("sync: {ignore_changes: payout}", false),
    ("sync: {ignore_changes: [price]}", false),
    ("sync: {protekt: true}", false),
    ("sync: {allow: [{lint: \"url::http\", reason: no TLS there}]}", true),
    ("sync: {allow: []}", true),
    ("sync: {allow: [{lint: \"url::http\"}]}", false),
    ("sync: {allow: [{lint: \"url::http\", reason: \" \"}]}", false),
    ("sync: {allow: [{lint: \"url::htpp\", reason: x}]}", false),
    ("sync: {allow: [{lint: \"url::http\", reason: x, until: y}]}", false),
    ("sync: {allow: [\"url::http\"]}", false),
    ("sync: {allow: {lint: \"url::http\", reason: x}}", false),
    ("sync: true", false),
];

#[test]
fn the_schema_of_offers_judges_as_the_reader_does() {
    let mut names = Names::default();
    names.insert(Field::CurrencyId, "USD", Some(Field::CurrencyId.parse("1").unwrap()));
    let validator = validator(Subject::Offer);
    for (lines, good) in LINES {
        let text = format!("{OFFER}{lines}\n");
        let reading =
            from_texts(vec![("offers/a.yaml".to_owned(), text.clone().into_bytes())], &names, ReadOptions::default());
        assert_eq!(!reading.has_errors(), *good, "validate: {text}{:?}", reading.diagnostics);
        let document: Json = serde_yaml::from_str(&text).unwrap();
        assert_eq!(validator.is_valid(&document), *good, "schema: {text}{document}");
    }
}

#[test]
fn an_editor_does_not_ask_for_what_may_be_inherited() {
    assert_eq!(wrong(Subject::Offer, &json!({"payout": 24})), Vec::<String>::new());
    assert_eq!(wrong(Subject::Offer, &json!({"offer_name": " "})).len(), 1);
    let both = wrong(Subject::Offer, &json!({"advertiser": "a", "advertiser_id": 1}));
    assert_eq!(both.len(), 1, "{both:?}");
}

#[test]
fn every_field_has_help_for_an_editor() {
    let schema = schema(Subject::Offer);
    let properties = schema["properties"].as_object().unwrap();
    assert_eq!(properties.len(), Field::COUNT + 3 + 1);
    for (name, property) in properties {
        assert!(property["description"].as_str().is_some_and(|text| text.len() > 15), "{name}");
        if let Some(examples) = property["examples"].as_array() {
            for example in examples {
                assert!(jsonschema::is_valid(property, example), "{name}: {example}");
            }
        }
    }
    insta::assert_snapshot!(properties["vertical_id"]["description"].as_str().unwrap(), @r#"
    Vertical (category) of the offer. Every offer needs it, here or from a _defaults.yaml. Create-only: CAKE's API cannot change it later.
    "#);
}

/// Configurations, with the verdict of both the schema and the program.
const CONFIGS: &[(&str, bool)] = &[
    ("", true),
    ("offers = \"o\"\nstate = \"s.json\"", true),
    (
        "[cake]\nurl = \"https://a.cakemarketing.com\"\napi_key_env = \"CAKE_KEY\"\napi_key_in = \"query\"\ntime_zone = \"America/New_York\"",
        true,
    ),
    (
        "[cake]\nmax_in_flight = 8\nrequests_per_second = 0\ntimeout_seconds = 5\nduplicate_check = \"off\"\nlisting_lag_seconds = 0",
        true,
    ),
    ("[cake.retry]\nattempts = 3\nlongest_wait_seconds = 9\n[removed]\naction = \"forget\"", true),
    ("[names.advertisers]\nacme = 101\n\"two words\" = 7\n[names.verticals]\na = 1\n[names.currencies]\nUSD = 1", true),
    ("[lints]\n\"url::http\" = \"deny\"\n\"money::zero\" = \"allow\"", true),
    ("[lints]\n\"url::htpp\" = \"deny\"", false),
    ("[lints]\n\"url::http\" = \"error\"", false),
    ("[lints]\n\"url::http\" = true", false),
    ("[lints]\n\"offer::rename\" = \"allow\"", false),
    ("lints = 1", false),
    ("offer = \"o\"", false),
    ("offers = 1", false),
    ("[cake]\nurl = \"a.cakemarketing.com\"", false),
    ("[cake]\napi_key_env = \"secret-key\"", false),
    ("[cake]\nmax_in_flight = 0", false),
    ("[cake]\nmax_in_flight = \"4\"", false),
    ("[cake]\nduplicate_check = \"maybe\"", false),
    ("[cake]\napi_key = \"x\"", false),
    ("[cake.retry]\nattempts = 0", false),
    ("[removed]\naction = \"delete\"", false),
    ("[names.advertisers]\nacme = 0", false),
    ("[names.advertisers]\nacme = \"1\"", false),
    ("[names.offers]\nacme = 1", false),
];

#[test]
fn the_schema_of_the_configuration_judges_as_the_program_does() {
    let validator = validator(Subject::Config);
    for (text, good) in CONFIGS {
        let loaded = from_text(text, "offersync.toml", Path::new("/"), &|_| None, None);
        let errors = loaded.diagnostics.iter().any(crate::diagnostic::Diagnostic::is_error);
        assert_eq!(!errors, *good, "program: {text}\n{:?}", loaded.diagnostics);
        let document: Json = toml::from_str(text).unwrap();
        assert_eq!(validator.is_valid(&document), *good, "schema: {text}");
    }
}
