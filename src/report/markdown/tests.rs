//! Complete comments, and property tests for every size limit and name.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::*;
use crate::apply::{ActionOutcome, ActionResult, Report, RunOutcome};
use crate::diagnostic::codes;
use crate::plan::Action;
use crate::report::fixture::{self, PlanFixture};
use crate::source::{Place, Span};

fn options() -> MarkdownOptions<'static> {
    MarkdownOptions { context: fixture::context(), ..MarkdownOptions::default() }
}

#[test]
fn nothing_to_do() {
    insta::assert_snapshot!(plan(&PlanFixture::default().plan(), &options()), @r#"
    <!-- offersync-plan production -->
    <!-- offersync-labels none -->
    ### production: nothing to do
    Nothing to do: there are no offers. CAKE: <code>https&#58;//cake.example.com</code>.
    "#);
}

#[test]
fn one_change() {
    insta::assert_snapshot!(plan(&fixture::one(), &options()), @r#"
    <!-- offersync-plan production -->
    <!-- offersync-labels money -->
    ### production: 1 change
    Plan: 1 to update, 0 unchanged. 1 payout rises, +4.00 (cpa, USD). CAKE: <code>https&#58;//cake.example.com</code>.

    | why | offer | before → after | margin |
    |---|---|---|---:|
    | ~ update | <code>auto-insurance</code> (12001)<br><code>Home Warranty Lead</code> · <code>acme-home</code> | payout 20.00 → **24.00** USD (+4.00, +20.0 %) | 33.3 % → 20.0 % |

    <details><summary>1 note</summary>

    - A changed payout is the offer's default: campaigns that have their own payout may keep it.

    </details>
    "#);
}

#[test]
fn thirty_changes() {
    insta::assert_snapshot!(plan(&fixture::thirty(), &options()));
}

#[test]
fn three_thousand_changes_in_a_small_comment() {
    insta::assert_snapshot!(plan(&fixture::three_thousand(), &MarkdownOptions { max_chars: 6000, ..options() }));
}

#[test]
fn three_thousand_changes_use_the_whole_budget_of_a_comment() {
    let text = plan(&fixture::three_thousand(), &options());
    assert!((60_000..=COMMENT).contains(&text.len()), "{}", text.len());
    check(&text, COMMENT);
}

#[test]
fn the_smallest_comment_still_says_it_all() {
    let text = plan(&fixture::thirty(), &MarkdownOptions { max_chars: 0, ..options() });
    assert!(text.len() <= SMALLEST && text.starts_with(&marker("production")), "{text}");
    assert!(
        text.contains("production: 31 changes, 2 blocked, 12 to review first")
            && text.contains("Left out for length: "),
        "{text}"
    );
}

#[test]
fn a_step_summary_has_room_for_everything() {
    let text = crate::report::github::step_summary(&fixture::three_thousand(), &options());
    assert!(!text.contains("Left out") && !text.contains("Shortened") && text.len() < 1024 * 1024);
    check(&text, 1024 * 1024);
}

#[test]
fn twenty_thousand_changes_stay_within_a_comment_with_right_counts_and_the_wrong_one_in_front() {
    let mut world = PlanFixture::default();
    for at in 0..20_000 {
        let after = if at == 12_345 { "220.00" } else { "22.00" };
        let name = format!("Offer {at}");
        let before = [("payout", "20.00"), ("offer_name", &*name)];
        world.change(&format!("offer-{at:05}"), &before, &[("payout", after), ("offer_name", &name)]);
    }
    let text = plan(&world.plan(), &options());
    check(&text, COMMENT);
    let (_, rows) = text.split_once("|---|---|---|---:|\n").unwrap();
    let first = rows.lines().next().unwrap();
    assert!(first.contains("offer-12345") && first.contains("payout 20.00 → **220.00** USD"), "{first}");
    assert!(rows.lines().take_while(|line| line.starts_with('|')).count() <= 12);
    assert!(text.contains("### 🟠 production: 20000 changes, 1 to review first\n"), "{text}");
    assert!(text.contains("| **19999 offers**: ") && text.contains("↑ 20000 | +40198.00 USD (cpa)"), "{text}");
}

#[test]
fn problems_in_place_of_a_plan_are_a_comment_of_the_same_environment() {
    let place = |line| Place::new("offers/a.yaml".into(), Span { line, column: 3, length: 1 });
    let problem = |line| Diagnostic::error(codes::plan::CREATE_ONLY, "`payout` is | wrong @all").label(place(line));
    let problems: Vec<_> = (1..=500).map(problem).collect();
    let links = SourceLinks::github("https://github.com/acme/offers", "4f2c9d1", "").unwrap();
    let context = ViewContext { links: Some(&links), ..fixture::context() };
    for max_chars in [COMMENT, 3000, 0] {
        let text = diagnostics(&problems, &MarkdownOptions { max_chars, context });
        check(&text, max_chars.max(SMALLEST));
        assert!(text.contains("### 🔴 production: no plan, 500 errors\n"), "{text}");
    }
    let text = diagnostics(&problems, &MarkdownOptions { max_chars: COMMENT, context });
    let link = "[<code>offers/a.yaml&#58;1</code>](https://github.com/acme/offers/blob/4f2c9d1/offers/a.yaml#L1)";
    assert!(text.contains(&format!("- **error** at {link}: <code>payout</code>")), "{text}");
}

/// A report of a plan, its actions done, refused, in doubt and so on in turn.
fn report_of(plan: Plan, message: &str) -> Report {
    let outcomes = [ActionOutcome::Done, ActionOutcome::Rejected, ActionOutcome::InDoubt, ActionOutcome::Skipped];
    let result = |(action, outcome): (&Action, ActionOutcome)| ActionResult::of(action, outcome, message);
    let results = plan.actions.iter().zip(outcomes.into_iter().cycle()).map(result).collect();
    let diagnostics = plan.diagnostics.clone();
    let notes = vec![message.to_owned()];
    Report { results, diagnostics, notes, plan: Some(Box::new(plan)), ..Report::new(RunOutcome::InDoubt) }
}

/// As a parser sees it, with the marker of a plan in place of its own.
fn check_report(text: &str, budget: usize) {
    let (first, rest) = text.split_once('\n').unwrap();
    assert_eq!(first, report_marker("production"));
    check(&format!("{}\n{rest}", marker("production")), budget);
}

#[test]
fn a_report_of_three_thousand_actions_is_whole_within_a_comment() {
    let text = report(&report_of(fixture::three_thousand(), "no reply"), &options());
    check_report(&text, COMMENT);
    assert!(text.contains("750 done, 750 not done, 750 in doubt, 749 skipped\n"), "{text}");
    assert!(text.contains("The report as JSON or HTML has everything."), "{text}");
    let rows = text.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    assert!(rows.take_while(|line| line.starts_with('|')).count() <= 12, "{text}");
}

#[test]
fn what_an_apply_did_with_replaced_retired_and_renamed_offers_is_named() {
    let plan = fixture::thirty();
    let done = |action| ActionResult { message: None, ..ActionResult::of(action, ActionOutcome::Done, "") };
    let results = plan.actions.iter().map(done).collect();
    let report_of_all = Report { results, plan: Some(Box::new(plan)), ..Report::new(RunOutcome::Complete) };
    let text = report(&report_of_all, &options());
    check_report(&text, COMMENT);
    for part in ["+ create", "- retire", "rename", "**12 offers**: ", "payout 22.00 → **24.20** USD"] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

/// Compares the text with the output of a markdown parser.
fn check(text: &str, budget: usize) {
    assert!(text.len() <= budget, "{} bytes, {budget} allowed", text.len());
    assert!(text.starts_with("<!-- offersync-plan production -->\n"));
    let own = 1 + usize::from(text.lines().nth(1).is_some_and(|line| line.starts_with("<!-- offersync-labels ")));
    assert_eq!(text.matches("<!--").count(), own + text.matches("&#64;<!-- -->").count(), "{text}");
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    assert_eq!(text.matches("<pre ").count(), text.matches("</pre>").count());
    assert!(!text.contains('@') && !text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
    let mut html = String::new();
    for event in Parser::new_ext(text, Options::all()) {
        match event {
            Event::Html(tag) | Event::InlineHtml(tag) => html.push_str(&tag),
            Event::Code(code) => assert_eq!(&*code, "offersync plan --full"),
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(dest_url.starts_with("https://github.com/acme/offers/"), "{dest_url}");
            }
            Event::Start(tag) => assert!(
                matches!(
                    tag,
                    Tag::Paragraph
                        | Tag::Heading { .. }
                        | Tag::List(_)
                        | Tag::Item
                        | Tag::Table(_)
                        | Tag::TableHead
                        | Tag::TableRow
                        | Tag::TableCell
                        | Tag::Strong
                        | Tag::HtmlBlock
                ),
                "{tag:?} in {text}"
            ),
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {
                panic!("{event:?} in {text}")
            }
            Event::End(_) | Event::Text(_) | Event::SoftBreak | Event::HardBreak => {}
        }
    }
    is_whole(text, &html);
}

/// Tables are complete, and only known markup is used.
fn is_whole(text: &str, html: &str) {
    // Tables are complete: every line begins and ends with a pipe, and has as many cells as its head or a single one.
    for line in text.lines().filter(|line| line.starts_with('|')) {
        assert!(line.ends_with('|'), "{line}");
    }
    let known = [
        "<!-- offersync-plan production -->",
        "<!-- -->",
        "<code>",
        "</code>",
        "<br>",
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
        "<pre lang=\"diff\">",
        "</pre>",
    ];
    let mut rest = match html.lines().nth(1).filter(|line| line.starts_with("<!-- offersync-labels ")) {
        Some(labels) => html.replacen(labels, "", 1),
        None => html.to_owned(),
    };
    for tag in known {
        rest = rest.replace(tag, "");
    }
    assert!(!rest.contains('<') && !rest.contains('>'), "unknown markup: {rest}");
}

/// Texts that try to be markup.
fn nasty() -> impl Strategy<Value = String> {
    let pieces = [
        "</details>",
        "|",
        "`",
        "```\n",
        "@everyone",
        "<!--",
        "-->",
        "\n\n",
        "# head\n",
        "[a](http://b.c)",
        "#123",
        "&lt;",
        "::error::x",
        "www.example.com",
        "</code>",
        "</pre>",
        "<script>",
        "*b*",
        "__i__",
        "~~s~~",
        "\\",
        "$x$",
        "| a |\n|---|\n",
        "- [ ] t\n",
        "a b",
        "\u{202e}",
        "\u{1b}[31m",
        "Käse",
        "🙂",
        "https://e.org",
        "a@b.de",
        "![i](x)",
        "[^1]",
        "<details>",
        "    code\n",
        "---\n",
        "> q\n",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 1..12).prop_map(|pieces| pieces.concat())
}

fn name(text: &str) -> String {
    let line: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("n{line}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn the_markdown_is_valid_at_every_budget_for_every_name(
        texts in prop::collection::vec((nasty(), nasty()), 1..14), budget in 500_usize..9000, many in 0_usize..60
    ) {
        let mut world = PlanFixture::default();
        for (at, (first, second)) in texts.iter().enumerate() {
            let (old, new) = (name(first), name(second));
            world.change(&format!("renamed_{at}_"), &[("offer_name", &old)], &[("offer_name", &new)]);
            world.change(&format!("text-{at}"), &[("offer_description", first)], &[("offer_description", second)]);
            world.desire(first, &format!("new-{at}"), &[("offer_name", &old), ("offer_description", second)]);
            world.record(&format!("gone.{at}"), &[("offer_name", &new)]);
        }
        for at in 0..many {
            world.change(&format!("alike-{at:02}"), &[("payout", "20.00")], &[]);
            world.desire("acme", &format!("fresh-{at:02}"), &[]);
        }
        let plan_of_all = world.plan();
        let evil = |_: u64| Some("| </details> @everyone `x` (y)".to_owned());
        let links = SourceLinks::github("https://github.com/acme/offers", "4f2c9d1", "in (a) <b>").unwrap();
        let options = MarkdownOptions { max_chars: budget, context: ViewContext { names: &evil, currencies: &evil, links: Some(&links), ..fixture::context() } };
        check(&plan(&plan_of_all, &options), budget);
        check_report(&report(&report_of(plan_of_all, &texts[0].0), &options), budget);
    }
}
