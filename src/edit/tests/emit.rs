//! New offers: another YAML reader reads every value back.

use proptest::prelude::*;

use super::reader::{read, untyped};
use super::*;
use crate::offer::{Fields, Key, OnCreateOnlyChange, SyncSettings};

fn fields(pairs: &[(Field, &str)]) -> Fields {
    pairs.iter().map(|(field, text)| (*field, value(*field, text))).collect()
}

fn plain(fields: &Fields) -> String {
    emit(fields, &|_, _| None, &SyncSettings::default())
}

#[test]
fn an_offer_looks_like_one_that_a_person_wrote() {
    let fields = fields(&[
        (Field::OfferDescription, "Pays on a lead.\n\nOnce.\n"),
        (Field::OfferName, "Home Warranty – Premium"),
        (Field::AdvertiserId, "101"),
        (Field::VerticalId, "7"),
        (Field::OfferUrl, "https://t.example/aff_c?offer_id={offer_id}&aff_id={aff_id}"),
        (Field::OfferStatus, "active"),
        (Field::Payout, "24.00"),
        (Field::PayoutType, "cpa"),
        (Field::Revenue, "19.999999999999999999"),
        (Field::ExpirationDate, "2026-12-31 23:59:59"),
    ]);
    let sync = SyncSettings {
        renamed_from: Some(Key::new("null").unwrap()),
        protect: true,
        on_create_only_change: OnCreateOnlyChange::Replace,
        ignore_changes: [Field::OfferStatus, Field::Payout].into_iter().collect(),
    };
    let name = |field: Field, _: &Value| (field == Field::AdvertiserId).then(|| "acme-home".to_owned());
    let expected = "\
offer_name: Home Warranty – Premium
advertiser: acme-home
vertical_id: 7
offer_url: https://t.example/aff_c?offer_id={offer_id}&aff_id={aff_id}
offer_status: active
payout: 24.00
payout_type: cpa
revenue: 19.999999999999999999
expiration_date: 2026-12-31 23:59:59
offer_description: |
  Pays on a lead.

  Once.
sync:
  renamed_from: 'null'
  protect: true
  on_create_only_change: replace
  ignore_changes: [offer_status, payout]
";
    let text = emit(&fields, &name, &sync);
    assert_eq!(text, expected);
    assert_eq!(format(&text).unwrap(), text, "already in canonical form");
}

#[test]
fn awkward_texts_read_back() {
    let long = "word ".repeat(20_000) + "end";
    let texts = [
        "",
        " ",
        "\n",
        "\n\n",
        " \n",
        "a\n ",
        " a\nb",
        "\ta\nb",
        "\n a",
        "a\n\tb\n",
        "a\r\nb\r\n",
        "---",
        "---\nb",
        "...",
        "a\n...\nb",
        "#",
        "a\n# b",
        "yes",
        "1e3",
        "null",
        "~",
        ": ",
        "a:",
        "- a",
        "\u{feff}",
        "a\u{feff}\nb",
        "\u{85}",
        "a\u{2028}b\nc",
        "\0",
        "\u{1b}[0m",
        "\u{7f}",
        "\u{fffe}",
        "'",
        "\"",
        "\\",
        "\\\n\\",
        "%a",
        "? a",
        "a\n\n\n",
        "  a\n b\n",
        "é\n日本\n",
        "\u{10ffff}",
        "&",
        "!!str a",
        "<<",
        "=",
        long.as_str(),
    ];
    for text in texts {
        let fields = fields(&[(Field::OfferDescription, text), (Field::SessionHours, "24")]);
        let written = plain(&fields);
        let documents = read(&written).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(documents.len(), 1, "{written}");
        assert_eq!(documents[0].get("offer_description"), Some(text), "{written}");
        assert_eq!(untyped(&written)["offer_description"], serde_yaml::Value::from(text), "{written}");
    }
}

fn texts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        any::<char>().prop_map(String::from),
        "[a-z]{1,8}",
        "[ \t\r\n]{1,3}",
        "[-:#?&*!|>'\"%@`{}\\[\\],~=.\\\\+0-9]{1,3}",
        prop::sample::select(vec![
            "yes", "no", "on", "null", "1e3", ": ", " #", "---", "...", "\r\n", "\u{85}", "\u{2028}", "\u{feff}", "\0"
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_reads_back(description in texts(), name in texts()) {
        let mut wanted = fields(&[(Field::OfferDescription, &description), (Field::Payout, "100000000000000.01")]);
        if let Ok(name) = Field::OfferName.parse(&name) {
            wanted.set(Field::OfferName, name);
        }
        let written = plain(&wanted);
        let documents = read(&written).map_err(TestCaseError::fail)?;
        prop_assert_eq!(documents.len(), 1);
        for (field, value) in wanted.iter() {
            let text = value.to_string();
            prop_assert_eq!(documents[0].get(field.name()), Some(text.as_str()), "{}", written);
        }
        let untyped = untyped(&written);
        prop_assert_eq!(&untyped["offer_description"], &serde_yaml::Value::from(description), "{}", written);
        // And the reader of the edits agrees with the other one: setting the same values changes nothing.
        for (field, value) in wanted.iter() {
            let edited = set(&written, DocumentSelector::Index(0), field, value, None);
            prop_assert_eq!(edited, Ok(written.clone()));
        }
        prop_assert_eq!(format(&written), Ok(written));
    }
}
