//! The fast path accepts simple documents, and never differs from the scanner.

use proptest::prelude::*;

use super::offer_with;
use crate::desired::events::scanned;
use crate::desired::plain::document;
use crate::desired::problems::Problems;
use crate::diagnostic::{SourceText, TextForm, render_all};

/// Panics if the fast path and the scanner differ; returns whether the fast path was used.
fn is_taken(text: &str) -> bool {
    let Some(fast) = document(text) else { return false };
    let source = SourceText::new("a.yaml".into(), text);
    let mut problems = Problems::new(&source);
    let mut count = 0;
    let is_whole = scanned(&mut problems, |slow, _| {
        count += 1;
        assert_eq!(&fast, slow, "{text}");
    });
    assert_eq!(render_all(&problems.into_vec(), TextForm::default()), "", "{text}");
    assert!(is_whole && count == 1, "{count} documents: {text}");
    true
}

#[test]
fn what_most_offers_look_like_is_taken() {
    for lines in [
        "",
        "payout: 24.00\n",
        "# a comment\n\npayout: 24.00\n# another",
        "offer_description: |\n  One line.\n\n  Another: with # signs.\n    - and a list\npayout: 1\n",
        "offer_description: |\n  One line.\n\n\n",
        "preview_url: https://example.com/?a={aff_id}#part\n",
        "offer_description: \"quoted: text # here \"\n",
        "offer_description: ''",
        "expiration_date: 2026-12-31 23:59:59",
        "payout: 1 # comment",
        "payout: 1 ",
        "offer_description: é – 日本語 Ж",
        "offer_description: Éclair # é\n# é\n",
        "offer_description: |\n  é\n  日本\n",
        "sync:\n  protect: true\n",
        "sync:\n    protect: true # yes\n\n    # why\n# and\n    ignore_changes: [payout, revenue]\npayout: 1",
        "x: [a]",
    ] {
        assert!(is_taken(&offer_with(lines)), "{lines}");
        assert!(is_taken(&format!("---\n{}", offer_with(lines))), "{lines}");
    }
}

#[test]
fn what_is_unusual_is_left_to_the_scanner() {
    for lines in [
        "payout: 1\npayout: 2",
        "payout:",
        "payout: ",
        "payout:  1",
        "payout: 1\r\n",
        "payout: a: b",
        "payout: a:",
        "payout: &a 1",
        "payout: \"a\\nb\"",
        "payout: 'it''s'",
        "payout: 1\n  more",
        "payout: |\n",
        "payout: |\n  a",
        "payout: |\n  a\n b\n",
        "payout: |\n\n  a\n",
        "payout: |-\n  a\n",
        "payout: \u{a0}1",
        "payout: a\u{2028}b",
        "payout: \u{feff}",
        "sync:\n",
        "sync:\npayout: 1",
        "sync:\n  a: 1\n   b: 1",
        "sync:\n  a: 1\n b: 1",
        "sync:\n  a: 1\n  a: 1",
        "sync:\n  a:\n    b: 1",
        "sync:\n  schedule:\n    - at: 2026-12-01 00:00:00\n      payout: 30.00\n",
        "sync:\n  schedule: [{at: 2026-12-01 00:00:00, payout: 30.00}]\n",
        "sync:\n  schedule: []\n",
        "sync:\n  a: |\n    b\n",
        "sync:\n  # a\n",
        "x: []",
        "x: [a,b]",
        "x: [a, 1]",
        "x: [a] # b",
        "payout: \"a\"# b",
        "payout: \"a\" # b",
        "payout: \"a\" b",
        "---\npayout: 1",
        "- a",
        "payout: 1\n\tx",
    ] {
        assert!(!is_taken(&offer_with(lines)), "{lines}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn nothing_is_taken_that_the_scanner_reads_otherwise(parts in prop::collection::vec(part(), 1..12)) {
        is_taken(&parts.concat());
    }
}

/// Pieces of which documents are made, and pieces that break them.
fn part() -> impl Strategy<Value = String> {
    let field = "[ab_]{1,2}: [a1é\"'|:#, \\-\\[\\]]{1,6}\n?";
    let known = prop::sample::select(vec![
        "a: |\n",
        "  text\n",
        "    deeper # x\n",
        "\n",
        " \n",
        "# note\n",
        "b: x\n",
        "c: 'q'\n",
        "d: \"q: #\"\n",
        "e: h://x#y\n",
        "---\n",
        "...\n",
        "f:\n",
        "g: x # y\n",
        "i: 'x'  # y\n",
        "sync:\n",
        "  j: x\n",
        "  k: [a, b]\n",
        "  # note\n",
        "   l: x\n",
        "sync:\n  schedule:\n",
        "  schedule:\n    - at: 2026-12-01 00:00:00\n      payout: 30.00\n",
        "    - at: 2026-12-01 00:00:00 # then\n",
        "  - at: 2026-12-01 00:00:00\n",
        "      payout: 30.00\n",
        "  schedule: [{at: 2026-12-01 00:00:00, payout: 30.00}]\n",
        "  schedule: []\n",
        "m: [a_, b]\n",
        "n: é – x\n",
        "o: [é]\n",
        "p: x:y, z}\n",
        "\u{b}",
        "%A 1\n",
        "h: x",
        "é",
        "\r",
    ]);
    prop_oneof![1 => field.prop_map(|text| text), 3 => known.prop_map(str::to_owned)]
}
