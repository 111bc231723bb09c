//! Tests of the room: the sample repository, and what no single file's tests can show.

use std::path::Path;

use super::{ReadOptions, read};
use crate::config::{Layers, load};
use crate::diagnostic::render_all;

#[test]
fn the_sample_repository_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let loaded = load(&root.join("offersync.toml"), "offersync.toml", &Layers::none());
    assert_eq!(render_all(&loaded.diagnostics, false), "");
    let settings = loaded.settings.unwrap();
    let reading = read(&settings.offers, &settings.offers_shown, &settings.names, ReadOptions::default());
    assert_eq!(render_all(&reading.diagnostics, false), "");
    assert!(reading.set.offers.len() >= 12, "a dozen offers: {}", reading.set.offers.len());
}
