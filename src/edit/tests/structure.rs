//! Which document of a file is edited.

use super::*;

const TWO: &str = "offer_name: A\nsync:\n  key: one\n---\n# second\noffer_name: B\nsync: {key: two}\n";

fn payout_in(selector: DocumentSelector<'_>) -> String {
    match set(TWO, selector, Field::Payout, &value(Field::Payout, "1"), None) {
        Ok(edited) => edited.text,
        Err(refused) => refused.to_string(),
    }
}

#[test]
fn a_document_is_chosen_by_place_line_or_key() {
    let first = "offer_name: A\npayout: 1\nsync:\n  key: one\n---\n# second\noffer_name: B\nsync: {key: two}\n";
    let second = "offer_name: A\nsync:\n  key: one\n---\n# second\noffer_name: B\npayout: 1\nsync: {key: two}\n";
    for selector in
        [DocumentSelector::Index(0), DocumentSelector::Line(1), DocumentSelector::Line(3), DocumentSelector::Key("one")]
    {
        assert_eq!(payout_in(selector), first);
    }
    for selector in
        [DocumentSelector::Index(1), DocumentSelector::Line(4), DocumentSelector::Line(6), DocumentSelector::Key("two")]
    {
        assert_eq!(payout_in(selector), second);
    }
    for selector in [DocumentSelector::Index(2), DocumentSelector::Key("three")] {
        assert_eq!(payout_in(selector), "line 1: there is no such document in the file");
    }
}

#[test]
fn the_only_document_of_a_file_needs_no_key() {
    let edited = set("payout: 1\n", DocumentSelector::Key("stem"), Field::Payout, &value(Field::Payout, "2"), None);
    assert_eq!(edited.unwrap().text, "payout: 2\n");
}
