//! Property tests: the order of files does not matter, values are the same as in another YAML reader, no bytes cause a panic.

use crate::diagnostic::TextForm;
use proptest::prelude::*;

use super::{names, offer_with};
use crate::desired::{ReadOptions, from_texts};
use crate::offer::{Field, Value};

fn texts() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let line = prop::sample::select(vec![
        "payout: 1.50\n",
        "payout: -1\n",
        "sync: {renamed_from: a}\n",
        "sync: {key: same}\n",
        "colour: red\n",
        "",
        "---\n",
        "[",
    ]);
    let path = prop::sample::select(vec![
        "a.yaml",
        "b.yml",
        "x/a.yaml",
        "x/_defaults.yaml",
        "_defaults.yaml",
        "x/y/c.yaml",
        "C.yaml",
    ]);
    prop::collection::btree_map(path, line, 1..6).prop_map(|files| {
        let text = |path: &str, line: &str| if path.contains("_defaults") { line.to_owned() } else { offer_with(line) };
        files.into_iter().map(|(path, line)| (path.to_owned(), text(path, line).into_bytes())).collect()
    })
}

/// A text, and whether it is written plainly, in single or in double quotes, or as a block.
fn description() -> impl Strategy<Value = (String, usize)> {
    let character = prop::sample::select("ab 01.,:#'\"\\{}[]&*!|>%@`-?~é日\t".chars().collect::<Vec<_>>());
    (prop::collection::vec(character, 0..24).prop_map(|text| text.into_iter().collect()), 0..4_usize)
}

fn written((text, style): &(String, usize)) -> String {
    match style {
        0 => text.clone(),
        1 => format!("'{}'", text.replace('\'', "''")),
        2 => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        _ => format!("|\n  x{text}\n  {text}y\n"),
    }
}

proptest! {
    #[test]
    fn the_order_of_files_decides_nothing(files in texts(), seed in any::<u64>()) {
        let mut shuffled = files.clone();
        let by = |path: &str| blake3::hash(format!("{seed}{path}").as_bytes()).to_hex().to_string();
        shuffled.sort_by_key(|(path, _)| by(path));
        let one = from_texts(files, &names(), ReadOptions::default());
        let other = from_texts(shuffled, &names(), ReadOptions::default());
        prop_assert_eq!(one.set, other.set);
        prop_assert_eq!(one.diagnostics, other.diagnostics);
    }

    #[test]
    fn texts_are_what_another_reader_reads(description in description()) {
        let text = offer_with(&format!("offer_description: {}\n", written(&description)));
        let reading = from_texts(vec![("a.yaml".to_owned(), text.clone().into_bytes())], &names(), ReadOptions::default());
        let other: Option<serde_yaml::Value> = serde_yaml::from_str(&text).ok();
        if let (Some(offer), Some(other)) = (reading.set.offers.first(), other) {
            let own = offer.fields.get(Field::OfferDescription).and_then(Value::as_text);
            prop_assert_eq!(own, other.get("offer_description").and_then(|value| value.as_str()), "{}", text);
        }
    }

    #[test]
    fn quoted_texts_are_always_read(text in "[ -~é日]{0,40}") {
        let yaml = offer_with(&format!("offer_description: {}\n", written(&(text.clone(), 2))));
        let reading = from_texts(vec![("a.yaml".to_owned(), yaml.into_bytes())], &names(), ReadOptions::default());
        let own = reading.set.offers.first().and_then(|offer| offer.fields.get(Field::OfferDescription)).and_then(Value::as_text);
        prop_assert_eq!(own, Some(text.as_str()));
    }

    #[test]
    fn amounts_keep_every_digit(whole in "0|[1-9][0-9]{0,14}", fraction in "(\\.[0-9]{1,12})?") {
        let amount = format!("{whole}{fraction}");
        let yaml = offer_with(&format!("payout: {amount}\n"));
        let reading = from_texts(vec![("a.yaml".to_owned(), yaml.into_bytes())], &names(), ReadOptions::default());
        let own = reading.set.offers.first().and_then(|offer| offer.fields.get(Field::Payout)).map(ToString::to_string);
        prop_assert_eq!(own, Some(amount));
    }

    #[test]
    fn no_bytes_make_it_fail(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        from_texts(vec![("a.yaml".to_owned(), bytes)], &names(), ReadOptions::default());
    }

    #[test]
    fn no_text_makes_it_fail(text in "[-ab:\\[\\]{},&*!|>'\"%@`#?<~ \n\t.0-9é]{0,80}") {
        let reading = from_texts(vec![("a.yaml".to_owned(), text.into_bytes())], &names(), ReadOptions::default());
        // The offer lacks its required fields, so there must be a problem.
        prop_assert!(!reading.diagnostics.is_empty());
        prop_assert!(!crate::diagnostic::render_all(&reading.diagnostics, TextForm::default()).is_empty());
    }
}
