//! Checks of all offers together against what is recorded. They come before a plan: one with an error is not made.
//!
//! The labels have no source lines: the files were read by another room, which quotes them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::compare::compare;
use super::selection::Selection;
use crate::diagnostic::{Diagnostic, Label, codes, sort};
use crate::offer::{DesiredOffer, DesiredSet, Field, OnCreateOnlyChange, Record, Recorded, Value};

/// Every problem that only shows across all offers and against the state, sorted.
pub fn check(desired: &DesiredSet, recorded: &Recorded, selection: &Selection) -> Vec<Diagnostic> {
    let mut problems = check_names(desired, recorded);
    problems.extend(check_selection(desired, recorded, selection));
    sort(&mut problems);
    problems
}

/// A pattern that matches nothing is usually a typo; going on without it would do something that was not asked for.
pub fn check_selection(desired: &DesiredSet, recorded: &Recorded, selection: &Selection) -> Vec<Diagnostic> {
    let keys = desired.offers.iter().map(|offer| &offer.key).chain(recorded.offers.keys());
    let keys = keys.chain(recorded.in_doubt.keys());
    let problem = |pattern: &str| {
        Diagnostic::error(codes::plan::NOTHING_MATCHES, format!("`{pattern}` matches no offer"))
            .help("a pattern is matched against keys, such as 'auto-*'; `offersync state list` shows the recorded ones")
    };
    selection.unmatched(&keys).into_iter().map(problem).collect()
}

/// Finds offers with the same name and advertiser. An error if one of them would be created, because the two could not be
/// distinguished if the reply were lost; a warning if all of them are recorded.
fn check_names(desired: &DesiredSet, recorded: &Recorded) -> Vec<Diagnostic> {
    // Nearly every name is unique, so only those that are not get a list.
    let mut first: HashMap<(&str, Option<&Value>), &DesiredOffer> = HashMap::with_capacity(desired.offers.len());
    let mut by_name: HashMap<(&str, Option<&Value>), Vec<&DesiredOffer>> = HashMap::new();
    for offer in &desired.offers {
        let Some(name) = offer.fields.name() else { continue };
        let identity = (name, offer.fields.get(Field::AdvertiserId));
        match first.entry(identity) {
            Entry::Vacant(entry) => drop(entry.insert(offer)),
            Entry::Occupied(entry) => by_name.entry(identity).or_insert_with(|| vec![*entry.get()]).push(offer),
        }
    }
    let exists = |offer: &DesiredOffer| {
        // A replace creates an offer, too.
        recorded.record_of(offer).is_some_and(|record| !is_replaced(offer, record))
    };
    let mut problems = Vec::new();
    for same in by_name.into_values() {
        // The existing offer is the one that the others are compared with.
        let (recorded, new): (Vec<_>, Vec<_>) = same.into_iter().partition(|offer| exists(offer));
        let mut all = recorded.iter().map(|offer| (*offer, true)).chain(new.iter().map(|offer| (*offer, false)));
        let Some((first, first_exists)) = all.next() else { continue };
        problems.extend(all.map(|(offer, exists)| same_name(offer, first, first_exists, exists)));
    }
    problems
}

/// Whether a new offer takes the place of the recorded one, where nothing blocks that: a field differs that CAKE cannot change. Schedules have no such
/// field.
pub fn is_replaced(offer: &DesiredOffer, record: &Record) -> bool {
    offer.sync.on_create_only_change == OnCreateOnlyChange::Replace && !compare(offer, record).create_only.is_empty()
}

fn same_name(offer: &DesiredOffer, first: &DesiredOffer, first_exists: bool, exists: bool) -> Diagnostic {
    let message = format!("`{}` has the same name and advertiser as `{}`", offer.key, first.key);
    let problem = if first_exists && exists { Diagnostic::warning } else { Diagnostic::error };
    let problem = problem(codes::offer::SAME_NAME, message);
    let different =
        "give one of them another name: if the reply to a create were lost, the two could not be distinguished";
    let help = match (first_exists, exists) {
        (true, true) => "CAKE allows it, but they look the same in reports; consider another name".to_owned(),
        // The one that is recorded has to stay.
        (true, false) => format!(
            "if both are the same offer, because a merge has kept both files of a rename, remove the YAML of `{}`, which is not recorded. \
             Otherwise {different}",
            offer.key
        ),
        _ => different.to_owned(),
    };
    let first = Label::at(first.place_of(Field::OfferName)).saying(format!("`{}`", first.key));
    problem.label(offer.place_of(Field::OfferName)).label(first).help(help)
}
