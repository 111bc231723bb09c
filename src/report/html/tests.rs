//! The page as a text: its policy, its escapes, its size, and the same counts as the plan.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::apply::{ActionResult, RunOutcome};
use crate::diagnostic::{Label, codes};
use crate::inert;
use crate::offer::Key;
use crate::plan::Verb;
use crate::report::fixture::{self, PlanFixture};
use crate::source::SourcePath;

fn page_of(plan: &Plan) -> String {
    super::plan(plan, fixture::context())
}

/// The block of data, unpacked.
fn data(page: &str) -> Json {
    let (_, block) = page.split_once("id=\"Data\"").expect("a block of data");
    let (attributes, rest) = block.split_once('>').unwrap();
    let text = rest.split_once("</script>").unwrap().0;
    if !attributes.contains("gzip") {
        return serde_json::from_str(text).unwrap();
    }
    let bytes = STANDARD.decode(text).unwrap();
    serde_json::from_reader(flate2::read::GzDecoder::new(bytes.as_slice())).unwrap()
}

/// The text of each index, in place of the index.
fn texts(data: &Json, indices: &Json) -> Vec<String> {
    let text =
        |index: &Json| data["texts"][usize::try_from(index.as_u64().unwrap()).unwrap()].as_str().unwrap().to_owned();
    indices.as_array().unwrap().iter().filter(|index| !index.is_null()).map(text).collect()
}

/// What stands between two texts, wherever they stand.
fn between<'p>(page: &'p str, start: &'p str, end: &'p str) -> Vec<&'p str> {
    page.split(start).skip(1).map(|rest| rest.split_once(end).expect(end).0).collect()
}

#[test]
fn the_policy_allows_the_script_and_the_style_of_the_page_alone() {
    let page = page_of(&fixture::thirty());
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    let [script] = between(&page, "<script>", "</script>")[..] else { panic!("one script") };
    let [style] = between(&page, "<style>", "</style>")[..] else { panic!("one style") };
    let expected = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
        hash(script),
        hash(style)
    );
    assert_eq!(policy, [expected]);
    assert_eq!(hash("abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    assert!(page.find("http-equiv").unwrap() < page.find("<style>").unwrap(), "the policy comes first");
    for nothing_of in
        [" onclick", " onload", " style=", " src=", "javascript:", "@import", "url(", "innerHTML", "fetch("]
    {
        assert!(!page.contains(nothing_of), "{nothing_of}");
    }
}

#[test]
fn every_action_has_a_row_and_counts_agree_with_the_plan() {
    for plan in [fixture::thirty(), fixture::three_thousand()] {
        let page = page_of(&plan);
        let data = data(&page);
        let rows = data["rows"].as_array().unwrap();
        assert_eq!(rows.len(), plan.actions.len());
        let summary = plan.summary();
        for verb in Verb::ALL {
            let options = data["filters"][0]["options"].as_array().unwrap();
            let option = options.iter().position(|option| option == verb.word());
            let count = option.map_or(0, |option| rows.iter().filter(|row| row[2][0][0] == option).count());
            assert_eq!(count, summary.count(verb), "{verb:?}");
        }
        let view = PlanView::of(&plan, fixture::context());
        assert!(page.contains(&text(&view.verdict.sentence())));
        for total in view.payout_texts() {
            assert!(page.contains(&text(&total)), "{total}");
        }
        assert_eq!(data["texts"].as_array().unwrap().len(), {
            let unique: std::collections::HashSet<_> = data["texts"].as_array().unwrap().iter().collect();
            unique.len()
        });
    }
}

#[test]
fn the_gravest_change_is_the_first_row_with_both_amounts() {
    let mut world = PlanFixture::default();
    for at in 0..40 {
        world.change(&format!("usual-{at:02}"), &[("payout", "20.00")], &[("payout", "21.00")]);
    }
    world.change("wrong", &[("payout", "20.00")], &[("payout", "210.00")]);
    let data = data(&page_of(&world.plan()));
    let first = &data["rows"][0];
    assert_eq!(texts(&data, &first[1][1])[0], "wrong");
    assert_eq!(texts(&data, &first[1][4]), ["20.00 → 210.00 cpa, USD (+190.00, +950.0 %)"]);
    assert_eq!(first[3][0], 95_000);
}

#[test]
fn what_is_not_known_is_said_to_be_that() {
    let data = data(&page_of(&fixture::thirty()));
    let row = |key: &str| {
        let rows = data["rows"].as_array().unwrap();
        rows.iter().find(|row| texts(&data, &row[1][1])[0] == key).unwrap_or_else(|| panic!("{key}")).clone()
    };
    let change = |key: &str, field: &str| {
        let row = row(key);
        let details = row[4].as_array().unwrap().clone();
        let found =
            details.into_iter().find(|detail| texts(&data, &serde_json::json!([detail[0]])) == [field]).unwrap();
        texts(&data, &serde_json::json!([found[1], found[2]]))
    };
    assert_eq!(change("paused", "expiration_date"), ["not recorded", "2026-12-31 23:59:59"]);
    assert_eq!(change("unpriced", "session_hours"), ["24 h", "not managed"]);
    let new = row("new-one");
    assert_eq!(texts(&data, &new[1][4]), ["24.00 cpa, USD"]);
}

#[test]
fn a_text_of_several_lines_is_whole() {
    let data = data(&page_of(&fixture::thirty()));
    let all = data["texts"].as_array().unwrap();
    for line in ["- Weekly cap of 50.", "+ Weekly cap of 75.", "  Pays on a qualified lead.", "+ - no incentives"] {
        assert!(all.iter().any(|text| text == line), "{line}");
    }
}

/// Values that would be markup, script, commands, or could not be seen.
const HOSTILE: [&str; 9] = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- <script>",
    "]]>&lt;b&gt;&amp;\"'",
    "{{script}}{{data}}",
    "##[add-mask]x",
    "::error file=x::boom",
    "\u{202e}live\u{2028}x\u{2029}\u{200b}",
    "\u{1b}[31mred\u{7}",
];

#[test]
fn no_value_is_markup_or_a_command() {
    let mut world = PlanFixture::default();
    for (at, text) in HOSTILE.iter().enumerate() {
        let long = format!("{text}\n{text}\n");
        // A name has no control characters.
        let name = if text.chars().any(char::is_control) { "plain" } else { text };
        let fields = [("offer_name", name), ("offer_description", long.as_str())];
        world.desire(&format!("f{at}"), &format!("new-{at}"), &fields);
        world.change(&format!("old-{at}"), &[("payout", "2.00")], &fields);
    }
    let plan = world.plan();
    let names = |_| Some(HOSTILE[0].to_owned() + HOSTILE[7]);
    let page = super::plan(&plan, ViewContext { names: &names, ..fixture::context() });
    assert_inert(&page);
    let data = data(&page);
    assert!(data["texts"].as_array().unwrap().iter().any(|text| text == HOSTILE[0]), "whole in the data");
    assert!(data["texts"].as_array().unwrap().iter().any(|text| text == "<U+202E>live<U+2028>x<U+2029><U+200B>"));
}

#[track_caller]
fn assert_inert(page: &str) {
    assert_eq!(page.matches("<script").count(), 2, "the data and the script");
    assert_eq!(page.matches("</script").count(), 2);
    assert_eq!(page.matches("<!--").count(), 2, "those of the templates");
    assert!(!page.contains("<img"));
    assert_eq!(inert::text(page), page, "nothing acts on a terminal or a CI system");
}

#[test]
fn problems_are_inert_and_complete() {
    let problem = |text: &&str| {
        let mut label = Label::file(SourcePath::from(format!("offers/{text}.yaml")));
        label.text = (*text).to_owned();
        label.source_line = Some((*text).into());
        Diagnostic::error(codes::process::USAGE, *text).label(label).help(*text)
    };
    let problems: Vec<_> = HOSTILE.iter().map(problem).collect();
    let page = diagnostics(&problems);
    assert!(page.contains("<h1>Failed: 9 errors.</h1>"));
    assert_eq!(page.matches("<li class=\"error\">").count(), HOSTILE.len());
    assert_eq!(page.matches("<script").count(), 1, "no data");
    assert_eq!(inert::text(&page), page);
    assert!(page.contains("{{script}}") || page.contains("{{data}}"), "a value is no mark of the template");
}

#[test]
fn a_report_says_what_was_not_done_first() {
    let result = |key: &str, outcome, message: Option<&str>| ActionResult {
        key: Key::new(key).unwrap(),
        verb: Verb::Update,
        offer_id: None,
        outcome,
        message: message.map(str::to_owned),
        attempts: 1,
        content_refused: outcome == ActionOutcome::Rejected,
        is_half_done: false,
        is_waiting: false,
        contradictions: vec![],
        due_since: None,
        done_at: None,
    };
    let results = vec![
        result("fine", ActionOutcome::Done, None),
        result("refused", ActionOutcome::Rejected, Some(HOSTILE[0])),
        result("unclear", ActionOutcome::InDoubt, Some(HOSTILE[6])),
    ];
    let notes = vec![HOSTILE[1].to_owned()];
    let page = super::report(&Report { results, notes, ..Report::new(RunOutcome::InDoubt) }, ViewContext::default());
    assert_inert(&page);
    assert!(page.contains("<h1>In doubt: 1 done, 1 not done, 1 in doubt."), "{page}");
    let data = data(&page);
    let outcomes: Vec<_> = data["rows"].as_array().unwrap().iter().flat_map(|row| texts(&data, &row[1][0])).collect();
    assert_eq!(outcomes, ["in doubt", "rejected by CAKE", "done"]);
}

#[test]
fn a_url_is_shown_by_part_and_whole() {
    let mut world = PlanFixture::default();
    let old = ("offer_url", "https://old.example.com/go?a=#affid#&k=1");
    let offer = world.change("moved", &[old], &[("offer_url", "https://new.example.com/go?a=1&k=1")]);
    offer.sync.on_create_only_change = crate::offer::OnCreateOnlyChange::Replace;
    let plan = world.plan();
    let page = page_of(&plan);
    let by_part = "offer_url <code>host</code> <code>old.example.com</code> → <code>new.example.com</code><br>\
                   <code>?a=</code> <code>&#35;affid&#35;</code> → <code>1</code><br><span class=\"bad\">macros lost";
    assert!(page.contains(by_part), "{page}");
    let results = plan.actions.iter().map(|action| ActionResult::of(action, ActionOutcome::Done, "")).collect();
    let report = Report { results, plan: Some(Box::new(plan)), ..Report::new(RunOutcome::Complete) };
    for page in [page, super::report(&report, fixture::context())] {
        let data = data(&page);
        let details: Vec<_> =
            data["rows"][0][4].as_array().unwrap().iter().map(|detail| texts(&data, detail)).collect();
        let detail = |label: &str| details.iter().find(|detail| detail[0] == label).unwrap()[1..].join(" → ");
        assert_eq!(detail("offer_url host"), "old.example.com → new.example.com");
        assert_eq!(detail("offer_url ?a="), "#affid# → 1");
        assert_eq!(detail("offer_url macros lost"), "#affid#");
        assert!(
            detail("offer_url").starts_with("https://old.example.com/go?a=#affid#&k=1 → https://new.example.com/go")
        );
    }
}

/// Twenty thousand new offers with every text of their own are the largest plan of that size.
fn twenty_thousand(description: &str) -> Plan {
    let mut world = PlanFixture::default();
    for at in 0..20_000 {
        let key = format!("acme-home-warranty-{at:05}");
        let url =
            format!("https://track.yourdomain.com/{key}?offer_id={{offer_id}}&aff_id={{aff_id}}&sub={{sub1}}&n={at}");
        let (name, description) = (format!("Home Warranty - US - {at}"), format!("{at} {description}"));
        let preview = format!("https://www.example.com/{key}");
        let fields = [
            ("offer_name", name.as_str()),
            ("offer_url", &url),
            ("preview_url", &preview),
            ("offer_description", &description),
        ];
        world.desire(&format!("folder-{}", at % 40), &key, &fields);
    }
    world.plan()
}

#[test]
fn twenty_thousand_changes_are_within_the_limit_with_every_text_whole() {
    let page = page_of(&twenty_thousand("Pays on a qualified lead."));
    assert!(page.len() <= MOST_BYTES, "{}", page.len());
    let data = data(&page);
    assert_eq!(data["rows"].as_array().unwrap().len(), 20_000);
    assert!(!page.contains("are shortened here"));
    let last =
        "https://track.yourdomain.com/acme-home-warranty-19999?offer_id={offer_id}&aff_id={aff_id}&sub={sub1}&n=19999";
    assert!(data["texts"].as_array().unwrap().iter().any(|text| text == last));
}

#[test]
fn what_does_not_fit_is_shortened_and_the_page_says_so() {
    let rows = || {
        let row = |at: usize| RowTexts {
            key: format!("key-{at}"),
            // Only the end differs.
            details: vec![data::DetailTexts::Note { label: "text".to_owned(), text: format!("{:0>3000}", at * 7_919) }],
            ..RowTexts::default()
        };
        (0..50).map(row).collect()
    };
    let (whole, shortened) = data::block(&[], &[], 1_000_000, rows);
    assert_eq!((shortened, whole.contains("gzip")), (None, false));
    let (packed, shortened) = data::block(&[], &[], 10_000, rows);
    assert_eq!((shortened, packed.contains("gzip"), packed.len() <= 10_000), (None, true, true));
    let (short, shortened) = data::block(&[], &[], 700, rows);
    assert_eq!((shortened, short.len() <= 700), (Some(2000), true));
    let table = Table { noun: "change", count: 50, columns: &[], filters: &[], rows: &rows };
    assert!(drawn(&table, 700).1.contains("Texts of more than 2000 characters are shortened here"));
}

proptest! {
    #[test]
    fn a_value_is_text_whatever_it_holds(value in "\\PC{0,40}|[<>&\"'#:\\[\\]{}\\\\a\n]{0,20}") {
        let shown = text(&value);
        prop_assert!(!shown.contains(['<', '>', '"', '\'', '\n']));
        let line = format!("<p>{shown}</p>");
        prop_assert_eq!(inert::text(&line), line.as_str());
    }
}
