//! Merges the creates in doubt of two states. A create that stays in doubt is looked for in CAKE before its key is created.

use std::cmp::Ordering;
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

/// The same create in both is one, whatever else is known of it; a create that one side resolved is resolved.
fn differing(
    was: Option<&InDoubtCreate>,
    ours: Option<&InDoubtCreate>,
    theirs: Option<&InDoubtCreate>,
) -> Result<Option<InDoubtCreate>, ()> {
    match (was, ours, theirs) {
        (_, Some(ours), Some(theirs)) if is_same(ours, theirs) => Ok(Some(joined(ours, theirs))),
        (Some(was), Some(left), None) | (Some(was), None, Some(left)) if is_same(was, left) => Ok(None),
        _ => Err(()),
    }
}

/// Whether both are one create: equal requests were sent twice if CAKE held something else before each.
fn is_same(one: &InDoubtCreate, other: &InDoubtCreate) -> bool {
    let has_other_baseline = one.baseline.is_some() && other.baseline.is_some() && one.baseline != other.baseline;
    one.request == other.request && !has_other_baseline
}

/// All that either side knows of a create.
fn joined(ours: &InDoubtCreate, theirs: &InDoubtCreate) -> InDoubtCreate {
    let message = match ours.message.cmp(&theirs.message) {
        Ordering::Equal => ours.message.clone(),
        Ordering::Less => format!("{}; {}", ours.message, theirs.message),
        Ordering::Greater => format!("{}; {}", theirs.message, ours.message),
    };
    InDoubtCreate {
        request: ours.request.clone(),
        message,
        sent_at: ours.sent_at.max(theirs.sent_at),
        baseline: ours.baseline.clone().or_else(|| theirs.baseline.clone()),
        mismatch: ours.mismatch || theirs.mismatch,
        accepted: ours.accepted || theirs.accepted,
        named: ours.named.or(theirs.named),
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
