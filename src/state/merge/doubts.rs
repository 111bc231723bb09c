//! Creates in doubt of two states. Whatever is kept is looked for in CAKE before anything is created for its key.

use std::collections::{BTreeMap, BTreeSet};

use super::conflict::Conflict;
use super::scalar::pick;
use crate::offer::{InDoubtCreate, Key, Recorded};

/// The doubts of both sides, by key.
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
        let doubt = match pick(Some(&was), &our, &their) {
            Some(picked) => Ok(picked.cloned()),
            None => differing(was, our, their),
        };
        let doubt = doubt.unwrap_or_else(|()| {
            conflicts.push(Conflict::TwoDoubts { key: key.clone() });
            None
        });
        if let Some(doubt) = doubt {
            merged.insert(key.clone(), doubt);
        }
    }
    merged
}

/// Doubts that differ in nothing but their words are one; a doubt that one side settled is settled.
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

/// Held against the merged records: a doubt stands beside a record of its key only as the replace of that very offer.
pub(super) fn check(merged: &Recorded, ours: &Recorded, theirs: &Recorded, conflicts: &mut Vec<Conflict>) {
    for (key, doubt) in &merged.in_doubt {
        let offer_id = |recorded: &Recorded| recorded.offers.get(key).map(|record| record.offer_id);
        let as_before = |side: &Recorded| side.in_doubt.contains_key(key) && offer_id(side) == offer_id(merged);
        if as_before(ours) || as_before(theirs) || offer_id(merged) == doubt.request.replaces {
            continue;
        }
        conflicts.push(match (offer_id(merged), doubt.request.replaces) {
            (Some(offer_id), _) => Conflict::DoubtAndOffer { key: key.clone(), offer_id },
            (None, Some(offer_id)) => Conflict::DoubtAlone { key: key.clone(), offer_id },
            (None, None) => continue,
        });
    }
}
