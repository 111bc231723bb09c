//! The canonical form, text by text.

use super::*;

#[track_caller]
fn case(before: &str, after: &str) {
    match format(before) {
        Ok(formatted) => assert_eq!(formatted, after),
        Err(refused) => panic!("{refused}"),
    }
    assert_eq!(format(after).as_deref(), Ok(after), "not a fixed point");
}

#[test]
fn fields_come_in_their_order_and_names_of_ids_in_the_places_of_ids() {
    let before = "sync:\n  protect: true\nzeta: 1\npayout: 1\ncurrency: USD\nalpha: 2\nvertical: v\nadvertiser: a\noffer_name: A\n";
    let after = "offer_name: A\nadvertiser: a\nvertical: v\npayout: 1\ncurrency: USD\nzeta: 1\nalpha: 2\nsync:\n  protect: true\n";
    case(before, after);
}

#[test]
fn comments_go_with_their_entries() {
    let before = "# Acme's offers\n\n# what we pay\npayout: 1 # since May\n# still payout\n\n\n# the name\noffer_name: A\n# the end\n";
    let after = "# Acme's offers\n\n# the name\noffer_name: A\n# what we pay\npayout: 1 # since May\n# still payout\n\n# the end\n";
    case(before, after);
}

#[test]
fn the_editors_line_stays_on_top() {
    let before = "# yaml-language-server: $schema=offer.json\npayout: 1\noffer_name: A\n";
    case(before, "# yaml-language-server: $schema=offer.json\noffer_name: A\npayout: 1\n");
}

#[test]
fn spacing_is_put_right_outside_values_only() {
    let before = "\n\noffer_name  :   'A  b'   \npayout:# no\n";
    assert!(format(before).is_err());
    case("\n\noffer_name  :   'A  b'   \n\n\n\npayout:  1  # two\n\n\n", "offer_name: 'A  b'\n\npayout: 1  # two\n");
    case("offer_name: \"a \n   b \n\n   c\"  \npayout: 1", "offer_name: \"a \n   b \n\n   c\"\npayout: 1\n");
    case("payout:\t\n  1\n", "payout:\n  1\n");
}

#[test]
fn block_texts_move_byte_for_byte() {
    let before = "offer_description: |2+   # d\n    One.  \n\n\n  Two.\t\n\n\npayout: 1\noffer_name: A\n";
    let after = "offer_name: A\npayout: 1\noffer_description: |2+   # d\n    One.  \n\n\n  Two.\t\n\n\n";
    case(before, after);
    let clipped = "offer_description: |\n  One.  \n\n  Two.\n\n\npayout: 1\n";
    case(
        clipped,
        "payout: 1\noffer_description: |\n  One.  \n\n  Two.\n".replace("payout: 1\n", "\npayout: 1\n").trim_start(),
    );
}

#[test]
fn line_breaks_are_those_of_the_first_line_and_the_mark_stays() {
    case("\u{feff}payout: 1\r\noffer_name: A\nrevenue: 2", "\u{feff}offer_name: A\r\npayout: 1\r\nrevenue: 2\r\n");
}

#[test]
fn documents_are_parted_as_before() {
    let before =
        "%YAML 1.2\n---   # one\n\npayout: 1\noffer_name: A\n...\n# between\n\n---\n---\nrevenue: 1\npayout: 2\n";
    let after = "%YAML 1.2\n---   # one\noffer_name: A\npayout: 1\n...\n# between\n\n---\n---\npayout: 2\nrevenue: 1\n";
    case(before, after);
    case("", "");
    case("# only a comment  \n", "# only a comment\n");
}

#[test]
fn anchors_are_no_reason_to_refuse_what_is_in_order() {
    case("offer_name: &n A\noffer_description:  *n\n", "offer_name: &n A\noffer_description: *n\n");
    let refused = format("offer_description: &n A\noffer_name: *n\n").unwrap_err();
    assert!(refused.reason.contains("anchor"), "{refused}");
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    let cases = [
        ("payout: 1\npayout: 2\n", 2),
        ("offer_name: A\n? payout\n: 1\n", 2),
        ("# x\n{payout: 1}\n", 2),
        ("- a\n", 1),
        ("payout: [\n", 2),
        ("sync:\n  note: |\n    x\n", 1),
    ];
    for (text, line) in cases {
        let refused = format(text).expect_err(text);
        assert_eq!(refused.line, line, "{text:?}: {refused}");
    }
}
