//! Text views of plans with 1, 30 and 3,000 changes, of reports, and of names with terminal escapes.

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::apply::{ActionOutcome, ActionResult, Report, RunOutcome};
use crate::diagnostic::{Diagnostic, TextForm, codes};
use crate::offer::{Key, OfferId};
use crate::plan::{StateBinding, Verb};
use crate::report::fixture::{self, PlanFixture};

fn options() -> TextOptions<'static> {
    TextOptions { context: fixture::context(), ..TextOptions::default() }
}

#[test]
fn nothing_to_do() {
    insta::assert_snapshot!(plan(&PlanFixture::default().plan(), &options()), @r#"
    Nothing to do: there are no offers.
    CAKE: https://cake.example.com
    "#);
}

#[test]
fn one_change() {
    insta::assert_snapshot!(plan(&fixture::one(), &options()), @r#"
        ~ update auto-insurance  offer 12001  offers/acme/auto-insurance.yaml:6
            payout  20.00 → 24.00  (+4.00, +20.0 %)   margin 33.3 % → 20.0 %

      note: A changed payout is the offer's default: campaigns that have their own payout may keep it.

      Plan: 1 to update, 0 unchanged.
      CAKE: https://cake.example.com
    "#);
}

#[test]
fn thirty_changes() {
    insta::assert_snapshot!(plan(&fixture::thirty(), &options()));
}

#[test]
fn three_thousand_changes() {
    insta::assert_snapshot!(plan(&fixture::three_thousand(), &options()));
}

#[test]
fn full_shows_every_offer() {
    let plan_of_many = fixture::three_thousand();
    let text = plan(&plan_of_many, &TextOptions { full: true, ..options() });
    let words: std::collections::HashSet<_> = text.split([' ', ',', '\n']).collect();
    for action in &plan_of_many.actions {
        assert!(words.contains(action.key.as_str()), "{}", action.key);
    }
    assert!(!words.contains("more"));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let mut all = fixture::thirty();
    let long = "a sentence that is said with many more words than there is room for in a line of a narrow terminal, with `a command --to copy`";
    all.diagnostics.push(Diagnostic::error(codes::review::RECORD, long).help(long));
    for columns in [60, 80, 140] {
        let form = TextForm { colour: true, columns: Some(columns) };
        let text = plan(&all, &TextOptions { form, width: columns, ..options() });
        let mut plain = String::new();
        anstream::adapter::strip_str(&text).for_each(|part| plain.push_str(part));
        for line in plain.lines() {
            let is_word = !line.trim_start().trim_start_matches(['~', '+', '-', ' ']).contains(' ');
            assert!(line.width() <= columns || is_word, "{columns}: {line}");
        }
        assert_eq!(plain.matches("`a command --to copy`").count(), 2, "{plain}");
    }
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    let text = plan(&fixture::thirty(), &TextOptions { form: TextForm { colour: true, columns: None }, ..options() });
    assert!(text.contains("\u{1b}[32m+ create\u{1b}[0m"));
    let mut plain = String::new();
    anstream::adapter::strip_str(&text).for_each(|part| plain.push_str(part));
    assert_eq!(plain, plan(&fixture::thirty(), &TextOptions { form: TextForm::default(), ..options() }));
}

#[test]
fn nothing_in_a_value_steers_the_terminal_or_the_log() {
    let mut world = PlanFixture::default();
    let text = "::error::a\n\u{1b}[2J::set-env name=A::b\n##[add-mask]x\r\n\u{202e}evil";
    world.change("named", &[], &[("offer_name", "x ::error::b ##[y]")]);
    world.desire("::error::folder", "new", &[("offer_description", text)]).sync.protect = true;
    world.change("blocked", &[("offer_description", "a\n")], &[("offer_description", text)]);
    let plan = plan(&world.plan(), &options());
    assert!(!plan.chars().any(|c| c.is_control() && c != '\n'), "{plan:?}");
    assert!(!plan.lines().any(|line| line.trim_start().starts_with("::")) && !plan.contains("##["), "{plan}");
    assert!(plan.contains("<U+001B>[2J") && plan.contains("<U+202E>evil"), "{plan}");
}

#[test]
fn long_lines_are_shortened_around_the_difference() {
    let mut world = PlanFixture::default();
    let name = "A very long name of an offer that goes on and on ".repeat(4);
    let url = format!("https://track.example.com/{}?x=1", "path/".repeat(40));
    world.change("long-name", &[("offer_name", &format!("{name}old"))], &[("offer_name", &format!("{name}new"))]);
    world.change("long-url", &[("offer_url", &url)], &[("offer_url", &url.replace("x=1", "x=2"))]);
    insta::assert_snapshot!(plan(&world.plan(), &TextOptions { width: 72, ..options() }), @r#"
      Review first:
        ! long-url  offer_url ?x= 1 → 2  blocked

        ~ update long-name  offer 12001  offers/acme/long-name.yaml:1
            offer_name  - …ery long name of an offer that goes on and on old"
                        + …ery long name of an offer that goes on and on new"

        ! blocked long-url  offer 12002  offers/acme/long-url.yaml:4
            offer_url  ?x= 1 → 2

      error[plan::create-only]: `offer_url` of `long-url` cannot be changed by CAKE's API
      --> offers/acme/long-url.yaml:4:1
       = help: change it in CAKE and run `offersync state accept long-url`, or set `sync.on_create_only_change: replace` to make a new offer and retire this one (affiliates' links will change)

      Plan: 1 to update, 1 blocked, 0 unchanged.
      CAKE: https://cake.example.com
    "#);
}

fn result(key: &str, verb: Verb, id: u64, outcome: ActionOutcome, message: &str) -> ActionResult {
    ActionResult {
        key: Key::new(key).unwrap(),
        verb,
        offer_id: OfferId::new(id),
        outcome,
        message: (!message.is_empty()).then(|| message.to_owned()),
        attempts: 1,
        content_refused: outcome == ActionOutcome::Rejected,
        is_half_done: false,
        is_waiting: false,
        contradictions: vec![],
        due_since: None,
        done_at: None,
    }
}

fn mixed_report() -> Report {
    let mut retried = result("auto-insurance", Verb::Update, 12001, ActionOutcome::Done, "");
    retried.attempts = 3;
    Report {
        results: vec![
            result("new-one", Verb::Create, 12346, ActionOutcome::Done, ""),
            retried,
            result("bad", Verb::Update, 12003, ActionOutcome::Rejected, "Invalid Offer ID\n::error::\u{1b}[31m"),
            result("lost", Verb::Create, 0, ActionOutcome::InDoubt, "no reply within 60 s"),
            result("maybe", Verb::Update, 12004, ActionOutcome::InDoubt, "HTTP 502"),
            result("later", Verb::Retire, 12005, ActionOutcome::Skipped, ""),
            result("unreached", Verb::Update, 12006, ActionOutcome::NotSent, "connection refused"),
        ],
        state: StateBinding { lineage: Some("0190".to_owned()), digest: Some("abc".to_owned()) },
        diagnostics: vec![
            Diagnostic::error(codes::cake::KEY_REFUSED, "CAKE refused the API key: Invalid API Key")
                .help("nothing more was sent; check the key"),
        ],
        ..Report::new(RunOutcome::InDoubt)
    }
}

#[test]
fn a_report_says_what_to_do() {
    insta::assert_snapshot!(report(&mixed_report(), &options()), @r#"
      + create new-one  offer 12346
      ~ update auto-insurance  offer 12001  after 3 attempts

      - retire later  offer 12005: skipped

      ~ update unreached  offer 12006: not sent: connection refused

      ~ update bad  offer 12003: rejected by CAKE
          Invalid Offer ID
          <U+003A>:error::<U+001B>[31m
          nothing changed in CAKE: fix the offer's YAML, or its data in CAKE, and apply again

      + create lost: in doubt: no reply within 60 s
      ~ update maybe  offer 12004: in doubt: HTTP 502
          it is unknown whether CAKE changed it; the next apply sends it again

    error[cake::key-refused]: CAKE refused the API key: Invalid API Key
     |
     = help: nothing more was sent; check the key

    note: 2 requests were retried, for 1 offer.

    In doubt: 2 done, 1 not done, 1 not sent, 2 in doubt, 1 skipped. Look in CAKE to resolve it.
    "#);
}

#[test]
fn a_report_as_json() {
    insta::assert_snapshot!(crate::report::json::report(&mixed_report()));
}

#[test]
fn many_done_actions_are_counted() {
    let done = |at: usize| result(&format!("key-{at}"), Verb::Update, 1, ActionOutcome::Done, "");
    let report_of_many = Report {
        outcome: RunOutcome::Complete,
        results: (0..100).map(done).collect(),
        diagnostics: vec![],
        notes: vec![],
        ..mixed_report()
    };
    let text = report(&report_of_many, &options());
    assert!(text.ends_with("… and 70 more done\n\nApplied: 100 done.\n"), "{text}");
}

#[test]
fn diagnostics_are_counted_last() {
    let plan = fixture::thirty();
    let text = diagnostics(&plan.diagnostics, TextForm::default());
    assert!(text.ends_with("\n\n2 errors, 1 warning\n"), "{text}");
    assert_eq!(diagnostics(&[], TextForm::default()), "");
}
