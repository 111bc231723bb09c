//! Which document is meant, removed fields, and `sync.ignore_changes`.

use super::*;
use crate::offer::FieldSet;

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

#[test]
fn a_removed_field_takes_its_lines_along() {
    let remove = |text: &str, field| remove_field(text, DocumentSelector::Index(0), field).map(|edited| edited.text);
    let text = "# top\noffer_name: A\noffer_description: | # d\n  One.\n\n  Two.\n\npayout: 1 # p\n";
    assert_eq!(remove(text, Field::OfferDescription).unwrap(), "# top\noffer_name: A\n\npayout: 1 # p\n");
    assert_eq!(remove("a: 1\r\npayout: 1", Field::Payout).unwrap(), "a: 1");
    assert_eq!(remove("advertiser: acme\npayout: 1\n", Field::AdvertiserId).unwrap(), "payout: 1\n");
    assert_eq!(remove("{a: 1, payout: 2, b: 3}", Field::Payout).unwrap(), "{a: 1, b: 3}");
    assert_eq!(remove("{payout: 2, b: 3}", Field::Payout).unwrap(), "{b: 3}");
    assert_eq!(remove("a: 1\n", Field::Payout).unwrap(), "a: 1\n");
    assert!(remove("payout: 1\n", Field::Payout).unwrap_err().reason.contains("only field"));
}

#[test]
fn ignored_fields_go_into_sync() {
    let fields: FieldSet = [Field::OfferStatus, Field::Payout].into_iter().collect();
    let ignore = |text: &str| set_sync_ignore(text, DocumentSelector::Index(0), fields).map(|edited| edited.text);
    let list = "[offer_status, payout]";
    assert_eq!(ignore("payout: 1").unwrap(), format!("payout: 1\nsync:\n  ignore_changes: {list}"));
    let nested = ignore("payout: 1\nsync:\n    protect: true # p\n").unwrap();
    assert_eq!(nested, format!("payout: 1\nsync:\n    protect: true # p\n    ignore_changes: {list}\n"));
    assert_eq!(ignore("{payout: 1}").unwrap(), format!("{{payout: 1, sync: {{ignore_changes: {list}}}}}"));
    let replaced = ignore("sync:\n  ignore_changes: [revenue] # r\n  protect: true\n").unwrap();
    assert_eq!(replaced, format!("sync:\n  ignore_changes: {list} # r\n  protect: true\n"));
    let refused = ignore("sync:\n  ignore_changes:\n    - revenue\n").unwrap_err();
    assert_eq!((refused.line, refused.what_to_write.as_str()), (2, "sync:\n  ignore_changes: [offer_status, payout]"));
}
