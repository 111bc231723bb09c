//! Hostile or broken files need little time and memory. Judged by the messages, not by time.

use super::{messages, names, offer_with, read_texts};
use crate::desired::{ReadOptions, from_texts};
use crate::diagnostic::{Diagnostic, TextForm};

fn codes(text: &str) -> Vec<&'static str> {
    codes_of(&read_texts(&[("offers/a.yaml", text)]).diagnostics)
}

fn codes_of(diagnostics: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<_> = diagnostics.iter().map(|d| d.code.name).collect();
    codes.dedup();
    codes
}

#[test]
fn an_alias_bomb_is_refused_at_its_second_level() {
    let level = |level: usize| {
        let item = if level == 0 { "x".to_owned() } else { format!("*a{}", level - 1) };
        format!("a{level}: &a{level} [{}]\n", vec![item; 9].join(", "))
    };
    let bomb = (0..30).map(level).collect::<Vec<_>>().concat();
    let reading = read_texts(&[("offers/a.yaml", &bomb)]);
    let aliases = reading.diagnostics.iter().filter(|d| d.code.name == "yaml::alias");
    assert_eq!(aliases.map(|d| d.labels[0].place.line).min(), Some(3), "the first alias of aliases");
}

#[test]
fn a_deep_document_is_refused_in_every_style() {
    for deep in
        ["[".repeat(100_000), "- ".repeat(100_000), "? ".repeat(100_000), "a: {".repeat(40), ": ".repeat(100_000)]
    {
        assert!(codes(&deep).iter().all(|code| matches!(*code, "yaml::too-deep" | "yaml::syntax")), "{}", &deep[..8]);
    }
    assert_eq!(codes(&format!("{}{}", "[".repeat(40), "]".repeat(40))), ["yaml::too-deep"]);
}

#[test]
fn a_file_over_the_limit_is_refused_by_its_size_alone() {
    let text = "#".repeat(10_000_000);
    assert_eq!(codes(&text), ["tree::too-large"]);
    // Up to the limit it is read.
    assert_eq!(codes(&text[..8 << 20]), ["yaml::empty-file"]);
}

#[test]
fn a_document_of_too_many_values_is_refused() {
    assert_eq!(codes(&format!("a: [{}]", "1,".repeat(100_000))), ["tree::too-large"]);
    assert_eq!(codes(&format!("a: [{}]", "1,".repeat(4_000_000))), ["tree::too-large"]);
    let many = (0..10_000).map(|n| format!("a{n}: x\n")).collect::<Vec<_>>().concat();
    assert_eq!(codes(&many), ["tree::too-large"]);
}

#[test]
fn a_file_of_nothing_but_mistakes_is_told_in_part() {
    let reading = read_texts(&[("offers/a.yaml", &"colour: red\n---\n".repeat(100_000))]);
    assert_eq!(reading.diagnostics.len(), 1001);
    assert!(codes_of(&reading.diagnostics).contains(&"tree::too-many-problems"));
}

#[test]
fn a_huge_line_is_not_quoted() {
    let text = format!("colour: {}\n", "x".repeat(5_000_000));
    let reading = read_texts(&[("offers/a.yaml", &text)]);
    assert!(reading.diagnostics.iter().all(|d| d.labels.iter().all(|label| label.source_line.is_none())));
    assert!(messages(&text).len() < 10_000);
}

#[test]
fn a_long_name_of_a_field_is_cut_in_messages() {
    assert!(messages(&offer_with(&format!("? {}\n: 1\n", "x".repeat(1_000_000)))).len() < 10_000);
}

#[test]
fn many_offers_in_one_file_are_no_problem() {
    let text: String = (0..5000).map(|n| offer_with(&format!("payout: {n}.50\nsync: {{key: k{n}}}\n---\n"))).collect();
    let reading = read_texts(&[("offers/a.yaml", text.trim_end_matches("---\n"))]);
    assert_eq!(codes_of(&reading.diagnostics), Vec::<&str>::new());
    assert_eq!(reading.set.offers.len(), 5000);
}

#[test]
fn bytes_that_are_not_utf8_are_shown_where_they_are() {
    let messages_of = |bytes: &[u8]| {
        let reading = from_texts(vec![("offers/a.yaml".to_owned(), bytes.to_vec())], &names(), ReadOptions::default());
        crate::diagnostic::render_all(&reading.diagnostics, TextForm::default())
    };
    insta::assert_snapshot!(
        [messages_of(b"offer_name: x\r\noffer_description: \xc3\xa9t\xe9 2026\n"), messages_of(b"\xff\xfea\0:\0")]
            .concat()
    );
}
