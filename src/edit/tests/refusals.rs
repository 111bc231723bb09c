//! Rejected edits: the line and the advice.

use super::*;

#[track_caller]
fn refused(text: &str, field: Field, to: &str) -> Refused {
    match set(text, DocumentSelector::Index(0), field, &value(field, to), None) {
        Ok(edited) => panic!("not refused:\n{edited}"),
        Err(refused) => refused,
    }
}

#[test]
fn values_that_are_shared_or_tagged_are_left_alone() {
    let cases = [
        ("offer_name: A\npayout: &p 1\nrevenue: *p\n", 2, "the value has an anchor"),
        ("revenue: &p 1\npayout: *p\n", 2, "the value is an alias"),
        ("payout: !!str 1\n", 1, "the value has a tag"),
        ("payout: [1, 2]\n", 1, "the value is a list or a mapping"),
        ("payout:\n  a: 1\n", 1, "the value is a list or a mapping"),
        ("payout: 1\nrevenue: 2\npayout: 3\n", 3, "`payout` is written twice in this document"),
        ("? payout\n: 1\n", 1, "the key does not begin its line"),
        ("&k payout: 1\n", 1, "the key has an anchor or a tag"),
        ("revenue: 1\n? [a]\n: 2\n", 2, "the key of an entry is no plain name"),
        ("- payout: 1\n", 1, "a list of `field: value` lines is expected here"),
        ("--- !offer\npayout: 1\n", 1, "the mapping has an anchor or a tag"),
        ("payout: 1\n b\nrevenue: [\n", 4, "this is not valid YAML"),
        ("offer_name: A\rpayout: 1\n", 1, "a carriage return without a line feed"),
        ("offer_name: A\npayout: 1 # \0\n", 2, "a NUL character"),
        ("# nothing\n", 1, "there is no such document in the file"),
    ];
    for (text, line, reason) in cases {
        let refused = refused(text, Field::Payout, "9.50");
        assert!(refused.reason.contains(reason), "{text:?}: {refused}");
        assert_eq!(refused.line, line, "{text:?}: {refused}");
        assert!(!refused.what_to_write.is_empty(), "{text:?}");
    }
}

#[test]
fn a_refusal_shows_the_lines_to_write() {
    assert_eq!(refused("payout: &p 1\n", Field::Payout, "9.50").what_to_write, "payout: 9.50");
    let lines = refused("offer_description: &d x\n", Field::OfferDescription, "One.\nTwo.\n").what_to_write;
    assert_eq!(lines, "offer_description: |\n  One.\n  Two.\n".trim_end());
    let twice = refused("payout: 1\npayout: 2\n", Field::Payout, "3");
    assert_eq!(twice.what_to_write, "remove one of the two lines");
}

#[test]
fn a_field_is_not_added_where_values_are_taken_over() {
    let refused = refused("base: &b {a: 1}\n<<: *b\n", Field::Payout, "1");
    assert!(refused.reason.contains("`<<`"), "{refused}");
}
