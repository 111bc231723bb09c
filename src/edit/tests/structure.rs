//! Which document of a file is edited.

use super::*;

const TWO: &str = "offer_name: A\nsync:\n  key: one\n---\n# second\noffer_name: B\nsync: {key: two}\n";

fn payout_in(selector: DocumentSelector) -> String {
    match set(TWO, selector, Field::Payout, &value(Field::Payout, "1"), None) {
        Ok(edited) => edited,
        Err(refused) => refused.to_string(),
    }
}

#[test]
fn a_document_is_chosen_by_place_or_line() {
    let first = "offer_name: A\npayout: 1\nsync:\n  key: one\n---\n# second\noffer_name: B\nsync: {key: two}\n";
    let second = "offer_name: A\nsync:\n  key: one\n---\n# second\noffer_name: B\npayout: 1\nsync: {key: two}\n";
    for selector in [DocumentSelector::Index(0), DocumentSelector::Line(1), DocumentSelector::Line(3)] {
        assert_eq!(payout_in(selector), first);
    }
    for selector in [DocumentSelector::Index(1), DocumentSelector::Line(4), DocumentSelector::Line(6)] {
        assert_eq!(payout_in(selector), second);
    }
    assert_eq!(payout_in(DocumentSelector::Index(2)), "line 1: there is no such document in the file");
}
