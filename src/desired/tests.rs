//! The sample repository, every message, trees on disk, property tests, and the cost of hostile files.

mod defaults;
mod laws;
mod limits;
mod messages;
mod on_disk;
mod plain;
mod schedule;
mod values;

use std::path::Path;

use super::{ReadOptions, Reading, from_texts, read};
use crate::config::{Names, load};
use crate::diagnostic::{TextForm, render_all};
use crate::offer::{DesiredOffer, Field};

/// Names as a configuration would have them.
fn names() -> Names {
    let mut names = Names::default();
    for (field, name, id) in [
        (Field::AdvertiserId, "acme-home", "101"),
        (Field::AdvertiserId, "brightline", "204"),
        (Field::VerticalId, "home-services", "7"),
        (Field::CurrencyId, "USD", "1"),
    ] {
        names.insert(field, name, field.parse(id).ok());
    }
    names
}

fn read_texts(files: &[(&str, &str)]) -> Reading {
    let texts = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    from_texts(texts, &names(), ReadOptions::default())
}

/// An offer with these lines in addition to the required ones.
fn offer_with(lines: &str) -> String {
    format!(
        "offer_name: Home Warranty\nadvertiser_id: 101\nvertical_id: 7\noffer_url: https://example.com/{{aff_id}}\n{lines}"
    )
}

/// The messages for one file.
fn messages(text: &str) -> String {
    render_all(&read_texts(&[("offers/a.yaml", text)]).diagnostics, TextForm::default())
}

/// The offer of a text without problems.
fn good(text: &str) -> DesiredOffer {
    let reading = read_texts(&[("offers/a.yaml", text)]);
    assert_eq!(render_all(&reading.diagnostics, TextForm::default()), "", "{text}");
    reading.set.offers.into_iter().next().unwrap()
}

fn value(offer: &DesiredOffer, field: Field) -> Option<String> {
    offer.fields.get(field).map(ToString::to_string)
}

#[test]
fn the_sample_repository_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let loaded = load(&root.join("offersync.toml"), "offersync.toml", &|_| None, None);
    assert_eq!(render_all(&loaded.diagnostics, TextForm::default()), "");
    let settings = loaded.settings.unwrap();
    let reading = read(&settings.root, &settings.offers, &settings.names, ReadOptions::default());
    assert_eq!(render_all(&reading.diagnostics, TextForm::default()), "");
    assert!(reading.set.offers.len() >= 12, "a dozen offers: {}", reading.set.offers.len());
    for field in Field::ALL {
        assert!(reading.set.offers.iter().any(|offer| offer.fields.get(field).is_some()), "no sample uses {field}");
    }
}
