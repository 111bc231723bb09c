//! An incomplete listing, a refused key or a bad tree: nothing is written.

use std::collections::BTreeSet;

use crate::harness::Project;

use super::{cake_with, has_state, offers, tree};

fn wrote_nothing(project: &Project) {
    assert!(tree(project).is_empty() && !has_state(project));
}

#[test]
fn an_incomplete_listing_is_an_error() {
    let project = cake_with(offers(5));
    project.cake.change_quirks(|present| present.missing = BTreeSet::from([30]));
    let run = project.run(&["import"]).exits(1);
    assert!(run.stderr.contains("incomplete: got 4 of 5"), "{}", run.stderr);
    wrote_nothing(&project);
}

#[test]
fn a_refused_key_and_a_missing_listing_are_reported() {
    let project = cake_with(offers(5));
    project.cake.set_api_key(Some("another".to_owned()));
    let run = project.run(&["import"]).exits(9);
    assert!(run.stderr.contains("cake::key-refused"), "{}", run.stderr);
    project.cake.set_api_key(None);
    project.cake.change_quirks(|present| present.listing_absent = true);
    let run = project.run(&["import"]).exits(1);
    assert!(run.stderr.contains("has no listing") && run.stderr.contains("help"), "{}", run.stderr);
    wrote_nothing(&project);
}

#[test]
fn a_tree_with_an_error_is_not_added_to() {
    let project = cake_with(offers(5));
    project.write("offers/bad.yaml", "colour: red\n");
    project.run(&["import"]).exits(3);
    assert_eq!(tree(&project).len(), 1);
    assert!(!has_state(&project));
}
