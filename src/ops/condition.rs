//! The condition of `--where`, in the language of [`expr`](crate::expr), with the names that the configuration gives to ids.

use std::collections::BTreeSet;

use crate::config::Names;
use crate::expr::{Condition, ParseError, PatternRoom, RefusedValue, Sides, Vocabulary};
use crate::offer::{DesiredOffer, DesiredSet, Fields, Key, Record, Recorded};
use crate::plan::{Selection, check_selection};

use super::error::Error;

/// Reads a condition; `has_was` says whether it may speak of recorded values.
pub(super) fn condition(text: &str, names: &Names, has_was: bool) -> Result<Condition, Error> {
    let read = |field, called: &str, wanted: &str| {
        let refused = |message| RefusedValue { message, help: names.suggestion(field, called, wanted) };
        names.read(field, called, wanted).map_err(refused)
    };
    let patterns = PatternRoom::default();
    Condition::parse(text, Vocabulary { read: &read, has_was, patterns: &patterns })
        .map_err(|error| usage(text, &error))
}

/// The error with the place in the text, as it was typed.
fn usage(text: &str, ParseError { message, help, span }: &ParseError) -> Error {
    let begin = text.get(..span.start).map_or(0, |before| before.chars().count());
    Error::Usage { message: format!("--where, character {}: {message}", begin + 1), help: help.clone() }
}

/// The selection without the offers of which the condition does not hold: of their desired values now, and of the recorded ones before.
/// An offer whose YAML is gone has no values now. A condition that holds of no selected offer is an error, as a pattern is that matches none.
pub(super) fn narrowed(
    selection: &Selection,
    text: Option<&str>,
    names: &Names,
    desired: &DesiredSet,
    recorded: &Recorded,
) -> Result<Selection, Error> {
    let Some(text) = text else { return Ok(selection.clone()) };
    let condition = condition(text, names, true)?;
    let record_of = |offer: &DesiredOffer| {
        let renamed_from = || offer.sync.renamed_from.as_ref().and_then(|from| recorded.offers.get(from));
        recorded.offers.get(&offer.key).or_else(renamed_from).map(|record| &record.fields)
    };
    let of_yaml = desired.offers.iter().filter(|offer| condition.may_hold(Sides::new(&offer.fields, record_of(offer))));
    let nothing = Fields::default();
    let is_gone = |(key, record): &(&Key, &Record)| {
        desired.get(key).is_none() && condition.may_hold(Sides::new(&nothing, Some(&record.fields)))
    };
    let of_gone = recorded.offers.iter().filter(is_gone).map(|(key, _)| key);
    let keys: BTreeSet<Key> =
        of_yaml.map(|offer| &offer.key).chain(of_gone).filter(|key| selection.contains(key)).cloned().collect();
    if keys.is_empty() {
        return Err(holds_of_none());
    }
    Ok(selection.within(keys))
}

/// The selected desired offers of which the condition holds, where there is one.
pub(super) fn chosen<'a>(
    set: &'a DesiredSet,
    selection: &Selection,
    condition: Option<&Condition>,
) -> Result<Vec<&'a DesiredOffer>, Error> {
    let unmatched = check_selection(set, &Recorded::default(), selection);
    if !unmatched.is_empty() {
        return Err(Error::Invalid(unmatched));
    }
    let selected = set.offers.iter().filter(|offer| selection.contains(&offer.key));
    Ok(selected
        .filter(|offer| condition.is_none_or(|condition| condition.may_hold(Sides::new(&offer.fields, None))))
        .collect())
}

/// The records, and the creates in doubt, of which the condition holds.
pub(crate) fn recorded_where(recorded: &Recorded, text: &str, names: &Names) -> Result<Recorded, Error> {
    let condition = condition(text, names, false)?;
    let holds = |now: &Fields| condition.may_hold(Sides::new(now, None));
    let mut found = recorded.clone();
    found.offers.retain(|_, record| holds(&record.fields));
    found.in_doubt.retain(|_, create| holds(create.request.offer.fields()));
    Ok(found)
}

fn holds_of_none() -> Error {
    Error::Usage {
        message: "--where holds of no offer".to_owned(),
        help: Some("`offersync state list` shows the recorded ones".to_owned()),
    }
}
