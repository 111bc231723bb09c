//! A CAKE that does not say everything: nothing is written.

use std::collections::BTreeSet;

use crate::harness::world::{World, offers};

fn wrote_nothing(world: &World) {
    assert!(world.tree().is_empty() && !world.has_state());
}

#[test]
fn an_incomplete_listing_is_an_error() {
    let world = World::new(offers(5));
    world.cake.change_quirks(|present| present.missing = BTreeSet::from([30]));
    let ran = world.expect(1, &["import"]);
    assert!(ran.err.contains("incomplete: got 4 of 5"), "{}", ran.err);
    wrote_nothing(&world);
}

#[test]
fn a_refused_key_and_a_missing_listing_are_told() {
    let world = World::new(offers(5));
    world.cake.set_api_key(Some("another".to_owned()));
    let ran = world.expect(9, &["import"]);
    assert!(ran.err.contains("cake::key-refused"), "{}", ran.err);
    world.cake.set_api_key(None);
    world.cake.change_quirks(|present| present.listing_absent = true);
    let ran = world.expect(1, &["import"]);
    assert!(ran.err.contains("has no listing") && ran.err.contains("help"), "{}", ran.err);
    wrote_nothing(&world);
}

#[test]
fn a_tree_with_an_error_is_not_added_to() {
    let world = World::new(offers(5));
    world.put("offers/bad.yaml", "colour: red\n");
    world.expect(3, &["import"]);
    assert_eq!(world.tree().len(), 1);
    assert!(!world.has_state());
}
