//! Single edits, each with the exact text before and after.

use super::*;

/// Sets the first document's field and compares whole texts.
#[track_caller]
fn case(before: &str, field: Field, to: &str, after: &str) {
    assert_eq!(after_set(before, field, to), after);
}

#[test]
fn a_plain_value_stays_plain_and_its_comment_stays() {
    let before = "# top\npayout:   24.00   # agreed in May\nrevenue: 30\n";
    case(before, Field::Payout, "21.50", "# top\npayout:   21.50   # agreed in May\nrevenue: 30\n");
}

#[test]
fn quotes_are_kept_where_they_can_hold_the_value() {
    case("offer_name: 'Old'\n", Field::OfferName, "It's new", "offer_name: 'It''s new'\n");
    case("offer_name: \"Old\" # x\n", Field::OfferName, "A \"new\" one", "offer_name: \"A \\\"new\\\" one\" # x\n");
    case("offer_name: 'Old'\n", Field::OfferName, "bell\u{feff}", "offer_name: \"bell\\uFEFF\"\n");
}

#[test]
fn text_that_reads_as_something_else_gets_quotes() {
    for text in ["yes", "Off", "n", "null", "~", "1e3", "0x1F", "1_000", "12:30", "2026-12-31", "-1", ".5", "=", "<<"] {
        case("offer_name: Old\n", Field::OfferName, text, &format!("offer_name: '{text}'\n"));
    }
    for text in ["a: b", "a #b", "- a", "#1", "@home", "ends:", "{x}", "[x]", "&a", "*a", "!a", "|", "%a", " led"] {
        case("offer_name: Old\n", Field::OfferName, text, &format!("offer_name: '{text}'\n"));
    }
    for text in ["24 Hours", "Home-Warranty", "a:b", "don't", "50% off, now", "Größe"] {
        case("offer_name: Old\n", Field::OfferName, text, &format!("offer_name: {text}\n"));
    }
}

#[test]
fn an_empty_value_is_filled_in_behind_its_colon() {
    case("payout: # open\nrevenue: 1\n", Field::Payout, "2", "payout: 2 # open\nrevenue: 1\n");
    case("{payout, revenue: 1}\n", Field::Payout, "2", "{payout: 2, revenue: 1}\n");
}

#[test]
fn a_literal_block_stays_one_line_for_line() {
    let before = "offer_description: |  # shown\n    One.\n\n    Two.\n\n# next\npayout: 1\n";
    let after = "offer_description: |  # shown\n    One.\n\n    Three.\n\n# next\npayout: 1\n";
    case(before, Field::OfferDescription, "One.\n\nThree.\n", after);
    let stripped = "offer_description: |-  # shown\n    One.\n\n# next\npayout: 1\n";
    case(before, Field::OfferDescription, "One.", stripped);
    let kept = "offer_description: |+  # shown\n    One.\n\n# next\npayout: 1\n";
    case(before, Field::OfferDescription, "One.\n\n", kept);
    let indented = "offer_description: |4  # shown\n      One.\n\n# next\npayout: 1\n";
    case(before, Field::OfferDescription, "  One.\n", indented);
}

#[test]
fn a_folded_block_becomes_a_literal_one() {
    let before = "offer_description: >  # shown\n  Pays on a lead that\n  was never seen.\npayout: 1\n";
    let after = "offer_description: |  # shown\n  Pays on a lead that was seen.\n  Once.\npayout: 1\n";
    case(before, Field::OfferDescription, "Pays on a lead that was seen.\nOnce.\n", after);
}

#[test]
fn a_block_gives_way_to_quotes_where_it_cannot_hold_the_text() {
    let before = "offer_description: | # shown\n  One.\n  Two.\npayout: 1\n";
    let after = "offer_description: \"a\\rb\" # shown\npayout: 1\n";
    case(before, Field::OfferDescription, "a\rb", after);
}

#[test]
fn lines_in_place_of_one_become_a_block_below_the_comment() {
    let before = "offer_description: One line.  # shown\npayout: 1\n";
    let after = "offer_description: |  # shown\n  One.\n  Two.\npayout: 1\n";
    case(before, Field::OfferDescription, "One.\nTwo.\n", after);
}

#[test]
fn carriage_returns_marks_and_a_missing_last_break_stay() {
    let before = "\u{feff}offer_name: Old\r\npayout: 1";
    case(before, Field::Payout, "2", "\u{feff}offer_name: Old\r\npayout: 2");
    case(before, Field::Revenue, "3", "\u{feff}offer_name: Old\r\npayout: 1\r\nrevenue: 3");
    case(
        before,
        Field::OfferDescription,
        "a\nb\n",
        "\u{feff}offer_name: Old\r\npayout: 1\r\noffer_description: |\r\n  a\r\n  b\r\n",
    );
    let block = "offer_description: |\r\n  One.\r\n  Two.\r\npayout: 1\r\n";
    case(block, Field::OfferDescription, "One.\nNew.\n", "offer_description: |\r\n  One.\r\n  New.\r\npayout: 1\r\n");
}

#[test]
fn values_in_braces_are_quoted_for_braces() {
    let before = "{offer_name: Old, payout: 1} # flow\n";
    case(before, Field::OfferName, "a, b", "{offer_name: 'a, b', payout: 1} # flow\n");
    case(before, Field::Revenue, "2", "{offer_name: Old, payout: 1, revenue: 2} # flow\n");
    case("{payout: 1}\n", Field::OfferName, "New", "{offer_name: New, payout: 1}\n");
    case("{}\n", Field::Payout, "1", "{payout: 1}\n");
}

#[test]
fn a_new_line_goes_behind_the_fields_that_precede_it() {
    let before = "offer_name: A\npayout: 1 # why\n\n# about currency\ncurrency: USD\nsync:\n  protect: true\n";
    let after =
        "offer_name: A\npayout: 1 # why\nrevenue: 2\n\n# about currency\ncurrency: USD\nsync:\n  protect: true\n";
    case(before, Field::Revenue, "2", after);
    case("# top\npayout: 1\n", Field::OfferName, "A", "# top\noffer_name: A\npayout: 1\n");
    case(
        "---\n  payout: 1\n  sync: {protect: true}\n",
        Field::Revenue,
        "2",
        "---\n  payout: 1\n  revenue: 2\n  sync: {protect: true}\n",
    );
    case(
        "sync:\n  protect: true\n  # ours\npayout: 1",
        Field::Revenue,
        "2",
        "sync:\n  protect: true\n  # ours\npayout: 1\nrevenue: 2",
    );
}

#[test]
fn an_id_is_written_by_its_name_where_it_has_one() {
    let set = |text: &str, name| {
        set(text, DocumentSelector::Index(0), Field::AdvertiserId, &value(Field::AdvertiserId, "102"), name).unwrap()
    };
    assert_eq!(set("advertiser: acme # a\n", Some("globex")), "advertiser: globex # a\n");
    assert_eq!(set("advertiser: 'acme' # a\n", None), "advertiser_id: 102 # a\n");
    assert_eq!(set("advertiser_id: 101\n", Some("globex")), "advertiser_id: 102\n");
    assert_eq!(set("payout: 1\n", Some("globex")), "advertiser: globex\npayout: 1\n");
    assert_eq!(set("payout: 1\n", None), "advertiser_id: 102\npayout: 1\n");
    assert_eq!(set("payout: 1\n", Some("on")), "advertiser: 'on'\npayout: 1\n");
}
