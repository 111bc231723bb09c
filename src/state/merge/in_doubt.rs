//! Merges the creates in doubt of two states. A create that stays in doubt is looked for in CAKE before its key is created.

use std::collections::{BTreeMap, BTreeSet};

use super::conflict::Conflict;
use super::scalar::pick;
use crate::offer::{InDoubtCreate, Key, Recorded};

/// The creates in doubt of both sides, by key.
pub(super) fn merge(
    base: &Recorded,
    ours: &Recorded,
    theirs: &Recorded,
    conflicts: &mut Vec<Conflict>,
) -> BTreeMap<Key, InDoubtCreate> {
    let keys: BTreeSet<&Key> = ours.in_doubt.keys().chain(theirs.in_doubt.keys()).collect();
    let mut merged = BTreeMap::new();
    for key in keys {
        let (was, our, their) = (base.in_doubt.get(key), ours.in_doubt.get(key), theirs.in_doubt.get(key));
        let create = match pick(Some(&was), &our, &their) {
            Some(picked) => Ok(picked.cloned()),
            None => differing(was, our, their),
        };
        let create = create.unwrap_or_else(|()| {
            conflicts.push(Conflict::TwoCreatesInDoubt { key: key.clone() });
            None
        });
        if let Some(doubt) = create {
            merged.insert(key.clone(), doubt);
        }
    }
    merged
}

/// Creates that differ in their messages alone are one; a create that one side resolved is resolved.
fn differing(
    was: Option<&InDoubtCreate>,
    ours: Option<&InDoubtCreate>,
    theirs: Option<&InDoubtCreate>,
) -> Result<Option<InDoubtCreate>, ()> {
    match (was, ours, theirs) {
        (_, Some(ours), Some(theirs)) if ours.request == theirs.request => {
            let (ours, theirs) = if ours.message <= theirs.message { (ours, theirs) } else { (theirs, ours) };
            let message = format!("{}; {}", ours.message, theirs.message);
            Ok(Some(InDoubtCreate { message, ..ours.clone() }))
        }
        (Some(was), Some(left), None) | (Some(was), None, Some(left)) if was.request == left.request => Ok(None),
        _ => Err(()),
    }
}

/// A create in doubt may have the key of a merged record only if it replaces that record's offer.
pub(super) fn check(merged: &Recorded, ours: &Recorded, theirs: &Recorded, conflicts: &mut Vec<Conflict>) {
    for (key, create) in &merged.in_doubt {
        let offer_id = |recorded: &Recorded| recorded.offers.get(key).map(|record| record.offer_id);
        let as_before = |side: &Recorded| side.in_doubt.contains_key(key) && offer_id(side) == offer_id(merged);
        if as_before(ours) || as_before(theirs) || offer_id(merged) == create.request.replaces {
            continue;
        }
        conflicts.push(match (offer_id(merged), create.request.replaces) {
            (Some(offer_id), _) => Conflict::RecordedAndInDoubt { key: key.clone(), offer_id },
            (None, Some(offer_id)) => Conflict::ReplacedOfferMissing { key: key.clone(), offer_id },
            (None, None) => continue,
        });
    }
}
