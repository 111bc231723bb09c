//! Entries of `sync.schedule`: single cases of what is set, taken out and put in order.

use jiff::civil::DateTime;

use super::*;
use crate::edit::schedule::{remove, set as set_at};

fn time(text: &str) -> DateTime {
    text.parse().unwrap()
}

const JUNE: &str = "2026-06-01 00:00:00";
const JULY: &str = "2026-07-01 00:00:00";

fn edited(text: &str, at: &str, field: Field, to: &str) -> Result<String, Refused> {
    set_at(text, DocumentSelector::Index(0), time(at), field, &value(field, to))
}

#[track_caller]
fn case(before: &str, after: &str) {
    assert_eq!(edited(before, JUNE, Field::Payout, "30.00").unwrap_or_else(|refused| panic!("{refused}")), after);
}

#[test]
fn what_is_missing_is_added() {
    let added = "  schedule:\n    - at: 2026-06-01 00:00:00\n      payout: 30.00\n";
    case("payout: 1 # now\n", &format!("payout: 1 # now\nsync:\n{added}"));
    case("payout: 1", format!("payout: 1\nsync:\n{added}").trim_end());
    case("payout: 1\r\n", &format!("payout: 1\nsync:\n{added}").replace('\n', "\r\n"));
    case("payout: 1\nsync: # ours\n", &format!("payout: 1\nsync: # ours\n{added}"));
    case("sync:\n  protect: true # yes\n  # more\n", &format!("sync:\n  protect: true # yes\n{added}  # more\n"));
    case(
        "sync:\n    protect: true\npayout: 1\n",
        "sync:\n    protect: true\n    schedule:\n      - at: 2026-06-01 00:00:00\n        payout: 30.00\npayout: 1\n",
    );
    case(
        "sync:\n  schedule: # none yet\n",
        "sync:\n  schedule: # none yet\n    - at: 2026-06-01 00:00:00\n      payout: 30.00\n",
    );
    case("{payout: 1}\n", "{payout: 1, sync: {schedule: [{at: 2026-06-01 00:00:00, payout: 30.00}]}}\n");
    case("sync: {protect: true}\n", "sync: {protect: true, schedule: [{at: 2026-06-01 00:00:00, payout: 30.00}]}\n");
    case("sync: {} # none\n", "sync: {schedule: [{at: 2026-06-01 00:00:00, payout: 30.00}]} # none\n");
    case("sync: {schedule: }\n", "sync: {schedule: [{at: 2026-06-01 00:00:00, payout: 30.00}] }\n");
    case("sync:\n  schedule: []\n", "sync:\n  schedule: [{at: 2026-06-01 00:00:00, payout: 30.00}]\n");
}

#[test]
fn a_new_entry_goes_behind_the_last_earlier_one() {
    let of = |times: &[&str]| {
        let entry = |month: &&str| {
            format!("  # {month}\n  - at: 2026-{month}-01 00:00:00 # x\n    payout: 1\n    # of {month}\n")
        };
        format!("sync:\n  schedule:\n{}  protect: true\n", times.iter().map(entry).collect::<String>())
    };
    let new = "  - at: 2026-06-01 00:00:00\n    payout: 30.00\n";
    case(&of(&["05", "07"]), &of(&["05", "07"]).replace("  # 07", &format!("{new}  # 07")));
    case(&of(&["07", "08"]), &of(&["07", "08"]).replace("  # 07", &format!("{new}  # 07")));
    case(&of(&["08", "05"]), &of(&["08", "05"]).replace("  protect", &format!("{new}  protect")));
    let flow = |inner: &str| format!("sync: {{schedule: [{inner}]}}\n");
    let (may, june, july) = (
        "{at: 2026-05-01 00:00:00, payout: 1}",
        "{at: 2026-06-01 00:00:00, payout: 30.00}",
        "{at: 2026-07-01 00:00:00, payout: 1}",
    );
    case(&flow(&[may, july].join(", ")), &flow(&[may, june, july].join(", ")));
    case(&flow(july), &flow(&[june, july].join(", ")));
}

#[test]
fn a_value_of_an_entry_is_changed_or_added_in_the_order_of_fields() {
    let entry = |inner: &str| {
        format!("offer_name: A\nsync:\n  schedule:\n    - {inner}\n    - at: 2026-07-01 00:00:00\n      payout: 2\n")
    };
    case(
        &entry("at: 2026-06-01 00:00:00 # then\n      payout:   1 # why"),
        &entry("at: 2026-06-01 00:00:00 # then\n      payout:   30.00 # why"),
    );
    case(
        &entry("payout: '1'\n      at: \"2026-06-01 00:00:00\""),
        &entry("payout: '30.00'\n      at: \"2026-06-01 00:00:00\""),
    );
    case(
        &entry("at: 2026-06-01 00:00:00\n      expiration_date: 2027-01-01 00:00:00\n      # end"),
        &entry("at: 2026-06-01 00:00:00\n      payout: 30.00\n      expiration_date: 2027-01-01 00:00:00\n      # end"),
    );
    case(
        &entry("revenue: 3\n      at: 2026-06-01 00:00:00"),
        &entry("revenue: 3\n      at: 2026-06-01 00:00:00\n      payout: 30.00"),
    );
    case(&entry("{at: 2026-06-01 00:00:00}"), &entry("{at: 2026-06-01 00:00:00, payout: 30.00}"));
    let name = edited(&entry("at: 2026-06-01 00:00:00"), JUNE, Field::OfferName, "A: #1").unwrap();
    assert_eq!(name, entry("at: 2026-06-01 00:00:00\n      offer_name: 'A: #1'"));
}

#[test]
fn the_value_goes_into_the_chosen_document_alone() {
    let text = "payout: 1\n---\npayout: 2\nsync:\n  key: b\n";
    let second =
        set_at(text, DocumentSelector::Line(3), time(JUNE), Field::Payout, &value(Field::Payout, "3")).unwrap();
    assert_eq!(second, format!("{text}  schedule:\n    - at: 2026-06-01 00:00:00\n      payout: 3\n"));
}

#[test]
fn what_is_not_understood_is_refused_with_what_to_write() {
    let cases = [
        ("a: &s {schedule: []}\nsync: *s\n", "a list of"),
        ("sync: &s\n  protect: true\n", "an anchor or a tag"),
        ("sync:\n  schedule: &s []\n", "an anchor or a tag"),
        ("sync:\n  schedule: none\n", "not a list"),
        ("sync:\n  schedule:\n    - one\n", "is expected here"),
        ("sync:\n  schedule:\n    -\n      at: 2026-06-01 00:00:00\n      payout: 1\n", "behind a dash"),
        ("sync:\n  schedule: []\n  schedule: []\n", "written twice"),
    ];
    for (text, reason) in cases {
        let refused = edited(text, JUNE, Field::Payout, "30.00").expect_err(text);
        assert!(refused.reason.contains(reason), "{text:?}: {refused}");
        assert!(!refused.what_to_write.is_empty());
    }
    let written = edited("sync: 1\n", JUNE, Field::Payout, "30.00").unwrap_err().what_to_write;
    assert_eq!(written, "sync:\n  schedule:\n    - at: 2026-06-01 00:00:00\n      payout: 30.00");
}

#[track_caller]
fn removal(before: &str, times: &[&str], after: &str) {
    let times: Vec<DateTime> = times.iter().map(|text| time(text)).collect();
    let removed = remove(before, DocumentSelector::Index(0), &times).unwrap_or_else(|refused| panic!("{refused}"));
    assert_eq!(removed, after);
    if !before.contains('{') && !before.starts_with("sync") {
        assert_eq!(format(&removed).as_deref(), Ok(&*removed), "no longer canonical");
    }
}

#[test]
fn entries_are_taken_out_with_their_comments_and_nothing_else() {
    let before = "# top\noffer_name: A # a\n\n# ours\nsync:\n  protect: true # p\n  # prices\n\n  schedule: # s\n    # may\n    - at: 2026-05-01 00:00:00\n      payout: 1 # x\n      # of may\n    # june\n    - at: 2026-06-01 00:00:00\n      payout: 2\n    # july\n    - at: 2026-07-01 00:00:00\n      payout: 3\n";
    let (may, june) = (before.find("    # may").unwrap(), before.find("    # june").unwrap());
    let july = before.find("    # july").unwrap();
    removal(before, &["2026-05-01 00:00:00"], &(before[..may].to_owned() + &before[june..]));
    removal(before, &[JUNE], &(before[..june].to_owned() + &before[july..]));
    removal(before, &["2026-05-01 00:00:00", JUNE], &(before[..may].to_owned() + &before[july..]));
    removal(before, &[JULY], &before[..july]);
    let all = &["2026-05-01 00:00:00", JUNE, JULY];
    removal(before, all, "# top\noffer_name: A # a\n\n# ours\nsync:\n  protect: true # p\n  # prices\n");
    removal(&before.replace("  protect: true # p\n  # prices\n\n", ""), all, "# top\noffer_name: A # a\n\n# ours\n");
    // What is about the list, or about nothing that goes, stays.
    let listed = |head: &str, tail: &str| {
        format!(
            "payout: 1\nsync:\n{head}    # june\n    - at: 2026-06-01 00:00:00\n      payout: 2\n      # of june\n{tail}"
        )
    };
    removal(&listed("  # why\n  schedule:\n", ""), &[JUNE], "payout: 1\n  # why\n");
    removal(&listed("  schedule:\n    # all\n\n", ""), &[JUNE], "payout: 1\n    # all\n");
    let next = "    # - at: 2027-12-24 00:00:00\n";
    removal(&listed("  schedule:\n", next), &[JUNE], &format!("payout: 1\n{next}"));
    removal(
        &listed("  # why\n  schedule:\n", "  protect: true\n"),
        &[JUNE],
        "payout: 1\nsync:\n  # why\n  protect: true\n",
    );
}

#[test]
fn entries_in_brackets_are_taken_out_with_a_comma() {
    let (may, june) = ("{at: 2026-05-01 00:00:00, payout: 1}", "{at: 2026-06-01 00:00:00, payout: 2}");
    let both = format!("payout: 1\nsync: {{protect: true, schedule: [{may}, {june}]}} # x\n");
    removal(&both, &[JUNE], &both.replace(&format!(", {june}"), ""));
    removal(&both, &["2026-05-01 00:00:00"], &both.replace(&format!("{may}, "), ""));
    removal(&both, &["2026-05-01 00:00:00", JUNE], "payout: 1\nsync: {protect: true} # x\n");
    removal("payout: 1\nsync: {schedule: [{at: 2026-06-01 00:00:00, payout: 2}]}\n", &[JUNE], "payout: 1\n");
    removal("{payout: 1, sync: {schedule: [{at: 2026-06-01 00:00:00, payout: 2}]}}\n", &[JUNE], "{payout: 1}\n");
}

#[test]
fn what_cannot_be_taken_out_is_refused() {
    for text in [
        "payout: 1\n",
        "sync:\n  schedule: []\n",
        "sync:\n  schedule:\n    - at: 2026-06-01 00:00:00\n      payout: 2\n",
    ] {
        let refused = remove(text, DocumentSelector::Index(0), &[time(JUNE)]).expect_err(text);
        assert!(!refused.what_to_write.is_empty());
    }
}

#[test]
fn members_of_an_entry_come_in_order_where_each_is_one_line() {
    let text = |inner: &str| {
        format!(
            "payout: 1\nsync:\n  schedule:\n    - {inner}\n    # next\n    - at: 2026-05-01 00:00:00\n      payout: 2\n"
        )
    };
    let formatted = |inner: &str| format(&text(inner)).unwrap();
    let ordered = text("at: 2026-06-01 00:00:00 # when\n      offer_name: B\n      payout: 3 # money");
    assert_eq!(formatted("payout: 3 # money\n      at: 2026-06-01 00:00:00 # when\n      offer_name: B"), ordered);
    assert_eq!(format(&ordered).unwrap(), ordered);
    for kept in ["payout: 3\n      # a comment\n      at: 2026-06-01 00:00:00", "{payout: 3, at: 2026-06-01 00:00:00}"]
    {
        assert_eq!(formatted(kept), text(kept));
    }
}
