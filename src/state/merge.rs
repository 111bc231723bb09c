//! Three-way merge of diverged states: what `offersync state merge` and git's merge driver do.
//!
//! Owns the rules of the merge. Pure: knows no file and no git. What identifies an offer is CAKE's id, never its key, so a
//! record that was renamed on one side and changed on the other is still one record. Laws, each held by a test:
//!
//! - *Neutral*: where one side is the base, the result is the other side.
//! - *Symmetric*: it does not matter which side is called ours.
//! - *Local*: changes of different offers, and of different fields of one offer, never conflict.
//! - *Lossless*: an id that either side has is in the result, unless the other side forgot it on purpose.
//! - *Forward*: a record that a side has put back to what it was before the base, as `git revert` does, is that of the base.
//!
//! A field that CAKE's update call can change and that both sides changed differently is no conflict: what CAKE holds is
//! the value of the last write, which the states do not contain. The value becomes unknown, as after a write in doubt, and the next plan
//! sends it again. Everything else that cannot be decided is a [`Conflict`], and then nothing is merged.

mod conflict;
mod in_doubt;
mod records;
mod scalar;
mod union_find;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use conflict::Conflict;
#[cfg(test)]
use conflict::Side;

use super::document::StateDocument;
use crate::offer::{Field, Key, OfferId, Recorded, Value};

/// The merged state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The result.
    pub document: StateDocument,
    /// Values that both sides changed differently, and that are therefore unknown now.
    pub unknown: Vec<Unknown>,
}

/// A value that became unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The offer.
    pub key: Key,
    pub field: Field,
    /// What our side has.
    pub ours: Option<Value>,
    /// What their side has.
    pub theirs: Option<Value>,
}

/// Merges two states; `base` is their common ancestor, if there is one.
///
/// # Errors
///
/// Every conflict there is.
pub fn merge(
    base: Option<&StateDocument>,
    ours: &StateDocument,
    theirs: &StateDocument,
) -> Result<Merged, Vec<Conflict>> {
    let whole = |document: &StateDocument| Ok(Merged { document: document.clone(), unknown: Vec::new() });
    let is_behind = |side: &StateDocument| base.is_some_and(|base| !side.recorded.behind(&base.recorded).is_empty());
    if ours == theirs || base == Some(theirs) && !is_behind(ours) {
        return whole(ours);
    }
    if base == Some(ours) && !is_behind(theirs) {
        return whole(theirs);
    }
    let mut conflicts = Vec::new();
    let lineage = scalar::pick(base.map(|b| &b.lineage), &ours.lineage, &theirs.lineage);
    let cake = scalar::pick(base.map(|b| &b.cake), &ours.cake, &theirs.cake);
    let (Some(lineage), Some(cake)) = (lineage, cake) else {
        let name = |document: &StateDocument| format!("{} of {}", document.lineage, document.cake);
        return Err(vec![Conflict::DifferentStates { ours: name(ours), theirs: name(theirs) }]);
    };
    let nothing = Recorded::default();
    let recorded_base = base.map_or(&nothing, |base| &base.recorded);
    let mut unknown = Vec::new();
    let mut merged = Recorded::default();
    for record in records::join_by_id(recorded_base, &ours.recorded, &theirs.recorded) {
        match record.merge(&mut unknown) {
            Ok(Some((key, record))) => {
                if let Some(other) = merged.offers.insert(key.clone(), record.clone()) {
                    let on = |side: &StateDocument, offer_id: OfferId| {
                        (side.recorded.owner_of(offer_id).unwrap_or(&key).clone(), offer_id)
                    };
                    let is_ours = ours.recorded.owner_of(other.offer_id).is_some();
                    let (our_id, their_id) =
                        if is_ours { (other.offer_id, record.offer_id) } else { (record.offer_id, other.offer_id) };
                    let (ours, theirs) = (on(ours, our_id), on(theirs, their_id));
                    conflicts.push(Conflict::TwoIds { ours, theirs });
                }
            }
            Ok(None) => {}
            Err(conflict) => conflicts.push(*conflict),
        }
    }
    shared_ids(&merged, &mut conflicts);
    merged.in_doubt = in_doubt::merge(recorded_base, &ours.recorded, &theirs.recorded, &mut conflicts);
    if conflicts.is_empty() {
        in_doubt::check(&merged, &ours.recorded, &theirs.recorded, &mut conflicts);
    }
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    merged.supersede(&[recorded_base, &ours.recorded, &theirs.recorded], "");
    let document = StateDocument { lineage: *lineage, cake: cake.clone(), recorded: merged };
    Ok(Merged { document, unknown })
}

/// One id under two keys.
fn shared_ids(merged: &Recorded, conflicts: &mut Vec<Conflict>) {
    let mut owners: BTreeMap<OfferId, &Key> = BTreeMap::new();
    for (key, record) in &merged.offers {
        for offer_id in record.offer_ids() {
            if let Some(first) = owners.insert(offer_id, key).filter(|first| *first != key) {
                conflicts.push(Conflict::TwoKeys { offer_id, ours: first.clone(), theirs: key.clone() });
            }
        }
    }
}
