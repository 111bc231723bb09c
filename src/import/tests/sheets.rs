//! Spreadsheets: every bad cell, every key, and the way out and back in.

use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Diagnostic, TextForm};
use crate::import::spreadsheet::{ExportedOffer, SheetInputs, Source, csv, json, read};
use crate::offer::{DesiredOffer, Replaced, SyncSettings};

fn take(place: &Place, sheet: &str, adopt_ids: bool) -> Result<Import, Vec<Diagnostic>> {
    let (set, names) = (place.reading().set, names());
    let defaults: Vec<_> = place.files.iter().filter(|(path, _)| is_defaults(path)).cloned().collect();
    let tree = Tree { set: &set, defaults: &defaults, folder: "offers", names: &names };
    let bytes = sheet.as_bytes();
    read(SheetInputs {
        shown: "offers.csv",
        bytes,
        recorded: &place.recorded,
        tree,
        defaults: false,
        adopt_ids,
        noted: &place.noted,
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
        "{HEAD}a;One;acme-hom;home-services;https://a.example;1,000.00;2026-02-30 00:00:00\n\
         B;;acme-home;7;example.com;$5;\n\
         c;\"Long\nname\";acme-home;home-services;https://c.example;1;;extra\n"
    );
    let reported = problems(&Place::default(), &sheet, false);
    let expected = [
        "2: row 2, `advertiser`: `acme-hom` is not in [names.advertisers]",
        "2: row 2, `expiration_date`: `2026-02-30 00:00:00` cannot be used: this date or time does not exist",
        "2: row 2, `payout`: `1,000.00` cannot be used: separators are not allowed, except a point before the decimals, as in `1000.50`",
        "3: row 3 has no `offer_name`",
        "3: row 3, `key`: `B` cannot be used: a key begins with a lower-case letter or a digit, not with `B`",
        "3: row 3, `offer_url`: `example.com` cannot be used: a URL begins with `https://` or `http://`",
        "3: row 3, `payout`: `$5` cannot be used: write the amount in plain digits, as in `24.00`",
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
        "1: unknown column `colour`",
        "1: unknown column `ofer_url`",
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
        "5: row 5 has the name and the advertiser of `there` (offers/there.yaml)",
        "5: row 5: the key `there` is taken by offers/there.yaml, which says something else",
    ];
    assert_eq!(reported, expected);
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

/// A desired offer without its position.
fn meaning(offer: &DesiredOffer) -> (Key, Fields, SyncSettings) {
    (offer.key.clone(), offer.fields.clone(), offer.sync.clone())
}

fn desired() -> impl Strategy<Value = Place> {
    let word = |words: &'static [&'static str]| prop::sample::select(words);
    let lines = (
        word(&["Lead", "a,b;c", "\"quoted\" \\\"", " space ", "=1+1", "é\u{2028}"]),
        word(&["", "payout: 0.10\n", "payout: 24.00\nrevenue: 100000000000000.01\nrevenue_type: cpm\n"]),
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
        let sheet = String::from_utf8(csv(Source::Desired, &rows).unwrap()).unwrap();
        let import = take(&Place::default(), &sheet, false).map_err(|p| TestCaseError::fail(render_all(&p, TextForm::default())))?;
        let back = Place::default().after(&import).reading().set;
        let meanings = |offers: &[DesiredOffer]| offers.iter().map(meaning).collect::<Vec<_>>();
        prop_assert_eq!(meanings(&set.offers), meanings(&back.offers));
    }

    #[test]
    fn no_bytes_make_a_spreadsheet_fail(bytes in prop::collection::vec(prop::sample::select(b"a,;\"\n\r\t1 \xc3\xa9offer_name".to_vec()), 0..80)) {
        let (set, names) = (Place::default().reading().set, names());
        let tree = Tree { set: &set, defaults: &[], folder: "offers", names: &names };
        let (recorded, noted) = (Recorded::default(), BTreeMap::new());
        let inputs = SheetInputs { shown: "x.csv", bytes: &bytes, recorded: &recorded, tree, defaults: true, adopt_ids: true, noted: &noted };
        prop_assert!(read(inputs).is_err());
    }
}

#[test]
fn exported_columns_and_members_are_stable() {
    let observed = offer(7, "Lead", &[(Field::Payout, "24.00"), (Field::OfferStatus, "Expired")]);
    let rows = [ExportedOffer::observed(&observed, None)];
    let sheet = String::from_utf8(csv(Source::Observed, &rows).unwrap()).unwrap();
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
