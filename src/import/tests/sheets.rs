//! Spreadsheets: every bad cell, every key, and the way out and back in.

use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Diagnostic, TextForm};
use crate::import::Update;
use crate::import::spreadsheet::{
    Columns, DateFormat, ExportedOffer, Mark, SheetInputs, SheetOptions, Source, csv, json, read,
};
use crate::offer::{DesiredOffer, Replaced, SyncSettings};
use crate::workbook::tests::build::{self, Sheet, formula, nothing, number, text};

fn take(place: &Place, sheet: &str, adopt_ids: bool) -> Result<Import, Vec<Diagnostic>> {
    take_as(place, sheet.as_bytes(), adopt_ids, &SheetOptions::default())
}

fn take_as(place: &Place, bytes: &[u8], adopt_ids: bool, options: &SheetOptions) -> Result<Import, Vec<Diagnostic>> {
    let (set, names) = (place.reading().set, names());
    let defaults: Vec<_> = place.files.iter().filter(|(path, _)| is_defaults(path)).cloned().collect();
    let tree = Tree { set: &set, defaults: &defaults, folder: "offers", names: &names };
    read(SheetInputs {
        shown: "offers.csv",
        bytes,
        recorded: &place.recorded,
        tree,
        defaults: false,
        adopt_ids,
        noted: &place.noted,
        options,
    })
}

/// The problems as `line: message`.
fn problems(place: &Place, sheet: &str, adopt_ids: bool) -> Vec<String> {
    let problems = take(place, sheet, adopt_ids).unwrap_err();
    problems
        .iter()
        .map(|problem| {
            assert!(problem.help.is_some() && problem.is_error(), "{problem:?}");
            let label = problem.place().unwrap();
            format!("{}: {}", label.line, problem.message)
        })
        .collect()
}

const HEAD: &str = "key;offer_name;advertiser;vertical;offer_url;payout;expiration_date\n";

#[test]
fn rows_become_yaml() {
    let sheet = "\u{feff}Offer Name;advertiser;Vertical_ID;offer_url;payout;offer_description\r\n\
                 \"Lead; big\";acme-home;7;https://a.example/{aff_id}; 24.00 ;\"two\nlines\"\r\n;;;;;\r\n";
    let import = take(&Place::default(), sheet, false).unwrap();
    assert_eq!(paths(&import), ["offers/acme-home/lead-big.yaml"]);
    assert_eq!(
        import.files[0].text,
        "offer_name: Lead; big\nadvertiser: acme-home\nvertical: home-services\noffer_url: https://a.example/{aff_id}\n\
         offer_status: active\npayout: 24.00\noffer_description: |-\n  two\n  lines\n"
    );
    assert!(import.adoptions.is_empty());
    let again = Place::default().after(&import);
    let second = take(&again, sheet, false).unwrap();
    assert!(second.files.is_empty());
    assert_eq!(second.skipped, 1);
}

#[test]
fn every_bad_cell_is_told_with_its_place() {
    let sheet = format!(
        "{HEAD}a;One;acme-hom;home-services;https://a.example;1,000;2026-02-30 00:00:00\n\
         B;;acme-home;7;example.com;1e3;\n\
         c;\"Long\nname\";acme-home;home-services;https://c.example;1;;extra\n"
    );
    let reported = problems(&Place::default(), &sheet, false);
    let expected = [
        "2: row 2, `advertiser`: `acme-hom` is not in [names.advertisers]",
        "2: row 2, `expiration_date`: `2026-02-30 00:00:00` cannot be used: this date or time does not exist",
        "2: row 2, `payout`: `1,000` is 1000 or 1.000: no other amount of the file shows which",
        "3: row 3 has no `offer_name`",
        "3: row 3, `key`: `B` cannot be used: a key begins with a lower-case letter or a digit, not with `B`",
        "3: row 3, `offer_url`: `example.com` cannot be used: a URL begins with `https://` or `http://`",
        "3: row 3, `payout`: `1e3` cannot be used: exponents are not allowed; write all digits, as in `1000`",
        "3: row 3, `vertical`: `7` is not in [names.verticals]",
        "4: row 4, `offer_name`: `Long\\nname` cannot be used: a name is a single line without control characters",
        "4: row 4 has 8 cells, the header only 7",
    ];
    assert_eq!(reported, expected);
}

#[test]
fn a_bad_header_is_told() {
    let reported =
        problems(&Place::default(), "offer_name,ofer_url,payout,payout,colour\nA,https://a.example,1,2,red\n", false);
    let expected = [
        "1: required column `advertiser_id` or `advertiser` is missing",
        "1: required column `offer_url` is missing",
        "1: required column `vertical_id` or `vertical` is missing",
        "1: the column `payout` appears twice",
        "1: unknown columns `ofer_url`, `colour`",
    ];
    assert_eq!(reported, expected);
}

#[test]
fn keys_ids_and_names_are_never_given_twice() {
    let row = |key: &str, id: &str, name: &str| format!("{key},{id},{name},101,7,https://a.example\n");
    let head = "key,offer_id,offer_name,advertiser_id,vertical_id,offer_url\n";
    let place = Place::default().with(
        "offers/there.yaml",
        "offer_name: There\nadvertiser_id: 101\nvertical_id: 7\noffer_url: https://t.example\n",
    );
    let sheet =
        [head, &row("a", "5", "One"), &row("a", "5", "Two"), &row("", "", "One"), &row("there", "", "There")].concat();
    let reported = problems(&place, &sheet, false);
    let expected = [
        "2: 1 offer id without a record: offer 5 in row 2; the next apply would create what CAKE has already",
        "3: row 3 has the key `a` of row 2",
        "3: row 3 has the offer id 5 of row 2",
        "4: row 4 has the name and the advertiser of row 2",
    ];
    assert_eq!(reported, expected);
    let named = [head, &row("other", "", "There")].concat();
    let reported = problems(&place, &named, false);
    assert_eq!(reported, ["2: row 2 has the name and the advertiser of `there` (offers/there.yaml)"]);
}

#[test]
fn ids_are_matched_or_refused_and_recorded_only_when_a_person_says_so() {
    let sheet =
        "key,offer_id,offer_name,advertiser_id,vertical_id,offer_url,payout\na,5,One,101,7,https://a.example,2\n";
    let refused = take(&Place::default(), sheet, false).unwrap_err();
    assert_eq!(refused[0].code.name, "import::unknown-id");
    let import = take(&Place::default(), sheet, true).unwrap();
    let place = Place::default().after(&import);
    assert_eq!(place.recorded.offers[&key("a")].offer_id, id(5));
    assert!(place.plan().is_empty());
    assert_eq!(take(&place, sheet, true).unwrap().skipped, 1, "a second time changes nothing");
    for adopt_ids in [true, false] {
        let other = sheet.replace("a,5", "b,5");
        let reported = problems(&place, &other, adopt_ids);
        assert_eq!(reported[0], "2: row 2: offer 5 is recorded for `a`, and the key of the row is `b`");
        let other = sheet.replace("a,5", "a,6");
        let reported = problems(&place, &other, adopt_ids);
        assert_eq!(reported[0], "2: row 2: `a` is recorded with offer 5, and the row says 6");
        // Without a key, the id alone says which offer the row is; other columns are found by any spelling.
        let named = sheet.replace("a,5", ",5").replace("offer_id", "Offer ID");
        assert_eq!(take(&place, &named, adopt_ids).unwrap().skipped, 1);
    }
}

#[test]
fn the_id_of_a_replaced_offer_is_refused_with_the_present_one() {
    let sheet = "key,offer_id,offer_name,advertiser_id,vertical_id,offer_url\na,5,One,101,7,https://a.example\n";
    let mut place = Place::default().after(&take(&Place::default(), sheet, true).unwrap());
    let record = place.recorded.offers.get_mut(&key("a")).unwrap();
    (record.offer_id, record.replaced) = (id(6), vec![Replaced::without_fields(id(5), true)]);
    for sheet in [sheet.to_owned(), sheet.replace("a,5", ",5")] {
        assert_eq!(problems(&place, &sheet, false)[0], "2: row 2: offer 5 of `a` was replaced by offer 6");
    }
}

/// A tree with two offers, the first of them recorded with id 5.
fn two_offers() -> Place {
    let sheet = "key,offer_id,offer_name,advertiser_id,vertical_id,offer_url,offer_status,payout,currency\n\
                 a,5,One,101,7,https://a.example,inactive,24.00,USD\n";
    let place = Place::default().after(&take(&Place::default(), sheet, true).unwrap());
    place.with(
        "offers/b.yaml",
        "offer_name: Two\nadvertiser_id: 101\nvertical_id: 7\noffer_url: https://b.example\npayout: 1.5\n",
    )
}

/// The updates as `key field value`.
fn updates(import: &Import) -> Vec<String> {
    let shown = |update: &Update| format!("{} {} {}", update.key, update.field, update.value);
    import.updates.iter().map(shown).collect()
}

#[test]
fn rows_of_existing_offers_change_what_differs_and_leave_what_is_empty() {
    let place = two_offers();
    for (sheet, expected) in [
        ("key,payout\na,24\nb,2.00\n", &["b payout 2.00"][..]),
        ("Offer ID,Payout,Offer Status\n5,30.00,\n", &["a payout 30.00"]),
        ("offer_id,offer_name\n5,First\n", &["a offer_name First"]),
        ("offer_name,advertiser_id,payout\nOne ,101,$25.00\nTwo,101,1.5\n", &["a offer_name One ", "a payout 25.00"]),
        (
            "key,offer_url,payout_type\nb,https://c.example,cpa\n",
            &["b offer_url https://c.example", "b payout_type cpa"],
        ),
    ] {
        let import = take(&place, sheet, false).unwrap();
        assert_eq!(updates(&import), expected, "{sheet}");
        assert!(import.files.is_empty() && import.adoptions.is_empty(), "{sheet}");
    }
}

#[test]
fn rows_that_are_not_surely_one_existing_offer_are_refused() {
    let place = two_offers();
    for (sheet, expected) in [
        ("key,payout\nc,24\n", "1: required column `advertiser_id` or `advertiser` is missing"),
        ("key,payout\na,24\na,25\n", "3: row 3 is `a`, as row 2 is"),
        ("key,payout,sync.protect\na,24,true\n", "2: row 2: `sync.protect` of `a` is another in its YAML"),
        (
            "offer_name,advertiser_id,vertical_id,offer_url,payout\nOne,101,8,https://a.example,1\n",
            "2: row 2 has the name and the advertiser of `a` (offers/acme-home/a.yaml)",
        ),
        ("key,payout\na,€24.00\n", "2: row 2, `payout`: the amount is in `€`, and the currency of the offer is `USD`"),
        ("key,payout\na,$24.00\nb,€1.50\nb,1\n", "4: row 4 is `b`, as row 3 is"),
    ] {
        assert_eq!(problems(&place, sheet, false)[0], expected, "{sheet}");
    }
}

/// A sheet with these columns and rows after those that every offer needs.
fn with_columns(columns: &str, rows: &[&str]) -> String {
    let rows = rows.iter().enumerate().map(|(number, row)| format!("Offer {number},101,7,https://a.example,{row}\n"));
    format!("offer_name,advertiser_id,vertical_id,offer_url,{columns}\n{}", rows.collect::<String>())
}

/// The line of the first offer's YAML with the field.
#[track_caller]
fn line<'a>(import: &'a Import, field: &str) -> &'a str {
    let mut lines = import.files[0].text.lines();
    lines.find(|line| line.starts_with(field)).unwrap_or_else(|| panic!("{}", import.files[0].text))
}

#[test]
fn amounts_are_read_as_the_file_writes_them() {
    let comma = SheetOptions { locale: Some(Mark::Comma), ..SheetOptions::default() };
    for (rows, options, expected) in [
        (&["\"24,50 €\""][..], &SheetOptions::default(), "payout: 24.50"),
        (&["1.234", "\"0,5\""], &SheetOptions::default(), "payout: 1234"),
        (&["1.234", "0.5"], &SheetOptions::default(), "payout: 1.234"),
        (&["1.234"], &comma, "payout: 1234"),
    ] {
        let import = take_as(&Place::default(), with_columns("payout", rows).as_bytes(), false, options).unwrap();
        assert_eq!(line(&import, "payout"), expected, "{rows:?}");
    }
    for (rows, expected) in [
        (&["1.234", "24"][..], "2: row 2, `payout`: `1.234` is 1234 or 1.234: no other amount of the file shows which"),
        (&["24.50", "\"24,50\""], "3: row 3, `payout`: `24,50` has a decimal comma, and row 2 has a decimal point"),
        (&["$1.50", "€2.50"], "3: row 2 has amounts in `$` and row 3 in `€`, and the offers have no currency"),
    ] {
        assert_eq!(problems(&Place::default(), &with_columns("payout", rows), false), [expected]);
    }
}

#[test]
fn a_sign_of_an_offer_without_a_currency_is_a_warning() {
    let import = take(&Place::default(), &with_columns("payout", &["$1.50", "$2.50"]), false).unwrap();
    assert_eq!(import.warnings.len(), 1);
    assert!(import.warnings[0].message.contains("the sign `$` is not kept"), "{}", import.warnings[0].message);
    let sheet = with_columns("payout,currency", &["$1.50,USD", "USD 2.50,USD"]);
    assert!(take(&Place::default(), &sheet, false).unwrap().warnings.is_empty());
}

#[test]
fn a_status_is_never_dropped() {
    let place = Place::default();
    let ignore = |name: &str| SheetOptions { ignore: vec![name.to_owned()], ..SheetOptions::default() };
    let map = |name: &str| SheetOptions {
        map: vec![(name.to_owned(), "offer_status".to_owned())],
        ..SheetOptions::default()
    };
    for name in ["Status", "State", "Campaign Status", "is_active", "Offer Status", "Status:", "isActive", "Situation"]
    {
        let sheet = with_columns(name, &["Inactive"]);
        let refused = take_as(&place, sheet.as_bytes(), false, &ignore(name)).unwrap_err();
        assert!(refused[0].message.contains("is the status of the offers"), "{}", refused[0].message);
        let import = take_as(&place, sheet.as_bytes(), false, &map(name)).unwrap();
        assert_eq!(line(&import, "offer_status"), "offer_status: inactive");
    }
    // States of the USA say nothing of whether an offer runs.
    assert!(take_as(&place, with_columns("State", &["TX"]).as_bytes(), false, &ignore("state")).is_ok());
    let refused = problems(&place, &with_columns("offer_status,payout", &["inactive,1", ",2"]), false);
    assert_eq!(refused, ["3: row 3 has no `offer_status`"]);
}

#[test]
fn an_ignored_column_hides_no_recorded_id_and_another_spelling_is_no_new_offer() {
    let ignore = SheetOptions { ignore: vec!["oid".to_owned()], ..SheetOptions::default() };
    let place = two_offers();
    let refused = take_as(&place, with_columns("oid", &["5"]).as_bytes(), false, &ignore).unwrap_err();
    assert!(refused[0].message.contains("has 5: the id of `a`"), "{}", refused[0].message);
    // Numbers of no recorded offer are no ids.
    assert!(take_as(&place, with_columns("oid", &["7"]).as_bytes(), false, &ignore).is_ok());
    let sheet = "offer_name,advertiser_id,vertical_id,offer_url,offer_status\nTWO,101,7,https://b.example,active\n";
    assert_eq!(problems(&place, sheet, false), ["2: row 2: its name is that of `b` in another spelling"]);
    let sheet = "key,offer_id,payout\na,,25\n,5,24\n";
    assert_eq!(problems(&place, sheet, false)[0], "3: row 3 is the offer of row 2");
}

#[test]
fn columns_are_mapped_and_left_out_by_name() {
    let sheet = with_columns("Payout USD,Notes", &["24.00,x"]);
    let refused = take(&Place::default(), &sheet, false).unwrap_err();
    assert_eq!((refused.len(), &*refused[0].message), (1, "unknown columns `Payout USD`, `Notes`"));
    let help = refused[0].help.as_deref().unwrap();
    assert!(help.contains("--map 'Payout USD=payout'") && help.contains("--ignore-column Notes"), "{help}");
    let mut options = SheetOptions {
        map: vec![("payout usd".to_owned(), "payout".to_owned())],
        ignore: vec!["notes".to_owned()],
        ..SheetOptions::default()
    };
    let import = take_as(&Place::default(), sheet.as_bytes(), false, &options).unwrap();
    assert_eq!(line(&import, "payout"), "payout: 24.00");
    options.ignore.push("Note".to_owned());
    options.map.push(("offer_url".to_owned(), "link".to_owned()));
    let refused = take_as(&Place::default(), sheet.as_bytes(), false, &options).unwrap_err();
    let messages: Vec<_> = refused.iter().map(|problem| &*problem.message).collect();
    assert!(messages.contains(&"the file has no column `Note`"), "{messages:?}");
    assert!(messages.contains(&"`offer_url` cannot be `link`, which is no column"), "{messages:?}");
}

#[test]
fn dates_are_read_by_their_format() {
    let sheet = with_columns("expiration_date", &["31.12.2030", "2031-01-01 00:00:00"]);
    let dates = |time_of_day| {
        let dates = Some("%d.%m.%Y".parse::<DateFormat>().unwrap());
        SheetOptions { dates, time_of_day, ..SheetOptions::default() }
    };
    let end = Some(jiff::civil::Time::constant(23, 59, 59, 0));
    let import = take_as(&Place::default(), sheet.as_bytes(), false, &dates(end)).unwrap();
    assert_eq!(line(&import, "expiration_date"), "expiration_date: 2030-12-31 23:59:59");
    let refused = take_as(&Place::default(), sheet.as_bytes(), false, &dates(None)).unwrap_err();
    assert!(refused[0].message.contains("it has no time of day"), "{}", refused[0].message);
    let refused = take(&Place::default(), &sheet, false).unwrap_err();
    assert!(refused[0].help.as_deref().unwrap().contains("--date-format"));
}

#[test]
fn rows_that_are_cut_off_are_refused() {
    let sheet = with_columns("payout,offer_status", &["1.50,inactive", "2.50"]);
    let expected = "3: row 3 ends before the column `offer_status`: it has 5 of 6 cells";
    assert_eq!(problems(&Place::default(), &sheet, false)[0], expected);
}

#[test]
fn an_amount_at_the_end_of_a_file_that_is_cut_off_is_refused() {
    let whole = with_columns("payout", &["1.50", "24.50"]);
    for (cut, is_refused) in [(0, false), (1, false), (2, true), (3, true), (4, true)] {
        let cut = &whole[..whole.len() - cut];
        assert_eq!(take(&Place::default(), cut, false).is_err(), is_refused, "{cut}");
    }
    let message = "3: row 3, `payout`: the file ends with `24.5` and without a line end, and all other amounts of the column have 2 decimals";
    assert_eq!(problems(&Place::default(), &whole[..whole.len() - 2], false), [message]);
    // Amounts of one form only say how long the last one is.
    for rows in [["1.50", "2"], ["1", "2.5"]] {
        let sheet = with_columns("payout", &["3", rows[0], rows[1]]);
        assert!(take(&Place::default(), sheet.trim_end(), false).is_ok(), "{rows:?}");
    }
}

#[test]
fn cells_of_blanks_count_as_empty_and_are_told() {
    let import = take(&two_offers(), "key,payout,offer_name\na,  ,First\nb, ,\n", false).unwrap();
    assert_eq!(updates(&import), ["a offer_name First"]);
    let messages: Vec<_> = import.warnings.iter().map(|warning| &*warning.message).collect();
    assert_eq!(messages, ["2 cells have only blanks and count as empty: row 2 `payout`, row 3 `payout`"]);
}

#[test]
fn a_currency_in_the_name_of_a_column_is_that_of_its_offers() {
    let place = two_offers();
    let map =
        |name: &str| SheetOptions { map: vec![(name.to_owned(), "payout".to_owned())], ..SheetOptions::default() };
    let take = |name: &str, cell: &str| {
        take_as(&place, format!("key,{name}\na,{cell}\n").as_bytes(), false, &map(name)).map(|import| updates(&import))
    };
    assert_eq!(take("Payout USD", "30.00").unwrap(), ["a payout 30.00"]);
    assert_eq!(take("Payout (USD)", "$30.00").unwrap(), ["a payout 30.00"]);
    assert_eq!(take("Payout CPA", "30.00").unwrap(), ["a payout 30.00"]);
    for (name, cell, message) in [
        ("Payout EUR", "30.00", "row 2, `payout`: the amount is in `EUR`, and the currency of the offer is `USD`"),
        ("Payout (€)", "30.00", "row 2, `payout`: the amount is in `EUR`, and the currency of the offer is `USD`"),
        ("Payout EUR", "$30.00", "row 2, `payout`: the amount is in `$`, and the column in EUR"),
    ] {
        assert_eq!(take(name, cell).unwrap_err()[0].message, message, "{name}");
    }
}

#[test]
fn a_row_with_an_id_is_the_offer_that_was_renamed_and_never_its_old_file() {
    let mut place = two_offers();
    let file = place.files.iter_mut().find(|(path, _)| path.ends_with("/a.yaml")).unwrap();
    file.0 = "offers/acme-home/new.yaml".to_owned();
    for row in ["5,,30.00\n", ",a,30.00\n", "5,a,30.00\n"] {
        let sheet = format!("offer_id,key,payout\n{row}");
        let message =
            "2: row 2: it is `a`, whose YAML is gone, and offers/acme-home/new.yaml has its name and advertiser";
        assert!(problems(&place, &sheet, false).contains(&message.to_owned()), "{row}");
    }
    place
        .files
        .iter_mut()
        .find(|(path, _)| path.ends_with("/new.yaml"))
        .unwrap()
        .1
        .extend(b"sync: {renamed_from: a}\n");
    for row in ["5,,30.00\n", ",a,30.00\n", "5,new,30.00\n"] {
        let sheet = format!("offer_id,key,payout\n{row}");
        assert_eq!(take(&place, &sheet, false).map(|import| updates(&import)).unwrap(), ["new payout 30.00"], "{row}");
    }
}

/// The sheet with the columns `key`, `payout`, `expiration_date` and these rows.
fn workbook(rows: &[[String; 3]]) -> Sheet {
    rows.iter().fold(Sheet::new("Offers").texts(&["key", "payout", "expiration_date"]), |sheet, row| sheet.row(row))
}

fn take_workbook(sheets: &[Sheet], options: &SheetOptions) -> Result<Import, Vec<Diagnostic>> {
    take_as(&two_offers(), &build::workbook(sheets), false, options)
}

#[test]
fn a_workbook_updates_offers_by_what_its_cells_show() {
    let end = Some(jiff::civil::Time::constant(23, 59, 59, 0));
    let options = SheetOptions { time_of_day: end, ..SheetOptions::default() };
    let rows = [
        [text("a"), number("24.100000000000001", build::TWO_DECIMALS), number("47848", build::DAY)],
        [text("b"), number("1.234", build::GENERAL), number("47848.5", build::DAY_AND_TIME)],
    ];
    let import = take_workbook(&[workbook(&rows)], &options).unwrap();
    let expected = [
        "a payout 24.10",
        "a expiration_date 2030-12-31 23:59:59",
        "b payout 1.234",
        "b expiration_date 2030-12-31 12:00:00",
    ];
    assert_eq!(updates(&import), expected);
}

#[test]
fn cells_of_a_workbook_that_are_not_certain_are_refused_with_their_row() {
    let rows = [
        [text("a"), number("0.3", build::PERCENT), nothing()],
        [text("b"), number("47848", build::DAY), number("47848", build::DAY)],
        [text("a"), number("30", build::EURO), number("24", build::GENERAL)],
    ];
    let reported = take_workbook(&[workbook(&rows)], &SheetOptions::default()).unwrap_err();
    let reported: Vec<_> = reported
        .iter()
        .map(|problem| {
            let place = problem.place().unwrap();
            (place.line, problem.message.as_str(), problem.help.is_some())
        })
        .collect();
    let expected = [
        (2, "row 2, `payout`: the cell holds 0.3 and shows it as a percentage", true),
        (
            3,
            "row 3, `expiration_date`: `2030-12-31` cannot be used: it has no time of day; add one, such as `--time-of-day 23:59:59`",
            true,
        ),
        (3, "row 3, `payout`: the cell holds a date", true),
        (4, "row 4 is `a`, as row 2 is", true),
        (4, "row 4 is the offer of row 2", true),
        (4, "row 4, `expiration_date`: `24` cannot be used: write the date and time as `YYYY-MM-DD HH:MM:SS`", true),
    ];
    assert_eq!(reported, expected);
    let euro = [[text("a"), number("30", build::EURO), nothing()]];
    let refused = take_workbook(&[workbook(&euro)], &SheetOptions::default()).unwrap_err();
    assert_eq!(refused[0].message, "row 2, `payout`: the amount is in `€`, and the currency of the offer is `USD`");
}

#[test]
fn a_column_that_is_not_read_may_hold_anything() {
    let options = SheetOptions { ignore: vec!["Margin".to_owned()], ..SheetOptions::default() };
    let sheet = Sheet::new("Offers").texts(&["key", "payout", "Margin"]).row(&[
        text("a"),
        number("30", build::GENERAL),
        formula("B2/3", Some("8.3333333333333339")),
    ]);
    assert_eq!(updates(&take_workbook(&[sheet], &options).unwrap()), ["a payout 30"]);
}

#[test]
fn sheets_and_hidden_rows_are_named() {
    let offers = workbook(&[[text("a"), number("30", build::GENERAL), nothing()]]);
    let sheets = [offers.clone(), Sheet::new("Q3 2030").texts(&["x"])];
    let named = |sheet: &str| SheetOptions { sheet: Some(sheet.to_owned()), ..SheetOptions::default() };
    let says = |options: &SheetOptions| {
        let problem = take_workbook(&sheets, options).unwrap_err().remove(0);
        format!("{} / {}", problem.message, problem.help.unwrap())
    };
    let several = "several sheets of the workbook have cells: `Offers`, `Q3 2030` / say which one has the offers, such as with `--sheet Offers`";
    assert_eq!(says(&SheetOptions::default()), several);
    assert_eq!(says(&named("Ofers")), "the workbook has no sheet `Ofers` / did you mean `Offers`?");
    assert_eq!(updates(&take_workbook(&sheets, &named("offers")).unwrap()), ["a payout 30"]);
    let merged = says_of(&[offers.clone().merged("A2:A3")]);
    assert!(merged.contains("merged cells have one value in place of several: A2:A3"), "{merged}");
    let hidden = offers.hidden_row(&[text("b"), number("2", build::GENERAL)]).hidden_column(3);
    let import = take_workbook(&[hidden], &SheetOptions::default()).unwrap();
    let message = "hidden in the sheet, and read as all others: row 3; column C";
    assert_eq!((updates(&import).len(), &*import.warnings[0].message), (2, message));
    let csv = take_as(&two_offers(), b"key,payout\na,1\n", false, &named("Offers")).unwrap_err();
    assert_eq!(csv[0].message, "the file is CSV, and has no sheet `Offers`");
}

fn says_of(sheets: &[Sheet]) -> String {
    take_workbook(sheets, &SheetOptions::default()).unwrap_err().remove(0).message
}

/// A desired offer without its position.
fn meaning(offer: &DesiredOffer) -> (Key, Fields, SyncSettings) {
    (offer.key.clone(), offer.fields.clone(), offer.sync.clone())
}

fn desired() -> impl Strategy<Value = Place> {
    let word = |words: &'static [&'static str]| prop::sample::select(words);
    let lines = (
        word(&["Lead", "a,b;c", "\"quoted\" \\\"", " space ", "=1+1", "é\u{2028}"]),
        word(&[
            "",
            "payout: 1.234\nrevenue: 0.125\n",
            "payout: 0.10\n",
            "payout: 24.00\nrevenue: 100000000000000.01\nrevenue_type: cpm\n",
        ]),
        word(&[
            "",
            "offer_description: \"a\\r\\nb\\tc\\n\"\n",
            "offer_description: |\n  x\n\n  \"y\",\n",
            "offer_description: ' '\n",
        ]),
        word(&["", "expiration_date: 2030-02-28 23:59:59\ncurrency: USD\n", "offer_status: pending\n"]),
        word(&["", "sync: {protect: true, ignore_changes: [payout, offer_status], on_create_only_change: replace}\n"]),
    );
    prop::collection::vec(lines, 1..6).prop_map(|offers| {
        let mut place = Place::default().with("offers/_defaults.yaml", "session_hours: 24\nvertical: home-services\n");
        for (number, (name, money, description, more, sync)) in offers.into_iter().enumerate() {
            let name = serde_json::to_string(&format!("{name}{number}{name}")).unwrap();
            let text = format!(
                "offer_name: {name}\nadvertiser_id: 10{number}\noffer_url: https://a.example/{{x}}?a,b\n{money}{description}{more}{sync}"
            );
            place = place.with(&format!("offers/{}/key-{number}.yaml", number % 2), &text);
        }
        place
    })
}

proptest! {
    #[test]
    fn desired_offers_come_back_from_a_spreadsheet_as_they_were(place in desired()) {
        let set = place.reading().set;
        // A description of blanks is no text to a spreadsheet, as an empty one.
        let blank = |offer: &DesiredOffer| offer.fields.get(Field::OfferDescription).is_some_and(|d| d.to_string().trim().is_empty());
        prop_assume!(!set.offers.iter().any(blank));
        let rows: Vec<_> = set.offers.iter().map(|offer| ExportedOffer::desired(offer, None)).collect();
        let sheet = String::from_utf8(csv(&Columns::of(Source::Desired), &names(), &rows).unwrap()).unwrap();
        let import = take(&Place::default(), &sheet, false).map_err(|p| TestCaseError::fail(render_all(&p, TextForm::default())))?;
        let back = Place::default().after(&import).reading().set;
        // As rows of offers that exist, they change nothing.
        let again = take(&place, &sheet, false).map_err(|p| TestCaseError::fail(render_all(&p, TextForm::default())))?;
        prop_assert!(again.updates.is_empty() && again.files.is_empty(), "{:?}", again.updates);
        prop_assert_eq!(again.skipped, set.offers.len());
        let meanings = |offers: &[DesiredOffer]| offers.iter().map(meaning).collect::<Vec<_>>();
        prop_assert_eq!(meanings(&set.offers), meanings(&back.offers));
    }

    #[test]
    fn no_bytes_make_a_spreadsheet_fail(bytes in prop::collection::vec(prop::sample::select(b"a,;\"\n\r\t1 \xc3\xa9offer_name".to_vec()), 0..80)) {
        let (set, names) = (Place::default().reading().set, names());
        let tree = Tree { set: &set, defaults: &[], folder: "offers", names: &names };
        let (recorded, noted) = (Recorded::default(), BTreeMap::new());
        let options = SheetOptions::default();
        let inputs = SheetInputs { shown: "x.csv", bytes: &bytes, recorded: &recorded, tree, defaults: true, adopt_ids: true, noted: &noted, options: &options };
        prop_assert!(read(inputs).is_err());
    }
}

#[test]
fn exported_columns_and_members_are_stable() {
    let observed = offer(7, "Lead", &[(Field::Payout, "24.00"), (Field::OfferStatus, "Expired")]);
    let rows = [ExportedOffer::observed(&observed, None)];
    let sheet = String::from_utf8(csv(&Columns::of(Source::Observed), &names(), &rows).unwrap()).unwrap();
    assert_eq!(
        sheet,
        "key,offer_id,offer_name,advertiser_id,vertical_id,offer_url,preview_url,offer_status,payout,payout_type,revenue,\
         revenue_type,currency_id,session_hours,expiration_date,offer_description\n\
         ,7,Lead,101,7,https://track.example/{offer_id},,Expired,24.00,,,,,,,\n"
    );
    let document: serde_json::Value = serde_json::from_str(&json(Source::Observed, &rows).unwrap()).unwrap();
    let expected = serde_json::json!({
        "format": "offersync-offers", "version": 1, "of": "observed",
        "offers": [{
            "key": null, "offer_id": 7, "unreadable": [{"field": "offer_status", "text": "Expired"}],
            "fields": {"advertiser_id": 101, "offer_name": "Lead", "offer_url": "https://track.example/{offer_id}",
                       "payout": "24.00", "vertical_id": 7},
        }],
    });
    assert_eq!(document, expected);
}
