//! Snapshots of every message. Review a changed wording as a user who sees it for the first time.

use super::{messages, offer_with, read_texts};
use crate::diagnostic::{TextForm, codes, render_all};
use crate::offer::{Fields, Key, OfferId, Record, RecordStatus, Recorded};
use crate::plan::Selection;

/// The messages for several offers, each with one different line.
fn messages_for_lines(lines: &[&str]) -> String {
    lines.iter().map(|line| messages(&offer_with(&format!("{line}\n")))).collect()
}

fn messages_for_files(files: &[(&str, &str)]) -> String {
    render_all(&read_texts(files).diagnostics, TextForm::default())
}

#[test]
fn fields() {
    insta::assert_snapshot!(messages_for_lines(&[
        "pay_out: 3",
        "name: x",
        "status: active",
        "offer_id: 12",
        "protect: true",
        "colour: red",
        "api_key: 123-this-is-secret",
        "payout: 1\nrevenue: 2\npayout: 3",
        "advertiser: acme-home",
        "payout:",
        "payout: ~",
        "<<: {payout: 1}",
        "? [a]\n: b",
    ]));
}

#[test]
fn texts_that_do_not_mean_what_they_show() {
    insta::assert_snapshot!(messages_for_lines(&[
        "offer_description: Payout is 20 # pays weekly",
        "offer_description: first\n  Payout is 20 # pays weekly",
        "offer_description: &d first #2\npreview_url: &p\n  https://example.com/? #s1#",
        "offer_description: \"Best #1\" # quoted",
        "offer_description: Best#1",
        "preview_url: https://p.example.com/?s= #s1#",
        "preview_url: https://p.example.com/\u{200b}x",
        "preview_url: https://good.example.com@evil.example.net/",
        "preview_url: https://good.example.com\\evil",
        "offer_description: Pays\u{a0}on\u{200b} a lead",
        "offer_description: \"\u{200b}\"",
        "offer_description: |\n  Two\n  lines, and 保険 🙂",
    ]));
}

#[test]
fn missing_fields() {
    let mut all = messages("payout: 1.00\n");
    all += &messages(&offer_with("").replacen("offer_name: Home Warranty\n", "", 1));
    all += &messages(&offer_with("").replacen("advertiser_id: 101", "advertiser_id: x", 1));
    insta::assert_snapshot!(all);
}

#[test]
fn money() {
    insta::assert_snapshot!(messages_for_lines(&[
        "payout: -5.00",
        "payout: 1,000.50",
        "payout: 24,00",
        "payout: 1_000",
        "payout: $24.00",
        "payout: .5",
        "payout: 007",
        "payout: 1e3",
        "payout: 0x10",
        "payout: free",
        "payout: \"\"",
        "payout: true",
        "payout: [24.00]",
        "payout: {amount: 24.00}",
        "payout: 1.00000000000000000000000000001",
        "payout: |\n  24.00",
    ]));
}

#[test]
fn dates() {
    insta::assert_snapshot!(messages_for_lines(&[
        "expiration_date: 2026-02-30 00:00:00",
        "expiration_date: 2026-12-31",
        "expiration_date: 2026-12-31T23:59:59",
        "expiration_date: 2026-12-31T23:59:59Z",
        "expiration_date: 2026-12-31 23:59",
        "expiration_date: 31.12.2026",
        "expiration_date: 2026-12-31 24:00:00",
        "expiration_date: next year",
    ]));
}

#[test]
fn text_numbers_and_words() {
    insta::assert_snapshot!(messages_for_lines(&[
        "session_hours: 0",
        "session_hours: -1",
        "session_hours: 24.0",
        "session_hours: \"24\"",
        "session_hours: a day",
        "session_hours: 024",
        "session_hours: 99999999999999999999",
        "currency_id: USD",
        "currency_id: EUR",
        "currency_id: \"1\"",
        "offer_status: actve",
        "offer_status: deleted",
        "offer_status: true",
        "payout_type: CPS",
        "preview_url: www.example.com",
        "preview_url: https://example.com/{aff_id",
        "preview_url: https://exa mple.com/",
        "preview_url: {domain}",
        "preview_url: https://",
        "offer_description: 123",
        "offer_description: null",
        "offer_description: [a]",
    ]));
    insta::assert_snapshot!("names_of_offers", {
        let with_name = |name: &str| messages(&offer_with("").replacen("Home Warranty", name, 1));
        ["123", "true", "1e3", "\"\"", "'  '", "|\n  Two\n  lines", &"long ".repeat(50)].map(with_name).concat()
    });
}

#[test]
fn configured_names() {
    let with = |line: &str| messages(&offer_with("").replacen("advertiser_id: 101", line, 1));
    let lines = [
        "advertiser: acme-hoem",
        "advertiser: nobody",
        "advertiser: 101",
        "advertiser: true",
        "advertiser_id: acme-home",
    ];
    insta::assert_snapshot!(lines.map(with).concat());
}

#[test]
fn sync_settings() {
    insta::assert_snapshot!(messages_for_lines(&[
        "sync:",
        "sync: true",
        "sync: {protct: true}",
        "sync: {protect: yes}",
        "sync: {protect: \"true\"}",
        "sync: {payout: 1}",
        "sync: {on_create_only_change: replcae}",
        "sync: {on_create_only_change: ask}",
        "sync: {ignore_changes: payout}",
        "sync: {ignore_changes: [payuot, [x]]}",
        "sync: {key: Home Warranty!}",
        "sync: {key: ''}",
        "sync: {renamed_from: Old}",
        "sync: {key: }",
    ]));
}

#[test]
fn yaml() {
    insta::assert_snapshot!(
        [
            "offer_name: Foo: bar\n",
            "offer_name: @foo\n",
            "offer_name: `foo`\n",
            "offer_name: 50%\noffer_url: {domain}/x\n",
            "offer_name: [Premium] Home Warranty\n",
            "offer_name: \"unclosed\npayout: 2\n",
            "offer_name: 'it's'\n",
            "offer_name: \"a\\qb\"\n",
            "offer_name: \"a \\ud83d\"\n",
            "offer_name: x\n\tpayout: 1\n",
            "offer_name: x\n  payout: 1\n",
            "  offer_name: x\npayout: 1\n",
            "offer_name x\npayout: 1\n",
            "offer_name:x\npayout:1\n",
            "just text\n",
            "- offer_name: x\n",
            "offer_name: - x\n",
            "- a\npayout: 1\n",
            "payout: [1, 2\nrevenue: 3\n",
            "payout: ]\n",
            "payout: *amount\n",
            "payout: &a [*a]\n",
            "a: &a 1\nb: &b [*a]\nc: *b\n",
            "payout: !!str 1\n",
            "payout: !secret x\n",
            "offer_description: |text\n  more\n",
            "offer_name: x\npayout 24\nrevenue: 1\n",
            "offer_name: x\npayout: 1\n...\nmore\n",
            "",
            "# nothing but a comment\n",
            "---\n",
            "offer_name: \u{7}x\n",
        ]
        .map(messages)
        .concat()
    );
}

#[test]
fn files() {
    let good = offer_with("");
    let two = format!("{good}---\n{good}");
    let empty_second = format!("{good}---\n");
    insta::assert_snapshot!(
        [
            messages_for_files(&[]),
            messages_for_files(&[("offers/Home Warranty.yaml", &good)]),
            messages_for_files(&[("offers/Ünïcode.yaml", &good)]),
            messages_for_files(&[("offers/x/a.yaml", &good), ("offers/y/a.yml", &good)]),
            messages_for_files(&[("offers/a.yaml", &two)]),
            messages_for_files(&[("offers/a.yaml", &empty_second)]),
            messages_for_files(&[
                ("offers/_defaults.yaml", "payout: 1\n"),
                ("offers/_defaults.yml", "payout: 2\n"),
                ("offers/a.yaml", &good)
            ]),
        ]
        .concat()
    );
}

#[test]
fn renames() {
    let renamed = |from: &str| offer_with(&format!("sync: {{renamed_from: {from}}}\n"));
    let good = offer_with("");
    insta::assert_snapshot!(
        [
            messages_for_files(&[("a.yaml", &renamed("a"))]),
            messages_for_files(&[("a.yaml", &renamed("old")), ("b.yaml", &renamed("old"))]),
            messages_for_files(&[("a.yaml", &renamed("b")), ("b.yaml", &good)]),
        ]
        .concat()
    );
}

fn record(id: u64) -> Record {
    let (offer_id, status) = (OfferId::new(id).unwrap(), RecordStatus::Live);
    Record {
        offer_id,
        status,
        fields: Fields::default(),
        protect: false,
        replaced: Vec::new(),
        unsettled: None,
        status_word: None,
    }
}

#[test]
fn names_that_two_offers_share() {
    let good = offer_with("");
    let reading = read_texts(&[("a.yaml", &good), ("b.yaml", &good), ("c.yaml", &good)]);
    let check = |recorded: &[&str]| {
        let record = |(id, key): (u64, &&str)| (Key::new(key).unwrap(), record(id));
        let offers = (1..).zip(recorded).map(record).collect();
        let recorded = Recorded { offers, ..Recorded::default() };
        let found = crate::plan::check(&reading.set, &recorded, &Selection::default());
        render_all(&found, TextForm::default())
    };
    insta::assert_snapshot!([check(&["a", "b", "c"]), check(&["b", "c"]), check(&[])].join("----\n"));
}

#[test]
fn defaults_are_told_once_and_at_their_own_place() {
    let good = offer_with("");
    insta::assert_snapshot!(messages_for_files(&[
        ("_defaults.yaml", "payout: -1\npayuot_type: cpa\nsync: {key: x, renamed_from: y}\n---\nrevenue: 1\n"),
        ("a.yaml", &good),
        ("b.yaml", &good),
        ("sub/_defaults.yaml", "- a list\n"),
        ("sub/c.yaml", "payout: x\n"),
    ]));
}

#[test]
fn a_similar_name_is_looked_for_in_the_first_problems_only() {
    let files: Vec<(String, String)> = (0..30)
        .map(|number| {
            (format!("offers/o{number:02}.yaml"), format!("offer_name: N{number}\nadvertiser: acme-hom{number}\n"))
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let reading = read_texts(&files);
    let unknown = reading.diagnostics.iter().filter(|problem| problem.code == codes::offer::UNKNOWN_NAME);
    let suggested: Vec<bool> =
        unknown.map(|problem| problem.help.as_deref() == Some("did you mean `acme-home`?")).collect();
    assert_eq!(suggested, (0..30).map(|number| number < 20).collect::<Vec<_>>());
}
